import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Exchange } from '../../proxy-engine/contract/exchange.ts';
import type { HarImportResult } from '../../proxy-engine/contract/har-commands.ts';
import { startHost, type TestHost } from '../support/engine-host.ts';

async function imported(text: string, { pieces = 1, name = 'x.har', store = 'memory' as 'memory' | null } = {}) {
  const started = await startHost({}, store);
  const result = await importInto(started, text, pieces, name);
  const { rows } = await started.call('exchanges.query', { limit: 1000 });
  const exchanges = await Promise.all(rows.map(({ id }) => started.call('exchange.get', { id })));
  return { ...started, result, exchanges };
}

async function importInto({ call }: TestHost, text: string, pieces: number, name: string): Promise<HarImportResult> {
  const length = Math.max(1, Math.ceil(text.length / pieces));
  const parts = Array.from({ length: Math.ceil(text.length / length) }, (_, i) =>
    text.slice(i * length, (i + 1) * length),
  );
  let result: HarImportResult | undefined;
  for (const [i, part] of parts.entries())
    result = await call('har.import', { text: part, name, import: result?.import, more: i < parts.length - 1 });
  return result as HarImportResult;
}

function file(name: string): string {
  return readFileSync(join(import.meta.dirname, 'files', name), 'utf8');
}

async function bodyOf({ call }: TestHost, id: number, side: 'request' | 'response'): Promise<string> {
  const { data } = await call('exchange.body', { id, side });
  return Buffer.from(data, 'base64').toString('utf8');
}

const problems = ({ problems: all }: HarImportResult) =>
  all.map(({ at, outcome, why, times }) => [at, outcome, why, times]);

test('what is left out is told once, by what left it out: what was mended before that helped nobody', async () => {
  const request = { method: 'GET', url: 'ftp://a.test/', headers: [{ name: '', value: 'x' }] };
  const entries = [{ startedDateTime: 'yesterday', request }];
  const { result } = await imported(JSON.stringify({ log: { version: '1.2', entries } }));
  expect(problems(result)).toEqual([['entry 1', 'left-out', 'ftp: is not HTTP', 1]]);
});

test('as Chrome writes it', async () => {
  const { exchanges, result, ...host } = await imported(file('chrome.har'), { name: 'chrome.har' });
  const [page, socket, blocked] = exchanges as [Exchange, Exchange, Exchange];
  expect(exchanges).toHaveLength(3);
  expect(page).toMatchObject({
    scheme: 'https',
    host: 'shop.test',
    path: '/?q=sch%C3%B6n',
    protocol: 'HTTP/2',
    status: 200,
    startedAt: Date.parse('2026-03-01T10:00:00.123Z'),
    durationMs: 120.5,
    response: { reason: 'OK' },
    mark: { note: 'imported from chrome.har' },
    attempts: [{ address: '192.0.2.7:443', outcome: 'answered', timings: { dns: 10, connect: 20, tls: 30, wait: 50 } }],
  });
  expect(await bodyOf(host, page.id, 'response')).toBe('<!doctype html><h1>schön</h1>\n');
  const { messages } = await host.call('exchange.messages', { id: socket.id, from: 0 });
  expect(messages.map(({ from, type, data, atMs }) => [from, type, data, atMs])).toEqual([
    ['client', 'text', '{"op":"hi"}', 500],
    ['server', 'binary', 'AAEC/w==', 750],
  ]);
  expect(socket).toMatchObject({ status: 101, scheme: 'https', attempts: [{ address: '[2001:db8::7]' }] });
  expect(blocked.error).toMatchObject({ code: 'NO_RESPONSE', message: 'net::ERR_BLOCKED_BY_CLIENT' });
  expect(problems(result)).toEqual([
    ['entry 1', 'mended', 'pseudo-headers such as :authority are left out', 1],
    ['entry 1', 'mended', 'content-encoding left out: bodies in a HAR are decoded', 1],
    ['entry 4', 'left-out', 'data: is not HTTP', 1],
  ]);
});

describe('as browsers write texts, whatever they were on their way', () => {
  const read = async (type: string, content: object, bodySize: number) => {
    const request = { method: 'POST', url: 'http://a.test/', headers: [{ name: 'Content-Type', value: type }] };
    const response = { status: 200, headers: [{ name: 'content-type', value: type }], content, bodySize };
    const entry = { request: { ...request, postData: { mimeType: type, ...content } }, response };
    const { exchanges, result, ...host } = await imported(JSON.stringify({ log: { entries: [entry] } }));
    const [{ id, request: sent, response: got }] = exchanges as [Exchange];
    const { total } = await host.call('exchanges.query', {
      filter: 'requestBody *= "測試 é" and responseBody *= "測試 é"',
    });
    const whys = problems(result).map(([, , why]) => why);
    return {
      body: got?.body,
      types: [sent, got].map((message) => message?.headers.at(-1)?.[1]),
      total,
      whys,
      id,
      host,
    };
  };
  const mended = 'the charset of a text became utf-8: texts in a HAR are Unicode';

  test.each([
    ['text/html; charset=big5', 'text/html; charset=utf-8', { text: '測試 é' }],
    ['text/plain; charset="ISO-8859-1"; x=y', 'text/plain; charset=utf-8; x=y', { text: '測試 é' }],
    ['text/html', 'text/html; charset=utf-8', { text: '<meta charset=big5>測試 é' }],
    ['text/plain; charset=utf-8', 'text/plain; charset=utf-8', { text: '測試 é' }],
    ['text/plain', 'text/plain', { text: '測試 é' }],
    ['text/plain; charset=none', 'text/plain; charset=none', { text: '測試 é' }],
    // These bytes are as they were.
    ['text/plain; charset=utf-16le', 'text/plain; charset=utf-16le', { encoding: 'base64', text: 'LG5miiAA6QA=' }],
  ])('%s is found and read as %s', async (type, after, content) => {
    const { types, whys, total } = await read(type, content, -1);
    expect(types).toEqual([after, after]);
    expect(whys.includes(mended)).toBe(type !== after);
    expect(total).toBe(1);
  });

  test.each([
    ['chunks', { size: 2, text: '{}' }, 12, { sizeBytes: 2, captured: 2, truncated: false }],
    ['a short text that was compressed', { size: 2, text: '{}' }, 22, { sizeBytes: 2, captured: 2, truncated: false }],
    ['what was compressed', { size: 6, text: 'aaaaaa' }, 3, { sizeBytes: 3, captured: 6, truncated: false }],
    ['a part', { size: 9, text: '{}' }, 9, { sizeBytes: 9, captured: 2, truncated: true }],
    ['a part of what has no size of its own', { text: '{}' }, 9, { sizeBytes: 9, captured: 2, truncated: true }],
  ])('of %s the file says whether all is there', async (_, content, bodySize, body) => {
    expect((await read('text/plain', content, bodySize)).body).toEqual(body);
  });
});

test('as recorders write it that keep no headers, or join them', async () => {
  const request = { method: 'POST', url: 'http://a.test/', postData: { mimeType: 'application/json', text: '{}' } };
  const headers = [
    { name: 'Set-Cookie', value: 'a=1\nb=2' },
    { name: 'X-Folded', value: 'one\n two\n' },
  ];
  const content = { mimeType: 'text/html; charset=big5', text: '測' };
  const response = { status: 200, headers, content };
  const empty = { ...response, headers: [], content: { mimeType: 'x-unknown', text: '.' } };
  const entries = [
    { request, response },
    { request: { ...request, postData: { mimeType: 'text/plain' } }, response: empty },
  ];
  const { exchanges, result } = await imported(JSON.stringify({ log: { entries } }));
  const [whole, none] = exchanges as [Exchange, Exchange];
  expect(whole.request.headers.at(-1)).toEqual(['Content-Type', 'application/json']);
  expect(whole.response?.headers).toEqual([
    ['Set-Cookie', 'a=1'],
    ['Set-Cookie', 'b=2'],
    ['X-Folded', 'one  two'],
    ['Content-Type', 'text/html; charset=utf-8'],
  ]);
  expect([none.request.headers, none.response?.headers]).toEqual([[['Host', 'a.test']], []]);
  expect(problems(result)).toContainEqual(['entry 1', 'mended', 'its content type stood in mimeType alone', 1]);
});

test('as Firefox writes it: sizes of null, no timings, times with a zone', async () => {
  const { exchanges, result, ...host } = await imported(file('firefox.har'));
  const [login, font] = exchanges as [Exchange, Exchange];
  expect(login).toMatchObject({ method: 'POST', status: 302, startedAt: Date.parse('2026-03-01T10:00:00.500Z') });
  expect(await bodyOf(host, login.id, 'request')).toBe('user=ann&pass=a%20b\r\n');
  expect(font).toMatchObject({ protocol: 'HTTP/3', durationMs: 0, attempts: [{ address: '[2001:db8::9]:443' }] });
  expect(font.response?.body).toEqual({ sizeBytes: 4, captured: 4, truncated: false });
  expect(result.problems).toEqual([]);
});

test('as Charles writes it: nulls, pseudo-headers, forms without their text, failures', async () => {
  const { exchanges, result, ...host } = await imported(file('charles.har'));
  const [order, slow] = exchanges as [Exchange, Exchange];
  expect(order).toMatchObject({ status: 201, response: { reason: 'Created' }, responseSizeBytes: 11 });
  expect(await bodyOf(host, order.id, 'request')).toBe('sku=b%C3%B6ot&n=2');
  expect(await bodyOf(host, order.id, 'response')).toBe('{"ok":true}');
  expect(slow.error).toMatchObject({ message: 'Charles says EXCEPTION' });
  expect(slow.status).toBeUndefined();
  expect(problems(result)).toEqual([
    ['entry 1', 'mended', 'pseudo-headers such as :authority are left out', 1],
    ['entry 1', 'mended', 'a form is told only by its fields; its text was made from them', 1],
    ['entry 1', 'mended', 'content-encoding left out: bodies in a HAR are decoded', 1],
  ]);
});

test('broken: what can be read is there, and everything else is told with its place', async () => {
  const { exchanges, result } = await imported(file('broken.har'));
  expect(exchanges.map(({ path }) => path)).toEqual(['/nan', '/slack', '/odd', '/only-this']);
  const [, slack, odd] = exchanges as [Exchange, Exchange, Exchange];
  expect(slack.request.headers).toEqual([
    ['Host', 'a.test'],
    ['X-A', '1'],
  ]); // prettier-ignore
  expect(odd.request.headers).toEqual([
    ['Host', 'a.test'],
    ['X-Controls', 'one  two'],
  ]); // prettier-ignore
  expect(odd.response).toMatchObject({ reason: 'Fine  X: y', headers: [] });
  const left = problems(result).filter(([, outcome]) => outcome === 'left-out');
  expect(left.map(([at, , why]) => [at, why])).toEqual([
    ['entry 3', 'it has no request'],
    ['entry 4', 'ftp: is not HTTP'],
    ['entry 5', 'it has no URL'],
    ['entry 6', '"GE T" is no method'],
    ['file', 'it breaks off in the middle of entry 9'],
  ]);
  const mended = problems(result).filter(([, outcome]) => outcome === 'mended');
  expect(mended.map(([, , why]) => why)).toEqual(
    expect.arrayContaining([
      'numbers that are none, commas at the end or line breaks in a text were mended',
      'its time is no date; it is shown at the time of the import',
      'headers without a name are left out',
      'its headers are no list',
      'more than one Host: only the first is kept',
      'name and password in its URL are left out',
      'control characters in headers became spaces',
      'a body is said to be base64 and is not; it is taken as text',
      'it has no response',
    ]),
  );
});

test('what is wrong inside an entry is told with its number, each time', async () => {
  const entry = (request: object, response: object, more: object = {}) => ({
    startedDateTime: '2026-03-01T10:00:00.000Z',
    time: 1,
    request: { method: 'GET', url: 'http://a.test/', httpVersion: 'HTTP/1.1', headers: [], ...request },
    response: { status: 200, statusText: 'OK', headers: [], content: { size: 0, mimeType: '' }, ...response },
    timings: { send: 0, wait: 1, receive: 0 },
    ...more,
  });
  const entries = [
    entry({}, { status: 'abc' }),
    entry({}, { status: 999_999 }),
    entry({ method: undefined }, {}),
    entry({ url: 'http://a.test/\0x' }, {}),
    entry({}, {}, { timings: { blocked: -1, send: -5, wait: 1, receive: 'x' } }),
    entry({}, { content: undefined }),
    entry({ headers: [{ name: 'a', value: { b: 1 } }, ['c', 2]] }, {}),
    entry({}, {}, { _webSocketMessages: [{ type: 'shout', data: 'x' }] }),
    entry({}, { statusText: 'O\u0007K' }),
    entry({}, { status: 0, statusText: '' }),
    entry({}, {}),
    entry({}, { status: 200.5 }),
    entry({}, { content: { text: { a: 1 } } }),
    entry({ method: 'POST', postData: 'a=b' }, {}),
    entry({ bodySize: -77 }, {}),
    entry({ bodySize: -1 }, {}),
    entry({}, {}, { time: -5 }),
  ];
  const { result, exchanges } = await imported(JSON.stringify({ log: { entries } }));
  expect(problems(result)).toEqual([
    ['entry 1', 'mended', 'its status "abc" is none; it is shown without a response', 1],
    ['entry 2', 'mended', 'its status 999999 is none; it is shown without a response', 1],
    ['entry 3', 'mended', 'it has no method; GET is taken', 1],
    ['entry 4', 'mended', 'control characters in its URL are percent-encoded', 1],
    ['entry 5', 'mended', 'send, receive of its timings is no time and counts as none', 1],
    ['entry 6', 'mended', 'its response has no content; it is shown without a body', 1],
    ['entry 7', 'mended', 'values of headers that are no text are left empty', 1],
    ['entry 8', 'mended', 'messages that were neither sent nor received are left out', 1],
    ['entry 9', 'mended', 'control characters in its status text became spaces', 1],
    ['entry 12', 'mended', 'its status 200.5 is taken as 200', 1],
    ['entry 13', 'mended', 'the text of a body is no text', 1],
    ['entry 14', 'mended', 'its postData is no object; it is shown without a body', 1],
    ['entry 15', 'mended', 'the size of its body is none and does not count', 1],
    ['entry 17', 'mended', 'its time is none and does not count', 1],
  ]);
  expect(exchanges).toHaveLength(17);
  expect(exchanges[0]?.status).toBeUndefined();
  expect(exchanges[3]?.path).toBe('/%00x');
});

test.each(['{"a":1}', '<html>', '', '{"log":{"entries":{}}}', '{"entries'])('no HAR: %j', async (text) => {
  const { call } = await startHost({});
  const refusal = { code: 'BAD_INPUT', message: 'it has no log.entries: it is no HAR' };
  await expect(call('har.import', { text })).rejects.toMatchObject(refusal);
});

test('a HAR of nothing, and one that breaks off before its first entry', async () => {
  const { call } = await startHost({});
  expect(await call('har.import', { text: '{"log":{"entries":[]}}' })).toMatchObject({ exchanges: 0, problems: [] });
  const cut = await call('har.import', { text: '{"log":{"entries":[' });
  expect(problems(cut)).toEqual([['file', 'mended', 'it breaks off after entry 0', 1]]);
});

const ENTRY = '{"request":{"method":"GET","url":"http://a.test/"},"response":{"status":200}}';
const left = (characters: number) => [['file', 'left-out', `text behind its end, ${characters} long`, 1]];

test('lists within lists without end are left out before anything reads them', async () => {
  const lists = (depth: number) => `{"x":${'['.repeat(depth - 1)}"[["${']'.repeat(depth - 1)},"request":null}`;
  const text = `{"log":{"entries":[${lists(2_000_000)},${ENTRY},${lists(1000)},${lists(1001)}]}}`;
  const { result } = await imported(text, { pieces: 3 });
  expect(result.exchanges).toBe(1);
  expect(problems(result).filter(([, outcome]) => outcome === 'left-out')).toEqual([
    ['entry 1', 'left-out', 'it has lists and maps within each other, 2000000 deep', 1],
    ['entry 3', 'left-out', 'it has no request', 1],
    ['entry 4', 'left-out', 'it has lists and maps within each other, 1001 deep', 1],
  ]);
});

test.each([
  { what: 'nothing but white space', tail: '}}\r\n \n', told: [] },
  { what: 'pages behind the entries', tail: ',"pages":[{"id":"[1"},[2,3]]}}', told: [] },
  { what: 'text', tail: '}}\n<html>sign in</html>', told: left(19) },
  { what: 'one brace too many', tail: '}}}', told: left(1) },
  { what: 'another HAR', tail: `}}{"log":{"entries":[${ENTRY}]}}`, told: left(99) },
  { what: 'no braces', tail: '', told: [['file', 'mended', 'it breaks off after entry 1', 1]] },
  { what: 'one of two braces', tail: '}', told: [['file', 'mended', 'it breaks off after entry 1', 1]] },
])('behind the list of entries: $what', async ({ tail, told }) => {
  const text = `{"log":{"entries":[${ENTRY}]${tail}`;
  for (const pieces of [undefined, 7]) {
    const { result } = await imported(text, pieces === undefined ? {} : { pieces });
    expect(result.exchanges).toBe(1);
    expect(problems(result).filter(([at]) => at === 'file')).toEqual(told);
  }
});

test.each([
  {
    what: 'a comment',
    text: `// exported\n{"log":{"entries":[${ENTRY}]}}`,
    told: 'text before its beginning, 10 long',
  },
  {
    what: 'two logs',
    text: `{"log":{"entries":[${ENTRY}]},"log":{"pages":[],"entries":[${ENTRY},${ENTRY}]}}`,
    told: 'it has 2 lists of entries; all of them were read',
  },
])('beside the list of entries: $what', async ({ text, told }) => {
  for (const pieces of [1, 9]) {
    const { result } = await imported(text, { pieces });
    expect(result.exchanges).toBe(text.split('a.test').length - 1);
    expect(problems(result).filter(([at]) => at === 'file')).toEqual([['file', 'mended', told, 1]]);
  }
});

test.each([
  ['ws://a.test/s', 'http'],
  ['wss://a.test/s', 'https'],
  ['HTTPS://a.test/s', 'https'],
])('%s is %s', async (url, scheme) => {
  const entries = [{ request: { method: 'GET', url }, response: { status: 101 } }];
  const { exchanges } = await imported(JSON.stringify({ log: { entries } }));
  expect(exchanges[0]).toMatchObject({ scheme, host: 'a.test', path: '/s' });
});

describe('a form that is told by its fields', () => {
  const params = [
    { name: 'a"b', value: 'ä 1' },
    { name: 'file', fileName: 'x.txt', contentType: 'text/plain', value: 'line' },
  ];
  const parts = (boundary: string) =>
    [
      `--${boundary}`,
      'Content-Disposition: form-data; name="a%22b"',
      '',
      'ä 1',
      `--${boundary}`,
      'Content-Disposition: form-data; name="file"; filename="x.txt"',
      'Content-Type: text/plain',
      '',
      'line',
      `--${boundary}--`,
      '',
    ].join('\r\n');

  test.each([
    ['multipart/form-data; boundary=XX', 'multipart/form-data; boundary=XX', parts('XX')],
    ['multipart/form-data; boundary="X Y"', 'multipart/form-data; boundary="X Y"', parts('X Y')],
    [
      'multipart/form-data',
      'multipart/form-data; boundary=switchyard-form-boundary',
      parts('switchyard-form-boundary'),
      'what stands between the parts of a form is not told; it was made up',
    ],
    ['application/x-www-form-urlencoded', 'application/x-www-form-urlencoded', 'a%22b=%C3%A4+1&file=line'],
  ])('%s', async (given, contentType, body, ...told) => {
    const headers = [{ name: 'Content-Type', value: given }];
    const request = { method: 'POST', url: 'http://a.test/', headers, postData: { mimeType: given, params } };
    const entries = [{ startedDateTime: '2026-03-01T10:00:00Z', request, response: { status: 0 }, timings: {} }];
    const { exchanges, result, ...host } = await imported(JSON.stringify({ log: { entries } }));
    expect(await bodyOf(host, exchanges[0]?.id ?? 0, 'request')).toBe(body);
    expect(exchanges[0]?.request.headers).toContainEqual(['Content-Type', contentType]);
    const whys = problems(result).map(([, , why]) => why);
    expect(whys).toEqual(['a form is told only by its fields; its text was made from them', ...told]);
  });
});

test.each(['chrome.har', 'charles.har', 'broken.har'])('%s in any pieces is the same', async (name) => {
  const whole = await imported(file(name));
  const text = file(name);
  const cut = await imported(text, { pieces: 700 });
  const facts = ({ exchanges }: { exchanges: Exchange[] }) =>
    exchanges.map(({ path, status, attempts }) => [path, status, attempts]);
  expect(facts(cut)).toEqual(facts(whole));
  expect(problems(cut.result)).toEqual(problems(whole.result));
});

test('also while recording is paused, and on disk', async () => {
  const started = await startHost({ capture: { bodies: '16B' } }, null);
  await started.call('recording.set', { recording: false });
  const { exchanges, firstId = 0 } = await importInto(started, file('chrome.har'), 1, 'c');
  expect([exchanges, (await started.call('exchanges.query', {})).total]).toEqual([3, 3]);
  const { response, startedAt } = await started.call('exchange.get', { id: firstId });
  expect(response?.body).toEqual({ sizeBytes: 31, captured: 16, truncated: true });
  expect(startedAt).toBe(Date.parse('2026-03-01T10:00:00.123Z'));
  const { total } = await started.call('exchanges.query', { filter: 'note *= "imported"' });
  expect(total).toBe(3);
});

describe('there and back', () => {
  const token = fc.stringMatching(/^X-[A-Za-z0-9-]{1,12}$/);
  const value = fc
    .string({ unit: 'grapheme', maxLength: 30 })
    .map((text) => text.replace(/[\p{Cc}\p{Zs}\p{Zl}\p{Zp}]/gu, '·'));
  const lines = fc.array(fc.tuple(token, value), { maxLength: 6 });
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array)),
    fc.string({ unit: 'grapheme', maxLength: 100 }).map((text) => Buffer.from(text, 'utf8')),
  );

  test('what was sent and answered comes back as it was', async () => {
    const first = await startHost({
      listeners: { gateway: { address: '127.0.0.1:0' } },
      routes: [{ name: 'all', pool: 'p' }],
      pools: { p: { backends: [{ url: 'http://127.0.0.1:9' }], retry: { attempts: 1 } } },
    });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('GET', 'POST', 'PURGE'), lines, bytes, async (method, headers, body) => {
        const url = `http://${first.address('gateway')}/a%20b?q=1`;
        const sent = { method, url, headers, body: { base64: body.toString('base64') } };
        const { ids } = await first.call('compose.send', sent);
        const { text } = await first.call('har.export', { ids, redact: false });
        const second = await startHost({});
        const back = await importInto(second, text, 3, 'x.har');
        expect(back.problems).toEqual([]);
        const original = await first.call('exchange.get', { id: ids[0] ?? 0 });
        const copy = await second.call('exchange.get', { id: back.firstId ?? 0 });
        expect(comparable(copy)).toEqual(comparable(original));
        const read = { side: 'request', decoded: false } as const;
        const kept = await second.call('exchange.body', { id: copy.id, ...read });
        expect(kept.data).toBe(body.toString('base64'));
      }),
      { numRuns: 60, seed: 20_261_129 },
    );
  });
});

test('what a backend said before its response (1xx) comes back', async () => {
  const interim = [{ status: 103, reason: 'Early Hints', headers: [['Link', '</a>']] }];
  const request = { method: 'GET', url: 'http://a.test/', headers: [] };
  const entry = { startedDateTime: '2026-03-01T10:00:00Z', request, response: { status: 200 }, timings: {} };
  const { exchanges } = await imported(JSON.stringify({ log: { entries: [{ ...entry, _switchyard: { interim } }] } }));
  expect(exchanges[0]).toMatchObject({ interim, steps: [] });
});

test('what was no request comes back as such', async () => {
  const first = await startHost({
    listeners: { gateway: { address: '127.0.0.1:0' } },
    routes: [{ name: 'all', pool: 'p' }],
    pools: { p: { backends: [{ url: 'http://127.0.0.1:9' }] } },
  });
  const [, port] = first.address('gateway').split(':');
  const socket = connect(Number(port), '127.0.0.1');
  socket.write('\\x16 no request\r\n\r\n');
  await buffer(socket);
  const { text } = await first.call('har.export', { redact: false });
  const second = await startHost({});
  const back = await importInto(second, text, 1, 'x.har');
  expect(back.problems).toEqual([]);
  expect(await second.call('exchange.get', { id: back.firstId ?? 0 })).toMatchObject({
    method: '?',
    status: 400,
    host: '',
  });
});

/** Without its number and its note. Times are sums, which round. */
function comparable({ id: _id, mark: _mark, durationMs, attempts, timings: _timings, ...rest }: Exchange): unknown {
  const rounded = attempts.map(({ timings, startedMs, ...attempt }) => ({
    ...attempt,
    startedMs: startedMs.toFixed(3),
    timings: Object.values(timings).map((ms: number) => ms.toFixed(3)),
  }));
  return { ...rest, durationMs: durationMs?.toFixed(3), attempts: rounded };
}

test('what is dropped again at once has not been imported: there are more than may be kept', async () => {
  const request = { method: 'GET', url: 'http://a.test/', headers: [] };
  const started = await startHost({ capture: { exchanges: 2 } });
  const text = JSON.stringify({ log: { entries: Array.from({ length: 3 }, () => ({ request })) } });
  const result = await importInto(started, text, 1, 'x.har');
  expect(result.exchanges).toBe((await started.call('exchanges.query', {})).total);
  expect(problems(result)).toContainEqual(['entry 1', 'left-out', 'it was dropped again: more than capture keeps', 1]);
});
