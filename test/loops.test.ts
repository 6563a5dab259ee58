import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { configSchema } from '../proxy-engine/contract/config.ts';
import { openAuthority } from '../proxy-engine/tls/authority.ts';
import { send, startBackend } from './support/backend.ts';
import { applyConfig, portOf, recorded, recordedRows, runConfig, startEngine } from './support/engine.ts';
import { CLOSED_PORT } from './support/free-port.ts';
import { startHaproxy, startNginx } from './support/other-proxies.ts';
import { certificateFiles, newAuthority, run, temporaryDirectory } from './support/tls.ts';

it.each([
  ['nginx', (port: number) => startNginx('', `location / { proxy_pass http://127.0.0.1:${port}; }`)],
  [
    'HAProxy',
    (port: number) =>
      startHaproxy(`frontend f\n  bind ADDRESS\n  default_backend b\nbackend b\n  server s 127.0.0.1:${port}\n`),
  ],
])('a loop through %s is answered 508 after a few rounds', async (_name, start) => {
  const { engine, port, close } = await startEngine([1]);
  onTestFinished(close);
  const other = await start(port);
  onTestFinished(other.close);
  const config = configSchema.parse({
    listeners: { gateway: { address: '127.0.0.1:0' } },
    routes: [{ name: 'all', pool: 'p' }],
    pools: { p: { backends: [{ url: `http://${other.address}` }] } },
  });
  await engine.apply(config, { baseDir: '.' });
  expect((await send(`127.0.0.1:${port}`, '/')).status).toBe(508);
  const rows = await recordedRows(engine);
  expect(rows.length).toBeLessThan(10);
  expect(rows.some(({ error }) => error?.code === 'LOOP')).toBe(true);
});

it('a few proxies of the same name behind one another are a chain', async () => {
  const backend = await startBackend('end');
  onTestFinished(() => backend.close());
  let next = backend.port;
  for (let i = 0; i < 4; i++) {
    const { port, close } = await startEngine([next]);
    onTestFinished(close);
    next = port;
  }
  const { status, text } = await send(`127.0.0.1:${next}`, '/');
  expect(status).toBe(200);
  expect(JSON.parse(text)).toMatchObject({
    backend: 'end',
    headers: { via: Array(4).fill('1.1 switchyard').join(', ') },
  });
});

describe('a forward listener that is asked for a reverse one of the same engine', () => {
  /** `secure` is a reverse listener as well, over TLS. */
  async function desk(backendPort: number) {
    const [authority, directory] = [await newAuthority(), temporaryDirectory()];
    const { cert, key } = await certificateFiles(authority, directory, 'localhost');
    const reverse = { address: '127.0.0.1:0' };
    const document = {
      listeners: {
        proxy: { address: '127.0.0.1:0', mode: 'forward' as const },
        gateway: reverse,
        secure: { ...reverse, tls: { certificates: [{ cert, key }] } },
      },
      routes: [{ name: 'reverse', match: 'listener != proxy', pool: 'p' }],
      pools: { p: { backends: [{ name: 'b', url: `http://127.0.0.1:${backendPort}` }] } },
    };
    const engine = await runConfig(document, directory);
    onTestFinished(() => engine.close(0));
    const [proxy, gateway, secure] = ['proxy', 'gateway', 'secure'].map((name) => portOf(engine, name));
    /** What curl says, or that it got nothing. */
    const curl = async (...args: string[]) => {
      const flags = ['-sS', '--max-time', '5', '--noproxy', '', '--cacert', authority.certificateFile];
      const { stdout } = await run('curl', [...flags, '-w', ' %{http_code}', ...args]).catch((error: Error) => ({
        stdout: error.message,
      }));
      return stdout;
    };
    return { engine, document, directory, curl, proxy, gateway, secure };
  }

  it.each([
    ['in clear', 'http', '-x'],
    ['through CONNECT', 'http', '--proxytunnel -x'],
    ['through SOCKS5', 'socks5h', '-x'],
    ['over TLS', 'https', '-x'],
  ])('takes its client there: %s', async (_how, scheme, flags) => {
    const backend = await startBackend('end');
    onTestFinished(() => backend.close());
    const { engine, curl, proxy, gateway, secure } = await desk(backend.port);
    const [via, url] =
      scheme === 'https' ? ['http', `https://localhost:${secure}/a`] : [scheme, `http://localhost:${gateway}/a`];
    expect(await curl(...flags.split(' '), `${via}://127.0.0.1:${proxy}`, url)).toMatch(/"backend":"end"[^]* 200$/);
    expect(await recorded(engine, ({ listener }) => listener !== 'proxy')).toMatchObject({ path: '/a', status: 200 });
  });

  it('takes it there through TLS that is looked into, whoever vouches for that listener', async () => {
    const backend = await startBackend('end');
    onTestFinished(() => backend.close());
    const { engine, document, directory, curl } = await desk(backend.port);
    const { certificateFile } = await openAuthority(join(directory, 'authority'));
    const proxy = { address: '127.0.0.1:0', mode: 'forward' as const, intercept: 'host = localhost' };
    const secure = { address: '127.0.0.1:0', tls: { local: true } };
    await applyConfig(engine, { ...document, listeners: { proxy, secure } }, directory);
    const url = `https://localhost:${portOf(engine, 'secure')}/a`;
    const through = ['-x', `http://127.0.0.1:${portOf(engine, 'proxy')}`, '--cacert', certificateFile];
    expect(await curl(...through, url)).toMatch(/"backend":"end"[^]* 200$/);
    for (const listener of ['proxy', 'secure'])
      expect(await recorded(engine, (row) => row.listener === listener)).toMatchObject({ path: '/a', status: 200 });
  });

  it.each(['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]'])(
    'and whose pool leads back to either of them as %s answers 508',
    async (host) => {
      const { engine, document, directory, curl, proxy, gateway } = await desk(CLOSED_PORT);
      for (const port of [proxy, gateway]) {
        const pools = { p: { backends: [{ name: 'b', url: `http://${host}:${port}` }], retry: { attempts: 1 } } };
        await applyConfig(engine, { ...document, pools }, directory);
        const said = await curl('-x', `http://127.0.0.1:${proxy}`, `http://127.0.0.1:${gateway}/`);
        expect(said).toMatch(/this proxy itself[^]* 508$/);
      }
    },
  );

  it('does not take it to another forward one', async () => {
    const { engine, document, directory, curl, proxy } = await desk(CLOSED_PORT);
    const other = { address: '127.0.0.1:0', mode: 'forward' as const };
    await applyConfig(engine, { ...document, listeners: { ...document.listeners, other } }, directory);
    const url = `http://127.0.0.1:${portOf(engine, 'other')}/`;
    expect(await curl('-x', `http://127.0.0.1:${proxy}`, url)).toMatch(/this proxy itself[^]* 508$/);
  });
});
