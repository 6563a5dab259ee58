/** Both stores, the one on disk and the one in memory, through the same table: what was recorded comes back the same. */
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { configSchema } from '../../proxy-engine/contract/config.ts';
import type { ValueField } from '../../proxy-engine/contract/value-fields.ts';
import type { CaptureStore } from '../../proxy-engine/store/capture-store.ts';
import { MemoryStore } from '../../proxy-engine/store/memory-store.ts';
import { ThreadedStore } from '../../proxy-engine/store/thread/threaded-store.ts';
import { BadFilter } from '../../proxy-engine/store/views/filter.ts';
import { PRESETS } from '../../renderer/traffic/filters/presets.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { grpcFrame } from '../support/grpc-frames.ts';
import { until } from '../support/until.ts';
import { type Sample, sampleExchange } from './sample-exchanges.ts';

const { capture: defaults } = configSchema.parse({ version: 1 });
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const KINDS = ['memory', 'disk'] as const;

async function openOf(kind: (typeof KINDS)[number], capture: Partial<typeof defaults> = {}) {
  const clock = new FakeClock();
  const limits = { ...defaults, ...capture };
  if (kind === 'memory') return { clock, store: new MemoryStore({ clock, capture: limits, recording: true }) };
  const directory = await mkdtemp(join(tmpdir(), 'store-'));
  const options = {
    clock,
    capture: limits,
    recording: true,
    directory,
    saved: join(directory, 'saved'),
    onChange() {},
  };
  const store = await ThreadedStore.open(options);
  closing.push(async () => {
    await store.close();
    await rm(directory, { recursive: true });
  });
  return { clock, store, directory };
}

function record(store: CaptureStore, sample: Sample): void {
  const live = sampleExchange(sample);
  store.begun(live);
  if (sample.requestBody !== undefined) store.body(live, 'request', Buffer.from(sample.requestBody));
  if (sample.responseBody !== undefined) {
    const body = encoded(Buffer.from(sample.responseBody), sample.coding);
    live.responseSizeBytes = body.length;
    store.body(live, 'response', body);
  }
  store.record(live);
}

function encoded(body: Buffer, codings = ''): Buffer {
  return codings.split(', ').reduce((coded, coding) => ENCODE[coding]?.(coded) ?? coded, body);
}

const ENCODE: Record<string, (body: Buffer) => Buffer> = {
  gzip: (body) => gzipSync(body),
  deflate: (body) => deflateSync(body),
  br: (body) => brotliCompressSync(body),
  zstd: (body) => zstdCompressSync(body),
};

async function idsOf(store: CaptureStore, filter?: string): Promise<number[]> {
  const { rows } = await store.query({ filter, from: 0, limit: 1000, order: 'asc' });
  return rows.map(({ id }) => id);
}

const SAMPLES: Sample[] = [
  {
    id: 1,
    path: '/v1/users?page=2',
    pool: 'api',
    backend: 'a',
    contentType: 'application/json',
    responseBody: '{"name":"Ada"}',
  },
  {
    id: 2,
    method: 'POST',
    path: '/v1/orders',
    status: 503,
    durationMs: 900,
    pool: 'api',
    backend: 'b',
    error: 'out',
    attempts: 3,
    delayedMs: 0.25,
  },
  {
    id: 3,
    host: 'Shop.Test',
    path: '/assets/a.css',
    contentType: 'text/css',
    rules: ['css', 'more'],
    note: 'to do 待辦',
    color: 'red',
  },
  {
    id: 4,
    path: '/stream',
    contentType: 'Text/Event-Stream',
    status: 200,
    responseBody: 'data: 1\n\n',
    requestBody: 'ask',
  },
  { id: 5, method: 'DELETE', path: '/', status: 404, attempts: 0, durationMs: 0.5 },
  { id: 6, path: '/zipped', responseBody: 'in stock: 3', coding: 'gzip', contentType: 'Text/Plain; charset=utf-8' },
];

describe.each(KINDS)('a store (%s)', (kind) => {
  let shared: CaptureStore;
  let closeShared: (() => Promise<unknown>) | undefined;
  beforeAll(async () => {
    shared = (await openOf(kind)).store;
    closeShared = closing.pop();
    for (const sample of SAMPLES) record(shared, sample);
  });
  afterAll(() => closeShared?.());

  it('gives rows the headers that are asked for', async () => {
    const query = {
      from: 0,
      limit: 100,
      order: 'asc',
      headers: ['request:x-id', 'response:x-none', 'request:host'],
    } as const;
    const { rows } = await shared.query({ ...query, headers: [...query.headers] });
    expect(rows[2]?.headers).toEqual({ 'request:x-id': '3', 'request:host': 'Shop.Test' });
    expect((await shared.query({ from: 0, limit: 1, order: 'asc' })).rows[0]).not.toHaveProperty('headers');
  });

  it('gives back what it got', async () => {
    const { store } = await openOf(kind);
    for (const sample of SAMPLES) record(store, sample);
    const { total, recorded, rows } = await store.query({ from: 0, limit: 100, order: 'desc' });
    expect([total, recorded, rows.map(({ id }) => id)]).toEqual([6, 6, [6, 5, 4, 3, 2, 1]]);
    expect(rows[4]).toMatchObject({
      method: 'POST',
      host: 'api.test:8080',
      path: '/v1/orders',
      status: 503,
      attempts: 3,
    });
    expect(await store.get(3)).toMatchObject({
      mark: { note: 'to do 待辦', color: 'red' },
      rules: [{ name: 'css', phase: 'request', actions: ['set a', 'delete b'] }, { name: 'more' }],
      request: {
        headers: [
          ['Host', 'Shop.Test'],
          ['X-Id', '3'],
        ],
      },
      response: { status: 200, reason: 'Fine' },
      sent: {
        headers: [
          ['Host', 'api.test'],
          ['Via', '1.1 switchyard'],
        ],
      },
      client: { address: '127.0.0.1', port: 5000 },
    });
    expect((await store.get(2))?.attempts).toMatchObject([
      { outcome: 'retried', error: { code: 'CONNECT_REFUSED', source: 'backend' } },
      { outcome: 'retried' },
      {
        outcome: 'answered',
        startedMs: 2,
        timings: { blocked: 0.25, send: 0, wait: 1.75, receive: 1 },
        bytesSent: 100,
        bytesReceived: 200,
      },
    ]);
    expect(await store.get(99)).toBeNull();
  });

  it.each<{ what: string; edit: Sample['edit']; lines: [string, string][] }>([
    {
      what: 'added',
      edit: (headers) => headers.append('X-New', 'caf\u00e9'),
      lines: [
        ['Content-Type', 'text/plain'],
        ['Content-Length', '2'],
        ['X-New', 'caf\u00e9'],
      ],
    },
    { what: 'taken away', edit: (headers) => headers.delete('content-type'), lines: [['Content-Length', '2']] },
    {
      what: 'changed',
      edit: (headers) => headers.set('content-type', 'text/html'),
      lines: [
        ['Content-Type', 'text/html'],
        ['Content-Length', '2'],
      ],
    },
  ])('shows the lines of an answer with one $what, and those that were received', async ({ edit, lines }) => {
    const { store } = await openOf(kind);
    record(store, { id: 1, contentType: 'text/plain', edit });
    const exchange = await store.get(1);
    expect(exchange?.response?.headers).toEqual(lines);
    expect(exchange?.received?.headers).toEqual([
      ['Content-Type', 'text/plain'],
      ['Content-Length', '2'],
    ]);
  });

  it('gives bodies as they were, decoded, and in part', async () => {
    const { store } = await openOf(kind);
    for (const sample of SAMPLES) record(store, sample);
    const read = async (id: number, decoded: boolean, offset = 0, length = 100) => {
      const window = await store.readBody({ id, side: 'response', decoded, offset, length });
      return Buffer.from(window?.data ?? '', 'base64').toString();
    };
    expect(await read(1, true)).toBe('{"name":"Ada"}');
    expect(await read(1, true, 2, 4)).toBe('name');
    expect(await read(6, true)).toBe('in stock: 3');
    expect((await read(6, false)).slice(0, 2)).not.toBe('in');
    const asked = await store.readBody({ id: 4, side: 'request', decoded: true, offset: 0, length: 10 });
    expect(asked).toMatchObject({ data: Buffer.from('ask').toString('base64'), totalBytes: 3, truncated: false });
  });

  it.each<[filter: string, ids: number[]]>([
    ['status = 5xx', [2]],
    ['status != 200', [2, 5]],
    ['status < 500', [1, 3, 4, 5, 6]],
    ['method in (POST, DELETE)', [2, 5]],
    ['path ^= /v1/', [1, 2]],
    ['path $= .css', [3]],
    ['path ~ "^/v[0-9]+/o"', [2]],
    ['host = shop.test', [3]],
    ['host = api.test and port = 8080', [1, 2, 4, 5, 6]],
    ['port != 8080', [3]],
    ['query = "page=2"', [1]],
    ['query[page] = 2', [1]],
    ['"users"', [1]],
    ['pool = api and backend = b', [2]],
    ['not pool = api', [3, 4, 5, 6]],
    ['not (pool = api or status = 404)', [3, 4, 6]],
    ['duration > 500ms', [2]],
    ['attempts > 1', [2]],
    ['retried', [2]],
    ['failed', [2]],
    ['not failed and attempts = 1', [1, 3, 4, 6]],
    ['error = RESET', [2]],
    ['error != RESET', [1, 3, 4, 5, 6]],
    ['rule = more', [3]],
    ['rule ^= cs', [3]],
    ['note *= 待辦', [3]],
    ['color = red', [3]],
    ['contentType ^= application/json', [1]],
    ['contentType ^= text/', [3, 4, 6]],
    ['sse', [4]],
    ['mocked', [5]],
    ['completed', [1, 2, 3, 4, 5, 6]],
    ['header[x-id] = 4', [4]],
    ['responseHeader[content-type] *= css', [3]],
    ['requestSize > 0B', [4]],
    ['body *= Ada', [1]],
    ['body *= "in stock"', [6]],
    ['requestBody = ask', [4]],
    ['body ~ "stock: [0-9]"', [6]],
    ['body ~i "IN STOCK"', [6]],
    ['body ~i "\\"ADA\\""', [1]],
    ['body ~ "Ada|ask"', [1, 4]],
    ['body ~i "ADA|STOCK: [0-9]"', [1, 6]],
    ['body ~ "[A-Z][a-z]a"', [1]],
    ['not body ~ Ada', [2, 3, 4, 5, 6]],
    ['not body *= "in stock"', [1, 2, 3, 4, 5]],
    ['pool = api and not body *= Ada', [2]],
    ['not body ~ Ada and not body ~ "in stock"', [2, 3, 4, 5]],
    ['not body ~ Ada and body ~ "a[sd]"', [4]],
    ['responseHeader[content-type] ~i "C[S]S"', [3]],
    ['pool = api and body *= Ada', [1]],
    ['has header[x-id]', [1, 2, 3, 4, 5, 6]],
    ['has query[page]', [1]],
    ['clientIp = 127.0.0.1 and scheme = http and listener = gateway', [1, 2, 3, 4, 5, 6]],
  ])('finds %s', async (filter, ids) => {
    expect(await idsOf(shared, filter)).toEqual(ids);
  });

  it('asks each of several lines of one header, and of Cookie all', async () => {
    const { store } = await openOf(kind);
    const requestHeaders = ['X-Forwarded-For: 1.1.1.1', 'X-Forwarded-For: 2.2.2.2', 'Cookie: a=1', 'Cookie: b=2'];
    record(store, { id: 1, requestHeaders, responseHeaders: ['Set-Cookie: a=x', 'Set-Cookie: b=secret'] });
    record(store, { id: 2, requestHeaders: ['X-Forwarded-For: 1.1.1.1'] });
    expect(await idsOf(store, 'responseHeader[set-cookie] *= "b=secret"')).toEqual([1]);
    expect(await idsOf(store, 'responseHeader[set-cookie] ~ "^b="')).toEqual([1]);
    expect(await idsOf(store, 'header[x-forwarded-for] = 2.2.2.2')).toEqual([1]);
    expect(await idsOf(store, 'header[x-forwarded-for] != 2.2.2.2')).toEqual([2]);
    expect(await idsOf(store, 'requestHeader[x-forwarded-for] = 1.1.1.1')).toEqual([1, 2]);
    expect(await idsOf(store, 'cookie[b] = 2')).toEqual([1]);
  });

  it('finds the host of an IPv6 address as rules do, with brackets and without', async () => {
    const { store } = await openOf(kind);
    for (const [id, host] of [
      [1, '[::1]:99'],
      [2, '[::1]'],
      [3, '[FE80::1]:80'],
    ] as const)
      record(store, { id, host });
    expect(await idsOf(store, 'host = "::1"')).toEqual([1, 2]);
    expect(await idsOf(store, 'host = "[::1]"')).toEqual([1, 2]);
    expect(await idsOf(store, 'host != "[::1]"')).toEqual([3]);
    expect(await idsOf(store, 'host in ("[fe80::1]") and port = 80')).toEqual([3]);
    expect(await idsOf(store, 'host = "::1" and port = 99')).toEqual([1]);
    expect(await idsOf(store, 'host ^= "::" and url *= "[::1]:99"')).toEqual([1]);
  });

  it('finds text in what is kept of a body that is coded, also when the rest of it is not', async () => {
    const { store } = await openOf(kind, { bodies: 2000 });
    const texts = Array.from({ length: 500 }, (_, n) => createHash('sha1').update(String(n)).digest('hex'));
    for (const [n, coding] of ['gzip', 'deflate', 'br', 'gzip, br'].entries())
      record(store, { id: n + 1, path: '/long', responseBody: texts.join(), coding });
    record(store, { id: 9, path: '/short', responseBody: texts[0], coding: 'zstd' });
    const [first, last] = [texts[0], texts.at(-1)];
    expect(await idsOf(store, `body *= ${first}`)).toEqual([1, 2, 3, 4, 9]);
    expect(await idsOf(store, `body *= ${last}`)).toEqual([]);
    expect(await idsOf(store, `body ~ "^${first}$"`)).toEqual([9]);
  });

  it('tells in rows how a call of gRPC ended, in its trailers or in its head, and finds it as a header', async () => {
    const { store } = await openOf(kind);
    const grpc = { contentType: 'application/grpc', responseBody: grpcFrame('message') };
    record(store, { id: 1, ...grpc, trailers: [['Grpc-Status', '5']] });
    record(store, { id: 2, ...grpc, trailers: [['grpc-status', '0']] });
    record(store, { id: 3, contentType: 'application/grpc+proto', responseHeaders: ['grpc-status: 14'] });
    record(store, { id: 4, contentType: 'application/grpc', open: true });
    record(store, { id: 5, contentType: 'text/plain', trailers: [['X-Sum', '7']] });
    const headers = ['response:x-sum'];
    const { rows } = await store.query({ from: 0, limit: 9, order: 'asc', headers });
    expect(rows.map(({ grpcStatus }) => grpcStatus)).toEqual(['5', '0', '14', undefined, undefined]);
    expect(rows.at(-1)?.headers).toEqual({ 'response:x-sum': '7' });
    expect((await store.query({ from: 0, limit: 1, order: 'asc' })).rows[0]?.grpcStatus).toBe('5');
    expect(await idsOf(store, PRESETS.grpcFailed)).toEqual([1, 3]);
    expect(await idsOf(store, 'responseHeader[x-sum] = 7')).toEqual([5]);
  });

  it('finds text in messages of gRPC that are compressed, or in base64', async () => {
    const { store } = await openOf(kind);
    const packed = gzipSync('deep inside 漢字');
    const framed = Buffer.concat([grpcFrame('in front'), grpcFrame(packed, 1), grpcFrame('behind')]);
    const grpc = { contentType: 'application/grpc', responseHeaders: ['Grpc-Encoding: GZIP'] };
    record(store, { id: 1, ...grpc, responseBody: framed });
    const requestHeaders = ['Content-Type: application/grpc+proto', 'grpc-encoding: gzip'];
    record(store, { id: 2, requestHeaders, requestBody: framed });
    const web = { contentType: 'application/grpc-web-text' };
    record(store, { id: 3, ...web, responseBody: grpcFrame('deep inside').toString('base64') });
    record(store, { id: 4, contentType: 'application/grpc', responseBody: framed });
    record(store, { id: 5, ...grpc, responseBody: grpcFrame('deep inside, not compressed') });
    record(store, { id: 6, ...grpc, responseBody: grpcFrame(gzipSync(Buffer.alloc(40 * 1024 ** 2)), 1) });
    expect(await idsOf(store, 'body *= "deep inside"')).toEqual([1, 2, 3, 5]);
    expect(await idsOf(store, 'body ~ "front.*deep .* 漢."')).toEqual([1, 2]);
    expect(await idsOf(store, '(responseBody ~ "deep [i]nside")')).toEqual([1, 3, 5]);
    expect(await idsOf(store, 'requestBody *= 漢字')).toEqual([2]);
    expect(await idsOf(store, 'body *= behind')).toEqual([1, 2, 4]);
  });

  it('finds text in a body of another charset, by its content type or by what the page says', async () => {
    const { store } = await openOf(kind);
    const big5 = (before: string) =>
      Buffer.concat([Buffer.from(before), Buffer.from([0xa4, 0xa4, 0xa4, 0xe5, 0xb4, 0xfa, 0xb8, 0xd5])]);
    const bodies: [contentType: string, body: Buffer][] = [
      ['text/html; charset=big5', big5('<h1>')],
      ['text/html', big5('<meta charset=big5><h1>')],
      ['text/html; charset=utf-8', Buffer.from('<meta charset=big5><h1>中文測試')],
      ['text/plain; charset=UTF-16LE', Buffer.from('plain 中文測試', 'utf16le')],
      ['text/plain', big5('nothing tells it ')],
      ['text/plain; charset=klingon', Buffer.from('中文測試')],
      ['application/xml', big5(`\n<?xml version="1.0" encoding="big5"?><a>`)],
      ['application/xml', Buffer.from('<?xml version="1.0" encoding="UTF-8"?><a>中文測試')],
      ['text/html', Buffer.from('\ufeff<p>marked 中文測試', 'utf16le')],
      ['text/html', Buffer.from('\ufeff<p>marked 中文測試', 'utf16le').swap16()],
    ];
    for (const [n, [contentType, responseBody]] of bodies.entries())
      record(store, { id: n + 1, contentType, responseBody });
    expect(await idsOf(store, 'body *= 測試')).toEqual([1, 2, 3, 4, 6, 7, 8, 9, 10]);
    expect(await idsOf(store, 'responseBody = "plain 中文測試"')).toEqual([4]);
    expect(await idsOf(store, 'body *= plain')).toEqual([4]);
    expect(await idsOf(store, 'body ~ "測.$"')).toEqual([1, 2, 3, 4, 6, 7, 8, 9, 10]);
    expect(await idsOf(store, 'body ~i "測.$"')).toEqual([1, 2, 3, 4, 6, 7, 8, 9, 10]);
    expect(await idsOf(store, 'body *= marked')).toEqual([9, 10]);
    expect(await idsOf(store, 'body ~ "m.rked"')).toEqual([9, 10]);
    expect(await idsOf(store, 'not body *= 測試')).toEqual([5]);
  });

  it('finds what the fields of a form hold, as it was sent and as it was meant', async () => {
    const { store } = await openOf(kind);
    const form = (type: string) => [`Content-Type: ${type}`];
    const bodies: [contentType: string, body: string][] = [
      ['application/x-www-form-urlencoded', 'say=red+boots&to=all'],
      ['application/x-www-form-urlencoded; charset=UTF-8', 'say=red%20boots'],
      ['Application/X-WWW-Form-URLEncoded', 'say=%E6%B8%AC%e8%a9%a6'],
      ['application/x-www-form-urlencoded; charset=big5', 'say=%B4%FA%B8%D5'],
      ['text/plain', 'say=red+boots%E6%B8%AC%E8%A9%A6'],
      ['application/x-www-form-urlencoded', 'say=100%&odd=%zz%4'],
      ['application/x-www-form-urlencoded', 'say=plain'],
    ];
    for (const [n, [type, requestBody]] of bodies.entries())
      record(store, { id: n + 1, requestBody, requestHeaders: form(type), responseBody: 'blue%20boots' });
    record(store, { id: 8, contentType: 'application/x-www-form-urlencoded', responseBody: 'token=a%2Fb+c' });
    const coded = { contentType: 'application/x-www-form-urlencoded', responseBody: 'token=d%2Fe', coding: 'gzip' };
    record(store, { id: 9, ...coded });
    expect(await idsOf(store, 'body *= "red boots"')).toEqual([1, 2]);
    expect(await idsOf(store, 'body *= "red+boots"')).toEqual([1, 5]);
    expect(await idsOf(store, 'body *= "red%20boots"')).toEqual([2]);
    expect(await idsOf(store, 'body *= "blue boots"')).toEqual([]);
    expect(await idsOf(store, 'requestBody *= 測試')).toEqual([3, 4]);
    expect(await idsOf(store, 'body *= "%zz%4"')).toEqual([6]);
    expect(await idsOf(store, 'body ~ "^say=red.boots$"')).toEqual([2]);
    expect(await idsOf(store, 'body ~i "RED B"')).toEqual([1, 2]);
    expect(await idsOf(store, 'requestBody = "say=red boots"')).toEqual([2]);
    expect(await idsOf(store, 'requestBody $= "red boots&to=all"')).toEqual([1]);
    expect(await idsOf(store, 'responseBody *= "a/b c"')).toEqual([8]);
    expect(await idsOf(store, 'body *= "d/e"')).toEqual([9]);
    expect(await idsOf(store, 'not body *= "red boots"')).toEqual([3, 4, 5, 6, 7, 8, 9]);
    expect(await idsOf(store, 'body *= "red boots" and path = /')).toEqual([1, 2]);
    expect(await idsOf(store, 'responseBody *= "red boots"')).toEqual([]);
  });

  it('finds what either side of a WebSocket has sent, as it finds bodies, once it has ended', async () => {
    const { store } = await openOf(kind);
    record(store, { id: 1, responseBody: 'the price of a tulip' });
    const live = sampleExchange({ id: 2, status: 101, open: true });
    store.opened(live);
    const send = (from: 'client' | 'server', type: 'text' | 'binary' | 'ping', text: string) => {
      const data = Buffer.from(text);
      store.message(2, from, { type, data, wireBytes: data.length, fragments: 1, compressed: false });
    };
    send('client', 'text', '{"subscribe":"tulips"}');
    send('server', 'text', '{"price":12}');
    send('server', 'ping', 'only a pong is wanted');
    send('server', 'binary', 'Preis: 12 \u20ac');
    live.endedAt = live.startedAt + 5;
    store.record(live);
    record(store, { id: 3, responseBody: '{"price":13}' });
    const found = async (filter: string) => [filter, await idsOf(store, filter)];
    expect(await found('body *= tulip')).toEqual(['body *= tulip', [1, 2]]);
    expect(await found('requestBody *= tulip')).toEqual(['requestBody *= tulip', [2]]);
    expect(await found('responseBody *= tulip')).toEqual(['responseBody *= tulip', [1]]);
    expect(await found('body *= "12 \u20ac"')).toEqual(['body *= "12 \u20ac"', [2]]);
    expect(await found('body ~i "\\"PRICE\\":1[0-9]}"')).toEqual(['body ~i "\\"PRICE\\":1[0-9]}"', [2, 3]]);
    expect(await found('body *= pong')).toEqual(['body *= pong', []]);
    expect(await found('not body *= tulip')).toEqual(['not body *= tulip', [3]]);
    expect(await found('body *= price and status = 200')).toEqual(['body *= price and status = 200', [1, 3]]);
    expect(await found('body *= tulips or status = 404')).toEqual(['body *= tulips or status = 404', [2]]);
  });

  it('refuses what is no filter and says where', async () => {
    const { store } = await openOf(kind);
    await expect(store.query({ filter: 'status = = 5', from: 0, limit: 1, order: 'asc' })).rejects.toThrow(BadFilter);
  });

  it('keeps a view up to date while traffic goes on', async () => {
    const { store } = await openOf(kind);
    record(store, { id: 1, status: 500 });
    const first = await store.query({ filter: 'status = 500', from: 0, limit: 10, order: 'asc' });
    record(store, { id: 2, status: 200 });
    record(store, { id: 3, status: 500 });
    const { view } = first;
    const next = await store.query({ view, from: -1, limit: 10, order: 'asc' });
    expect([first.total, next.total, next.from, next.rows.map(({ id }) => id)]).toEqual([1, 2, 1, [3]]);
  });

  it('sorts by a number, while traffic goes on', async () => {
    const { store } = await openOf(kind);
    const sorted = async (order: 'asc' | 'desc', view?: number) => {
      const found = await store.query({ filter: 'path != "/x"', sort: 'duration', order, view, from: 0, limit: 10 });
      return { ids: found.rows.map(({ id }) => id), view: found.view };
    };
    for (const [n, durationMs] of [30, 10, 20, 10].entries()) record(store, { id: n + 1, durationMs });
    expect((await sorted('asc')).ids).toEqual([2, 4, 3, 1]);
    const { ids, view } = await sorted('desc');
    expect(ids).toEqual([1, 3, 4, 2]);
    store.opened(sampleExchange({ id: 5, open: true }));
    record(store, { id: 6, path: '/x' });
    record(store, { id: 7, durationMs: 15 });
    await until(async () => (await sorted('desc', view)).ids.join() === '1,3,7,4,2,5');
    record(store, { id: 5, durationMs: 99 });
    await until(async () => (await sorted('desc', view)).ids.join() === '5,1,3,7,4,2');
    expect((await store.query({ sort: 'responseSize', order: 'asc', from: 0, limit: 9 })).total).toBe(7);
  });

  it.each([
    ['host', [3, 1, 4, 2, 5]],
    ['path', [2, 5, 4, 1, 3]],
  ] as const)('sorts by %s, while traffic goes on', async (sort, expected) => {
    const { store } = await openOf(kind);
    const sorted = async (order: 'asc' | 'desc', view?: number) => {
      const found = await store.query({ filter: 'path != "/x"', sort, order, view, from: 0, limit: 10 });
      return { ids: found.rows.map(({ id }) => id), view: found.view };
    };
    record(store, { id: 1, host: 'b.test', path: '/b' });
    record(store, { id: 2, host: 'b.test:80', path: '/a' });
    record(store, { id: 3, host: 'A.test', path: '/b?x' });
    expect((await sorted('asc')).ids).toEqual(expected.filter((id) => id < 4));
    const { view } = await sorted('desc');
    record(store, { id: 4, host: 'B.test', path: '/a/b' });
    record(store, { id: 5, host: 'c.test', path: '/a?y' });
    record(store, { id: 6, path: '/x' });
    await until(async () => (await sorted('desc', view)).ids.join() === expected.toReversed().join());
    expect((await sorted('asc')).ids).toEqual(expected);
  });

  it('shows what goes on, and looks again when it has ended', async () => {
    const { store } = await openOf(kind);
    const live = sampleExchange({ id: 1, open: true });
    store.opened(live);
    record(store, { id: 2 });
    const view = await store.query({ filter: 'status = 503', from: 0, limit: 10, order: 'asc' });
    expect((await store.query({ from: 0, limit: 10, order: 'asc' })).rows[0]?.durationMs).toBeUndefined();
    store.record(sampleExchange({ id: 1, status: 503 }));
    expect(await idsOf(store, 'status = 503')).toEqual([1]);
    if (kind === 'disk')
      expect((await store.query({ view: view.view, from: 0, limit: 1, order: 'asc' })).total).toBe(1);
    expect(await idsOf(store)).toEqual([1, 2]);
  });

  it('shows the path of a target that is a whole URL, as a forward listener gets it', async () => {
    const { store } = await openOf(kind);
    record(store, { id: 1, path: 'http://api.test:8080/v1/all?page=2' });
    record(store, { id: 2, path: 'http://api.test:8080' });
    const { rows } = await store.query({
      filter: 'path = /v1/all and query[page] = 2',
      from: 0,
      limit: 9,
      order: 'asc',
    });
    expect(rows.map(({ path }) => path)).toEqual(['/v1/all?page=2']);
    expect((await store.get(1))?.request.target).toBe('http://api.test:8080/v1/all?page=2');
    expect((await store.get(2))?.path).toBe('/');
  });

  it('counts by host and path, as deep as it is asked', async () => {
    const { store } = await openOf(kind);
    for (const sample of SAMPLES) record(store, sample);
    record(store, { id: 7, path: '/v1/users/' });
    record(store, { id: 8, path: '/v1' });
    const ask = (filter: string | undefined, open: { host: string; path: string }[], limit = 10) =>
      store.tree({ filter, open, limit });
    expect(await ask(undefined, [])).toEqual({
      total: 8,
      nodes: [
        { name: 'api.test', count: 7, hasMore: true },
        { name: 'shop.test', count: 1, hasMore: true },
      ],
    });
    const host = 'api.test';
    const deep = await ask('not sse', [
      { host, path: '' },
      { host, path: '/v1' },
    ]);
    expect(deep.nodes[0]).toEqual({
      name: host,
      count: 6,
      hasMore: true,
      children: [
        { name: '', count: 1, hasMore: false },
        {
          name: 'v1',
          count: 4,
          hasMore: true,
          children: [
            { name: 'orders', count: 1, hasMore: false },
            { name: 'users', count: 2, hasMore: true },
          ],
        },
        { name: 'zipped', count: 1, hasMore: false },
      ],
    });
    expect(await ask('body *= Ada', [])).toEqual({ total: 1, nodes: [{ name: host, count: 1, hasMore: true }] });
    expect(await ask(undefined, [], 1)).toEqual({
      total: 8,
      nodes: [{ name: host, count: 7, hasMore: true }],
      rest: { names: 1, count: 1 },
    });
    await expect(ask('status = = 5', [])).rejects.toThrow(BadFilter);
  });

  it('knows which values were seen, the most frequent first', async () => {
    const values = (field: ValueField, startsWith = '', limit = 10) => shared.values({ field, startsWith, limit });
    expect(await values('host')).toEqual(['api.test', 'shop.test']);
    expect(await values('host', 'SHOP')).toEqual(['shop.test']);
    expect(await values('path', '/v1')).toEqual(['/v1/orders', '/v1/users']);
    expect(await values('status')).toEqual(['200', '404', '503']);
    expect(await values('status', '', 1)).toEqual(['200']);
    expect(await values('pool', 'x')).toEqual([]);
  });

  it('keeps what people wrote on exchanges, and finds them by it', async () => {
    const { store } = await openOf(kind);
    for (const sample of SAMPLES) record(store, sample);
    const view = await store.query({ filter: 'color = green', from: 0, limit: 10, order: 'asc' });
    const before = store.marks;
    expect(await store.mark({ ids: [1, 3, 99], color: 'green' })).toEqual({ marked: 2 });
    expect(await store.mark({ ids: [3], note: null, pinned: true })).toEqual({ marked: 1 });
    expect(await store.mark({ ids: [99], note: 'nobody' })).toEqual({ marked: 0 });
    expect(store.marks).toBeGreaterThan(before);
    const { rows } = await store.query({ from: 0, limit: 10, order: 'asc' });
    expect(rows.map(({ mark }) => mark).slice(0, 3)).toEqual([
      { color: 'green' },
      undefined,
      { color: 'green', pinned: true },
    ]);
    expect((await store.get(3))?.mark).toEqual({ color: 'green', pinned: true });
    expect((await store.query({ view: view.view, from: 0, limit: 10, order: 'asc' })).total).toBe(2);
    expect(await idsOf(store, 'pinned')).toEqual([3]);
    expect(await idsOf(store, 'not pinned and color = green')).toEqual([1]);
    expect(await idsOf(store, 'body *= Ada and (pinned or color = green)')).toEqual([1]);
    expect(await idsOf(store, 'note ~ "."')).toEqual([]);
    await store.mark({ ids: [1, 3], color: null, pinned: false });
    expect(await idsOf(store, 'pinned or color ~ "."')).toEqual([]);
    expect((await store.get(3))?.mark).toBeUndefined();
  });

  it('keeps the mark of one that goes on when it ends', async () => {
    const { store } = await openOf(kind);
    store.opened(sampleExchange({ id: 1, open: true }));
    await store.mark({ ids: [1], note: 'watch', color: 'blue' });
    store.record(sampleExchange({ id: 1, note: 'of a rule' }));
    expect(await store.get(1)).toMatchObject({ durationMs: 12.5, mark: { note: 'watch', color: 'blue' } });
    expect(await idsOf(store, 'note = watch')).toEqual([1]);
  });

  it('does not push pinned ones out, and does not pin more than half of what it may keep', async () => {
    const { store } = await openOf(kind, { exchanges: 50 });
    for (let id = 1; id <= 40; id++) record(store, { id });
    const some = Array.from({ length: 5 }, (_, index) => index * 5 + 1);
    await store.mark({ ids: some, pinned: true });
    for (let id = 41; id <= 200; id++) record(store, { id });
    // What is too much goes in turns with what is asked.
    await expect.poll(async () => (await idsOf(store)).filter((id) => id <= 40)).toEqual(some);
    const ids = await idsOf(store);
    expect([ids.at(-1), await idsOf(store, 'pinned')]).toEqual([200, some]);
    const refusal = await store.mark({ ids: ids.slice(5, 35), pinned: true });
    expect(refusal).toEqual({ refused: 'at most 25 exchanges can be pinned; unpin some first' });
    expect(await idsOf(store, 'pinned')).toEqual(some);
    await store.clear();
    expect(await idsOf(store)).toEqual([]);
  });

  it('drops the oldest when there are more than it may keep', async () => {
    const { store } = await openOf(kind, { exchanges: 50 });
    for (let id = 1; id <= 120; id++) record(store, { id });
    await expect.poll(async () => (await idsOf(store)).length).toBeLessThanOrEqual(50);
    const ids = await idsOf(store);
    expect(ids.length).toBeGreaterThanOrEqual(40);
    expect([ids.at(-1), await store.get(1)]).toEqual([120, null]);
  });

  it('keeps so much of a body, and says that it is not all', async () => {
    const { store } = await openOf(kind, { bodies: 1000 });
    const live = sampleExchange({ id: 1 });
    for (const length of [600, 600, 600]) {
      live.responseSizeBytes += length;
      store.body(live, 'response', Buffer.alloc(length, 'b'));
    }
    store.record(live);
    expect((await store.get(1))?.response?.body).toEqual({ sizeBytes: 1800, captured: 1000, truncated: true });
  });

  it('records nothing while it is paused, and forgets everything when told to', async () => {
    const { store } = await openOf(kind);
    record(store, { id: 1 });
    store.setRecording(false);
    record(store, { id: 2 });
    expect(await idsOf(store)).toEqual([1]);
    expect(store.state()).toMatchObject({ level: 'off', recording: false });
    await store.clear();
    expect(await idsOf(store)).toEqual([]);
  });
});

it.each(['identity', 'gzip'])('shows an answer and its body while they come (%s)', async (coding) => {
  const { clock, store } = await openOf('disk');
  const live = sampleExchange({ id: 1, open: true });
  store.opened(live);
  expect((await store.get(1))?.response).toBeUndefined();
  const before = store.changes;
  const { response, answered } = sampleExchange({ id: 1, coding });
  Object.assign(live, { response, answered });
  const text = Array.from({ length: 5000 }, (_, index) => `data: ${index * 7919}\n\n`).join('');
  const bytes = coding === 'gzip' ? gzipSync(text) : Buffer.from(text);
  const part = bytes.subarray(0, bytes.length / 2);
  live.responseSizeBytes += part.length;
  store.body(live, 'response', part);
  clock.advance(50);
  expect(store.changes).toBeGreaterThan(before);
  const shown = await store.get(1);
  expect(shown).toMatchObject({ status: 200, responseSizeBytes: part.length });
  expect(shown?.durationMs).toBeUndefined();
  expect(shown?.response?.body).toEqual({ sizeBytes: part.length, captured: part.length, truncated: false });
  const window = await store.readBody({ id: 1, side: 'response', decoded: true, offset: 0, length: 100_000 });
  const read = Buffer.from(window?.data ?? '', 'base64').toString();
  expect([window?.decodeError, read.length > text.length / 3, text.startsWith(read)]).toEqual([undefined, true, true]);
  live.endedAt = live.startedAt + 9;
  store.record(live);
  expect((await store.get(1))?.durationMs).toBe(9);
});

it('a recording that is being saved is whole when the list is cleared meanwhile', async () => {
  const { store } = await openOf('disk');
  for (let id = 1; id <= 300; id++) record(store, { id, responseBody: 'a'.repeat(100) });
  const saves = ['a', 'b', 'c'].map((name) => store.recordings('recordings.save', { name }));
  const [saved] = await Promise.all([Promise.all(saves), store.clear()]);
  expect(saved.map(({ exchanges }) => exchanges)).toEqual([300, 300, 300]);
  expect((await store.get(300, saved[2]?.recording))?.response?.body.captured).toBe(100);
  expect(await idsOf(store)).toEqual([]);
});

it.each(['disk', 'memory'] as const)('a method is found in whatever case it is asked for (%s)', async (kind) => {
  const { store } = await openOf(kind);
  for (const [index, method] of ['PATCH', 'patch', 'GET'].entries()) record(store, { id: index + 1, method });
  const asked = ['method = patch', 'method = PATCH', 'method != patch', 'method in (PATCH)', 'method ~ "^p"'];
  expect(await Promise.all(asked.map((filter) => idsOf(store, filter)))).toEqual([[1, 2], [1, 2], [3], [1, 2], [1, 2]]);
});

it('the index and the compiled filter agree on any condition', async () => {
  const [disk, memory] = [await openOf('disk'), await openOf('memory')];
  for (const { store } of [disk, memory]) {
    for (const sample of SAMPLES) record(store, sample);
    await store.mark({ ids: [2, 3], color: 'green', note: 'by hand', pinned: true });
  }
  const leaf = fc.constantFrom(
    'status = 5xx',
    'status != 404',
    'status >= 404',
    'method = GET',
    'method != get',
    'path ^= /v1',
    'path *= s',
    'path $= s',
    'path ~ "a"',
    'path ~i "ASSETS"',
    'host = api.test',
    'host != api.test',
    'pool = api',
    'pool != api',
    'backend in (a, b)',
    'duration > 12ms',
    'duration <= 1ms',
    'ttfb < 1s',
    'error = RESET',
    'failed',
    'retried',
    'sse',
    'mocked',
    'has query[page]',

    'rule = css',
    'note *= do',
    'color = green',
    'color != red',
    'note = "by hand"',
    'pinned',
    'contentType ^= text/',
    'query *= page',
    'header[x-id] = 2',
    'body *= Ada',
    'port = 8080',
  );
  const { tree } = fc.letrec<{ tree: string }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc.tuple(tie('tree'), tie('tree')).map(([a, b]) => `(${a}) and (${b})`),
      fc.tuple(tie('tree'), tie('tree')).map(([a, b]) => `(${a}) or (${b})`),
      tie('tree').map((a) => `not (${a})`),
    ),
  }));
  await fc.assert(
    fc.asyncProperty(tree, async (filter) => {
      expect(await idsOf(disk.store, filter)).toEqual(await idsOf(memory.store, filter));
    }),
    { numRuns: 300, seed: 20_261_123 },
  );
});
