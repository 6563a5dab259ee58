import { describe, expect, test } from 'vitest';
import type { Attempt } from '../../../proxy-engine/contract/exchange.ts';
import { messagesFor } from '../../../renderer/i18n/messages.ts';
import { bytesFromBase64, decodeText, hexLine } from '../../../renderer/traffic/body-bytes.ts';
import {
  COLUMNS,
  type ColumnId,
  DEFAULT_COLUMNS,
  durationBarPercent,
  gridTemplate,
  headerColumn,
  hiddenColumns,
  knownColumns,
  moveColumn,
  visibleColumns,
} from '../../../renderer/traffic/columns.ts';
import { answeredBy, isPastRoutes } from '../../../renderer/traffic/detail/answered-by.ts';
import { grpcStatus } from '../../../renderer/traffic/detail/grpc-status.tsx';
import {
  queryParameters,
  requestCookies,
  requestLines,
  responseCookies,
  timingBars,
} from '../../../renderer/traffic/heads.ts';
import { rowAfterKey } from '../../../renderer/traffic/list-keys.ts';
import { statusLook } from '../../../renderer/traffic/status.tsx';
import { completeExpression } from '../../../renderer/ui/expression-suggestions.ts';
import { exampleExchange, exampleState } from '../examples.ts';

const NO_BODY = { sizeBytes: 0, captured: 0, truncated: false };

test.each<[trailers: [string, string][], headers: [string, string][], text: string | undefined]>([
  [[], [], undefined],
  [[['Grpc-Status', '0']], [], '0 OK'],
  [
    [
      ['grpc-status', '5'],
      ['grpc-message', 'no%20such %E6%B8%AC'],
    ],
    [],
    '5 NOT_FOUND: no such 測',
  ],
  [
    [],
    [
      ['grpc-status', '14'],
      ['grpc-message', '100% gone'],
    ],
    '14 UNAVAILABLE: 100% gone',
  ],
  [[['grpc-status', '99']], [], '99'],
])('trailers %j and headers %j are the gRPC status %s', (trailers, headers, text) => {
  const response = { status: 200, reason: '', version: '', headers, trailers, body: NO_BODY };
  expect(grpcStatus({ response })?.text).toBe(text);
});

test.each<[row: Parameters<typeof statusLook>[0], look: ReturnType<typeof statusLook>]>([
  [{ status: 200 }, { tone: '2', text: '200' }],
  [
    { status: 200, grpcStatus: '0' },
    { tone: '2', text: '200' },
  ],
  [
    { status: 200, grpcStatus: '5' },
    { tone: 'error', text: '200/5', label: '200, gRPC 5 NOT_FOUND' },
  ],
  [
    { status: 200, grpcStatus: '99999' },
    { tone: 'error', text: '200/99', label: '200, gRPC 99999' },
  ],
  [{}, { tone: 'pending', text: '…', label: 'in flight' }],
])('in the list, the status of %j is %j', (row, look) => {
  expect(statusLook(row, messagesFor('en'))).toEqual(look);
});

describe('columns', () => {
  const ids = (chosen: Parameters<typeof visibleColumns>[0], width: number) =>
    visibleColumns(chosen, width).map((column) => column.id);

  test('all where there is room, less as it gets narrow, path and status always', () => {
    expect(ids(DEFAULT_COLUMNS, 1600)).toHaveLength(11);
    expect(ids(DEFAULT_COLUMNS, 780)).not.toContain('bar');
    expect(ids(DEFAULT_COLUMNS, 100)).toEqual(['path', 'status', 'backend', 'duration']);
    expect(ids(['size', 'host'], 1600)).toEqual(['size', 'host', 'path', 'status']);
  });

  test('nothing is cut but the path, and the backend tells the attempts where their column finds no room', () => {
    const widths = (width: number) => visibleColumns(DEFAULT_COLUMNS, width).map((column) => column.width);
    expect(widths(408)).toEqual([154, 46, 82, 66]);
    expect(widths(381)).toEqual([127, 46, 82, 66]);
    expect(widths(100)).toEqual([60, 46, 82, 66]);
    const tells = (chosen: readonly ColumnId[], width: number) =>
      visibleColumns(chosen, width).some(({ tellsAttempts }) => tellsAttempts);
    expect(tells(DEFAULT_COLUMNS, 1600)).toBe(false);
    expect(tells(DEFAULT_COLUMNS, 500)).toBe(true);
    expect(tells(['backend'], 500)).toBe(false);
  });

  test('says how many of those that somebody chose find no room; the time is not among the first to go', () => {
    const all = COLUMNS.map(({ id }) => id);
    const hidden = (chosen: readonly ColumnId[], width: number) => hiddenColumns(chosen, visibleColumns(chosen, width));
    expect(hidden(all, 2000)).toBe(0);
    expect(ids(all, 900)).toContain('time');
    expect(hidden(all, 900)).toBe(all.length - ids(all, 900).length);
    expect(hidden(all, 900)).toBeGreaterThan(5);
    expect(hidden(DEFAULT_COLUMNS, 600)).toBe(0);
  });

  test.each<[id: ColumnId, target: ColumnId, after: ColumnId[]]>([
    ['host', 'status', ['path', 'status', 'host']],
    ['status', 'host', ['status', 'host', 'path']],
    ['host', 'host', ['host', 'path', 'status']],
    ['size', 'host', ['host', 'path', 'status']],
    ['host', 'size', ['host', 'path', 'status']],
  ])('%s dragged onto %s', (id, target, after) => {
    expect(moveColumn(['host', 'path', 'status'], id, target)).toEqual(after);
  });

  test.each([
    ['User-Agent ', 'request:user-agent'],
    ['', null],
    ['two words', null],
    ['größe', null],
  ])('the column of the header %j is %s', (name, id) => {
    expect(headerColumn('request', name)).toBe(id);
  });

  test('headers are kept among the columns, at most eight of them', () => {
    const many = Array.from({ length: 12 }, (_, index) => `response:x-${index}`);
    expect(knownColumns(['path', 'status', 'request:Bad Name', ...many])).toEqual([
      'path',
      'status',
      ...many.slice(0, 8),
    ]);
    expect(ids(['request:host'], 1600)).toEqual(['request:host', 'path', 'status']);
  });

  test('grid tracks have a least width', () => {
    expect(
      gridTemplate([
        { id: 'a', width: 10, align: 'start' },
        { id: 'b', width: 20, grow: 1, align: 'start' },
      ]),
    ).toBe('10px minmax(20px, 1fr)');
  });

  test.each([
    [0, 3],
    [10_000, 100],
    [60_000, 100],
  ])('the bar of %d ms is %d %% wide', (ms, percent) => {
    expect(durationBarPercent(ms)).toBe(percent);
  });
});

describe('completion of an expression', () => {
  const labels = (text: string, seen?: string[]) =>
    completeExpression(text, text.length, exampleState, 'exchange', seen).suggestions.map((one) => one.label);

  test.each([
    { text: 'sta', expected: ['status'] },
    { text: 'pool = ', expected: ['api'] },
    { text: 'backend = s', expected: ['spare'] },
    { text: 'status = 5', expected: ['5xx', '500', '502', '503', '504'] },
    { text: 'pool = api ', expected: ['and', 'or'] },
    { text: 'pool = api and atte', expected: ['attempts'] },
    { text: 'zzz', expected: [] },
    { text: 'path ^= /v1/or', seen: ['/v1/orders', '/v2'], expected: ['/v1/orders'] },
    { text: 'pool = a', seen: ['api', 'apart'], expected: ['api', 'apart'] },
    { text: 'host = "', expected: [] },
    { text: 'body *= "13042"', expected: [] },
    { text: '(pool = api)', expected: [] },
    { text: 'path ', expected: ['=', '!=', '^=', '$=', '*=', '~', '~i', 'in'] },
    { text: 'failed and (status ', expected: ['=', '!=', '<', '<=', '>', '>=', 'in'] },
    { text: 'header[x-a] ', expected: ['=', '!=', '^=', '$=', '*=', '~', '~i', 'in'] },
    { text: 'not path ^', expected: ['^='] },
    { text: 'path i', expected: ['in'] },
    { text: 'path ^= /v1/ ', expected: ['and', 'or'] },
    { text: 'has pat', expected: ['path'] },
    { text: 'has path ', expected: ['and', 'or'] },
    { text: 'retried ', expected: ['and', 'or'] },
    { text: 'host = path ', expected: ['and', 'or'] },
    { text: 'path ~', expected: [] },
    { text: 'path ~ p', expected: [] },
    { text: 'attempts > ', expected: [] },
    { text: 'header[x-a] = ', expected: [] },
    { text: 'method in (', expected: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] },
    { text: 'method in (GET, P', expected: ['POST', 'PUT', 'PATCH'] },
    { text: 'method in (GET ', expected: [] },
    { text: 'method in (GET) ', expected: ['and', 'or'] },
    { text: 'path = /a~ ', expected: ['and', 'or'] },
  ])('$text', ({ text, seen, expected }) => {
    expect(labels(text, seen)).toEqual(expected);
  });

  test('replaces the word at the caret and quotes names with spaces', () => {
    const completion = completeExpression('rule = Head', 11, exampleState, 'exchange');
    expect(completion).toMatchObject({ from: 7, to: 11 });
    expect(completion.suggestions[0]?.insert).toBe('"Header rewrite" ');
  });
});

test.each([
  { key: 'j', current: 5, expected: 6 },
  { key: 'ArrowUp', current: 0, expected: 0 },
  { key: 'PageDown', current: 95, expected: 99 },
  { key: 'Home', current: 40, expected: 0 },
  { key: 'End', current: 40, expected: 99 },
  { key: 'k', current: null, expected: 99 },
  { key: 'x', current: 40, expected: null },
])('$key from $current goes to $expected of 100', ({ key, current, expected }) => {
  expect(rowAfterKey(key, current, 100, 10)).toBe(expected);
});

describe('heads', () => {
  const exchange = exampleExchange(1);

  test('start line first', () => {
    expect(requestLines(exchange.request)[0]).toBe(`${exchange.method} ${exchange.path} HTTP/1.1`);
  });

  test('cookies and query parameters, duplicates kept', () => {
    expect(requestCookies([['Cookie', 'a=1; b=2=3; c']])).toEqual([
      ['a', '1'],
      ['b', '2=3'],
      ['c', ''],
    ]);
    expect(responseCookies([['Set-Cookie', 'a=1; Path=/']])).toEqual([['a', '1; Path=/']]);
    expect(queryParameters('/x?a=1&a=%E6%BC%A2&b')).toEqual([
      ['a', '1'],
      ['a', '漢'],
      ['b', ''],
    ]);
    expect(queryParameters('/x')).toEqual([]);
  });

  test('timings follow each other and leave out what did not happen', () => {
    const timings = { blocked: 1, dns: -1, connect: 2, tls: -1, send: 0, wait: 3, receive: 4 };
    const bars = timingBars({ timings, attempts: [] });
    expect(bars.map((bar) => [bar.name, bar.startMs])).toEqual([
      ['blocked', 0],
      ['connect', 1],
      ['send', 3],
      ['wait', 3],
      ['receive', 6],
    ]);
    const attempt = { ...exampleExchange(1).attempts[0], timings } as Attempt;
    const barsOf = (...startedMs: number[]) =>
      timingBars({ timings, attempts: startedMs.map((at) => ({ ...attempt, startedMs: at })) }).map((bar) => [
        bar.name,
        bar.startMs,
      ]);
    expect(barsOf(5).slice(0, 2)).toEqual([
      ['blocked', 0],
      ['connect', 6],
    ]);
    expect(barsOf(0, 20).slice(0, 3)).toEqual([
      ['earlier', 0],
      ['blocked', 20],
      ['connect', 21],
    ]);
  });
});

describe('bodies', () => {
  const bytes = (...values: number[]) => new Uint8Array(values);

  test('text is decoded in its charset; an unknown one counts as UTF-8', () => {
    expect(decodeText(bytes(0xba, 0x7e), 'text/plain; charset=big5')).toBe('漢');
    expect(decodeText(bytes(65), 'text/plain; charset=nonsense')).toBe('A');
    expect(decodeText(bytes(0xff), 'text/plain')).toBe('�');
    expect([...bytesFromBase64('AP8=')]).toEqual([0, 255]);
  });

  test('a hex line', () => {
    expect(hexLine(bytes(0x41, 0x00, 0xff), 0)).toEqual({
      offset: '00000000',
      hex: '41 00 ff'.padEnd(48),
      ascii: 'A··',
    });
    const twelve = new Uint8Array(12).fill(0x42);
    expect(hexLine(twelve, 0, 16, 8)).toEqual({ offset: '00000010', hex: `${'42 '.repeat(8)}`, ascii: 'BBBBBBBB' });
    expect(hexLine(twelve, 1, 16, 8)).toEqual({ offset: '00000018', hex: '42 42 42 42'.padEnd(24), ascii: 'BBBB' });
  });
});

describe('who answered where no backend was asked', () => {
  const error = { code: 'NO_BACKEND', message: 'none is available', source: 'proxy' as const };
  test.each([
    { what: 'a backend', of: { pool: 'p', attempts: exampleExchange(1).attempts }, by: undefined },
    { what: 'a rule', of: { pool: 'p' }, by: 'rule' },
    { what: 'a route', of: {}, by: 'route' },
    { what: 'nobody yet', of: { pool: 'p', status: undefined }, by: undefined },
    { what: 'the engine, for an error', of: { pool: 'p', error }, by: undefined },
    { what: 'who knows, of an import', of: { route: undefined }, by: undefined },
  ])('$what', ({ of, by }) => {
    expect(answeredBy({ attempts: [], error: undefined, route: 'r', pool: undefined, status: 403, ...of })).toBe(by);
  });
});

test.each([
  ['sent straight to a pool', { route: undefined, pool: 'p', rules: [] }, true],
  ['a rule named its pool', { route: undefined, pool: 'p', rules: [{ name: 'r', phase: 'request' as const }] }, false],
  ['went to its origin', { route: undefined, pool: undefined, rules: [] }, false],
  ['a route took it', { route: 'r', pool: 'p', rules: [] }, false],
])('%s: whether routes were passed by', (_, exchange, past) => {
  expect(isPastRoutes(exchange as Parameters<typeof isPastRoutes>[0])).toBe(past);
});
