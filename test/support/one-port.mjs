// Where the system gives away one port only, each connection to that port comes out at itself. Prints what is said of it, by who connects.
import { connect } from 'node:net';
import { applyConfig, recorded, runConfig } from './engine.ts';
import { until } from './until.ts';
import { KEY } from './websocket-key.mjs';

const PORT = 41_000;
const GATEWAY = 41_001;
const FORWARD = 41_002;
const THROUGH = 41_003;
const CHECKS = { tcp: { type: 'tcp' }, http: { path: '/' }, grpc: { type: 'grpc' } };

const poolAt = (scheme, more = {}) => ({
  ejection: false,
  retry: { attempts: 1 },
  backends: [{ name: 'a', url: `${scheme}://127.0.0.1:${PORT}` }],
  ...more,
});
const documentWith = (pools) => ({
  listeners: {
    gateway: { address: `127.0.0.1:${GATEWAY}` },
    forward: { address: `127.0.0.1:${FORWARD}`, mode: 'forward' },
    through: { address: `127.0.0.1:${THROUGH}`, mode: 'forward', upstreamProxy: `http://127.0.0.1:${PORT}` },
  },
  routes: Object.keys(pools).map((name) => ({ name, match: `path = /${name}`, pool: name })),
  pools,
});
const http2 = poolAt('http', { protocol: 'http2' });
const document = documentWith({ http: poolAt('http'), https: poolAt('https'), http2 });
const engine = await runConfig(document, process.cwd());

const upgrade = `Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: ${KEY}\r\nSec-WebSocket-Version: 13\r\n`;
const seen = {
  get: await ask(GATEWAY, 'GET /http'),
  websocket: await ask(GATEWAY, 'GET /http', upgrade),
  https: await ask(GATEWAY, 'GET /https'),
  http2: await ask(GATEWAY, 'GET /http2'),
  tunnel: await ask(FORWARD, `CONNECT 127.0.0.1:${PORT}`),
  'through a proxy': await ask(THROUGH, 'GET http://a.test/'),
  'tunnel through a proxy': await ask(THROUGH, 'CONNECT a.test:80'),
};
const { attempts } = await recorded(engine, ({ path }) => path === '/https');
seen.why = attempts.map(({ error }) => error.message);
// One after the other: there is one such connection at a time.
for (const [name, check] of Object.entries(CHECKS)) {
  const pool = poolAt('http', { healthCheck: { ...check, fall: 1, interval: '1h' } });
  await applyConfig(engine, documentWith({ [name]: pool }), process.cwd());
  const backend = () => engine.state().pools[0].backends[0];
  await until(() => backend().health !== 'unknown');
  seen[`${name} check`] = `${backend().health}: ${backend().reason}`;
}
console.log(JSON.stringify(seen));
process.exit(0);

/** The status and the code of the error; from a port of its own, since there is no other that the system gives. */
function ask(port, line, headers = '') {
  ask.localPort = (ask.localPort ?? 42_000) + 1;
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', localPort: ask.localPort }, () =>
      socket.write(`${line} HTTP/1.1\r\nHost: a.test\r\n${headers}\r\n`),
    );
    let text = '';
    socket.on('error', reject);
    socket.on('data', (data) => {
      text += data;
      if (!text.includes('\r\n\r\n')) return;
      socket.destroy();
      resolve(`${text.slice(9, 12)} ${/x-switchyard-error: (\w+)/i.exec(text)?.[1]}`);
    });
  });
}
