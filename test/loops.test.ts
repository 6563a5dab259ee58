import { expect, it, onTestFinished } from 'vitest';
import { configSchema } from '../proxy-engine/contract/config.ts';
import { send, startBackend } from './support/backend.ts';
import { recordedRows, startEngine } from './support/engine.ts';
import { startHaproxy, startNginx } from './support/other-proxies.ts';

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
