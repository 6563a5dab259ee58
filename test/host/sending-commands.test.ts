import { expect, onTestFinished, test } from 'vitest';
import type { ConfigDocument } from '../../proxy-engine/contract/config.ts';
import { type Answer, type Backend, send, startBackend } from '../support/backend.ts';
import { startHost } from '../support/engine-host.ts';
import { CLOSED_PORT } from '../support/free-port.ts';
import { until } from '../support/until.ts';

type Document = Omit<ConfigDocument, 'version'>;

async function backends(names: readonly string[], answer?: (name: string) => Answer): Promise<Backend[]> {
  const started = await Promise.all(names.map((name) => startBackend(name, answer?.(name))));
  onTestFinished(async () => {
    for (const backend of started) await backend.close();
  });
  return started;
}

async function setUp(more: Document = {}, answer?: (name: string) => Answer, recordings: 'memory' | null = 'memory') {
  const [a, b] = (await backends(['a', 'b'], answer)) as [Backend, Backend];
  const entries = [a, b].map(({ name, url }) => ({ name, url }));
  const document: Document = {
    listeners: {
      gateway: { address: '127.0.0.1:0' },
      proxy: { address: '127.0.0.1:0', mode: 'forward' },
      ...more.listeners,
    },
    routes: more.routes ?? [{ name: 'all', match: 'listener = gateway', pool: 'api' }],
    pools: { api: { backends: entries }, ...more.pools },
    rules: more.rules ?? [],
    ...(more.capture && { capture: more.capture }),
  };
  const started = await startHost(document, recordings);
  return { ...started, a, b, gateway: started.address('gateway') };
}

function echoOf(data: string): { body: string; url: string; headers: Record<string, string> } {
  return JSON.parse(Buffer.from(data, 'base64').toString()) as ReturnType<typeof echoOf>;
}

/** Echoes what came. */
const echo: (name: string) => Answer = (name) => (incoming, response) => {
  const chunks: Buffer[] = [];
  incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
  incoming.on('end', () => {
    const body = Buffer.concat(chunks).toString('base64');
    response.end(JSON.stringify({ name, method: incoming.method, url: incoming.url, headers: incoming.headers, body }));
  });
};

test('composed: through routes, rules and pool like any other, and marked', async () => {
  const { call, gateway, a, b } = await setUp({
    rules: [{ name: 'stamp', request: [{ set: { 'x-stamp': 'yes' } }] }],
  });
  const report = await call('compose.send', {
    method: 'POST',
    url: `http://${gateway}/v1?a=ä`,
    headers: [['X-Mine', 'jä']],
    body: { text: 'hällo' },
    times: 6,
    concurrency: 3,
  });
  expect(report).toMatchObject({ state: 'done', total: 6, begun: 6, ended: 6 });
  expect(report.answers.map(({ status }) => status)).toEqual(Array(6).fill(200));
  expect([a.requests, b.requests]).toEqual([3, 3]);
  expect(report.ids).toHaveLength(6);
  const exchange = await call('exchange.get', { id: report.ids[0] ?? 0 });
  expect(exchange).toMatchObject({
    replayed: true,
    route: 'all',
    pool: 'api',
    listener: 'gateway',
    path: '/v1?a=%C3%A4',
  });
  expect(exchange.request.body.sizeBytes).toBe(6);
  expect(exchange.rules.map(({ name }) => name)).toEqual(['stamp']);
  expect(exchange.attempts).toHaveLength(1);
  await send(gateway);
  const { total } = await call('exchanges.query', { filter: 'replayed' });
  expect([total, (await call('exchanges.query', {})).total]).toEqual([6, 7]);
});

test('where no listener is named, a URL elsewhere goes out by the forward one', async () => {
  const { call, a } = await setUp();
  const { ids } = await call('compose.send', { url: `${a.url}/direct` });
  const exchange = await call('exchange.get', { id: ids[0] ?? 0 });
  expect(exchange).toMatchObject({ listener: 'proxy', status: 200, host: `127.0.0.1:${a.port}` });
  expect(exchange.pool).toBeUndefined();
});

test('straight to one backend, past routes and rules', async () => {
  const rules = [
    { name: 'no', request: [{ respond: { status: 418 } }] },
    { name: 'answered', match: 'status = 200', response: [{ status: 201 }] },
  ];
  const { call, gateway, a, b } = await setUp({ rules });
  const report = await call('compose.send', { url: `http://${gateway}/`, pool: 'api', backend: 'b', times: 4 });
  expect(report.answers.map(({ backend, status }) => `${backend} ${status}`)).toEqual(Array(4).fill('b 200'));
  expect([a.requests, b.requests]).toEqual([0, 4]);
});

test('attempts that fail are recorded as they are for others', async () => {
  const { call, gateway } = await setUp({
    pools: { dead: { backends: [{ name: 'x', url: `http://127.0.0.1:${CLOSED_PORT}` }], retry: { attempts: 1 } } },
  });
  const { answers } = await call('compose.send', { url: `http://${gateway}/`, pool: 'dead' });
  expect(answers).toMatchObject([{ status: 502, error: { code: 'CONNECT_REFUSED' } }]);
});

test.each([
  [{ url: 'http://x.test/', pool: 'nope' }, 'NOT_FOUND', /no pool is called "nope"; there are api/],
  [{ url: 'http://x.test/', pool: 'api', backend: 'c' }, 'NOT_FOUND', /no backend is called "c"; there are a, b/],
  [{ url: 'http://x.test/', backend: 'a' }, 'BAD_INPUT', /a backend needs its pool/],
  [{ url: 'http://x.test/', listener: 'nope' }, 'NOT_FOUND', /no listener is called "nope"/],
  [{ url: '/x' }, 'BAD_INPUT', /names no host/],
  [{ url: 'http://x.test/', method: 'CONNECT' }, 'BAD_INPUT', /CONNECT opens a tunnel/],
  [{ url: 'http://x.test/', times: 10_001 }, 'BAD_INPUT', /10000/],
] as const)('refused: %j', async (input, code, message) => {
  const { call } = await setUp();
  await expect(call('compose.send', input)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
});

test('replayed as the client sent it, body and all, with the rules of now', async () => {
  const { call, gateway } = await setUp({ rules: [{ name: 'r', request: [{ set: { 'x-rule': '1' } }] }] }, echo);
  const body = 'x'.repeat(100_000);
  const first = await send(gateway, '/post?q=1', { method: 'POST', headers: { 'x-odd': 'Value' }, body });
  const { rows } = await call('exchanges.query', {});
  const { ids, answers } = await call('exchange.replay', { id: rows[0]?.id ?? 0, times: 2 });
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  const copy = await call('exchange.get', { id: ids[1] ?? 0 });
  const original = await call('exchange.get', { id: rows[0]?.id ?? 0 });
  expect(copy.request.headers).toEqual(original.request.headers);
  expect(copy.mark?.note).toBe(`replay of ${rows[0]?.id}`);
  const echoed = await call('exchange.body', { id: ids[1] ?? 0, side: 'response' });
  const { body: sent, headers, url } = echoOf(echoed.data);
  expect(Buffer.from(sent, 'base64').toString()).toBe(body);
  expect([url, headers['x-odd'], headers['x-rule']]).toEqual(['/post?q=1', 'Value', '1']);
  expect(first.status).toBe(200);
});

test('replayed with edits: what was not edited stays', async () => {
  const { call, gateway, a } = await setUp({}, echo);
  await send(gateway, '/one', { method: 'POST', headers: { 'x-a': '1' }, body: 'abc' });
  const { rows } = await call('exchanges.query', {});
  const id = rows[0]?.id ?? 0;
  const { ids } = await call('exchange.replay', {
    id,
    edits: { method: 'PUT', url: `${a.url}/two`, body: { text: 'de' } },
  });
  const copy = await call('exchange.get', { id: ids[0] ?? 0 });
  expect(copy).toMatchObject({ method: 'PUT', host: `127.0.0.1:${a.port}`, path: '/two' });
  expect(copy.request.headers).toContainEqual(['x-a', '1']);
  expect(copy.request.body.sizeBytes).toBe(2);
});

test('replayed out of a saved recording, one or several', async () => {
  const { call, gateway } = await setUp({}, echo, null);
  for (const body of ['first', 'second']) await send(gateway, `/${body}`, { method: 'POST', body });
  const { recording } = await call('recordings.save', { name: 'before' });
  const { rows } = await call('exchanges.query', { recording, from: 0 });
  await call('exchanges.clear', {});
  const ids = rows.map(({ id }) => id);
  await expect(call('exchange.replay', { id: ids[1] ?? 0 })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const one = await call('exchange.replay', { recording, id: ids[1] ?? 0 });
  const both = await call('exchange.replay', { recording, ids });
  const sent = await Promise.all([...one.ids, ...both.ids].map((id) => call('exchange.get', { id })));
  expect(sent.map(({ path, request }) => [path, request.body.sizeBytes])).toEqual([
    ['/second', 6],
    ['/first', 5],
    ['/second', 6],
  ]);
  expect(sent[0]?.mark?.note).toBe(`replay of ${ids[1]} of the recording ${recording}`);
});

test('what was redacted in a file is not sent as if it were a value', async () => {
  const { call } = await setUp({}, echo);
  const headers = [
    { name: 'Authorization', value: '[redacted]' },
    { name: 'X-A', value: '1' },
    { name: 'Cookie', value: '[redacted]' },
  ];
  const request = { method: 'GET', url: 'http://x.test/', headers };
  const { firstId: id = 0 } = await call('har.import', { text: JSON.stringify({ log: { entries: [{ request }] } }) });
  const anew = { headers: [['Authorization', 'mine']] as [string, string][] };
  const sendings = [await call('exchange.replay', { id }), await call('exchange.replay', { id, edits: anew })];
  const sent = await Promise.all(sendings.map(({ ids }) => call('exchange.get', { id: ids[0] ?? 0 })));
  expect(
    sent.map(
      ({
        request: {
          headers: [, ...lines],
        },
        mark,
      }) => [lines, mark?.note],
    ),
  ).toEqual([
    [[['X-A', '1']], `replay of ${id}; sent without what was redacted: authorization, cookie`],
    [[['Authorization', 'mine']], `replay of ${id}`],
  ]);
});

test('a body that was not kept whole is not sent as if it were', async () => {
  const { call, gateway } = await setUp({ capture: { bodies: '1KiB' } }, echo);
  await send(gateway, '/', { method: 'POST', body: 'x'.repeat(5000) });
  const { rows } = await call('exchanges.query', {});
  const id = rows[0]?.id ?? 0;
  const refusal = {
    code: 'BAD_INPUT',
    message: expect.stringMatching(/only 1024 of the 5000 bytes .* capture\.bodies/),
  };
  await expect(call('exchange.replay', { id })).rejects.toMatchObject(refusal);
  const { answers } = await call('exchange.replay', { id, edits: { body: { text: 'new' } } });
  expect(answers[0]?.status).toBe(200);
});

test('a selection: each once, in its order', async () => {
  const { call, gateway } = await setUp();
  for (const path of ['/1', '/2', '/3']) await send(gateway, path);
  const { rows } = await call('exchanges.query', {});
  const wanted = rows.map(({ id }) => id).reverse();
  const { ids } = await call('exchange.replay', { ids: wanted, spacing: 'original', concurrency: 8 });
  const copies = await Promise.all(ids.map((id) => call('exchange.get', { id })));
  expect(copies.map(({ path }) => path)).toEqual(['/3', '/2', '/1']);
});

test('cancelled: the request under way is given up, the rest is not sent', async () => {
  const { call, gateway, a, b } = await setUp({}, () => (incoming) => void incoming.resume());
  const { sending } = await call('compose.send', { url: `http://${gateway}/`, times: 50, concurrency: 2, wait: false });
  await until(() => a.requests + b.requests === 2);
  expect(await call('sending.get', { sending })).toMatchObject({ state: 'running', begun: 2, ended: 0 });
  await call('sending.cancel', { sending });
  await until(async () => (await call('sending.get', { sending })).ended === 2);
  const { state, answers, begun } = await call('sending.get', { sending });
  expect([state, begun, answers.map(({ error }) => error?.code)]).toEqual([
    'cancelled',
    2,
    ['CLIENT_GONE', 'CLIENT_GONE'],
  ]);
  await expect(call('sending.get', { sending: 99 })).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
