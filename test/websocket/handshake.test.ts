import { describe, expect, onTestFinished, test } from 'vitest';
import { Headers } from '../../proxy-engine/http/headers.ts';
import { wrongSwitch } from '../../proxy-engine/websocket/handshake.ts';
import { recorded, startEngine } from '../support/engine.ts';
import { ask, connectHttp2 } from '../support/http2.ts';
import { sendRaw, startRawBackend } from '../support/raw.ts';

// The example of RFC 6455 §1.3.
const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const ACCEPT = ['Sec-WebSocket-Accept', 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='];
const UPGRADE = ['Upgrade', 'websocket', 'Connection', 'Upgrade'];

test.each<[lines: string[], asked: string, key: string | undefined, problem: RegExp | null]>([
  [[...UPGRADE, ...ACCEPT], 'websocket', KEY, null],
  [['Upgrade', 'WebSocket', 'Connection', 'keep-alive, upgrade', ...ACCEPT], 'websocket', KEY, null],
  [['Connection', 'Upgrade', ...ACCEPT], 'websocket', KEY, /no Upgrade/],
  [
    ['Upgrade', 'foo', 'Connection', 'Upgrade', ...ACCEPT],
    'websocket',
    KEY,
    /switched to "foo", asked for was "websocket"/,
  ],
  [['Upgrade', 'websocket, foo', 'Connection', 'Upgrade', ...ACCEPT], 'websocket', KEY, /switched to/],
  [['Upgrade', 'websocket', ...ACCEPT], 'websocket', KEY, /without Connection: Upgrade/],
  [UPGRADE, 'websocket', KEY, /wrong Sec-WebSocket-Accept/],
  [[...UPGRADE, 'Sec-WebSocket-Accept', 'AAAA'], 'websocket', KEY, /wrong Sec-WebSocket-Accept/],
  [['Upgrade', 'foo/2'], 'bar, foo/2', undefined, null],
  [['Upgrade', 'baz'], 'bar, foo/2', undefined, /switched to "baz"/],
])('101 with %j to a request for %s', (lines, asked, key, problem) => {
  const found = wrongSwitch(new Headers(lines), asked, key);
  if (problem) expect(found).toMatch(problem);
  else expect(found).toBeNull();
});

describe.each([
  ['no Upgrade', 'Connection: Upgrade\r\n', /no Upgrade/],
  ['another protocol', 'Upgrade: foo\r\nConnection: Upgrade\r\n', /switched to "foo"/],
  ['no proof', 'Upgrade: websocket\r\nConnection: Upgrade\r\n', /wrong Sec-WebSocket-Accept/],
])('a backend that takes a WebSocket with %s', (_, lines, message) => {
  async function scene() {
    const backend = await startRawBackend((socket) => socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines}\r\n`));
    const { engine, port, close } = await startEngine([backend.port]);
    onTestFinished(async () => {
      await close();
      await backend.close();
    });
    return { engine, port };
  }

  test('is no backend of a WebSocket for a client of HTTP/2', async () => {
    const { engine, port } = await scene();
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    await new Promise((resolve) => session.once('remoteSettings', resolve));
    const answer = await ask(session, {
      ':method': 'CONNECT',
      ':protocol': 'websocket',
      ':path': '/',
      ':scheme': 'http',
    });
    expect(answer).toMatchObject({ status: 502, body: expect.stringMatching(message) });
    expect(await recorded(engine)).toMatchObject({ status: 502, error: { code: 'BAD_RESPONSE' } });
  });

  test('nor for one of HTTP/1.1', async () => {
    const { engine, port } = await scene();
    const head = `GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${KEY}\r\n`;
    const { text } = await sendRaw(port, `${head}Sec-WebSocket-Version: 13\r\n\r\n`, (all) => all.includes('backend'));
    expect(text).toMatch(/^HTTP\/1\.1 502 /);
    expect(text).toMatch(message);
    expect(await recorded(engine)).toMatchObject({ status: 502, error: { code: 'BAD_RESPONSE' } });
  });
});
