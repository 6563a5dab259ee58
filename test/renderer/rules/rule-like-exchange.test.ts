/** A rule that is made of a recorded exchange holds when the same comes again: through a running engine. */
import { afterEach, expect, it } from 'vitest';
import { configSchema } from '../../../proxy-engine/contract/config.ts';
import { matchOf } from '../../../renderer/rules/from-exchange.ts';
import { type Backend, send, startBackend } from '../../support/backend.ts';
import { portOf, recorded, startEngine, type TestEngine } from '../../support/engine.ts';
import { sendRaw } from '../../support/raw.ts';

let backend: Backend;
let engine: TestEngine;
afterEach(async () => {
  await engine.close();
  await backend.close();
});

const REWRITE = {
  name: 'Rewrite',
  match: 'path ^= /v1/',
  request: [{ path: { replace: '^/v1', with: '/v2' } }, { method: 'PUT' }],
};

it.each<[what: string, ask: (port: number) => Promise<unknown>]>([
  ['GET', (port) => send(`127.0.0.1:${port}`, '/a?q=1')],
  ['POST of JSON', (port) => send(`127.0.0.1:${port}`, '/a', { method: 'POST', body: '{"a":1}' })],
  ['one that a rule rewrites', (port) => send(`127.0.0.1:${port}`, '/v1/a b'.replace(' ', '%20'))],
  [
    'a whole URL on a forward listener',
    (port) =>
      sendRaw(port, `GET http://api.test/x?y HTTP/1.1\r\nHost: api.test\r\n\r\n`, (text) => text.includes('\r\n\r\n')),
  ],
  [
    'a WebSocket',
    (port) =>
      sendRaw(
        port,
        'GET /ws HTTP/1.1\r\nHost: a.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
        (text) => text.includes('\r\n\r\n'),
      ),
  ],
])('%s', async (what, ask) => {
  backend = await startBackend('b');
  const forward = what.includes('forward');
  engine = await startEngine([backend.port], {
    rules: [REWRITE] as never,
    listener: forward ? { mode: 'forward' } : {},
  });
  await ask(engine.port);
  const exchange = await recorded(engine.engine);
  const config = configSchema.parse({
    version: 1,
    listeners: { again: { address: '127.0.0.1:0', ...(forward && { mode: 'forward' }) } },
    routes: [{ name: 'all', pool: 'p' }],
    pools: { p: { backends: [{ name: 'a', url: backend.url }] } },
    rules: [REWRITE, { name: 'Like it', match: matchOf(exchange) }],
  });
  await engine.engine.apply(config, { baseDir: '.' });
  await ask(portOf(engine.engine, 'again'));
  await expect.poll(() => engine.engine.state().rules.at(-1)?.hits).toBe(1);
});
