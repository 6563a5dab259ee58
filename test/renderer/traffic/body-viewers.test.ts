import { describe, expect, test } from 'vitest';
import { fromWholeCharacter, readText } from '../../../renderer/traffic/body-bytes.ts';
import { viewersFor, viewersForMessage } from '../../../renderer/traffic/detail/viewers/viewers.ts';
import { formFields } from '../../../renderer/traffic/form-fields.ts';
import { readGraphqlRequests } from '../../../renderer/traffic/graphql-request.ts';
import { isJsonLines, listOfLines } from '../../../renderer/traffic/json/one-a-line.ts';
import { readMultipart } from '../../../renderer/traffic/multipart.ts';
import { wireRows } from '../../../renderer/traffic/protobuf/wire-rows.ts';
import { readEvents } from '../../../renderer/traffic/sse-events.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const bytes = (...values: number[]) => new Uint8Array(values);
/** Followed by 漢. */
const big5 = (text: string) => new Uint8Array([...utf8(text), 0xba, 0x7e]);

describe('viewersFor', () => {
  test.each([
    { type: 'application/json; charset=utf-8', body: utf8('{}'), kinds: 'json text hex' },
    { type: 'application/problem+json', body: utf8('{}'), kinds: 'json text hex' },
    { type: 'application/json', body: utf8('{"query":"{ me { id } }"}'), kinds: 'graphql json text hex' },
    { type: 'application/graphql', body: utf8('{ me }'), kinds: 'graphql json text hex' },
    { type: 'application/x-www-form-urlencoded', body: utf8('a=1'), kinds: 'form text hex' },
    { type: 'multipart/form-data; boundary=b', body: utf8('--b--'), kinds: 'multipart text hex' },
    { type: 'image/png', body: bytes(137, 80), kinds: 'image text hex' },
    { type: 'Text/HTML; charset=big5', body: utf8('<p>'), kinds: 'html text hex' },
    { type: 'application/grpc', body: bytes(0, 0), kinds: 'grpc text hex' },
    { type: 'application/grpc-web+proto', body: bytes(0, 0), kinds: 'grpc text hex' },
    { type: 'application/grpc-web-text', body: utf8('AAAAAAA='), kinds: 'grpc text hex' },
    { type: 'application/connect+json', body: bytes(0, 0), kinds: 'grpc text hex' },
    { type: 'application/x-protobuf', body: bytes(8, 1), kinds: 'protobuf text hex' },
    { type: 'application/vnd.api+protobuf', body: bytes(8, 1), kinds: 'protobuf text hex' },
    { type: 'application/x-protobuf; delimited=true', body: bytes(0, 0), kinds: 'protobuf text hex' },
    { type: 'application/xml', body: utf8('<a/>'), kinds: 'xml text hex' },
    { type: 'image/svg+xml', body: utf8('<svg/>'), kinds: 'image xml text hex' },
    { type: undefined, body: utf8('\n<?xml version="1.0"?><a/>'), kinds: 'xml text hex' },
    { type: 'text/event-stream', body: utf8('data: 1'), kinds: 'events text hex' },
    { type: 'application/octet-stream', body: bytes(0, 1, 2), kinds: 'hex text' },
    { type: undefined, body: utf8(' {"a":1}'), kinds: 'json text hex' },
    { type: undefined, body: utf8('AB'), kinds: 'text hex' },
  ])('$type: $kinds', ({ type, body, kinds }) => {
    const viewers = viewersFor({ bytes: body, contentType: type, partial: false, offset: 0, goesOn: false });
    expect(viewers.map(({ kind }) => kind).join(' ')).toBe(kinds);
  });
});

test.each([
  ['text', utf8('{"a":1}'), 'json text hex'],
  ['text', utf8('plain'), 'text hex'],
  ['binary', bytes(8, 1), 'hex text protobuf'],
  ['binary', utf8('{"a":1}'), 'json text hex protobuf'],
] as const)('a message of a WebSocket that is %s (%s): %s', (type, body, kinds) => {
  const message = { bytes: new Uint8Array(body), contentType: undefined, partial: false, offset: 0, goesOn: false };
  expect(
    viewersForMessage(message, type)
      .map(({ kind }) => kind)
      .join(' '),
  ).toBe(kinds);
});

describe('readText', () => {
  test.each([
    ['Big5', bytes(0xba, 0x7e), 'text/plain; charset=big5', { text: '漢', charset: 'big5', invalid: false }],
    ['Shift_JIS', bytes(0x8a, 0xbf), 'text/plain; charset="Shift_JIS"', { text: '漢', invalid: false }],
    ['an unknown charset', utf8('A'), 'text/plain; charset=klingon', { text: 'A', unknownCharset: 'klingon' }],
    ['a U+FFFD that was sent', utf8('\uFFFD'), undefined, { text: '\uFFFD', invalid: false }],
    ['invalid UTF-8', bytes(65, 0xff, 66), undefined, { text: 'A\uFFFDB', invalid: true }],
    [
      'Big5 that a page declares',
      big5('<meta charset=big5>'),
      'text/html',
      { text: '<meta charset=big5>漢', charset: 'big5' },
    ],
    [
      'and as http-equiv, behind a comment',
      big5('<!-- <meta charset=utf-8> --><META http-equiv="Content-Type" content="text/html; charset=Big5">'),
      'text/html',
      { charset: 'big5', invalid: false },
    ],
    ['the header before the page', utf8('<meta charset=big5>漢'), 'text/html; charset=utf-8', { charset: 'utf-8' }],
    [
      'XML that declares it',
      big5('<?xml version="1.0" encoding="Big5"?>'),
      'text/xml',
      { charset: 'big5', invalid: false },
    ],
    [
      'a mark before everything',
      bytes(0xef, 0xbb, 0xbf, 65),
      'text/plain; charset=big5',
      { text: 'A', charset: 'utf-8' },
    ],
    ['UTF-16 by its mark', bytes(0xff, 0xfe, 0x22, 0x6f), undefined, { text: '漢', charset: 'utf-16le' }],
    [
      'plain text that looks like a page',
      big5('<meta charset=big5>'),
      'text/plain',
      { charset: 'utf-8', invalid: true },
    ],
    ['a page that claims UTF-16', utf8('<meta charset=utf-16>漢'), 'text/html', { charset: 'utf-8', invalid: false }],
  ])('%s', (_, body, type, expected) => {
    expect(readText(body, type)).toMatchObject(expected);
  });

  test('a character that is cut at the end of a part is no mistake', () => {
    expect(readText(utf8('a漢').subarray(0, 3), undefined, true)).toMatchObject({ text: 'a', invalid: false });
  });
});

describe('readMultipart', () => {
  const body = utf8(
    '--b\r\nContent-Disposition: form-data; name="title"\r\n\r\nhello\r\n--b\r\n' +
      'content-disposition: form-data; name="file"; filename="漢.bin"\r\nContent-Type: application/octet-stream\r\n\r\n\0\r\n\r\n--b--\r\n',
  );

  test('names, file names, types and exact bytes', () => {
    const parts = readMultipart(body, 'multipart/form-data; boundary="b"');
    expect(parts).toMatchObject([
      { name: 'title', bytes: utf8('hello') },
      { name: 'file', fileName: '漢.bin', contentType: 'application/octet-stream', bytes: utf8('\0\r\n') },
    ]);
  });

  test('what stands before the first and behind the last delimiter is no part (RFC 2046 §5.1.1)', () => {
    const around = utf8('preamble\r\n\r\n--b\r\n\r\nhello\r\n--b--\r\nepilogue\r\n\r\nmore\r\n');
    expect(readMultipart(around, 'multipart/mixed; boundary=b')).toMatchObject([{ bytes: utf8('hello') }]);
  });

  test('a part that is cut is there as far as it goes', () => {
    expect(readMultipart(utf8('--b\n\nhel'), 'multipart/mixed; boundary=b')).toMatchObject([{ bytes: utf8('hel') }]);
  });

  test.each([
    ['form-data; name=upload; filename=a.txt', 'upload', 'a.txt'],
    [`form-data; name=upload; filename=a.txt; filename*=utf-8''%e6%bc%a2%20b.txt`, 'upload', '漢 b.txt'],
    [`form-data; filename*=big5'zh'%ba%7e; name="x"; filename="a"`, 'x', '漢'],
    [`form-data; name=x; filename="a"; filename*=nonsense`, 'x', 'a'],
    ['form-data; name="q\\"x"; filename="C:\\dir\\a.txt"', 'q"x', 'C:\\dir\\a.txt'],
    ['form-data; name="a; name=b"', 'a; name=b', undefined],
    ['form-data ; NAME = "a" ;filename="name=b"', 'a', 'name=b'],
    ['form-data', undefined, undefined],
  ])('%s', (disposition, name, fileName) => {
    const one = utf8(`--b\r\nContent-Disposition: ${disposition}\r\n\r\nx\r\n--b--\r\n`);
    const [part] = readMultipart(one, 'multipart/form-data; boundary=b') ?? [];
    expect([part?.name, part?.fileName]).toEqual([name, fileName]);
  });

  test('all parts are there, however many, and those without a head are left out', () => {
    const body = utf8(
      Array.from(
        { length: 3000 },
        (_, n) => `--b\r\nContent-Disposition: form-data; name="n${n}"\r\n\r\n${n}\r\n`,
      ).join('') + '--b--',
    );
    const parts = readMultipart(body, 'multipart/form-data; boundary=b') ?? [];
    expect([parts.length, parts.at(-1)?.name]).toEqual([3000, 'n2999']);
    expect(
      readMultipart(
        utf8('--b\r\nx\r\n--b\r\nContent-Type: text/plain\r\n\r\ny\r\n--b--'),
        'multipart/mixed; boundary=b',
      ),
    ).toMatchObject([{ bytes: utf8('y') }]);
  });

  test.each(['multipart/mixed', 'multipart/mixed; boundary=other'])('%s: null', (type) => {
    expect(readMultipart(body, type)).toBeNull();
  });
});

describe('the fields of a form', () => {
  const form = 'application/x-www-form-urlencoded';
  test.each<[string, string | Uint8Array, string, [string, string][]]>([
    [
      'in UTF-8',
      'a=1&b=%E6%BC%A2+c&&%E9=%zz%4&d',
      form,
      [
        ['a', '1'],
        ['b', '漢 c'],
        ['\uFFFD', '%zz%4'],
        ['d', ''],
      ],
    ],
    ['in the charset that is said', 'q=%B4%FA%B8%D5', `${form}; charset=big5`, [['q', '測試']]],
    ['as bytes', big5('q='), `${form}; charset=big5`, [['q', '漢']]],
    ['of nothing', '', form, []],
  ])('%s', (_, body, type, fields) => {
    expect(formFields(typeof body === 'string' ? utf8(body) : body, type)).toEqual(fields);
  });
});

describe('JSON lines', () => {
  test.each([
    ['{"a":1}\n\n[2]\r\n', false, '[{"a":1},\n[2]]'],
    ['{"a":1}\n{"b"', true, '[{"a":1},\n{"b"'],
    ['', false, '[]'],
  ])('%j is a list', (text, mayBeCut, json) => {
    expect(listOfLines(text, mayBeCut)).toBe(json);
  });

  test.each([
    ['application/x-ndjson', true],
    ['application/jsonl', true],
    ['application/json', false],
  ])('%s: %s', (type, expected) => {
    expect(isJsonLines(type)).toBe(expected);
  });
});

describe('wireRows', () => {
  test('numbers, text, messages and bytes', () => {
    const inner = [0x0a, 2, 0x68, 0x69]; // 1: "hi"
    const all = bytes(0x08, 0x96, 0x01, 0x12, inner.length, ...inner, 0x1a, 2, 0xff, 0xfe, 0x25, 1, 0, 0, 0);
    expect(wireRows(all)).toEqual([
      { depth: 0, field: 1, kind: 'varint', text: '150' },
      { depth: 0, field: 2, kind: 'message', text: '' },
      { depth: 1, field: 1, kind: 'text', text: 'hi' },
      { depth: 0, field: 3, kind: 'bytes', text: 'ff fe' },
      { depth: 0, field: 4, kind: 'fixed32', text: '1' },
    ]);
  });

  test('of a message whose end is not there, the fields before it', () => {
    const cut = bytes(0x08, 0x96, 0x01, 0x12, 5, 0x68, 0x69);
    expect(wireRows(cut)).toBeNull();
    expect(wireRows(cut, undefined, true)).toEqual([{ depth: 0, field: 1, kind: 'varint', text: '150' }]);
    expect(wireRows(bytes(0x12, 5, 0x68), undefined, true)).toBeNull();
  });

  test('64 bits keep all their digits', () => {
    const max = bytes(0x08, ...Array<number>(9).fill(0xff), 0x01);
    expect(wireRows(max)?.[0]?.text).toBe('18446744073709551615');
  });

  test.each([
    ['a length beyond the end', bytes(0x0a, 200)],
    ['field 0', bytes(0x00, 0x01)],
    ['a varint without an end', bytes(0x08, 0xff)],
  ])('%s: null', (_, body) => {
    expect(wireRows(body)).toBeNull();
  });

  test('nesting and the number of rows are bounded', () => {
    let nested = bytes(0x08, 1);
    for (let depth = 0; depth < 60; depth++) nested = bytes(0x0a, nested.length, ...nested.subarray(0, 120));
    expect(Math.max(...(wireRows(nested) ?? []).map(({ depth }) => depth))).toBeLessThanOrEqual(32);
    const many = new Uint8Array(100_000).map((_, index) => (index % 2 === 0 ? 0x08 : 1));
    expect(wireRows(many)).toHaveLength(20_000);
  });
});

test.each([
  [
    '{"query":"query A { a }","operationName":"A","variables":{"n":12345678901234567890, "x":1.0,"x":2}}',
    [{ query: 'query A { a }', operationName: 'A', variables: '{"n":12345678901234567890, "x":1.0,"x":2}' }],
  ],
  ['{"query":"{ a }","variables":null}', [{ query: '{ a }', variables: undefined }]],
  ['{"query":"{ \\q }"}', null],
  ['[{"query":"{ a }"},{"query":"mutation M { b }"}]', [{ query: '{ a }' }, { query: 'mutation M { b }' }]],
  ['[{"query":"{ a }"},{"query":"shoes"}]', null],
  ['[{"query":"{ a }"},null]', null],
  ['{"query":"shoes","page":2}', null],
  ['{"query":"{ a }"', null],
  ['[]', null],
])('GraphQL in %s', (text, expected) => {
  if (expected) expect(readGraphqlRequests(text)).toMatchObject(expected);
  else expect(readGraphqlRequests(text)).toBeNull();
});

describe('server-sent events', () => {
  test.each<[stream: string, isCut: boolean, events: unknown[]]>([
    [
      'data: 1\n\ndata:2\n\n',
      false,
      [
        { type: 'message', data: '1' },
        { type: 'message', data: '2' },
      ],
    ],
    ['event: tick\nid: 7\ndata: a\ndata: b\n\n', false, [{ type: 'tick', id: '7', data: 'a\nb' }]],
    [': comment\r\ndata\r\n\r\n', false, [{ type: 'message', data: '' }]],
    ['id: 1\n\ndata: x\rdata: y\r\r', false, [{ type: 'message', data: 'x\ny' }]],
    ['data: whole\n\ndata: still com', false, [{ type: 'message', data: 'whole' }]],
    ['data: not dispatched\n', false, []],
    ['ta: rest of one\n\ndata: next\n\n', true, [{ type: 'message', data: 'next' }]],
    ['in the middle of a long one', true, []],
    ['\uFEFFdata: after a mark\n\n', false, [{ type: 'message', data: 'after a mark' }]],
  ])('%j', (stream, isCut, events) => {
    expect(readEvents(stream, isCut)).toEqual(events);
  });
});

test('a part of a text begins with its first whole character', () => {
  const bytes = new TextEncoder().encode('a漢字');
  expect(new TextDecoder().decode(fromWholeCharacter(bytes.subarray(2)))).toBe('字');
  expect(fromWholeCharacter(bytes)).toBe(bytes);
});
