// Where the only name server fails for one name and is silent for another: what each kind of request gets when its first
// backend has such a name, and whether a backend at localhost, of another pool, is still reached. Prints it.
import { startDnsServer } from './dns-server.ts';
import { recorded, runConfig } from './engine.ts';
import { healthyBackend } from './faulty-backends.ts';
import { ask, KINDS } from './kinds.ts';

const LISTENER = 41_001;
const names = await startDnsServer(53);
names.answers.set('failing.test', { rcode: 2 });
names.answers.set('silent.test', 'silent');
const backend = await healthyBackend();
const { port } = new URL(backend.url);
const poolOf = (name) => ({
  policy: 'first',
  ejection: false,
  timeouts: { connect: '300ms' },
  backends: [
    { name: 'a', url: `http://${name}:${port}` },
    { name: 'b', url: backend.url },
  ],
});
const engine = await runConfig(
  {
    listeners: { gateway: { address: `127.0.0.1:${LISTENER}` } },
    routes: ['failing', 'silent', 'local'].map((name) => ({ name, match: `path ^= /${name}/`, pool: name })),
    pools: {
      failing: poolOf('failing.test'),
      silent: poolOf('silent.test'),
      local: { backends: [{ name: 'local', url: `http://localhost:${port}` }] },
    },
  },
  process.cwd(),
);
const seen = [];
for (const name of ['failing', 'silent', 'local'])
  for (const kind of KINDS) {
    const path = `/${name}/${kind}`;
    const answer = await ask(LISTENER, kind, path);
    const { attempts } = await recorded(engine, (row) => row.path === path);
    seen.push(`${path}: ${answer}, ${attempts.map(({ error, status }) => error?.code ?? status).join(' ')}`);
  }
console.log(JSON.stringify(seen));
process.exit(0);
