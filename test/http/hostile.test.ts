/** The table of hostile requests through a real engine: what must be refused is, and nothing of it reaches a backend. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEngine, type TestEngine } from '../support/engine.ts';
import { type RawBackend, sendRaw, startRawBackend } from '../support/raw.ts';
import vectors from '../vectors/http1-hostile.json' with { type: 'json' };

let backend: RawBackend;
let engine: TestEngine;

beforeAll(async () => {
  backend = await startRawBackend((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'));
  engine = await startEngine([backend.port]);
});

afterAll(async () => {
  await engine.close();
  await backend.close();
});

const refused = vectors.cases.filter(({ required, hex }) => required === 'REJECT' && hex);

test.each(refused)('$id: $note is refused (RFC $rfc)', async ({ hex }) => {
  const before = backend.received.join('').length;
  const { text, closed } = await sendRaw(engine.port, Buffer.from(hex as string, 'hex'), () => false);
  expect(text).toMatch(/^HTTP\/1\.1 (4\d\d|50[15]) /);
  expect(text).toContain('Connection: close');
  expect(closed).toBe(true);
  // A request whose body is malformed may have begun; it never ends, and nothing follows it.
  const reached = backend.received.join('').slice(before);
  expect(reached).not.toContain('/smuggled');
  expect(reached).not.toMatch(/0\r\n\r\n$/);
});

const passed = vectors.cases.filter(({ required, hex, id }) => required === 'PASS' && hex && !['HD19'].includes(id));

test.each(passed)('$id: $note is forwarded (RFC $rfc)', async ({ hex }) => {
  const { text } = await sendRaw(engine.port, Buffer.from(hex as string, 'hex'), (all) => all.includes('\r\n\r\n'));
  expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
});
