/** Answers that are made here, before a request can be read or without one, say when (RFC 9110 §6.6.1). */
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { portOf, recorded, runConfig, startEngine, type TestEngine } from '../support/engine.ts';
import { CLOSED_PORT } from '../support/free-port.ts';
import { ask, connectHttp2 } from '../support/http2.ts';
import { sendRaw } from '../support/raw.ts';
import { temporaryDirectory } from '../support/tls.ts';

const DATE = /\r\nDate: (\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT)\r\n/;
const LONG = 'x'.repeat(70 * 1024);

async function gateway(listener: object = {}): Promise<TestEngine> {
  const engine = await startEngine([CLOSED_PORT], { listener });
  onTestFinished(() => engine.close());
  return engine;
}

async function forwardProxy(): Promise<number> {
  const rules = [{ name: 'blocked', match: 'host = blocked.test', request: [{ respond: { status: 403 } }] }];
  const listeners = { proxy: { address: '127.0.0.1:0', mode: 'forward' as const } };
  const engine = await runConfig({ listeners, rules }, temporaryDirectory());
  onTestFinished(() => engine.close(0));
  return portOf(engine, 'proxy');
}

test.each([
  [400, 'no request', 'hello\r\n\r\n'],
  [400, 'a line without colon', 'GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n'],
  [400, 'no Host', 'GET / HTTP/1.1\r\n\r\n'],
  [400, 'CONNECT to no forward proxy', 'CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n'],
  [400, 'TLS in clear', '\x16\x03\x01\x00\x05'],
  [414, 'a long target', `GET /${LONG} HTTP/1.1\r\nHost: a\r\n\r\n`],
  [417, 'an expectation', 'GET / HTTP/1.1\r\nHost: a\r\nExpect: tea\r\n\r\n'],
  [431, 'a long head', `GET / HTTP/1.1\r\nHost: a\r\nX: ${LONG}\r\n\r\n`],
  [501, 'an unknown coding', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n'],
  [505, 'another version', 'GET / HTTP/3.0\r\nHost: a\r\n\r\n'],
  [502, 'a backend that is not there', 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'],
])('%i: %s', async (status, _what, bytes) => {
  const { engine, port } = await gateway();
  const before = Date.now();
  const { text } = await sendRaw(port, Buffer.from(bytes, 'latin1'), (all) => all.includes('\r\n\r\n'));
  expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  const [line, date = ''] = DATE.exec(text) ?? [];
  expect(line, text.slice(0, 300)).toBeDefined();
  expect(text.match(/\r\nDate: /g)).toHaveLength(1);
  expect(Date.parse(date)).toBeGreaterThan(before - 1000);
  expect(Date.parse(date)).toBeLessThanOrEqual(Date.now());
  expect((await recorded(engine)).response?.headers).toContainEqual(['Date', date]);
});

test('503: more connections than may be', async () => {
  const { port } = await gateway({ limits: { connections: 1 } });
  const first = connect(port, '127.0.0.1');
  onTestFinished(() => void first.destroy());
  await once(first, 'connect');
  const { text } = await sendRaw(port, '', () => false);
  expect(text).toMatch(/^HTTP\/1\.1 503 /);
  expect(text).toMatch(DATE);
});

test.each([
  [502, `127.0.0.1:${CLOSED_PORT}`],
  [403, 'blocked.test:443'],
])('%i to CONNECT %s', async (status, to) => {
  const port = await forwardProxy();
  const { text } = await sendRaw(port, `CONNECT ${to} HTTP/1.1\r\nHost: ${to}\r\n\r\n`, (all) =>
    all.includes('\n\r\n'),
  );
  expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(text).toMatch(DATE);
});

test('400 over HTTP/2', async () => {
  const { port } = await gateway();
  const { status, fields } = await ask(connectHttp2(`http://127.0.0.1:${port}`), { ':path': '/x#y' });
  expect(status).toBe(400);
  expect(fields[fields.indexOf('date') + 1]).toMatch(/ GMT$/);
});
