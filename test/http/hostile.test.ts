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

const passed = vectors.cases.filter(({ required, hex }) => required === 'PASS' && hex);

test.each(passed)('$id: $note is forwarded (RFC $rfc)', async ({ hex }) => {
  const { text } = await sendRaw(engine.port, Buffer.from(hex as string, 'hex'), (all) => all.includes('\r\n\r\n'));
  expect(text).toMatch(/^(HTTP\/1\.1 100 Continue\r\n\r\n)?HTTP\/1\.1 200 OK\r\n/);
});

/** What the backend may get of each row that is forwarded in normal form only, and what it must not get. */
const NORMAL_FORMS: Record<string, { gets?: RegExp; never?: RegExp }> = {
  CL17: { gets: /\r\nContent-Length: 5\r\n[^]*\r\n\r\nhello$/, never: /Connection: Content-Length/ },
  TE18: { gets: /\r\nContent-Length: 5\r\n[^]*\r\n\r\nhello$/, never: /\r\nTransfer-Encoding/ },
  TE21: { gets: /\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n$/, never: /Connection/ },
  CH08: { gets: /\r\n\r\n5\r\nhello\r\n0\r\n\r\n$/, never: /ext/ },
  CH19: { gets: /\r\n\r\n5\r\nhello\r\n0\r\nX-T: 1\r\n\r\n$/ },
  CH20: { gets: /\r\n\r\n5\r\nhello\r\n0\r\n\r\n$/, never: /evil|\r\nContent-Length/ },
  HD15: { never: /X-Secret|Connection/i },
  HD16: { gets: /\r\nHost: a\r\n/ },
  HD17: { gets: /\r\nAuthorization: Basic x\r\n[^]*X-Forwarded-For: 127/ },
  HD20: { never: /upgrade|http2-settings/i },
  HD24: { gets: /\r\nTE: trailers\r\n/, never: /Keep-Alive|Proxy-Connection|gzip/i },
  HD21: { gets: /\r\nUpgrade: websocket\r\n/ },
  PI03: { never: /smuggled/ },
};
const normalised = vectors.cases.filter(({ required }) => required === 'NORM');

test.each(normalised)('$id: $note, in normal form (RFC $rfc)', async ({ id, hex }) => {
  const { gets = /^/, never = /$^/ } = NORMAL_FORMS[id] ?? {};
  expect(Object.keys(NORMAL_FORMS)).toContain(id);
  const before = backend.received.join('').length;
  const { text } = await sendRaw(engine.port, Buffer.from(hex as string, 'hex'), (all) => all.includes('\r\n\r\nok'));
  const reached = backend.received.join('').slice(before);
  expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(reached).toMatch(gets);
  expect(reached).not.toMatch(never);
});

/** An HTTP/1 head, or bytes of another protocol. */
const isAnswered = (all: string) => all.includes('\r\n\r\n') || !'HTTP/1.1'.startsWith(all.slice(0, 8));

const either = vectors.cases.filter(({ required, hex }) => required === 'EITHER' && hex);

/** TRACE that may go no further: its request comes back. */
const ANSWERED_HERE: Record<string, RegExp> = {
  HD23: /\r\nContent-Type: message\/http\r\n[^]*\r\n\r\nTRACE \/ HTTP\/1\.1\r\n/,
};

test.each(either)('$id: $note: refused, or one canonical request (RFC $rfc)', async ({ id, hex }) => {
  const before = backend.received.join('').length;
  const { text } = await sendRaw(engine.port, Buffer.from(hex as string, 'hex'), isAnswered);
  const reached = backend.received.join('').slice(before);
  if (!text.startsWith('HTTP/1.1 200')) {
    // Refused, or (HTTP/2's preface) spoken to in another protocol: nothing of it was forwarded whole.
    expect(text).not.toMatch(/^HTTP\/1\.1 [123]/);
    expect(reached).not.toMatch(/0\r\n\r\n$|smuggled/);
    return;
  }
  const own = ANSWERED_HERE[id];
  if (own) {
    expect(text).toMatch(own);
    expect(reached).toBe('');
    return;
  }
  expect(reached.match(/ HTTP\/1\.1\r\n/g)).toHaveLength(1);
  expect(reached).not.toMatch(/[^\r]\n|\r\n[ \t]|#|@|smuggled/);
});

test.each([
  ['Host: [:::::]', 'GET / HTTP/1.1\r\nHost: [:::::]\r\n\r\n', 400],
  ['Host: [1.2.3.4]', 'GET / HTTP/1.1\r\nHost: [1.2.3.4]\r\n\r\n', 400],
  ['Host: [::1%25lo]', 'GET / HTTP/1.1\r\nHost: [::1%25lo]\r\n\r\n', 400],
  ['Host: [fe80::1%lo]', 'GET / HTTP/1.1\r\nHost: [fe80::1%lo]\r\n\r\n', 400],
  ['Host: a%zz', 'GET / HTTP/1.1\r\nHost: a%zz\r\n\r\n', 400],
  ['Host: a%', 'GET / HTTP/1.1\r\nHost: a%\r\n\r\n', 400],
  ['a URL with such a host', 'GET http://[:::::]/ HTTP/1.1\r\nHost: a\r\n\r\n', 400],
  ['CONNECT with a length', 'CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\nContent-Length: 5\r\n\r\nhello', 400],
  ['CONNECT with chunks', 'CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 400],
  ['two expectations', 'GET / HTTP/1.1\r\nHost: a\r\nExpect: foo\r\nExpect: 100-continue\r\n\r\n', 417],
  ['the same, the other way round', 'GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nExpect: foo\r\n\r\n', 417],
  ['a list of expectations', 'GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue, foo\r\n\r\n', 417],
])('%s is refused', async (_what, bytes, status) => {
  const before = backend.received.join('').length;
  const { text, closed } = await sendRaw(engine.port, bytes, () => false);
  expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(closed).toBe(true);
  expect(backend.received.join('').length).toBe(before);
});

test.each(['[::1]', '[::ffff:1.2.3.4]:80', '[2001:DB8::1]:', 'a%20b', '1.2.3.4:80'])(
  'Host: %s is taken',
  async (host) => {
    const head = `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
    const { text } = await sendRaw(engine.port, head, (all) => all.includes('\r\n\r\nok'));
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
  },
);

const LONG = 70 * 1024;
test.each([
  [
    'CH24',
    `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;${'e'.repeat(LONG)}\r\nhello\r\n0\r\n\r\n`,
    /^400$/,
  ],
  ['RL23', `GET /${'t'.repeat(LONG)} HTTP/1.1\r\nHost: a\r\n\r\n`, /^4(14|31)$/],
  ['HD13', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'h'.repeat(LONG)}\r\n\r\n`, /^431$/],
])('%s: 70 KiB of it are refused', async (_id, bytes, status) => {
  const { text, closed } = await sendRaw(engine.port, bytes, () => false);
  expect(text.split(' ')[1]).toMatch(status);
  expect(closed).toBe(true);
});
