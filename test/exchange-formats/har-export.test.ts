import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { harEntry } from '../../proxy-engine/exchange-formats/har-export.ts';
import type { HarEntry } from '../../proxy-engine/exchange-formats/har-format.ts';
import { exampleExchange } from '../renderer/examples.ts';
import { type Answer, send, startBackend } from '../support/backend.ts';
import { startHost, type TestHost } from '../support/engine-host.ts';
import { CLOSED_PORT } from '../support/free-port.ts';
import { until } from '../support/until.ts';
import { harSchema } from './har-schema.ts';

const BINARY = Buffer.from([0xff, 0xd8, 0x00, 0x80]);

const answers: Answer = (incoming, response) => {
  incoming.resume();
  const path = incoming.url?.split('?')[0];
  if (path === '/gzip') {
    const body = gzipSync('{"täst":"ja"}');
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
    response.end(body);
  } else if (path === '/cut-gzip') {
    response.writeHead(200, { 'content-encoding': 'gzip' });
    response.end(gzipSync('{"täst":"ja"}').subarray(0, -8));
  } else if (path === '/broken-gzip') {
    response.writeHead(200, { 'content-encoding': 'gzip' });
    response.end('this is not gzip');
  } else if (path === '/binary') {
    response.writeHead(200, { 'content-type': 'image/jpeg' });
    response.end(BINARY);
  } else if (path === '/long') response.end('x'.repeat(5000));
  else if (path === '/cookies') {
    response.writeHead(302, {
      location: '/next',
      'set-cookie': ['sid=secret1; Path=/; HttpOnly; Expires=Wed, 21 Oct 2026 07:28:00 GMT', 'b=2; Secure'],
    });
    response.end();
  } else response.end('fine');
};

async function setUp(redact?: string[]): Promise<TestHost & { gateway: string }> {
  const backend = await startBackend('a', answers);
  onTestFinished(() => backend.close());
  const started = await startHost({
    listeners: { gateway: { address: '127.0.0.1:0' } },
    routes: [{ name: 'all', pool: 'api' }],
    pools: {
      api: {
        policy: 'first',
        backends: [
          { name: 'x', url: `http://127.0.0.1:${CLOSED_PORT}` },
          { name: 'a', url: backend.url },
        ],
        retry: { attempts: 2 },
      },
    },
    rules: [{ name: 'stamp', request: [{ set: { 'x-stamp': 'yes' } }] }],
    capture: { bodies: '1KiB', ...(redact && { redact }) },
  });
  return { ...started, gateway: started.address('gateway') };
}

/** The whole export, piece by piece, which is valid HAR 1.2. */
async function exported({ call }: TestHost, input: object = {}): Promise<HarEntry[]> {
  let piece = await call('har.export', input);
  let text = piece.text;
  while (!piece.done) {
    piece = await call('har.export', { export: piece.export });
    text += piece.text;
  }
  return harSchema.parse(JSON.parse(text)).log.entries as unknown as HarEntry[];
}

test('bodies: decoded text, binary as base64, what could not be decoded or kept says so', async () => {
  const started = await setUp();
  for (const path of ['/gzip', '/broken-gzip', '/binary', '/long', '/cut-gzip']) await send(started.gateway, path);
  const [gzip, broken, binary, long, cut] = (await exported(started)).map(({ response }) => response.content);
  expect(gzip).toEqual({ size: 14, mimeType: 'application/json', text: '{"täst":"ja"}' });
  expect(broken).toMatchObject({
    text: 'this is not gzip',
    _encoded: true,
    comment: expect.stringMatching(/not valid/),
  });
  expect(binary).toEqual({ size: 4, mimeType: 'image/jpeg', text: BINARY.toString('base64'), encoding: 'base64' });
  expect(long).toMatchObject({ size: 5000, text: 'x'.repeat(1024), comment: 'only 1024 of 5000 bytes were kept' });
  expect(cut).toMatchObject({ text: '{"täst":"ja"}', comment: expect.stringMatching(/broken off/) });
});

test('what was sent: query, body of text and of bytes', async () => {
  const started = await setUp();
  const headers = { 'content-type': 'text/plain', cookie: 'a=1; b=two' };
  await send(started.gateway, '/post?q=a%20b&empty=&flag&ü=ä', { method: 'POST', headers, body: 'jä' });
  const [entry] = await exported(started, { redact: false });
  expect(entry?.request).toMatchObject({
    method: 'POST',
    url: `http://${started.gateway}/post?q=a%20b&empty=&flag&%C3%BC=%C3%A4`,
    queryString: [
      { name: 'q', value: 'a b' },
      { name: 'empty', value: '' },
      { name: 'flag', value: '' },
      { name: 'ü', value: 'ä' },
    ],
    cookies: [
      { name: 'a', value: '1' },
      { name: 'b', value: 'two' },
    ],
    postData: { mimeType: 'text/plain', text: 'jä', params: [] },
    bodySize: 3,
  });
  await send(started.gateway, '/post', { method: 'POST', headers, body: BINARY });
  const { postData, _content } = (await exported(started)).at(-1)?.request ?? {};
  const comment = 'its bytes are not UTF-8: they are in _content, in base64';
  expect(postData).toEqual({ mimeType: 'text/plain', text: '', params: [], comment });
  expect(_content).toMatchObject({ text: BINARY.toString('base64') });
});

test('the decision: pool, backend, every attempt, rules; timings that sum up', async () => {
  const started = await setUp();
  await send(started.gateway, '/fine');
  const [entry] = await exported(started);
  expect(entry?._switchyard).toMatchObject({
    listener: 'gateway',
    route: 'all',
    pool: 'api',
    backend: 'a',
    attempts: [
      { backend: 'x', outcome: 'retried', error: { code: 'CONNECT_REFUSED' } },
      { backend: 'a', outcome: 'answered' },
    ],
    rules: [{ name: 'stamp' }],
    sent: { headers: expect.arrayContaining([['x-stamp', 'yes']]) },
  });
  expect(entry?.serverIPAddress).toBe('127.0.0.1');
  expect(entry?.connection).toMatch(/^\d+$/);
});

test('no response: status 0 and the error, as Chrome writes it', async () => {
  const started = await setUp();
  await started.call('config.edit', {
    edits: [{ path: ['rules', 'stamp', 'request', 0], value: { abort: 'reset' } }],
    persist: false,
  });
  await send(started.gateway, '/').catch(() => undefined);
  const [entry] = await exported(started);
  expect(entry?.response).toMatchObject({ status: 0, _error: expect.stringMatching(/^ABORTED_BY_RULE: /) });
});

test('redacted as the config says, also in cookies and in what the backend got, and told; not when told so', async () => {
  const started = await setUp(['authorization', 'set-cookie', 'x-internal-*']);
  const headers = { authorization: 'Bearer secret2', 'x-internal-key': 'secret3', cookie: 'kept=1' };
  await send(started.gateway, '/cookies', { headers });
  const piece = await started.call('har.export', {});
  expect(piece.text).not.toMatch(/secret\d/);
  expect(piece.text).toContain(
    'redacted, as capture.redact and variables in rules say: values of authorization, set-cookie, x-internal-*',
  );
  const [entry] = await exported(started);
  expect(entry?.request.headers).toContainEqual({ name: 'authorization', value: '[redacted]' });
  expect(entry?.request.cookies).toEqual([{ name: 'kept', value: '1' }]);
  expect(entry?.response.cookies).toEqual([]);
  const [open] = await exported(started, { redact: false });
  expect(open?.response).toMatchObject({
    redirectURL: '/next',
    cookies: [
      { name: 'sid', value: 'secret1', path: '/', httpOnly: true, expires: '2026-10-21T07:28:00.000Z' },
      { name: 'b', value: '2', secure: true },
    ],
  });
});

test('a selection, a filter, nothing', async () => {
  const started = await setUp();
  for (const path of ['/1', '/2', '/3']) await send(started.gateway, path);
  const urls = async (input: object) => (await exported(started, input)).map(({ request }) => request.url.slice(-2));
  expect(await urls({ filter: 'path != /2' })).toEqual(['/1', '/3']);
  expect(await urls({ ids: [3, 1] })).toEqual(['/3', '/1']);
  expect(await urls({ filter: 'path = /nothing' })).toEqual([]);
  await expect(started.call('har.export', { filter: 'path ==' })).rejects.toMatchObject({ code: 'BAD_INPUT' });
  await expect(started.call('har.export', { export: 77 })).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('more than a piece holds comes in pieces', async () => {
  const started = await setUp();
  const { ids } = await started.call('compose.send', {
    url: `http://${started.gateway}/`,
    method: 'POST',
    body: { text: 'x'.repeat(1024) },
    times: 1200,
    concurrency: 16,
  });
  const piece = await started.call('har.export', {});
  expect(piece.done).toBe(false);
  expect(await exported(started)).toHaveLength(ids.length);
});

test('what a backend said before its response (1xx) is told, without secrets', () => {
  const interim = (value: string) => [
    { status: 103, reason: 'Early Hints', headers: [['X-Key', value]] as [string, string][] },
  ];
  const exchange = { ...exampleExchange(1), interim: interim('letmein') };
  const whole = { exchange, requestBody: Buffer.alloc(0), responseBody: { bytes: Buffer.alloc(0) }, messages: [] };
  const { _switchyard: own } = harEntry(whole, (name) => name.toLowerCase() === 'x-key');
  expect(own.interim).toEqual(interim('[redacted]'));
});

test('messages that were not kept, cut or not understood are told in a comment', () => {
  const message = {
    index: 3,
    atMs: 1,
    from: 'client',
    type: 'text',
    data: 'a',
    sizeBytes: 9,
    truncated: true,
  } as const;
  const told = { ...message, wireBytes: 9, fragments: 1, compressed: false };
  const exchange = { ...exampleExchange(1), messages: { total: 4, notes: ['no frame'] } };
  const whole = { exchange, requestBody: Buffer.alloc(0), responseBody: { bytes: Buffer.alloc(0) }, messages: [told] };
  expect(harEntry(whole, () => false).response.content.comment).toBe(
    'the first 3 of 4 messages were not kept; 1 of those kept were cut; messages were not understood to the end: no frame',
  );
});

test('messages of a WebSocket in the shape of Chrome', async () => {
  const server = createServer();
  new WebSocketServer({ server }).on('connection', (socket) =>
    socket.on('message', (data, isBinary) => socket.send(isBinary ? data : `echo ${String(data)}`)),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const started = await startHost({
    listeners: { gateway: { address: '127.0.0.1:0' } },
    routes: [{ name: 'all', pool: 'p' }],
    pools: { p: { backends: [{ url: `http://127.0.0.1:${port}` }] } },
  });
  const socket = new WebSocket(`ws://${started.address('gateway')}/ws`);
  await new Promise((resolve) => socket.once('open', resolve));
  socket.send('hällo');
  socket.send(BINARY);
  await new Promise<void>((resolve) => socket.on('message', (_data, isBinary) => isBinary && resolve()));
  socket.close();
  await until(async () => (await started.call('exchanges.query', {})).rows[0]?.durationMs !== undefined);
  const [entry] = await exported(started);
  const messages = entry?._webSocketMessages?.filter(({ opcode }) => opcode < 8);
  expect(messages?.map(({ type, opcode, data }) => [type, opcode, data])).toEqual([
    ['send', 1, 'hällo'],
    ['send', 2, BINARY.toString('base64')],
    ['receive', 1, 'echo hällo'],
    ['receive', 2, BINARY.toString('base64')],
  ]);
  expect(entry?._resourceType).toBe('websocket');
  expect(entry?.response.status).toBe(101);
});
