import { describe, expect, it } from 'vitest';
import { ProxyError } from '../../proxy-engine/errors.ts';
import { Headers } from '../../proxy-engine/http/headers.ts';
import { isBodyless, mayHaveTrailers, readRequest, responseFields } from '../../proxy-engine/http2/client-fields.ts';
import { toFields } from '../../proxy-engine/http2/fields.ts';

const GET = [':method', 'GET', ':scheme', 'https', ':authority', 'a.test', ':path', '/x?y=1'];
const POST = [':method', 'POST', ...GET.slice(2)];
const WEBSOCKET = [':method', 'CONNECT', ':protocol', 'websocket', ...GET.slice(2)];
const key = () => 'dGhlIHNhbXBsZSBub25jZQ==';

function read(flat: string[], endStream = true) {
  return readRequest(flat, { limits: { headBytes: 2000, headers: 100 }, endStream, webSocketKey: key }).head;
}

describe('a request of HTTP/2', () => {
  it.each<[what: string, flat: string[], endStream: boolean, head: object]>([
    ['GET', GET, true, { method: 'GET', target: '/x?y=1', authority: 'a.test', framing: 'none' }],
    ['GET with an open body', GET, false, { framing: 'chunked' }],
    ['POST of a length', [...POST, 'content-length', '5'], false, { framing: 'length', contentLength: 5 }],
    ['POST of no length', POST, false, { framing: 'chunked' }],
    ['POST of nothing', [...POST, 'content-length', '0'], true, { contentLength: 0 }],
    ['a port', [...GET.slice(0, 4), ':authority', 'a.test:8443', ':path', '/'], true, { authority: 'a.test:8443' }],
    [
      'host alone',
      [':method', 'GET', ':scheme', 'http', ':path', '/', 'host', 'b.test'],
      true,
      { authority: 'b.test' },
    ],
    ['the same host', [...GET, 'host', 'A.test'], true, { authority: 'a.test' }],
    ['OPTIONS *', [':method', 'OPTIONS', ':scheme', 'http', ':authority', 'a', ':path', '*'], true, { target: '*' }],
    ['an own method', [':method', 'PURGE', ...GET.slice(2)], true, { method: 'PURGE' }],
    ['CONNECT', [':method', 'CONNECT', ':authority', 'a.test:443'], false, { method: 'CONNECT', target: 'a.test:443' }],
    ['a WebSocket', WEBSOCKET, false, { method: 'GET', upgrade: 'websocket', framing: 'none', target: '/x?y=1' }],
  ])('%s', (_, flat, endStream, head) => expect(read(flat, endStream)).toMatchObject(head));

  it('keeps the order of its lines, joins cookies, leaves bytes as they are', () => {
    const flat = [
      ...GET,
      'x-b',
      '1',
      'cookie',
      'a=1',
      'x-a',
      'caf\u00e9',
      'cookie',
      'b=2',
      'x-b',
      '2',
      'te',
      'trailers',
      'cookie',
      'c=3',
    ];
    expect(read(flat).headers.lines()).toEqual([
      ['host', 'a.test'],
      ['x-b', '1'],
      ['cookie', 'a=1; b=2; c=3'],
      ['x-a', 'caf\u00e9'],
      ['x-b', '2'],
      ['te', 'trailers'],
    ]);
  });

  it.each<[what: string, flat: string[], reason: RegExp]>([
    ['no method', GET.slice(2), /./],
    ['a method with a space', [':method', 'GET /', ...GET.slice(2)], /./],
    ['no scheme', [':method', 'GET', ':authority', 'a', ':path', '/'], /:scheme/],
    ['another scheme', [':method', 'GET', ':scheme', 'ftp', ':authority', 'a', ':path', '/'], /:scheme/],
    ['no path', GET.slice(0, 6), /:path/],
    ['an empty path', [...GET.slice(0, 6), ':path', ''], /:path/],
    ['a path without slash', [...GET.slice(0, 6), ':path', 'x'], /:path/],
    ['a URL as the path', [...GET.slice(0, 6), ':path', 'http://b/'], /:path/],
    ['* with GET', [...GET.slice(0, 6), ':path', '*'], /:path/],
    ['a path with a version', [...GET.slice(0, 6), ':path', '/ HTTP/1.1'], /./],
    ['a path with a line break', [...GET.slice(0, 6), ':path', '/\r\nx: y'], /control character/],
    ['a fragment', [...GET.slice(0, 6), ':path', '/#a'], /./],
    ['no authority', [':method', 'GET', ':scheme', 'http', ':path', '/'], /neither :authority nor host/],
    ['an authority with a slash', [...GET.slice(0, 4), ':authority', 'a/b', ':path', '/'], /./],
    ['an authority with credentials', [...GET.slice(0, 4), ':authority', 'u@a', ':path', '/'], /./],
    [
      'an authority with a line break',
      [...GET.slice(0, 4), ':authority', 'a\r\nx: y', ':path', '/'],
      /control character/,
    ],
    ['another host', [...GET, 'host', 'evil.test'], /a host that is not :authority/],
    ['two hosts', [...GET, 'host', 'a.test', 'host', 'a.test'], /more than one host/],
    ['a second :path', [...GET, ':path', '/'], /second pseudo-field/],
    ['a pseudo-field behind the others', [...GET.slice(0, 6), 'x-a', '1', ':path', '/'], /behind the others/],
    ['an unknown pseudo-field', [...GET, ':status', '200'], /unknown pseudo-field :status/],
    ['connection', [...GET, 'connection', 'close'], /HTTP\/1 connections/],
    ['transfer-encoding', [...POST, 'transfer-encoding', 'chunked'], /HTTP\/1 connections/],
    ['upgrade', [...GET, 'upgrade', 'h2c'], /HTTP\/1 connections/],
    ['keep-alive', [...GET, 'keep-alive', '5'], /HTTP\/1 connections/],
    ['proxy-connection', [...GET, 'proxy-connection', 'close'], /HTTP\/1 connections/],
    ['te: gzip', [...GET, 'te', 'gzip'], /TE other/],
    ['an upper-case name', [...GET, 'X-A', '1'], /upper-case/],
    ['an empty name', [...GET, '', '1'], /no token/],
    ['a name with a colon', [...GET, 'x:y', '1'], /no token/],
    ['a name with a line break', [...GET, 'x\r\ny', '1'], /no token/],
    ['a value with a line break', [...GET, 'x', '1\r\ntransfer-encoding: chunked'], /control character/],
    ['a value with a line feed', [...GET, 'x', '1\nb: c'], /control character/],
    ['a value with NUL', [...GET, 'x', '1\0'], /control character/],
    ['a value with outer spaces', [...GET, 'x', ' 1'], /outer space/],
    ['a value that ends in a tab', [...GET, 'x', '1\t'], /outer space/],
    ['a head that is too long', [...GET, 'x', 'a'.repeat(2000)], /longer than 2000 bytes/],
    ['too many lines', [...GET, ...Array.from({ length: 101 }, () => ['x', '1']).flat()], /more than 100/],
    ['two lengths', [...POST, 'content-length', '1', 'content-length', '2'], /./],
    ['a length that is none', [...POST, 'content-length', '+5'], /./],
    ['CONNECT with a path', [':method', 'CONNECT', ':authority', 'a:1', ':path', '/'], /CONNECT with :path/],
    ['a WebSocket with GET', [':method', 'GET', ':protocol', 'websocket', ...GET.slice(2)], /without CONNECT/],
    ['a WebSocket with a key', [...WEBSOCKET, 'sec-websocket-key', 'x'], /with a key/],
    [
      'another :protocol',
      [':method', 'CONNECT', ':protocol', 'connect-udp', ...GET.slice(2)],
      /only websocket is supported/,
    ],
  ])('with %s is refused', (_, flat, reason) => {
    let error: unknown = null;
    try {
      read(flat);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(ProxyError);
    expect((error as ProxyError).status).toBeGreaterThanOrEqual(400);
    expect((error as ProxyError).message).toMatch(reason);
  });
});

describe('an answer to a client of HTTP/2', () => {
  it('loses what belongs to a connection, and its upper case', () => {
    const headers = new Headers([
      'Content-Type',
      'text/plain',
      'Connection',
      'close, X-Hop',
      'X-Hop',
      '1',
      'Transfer-Encoding',
      'chunked',
      'Set-Cookie',
      'a=1',
      'Set-Cookie',
      'b=2',
    ]);
    expect(responseFields(200, headers)).toEqual([
      ':status',
      '200',
      'content-type',
      'text/plain',
      'set-cookie',
      'a=1',
      'set-cookie',
      'b=2',
    ]);
  });

  it('to a WebSocket is 200', () => {
    const headers = new Headers([
      'Upgrade',
      'websocket',
      'Connection',
      'Upgrade',
      'Sec-WebSocket-Accept',
      'x',
      'Sec-WebSocket-Protocol',
      'chat',
    ]);
    expect(responseFields(101, headers)).toEqual([':status', '200', 'sec-websocket-protocol', 'chat']);
    expect(headers.has('sec-websocket-accept')).toBe(true);
  });

  it.each<[method: string, status: number, length: number, bodyless: boolean]>([
    ['GET', 200, -1, false],
    ['GET', 200, 0, true],
    ['HEAD', 200, -1, true],
    ['GET', 204, -1, true],
    ['GET', 304, -1, true],
    ['GET', 205, -1, true],
    ['GET', 101, 0, false],
  ])('%s %i of length %i ends with its head: %s', (...[method, status, length, bodyless]) =>
    expect(isBodyless(method, status, length)).toBe(bodyless),
  );

  it.each([103, 204, 205])('%i says no length', (status) =>
    expect(responseFields(status, new Headers(['Content-Length', '2', 'A', '1']))).toEqual([
      ':status',
      String(status),
      'a',
      '1',
    ]),
  );

  it('of a status that HTTP/2 libraries refuse is 502 and tells it', () =>
    expect(responseFields(999, new Headers(['A', '1']))).toEqual([
      ':status',
      '502',
      'x-switchyard-status',
      '999',
      'a',
      '1',
    ]));

  it('keeps bytes above 127 at the ends of a value', () =>
    expect(toFields(new Headers(['A', ' \u00c3\u00a0 ']))).toEqual(['a', '\u00c3\u00a0']));

  it.each<[lines: string[], length: number, isFramed: boolean, may: boolean]>([
    [[], -1, false, true],
    [[], 5, false, false],
    [[], 5, true, true],
    [['Trailer', 'x-sum'], 5, false, true],
    [['Content-Type', 'application/grpc+proto'], 5, false, true],
  ])('with %j and length %i, framed: %s, may have trailers: %s', (lines, length, isFramed, may) =>
    expect(mayHaveTrailers(new Headers(lines), length, isFramed)).toBe(may),
  );
});

it('trailers lose connection fields as headers do', () => {
  expect(toFields(new Headers(['Grpc-Status', '0', 'Connection', 'x']))).toEqual(['grpc-status', '0']);
});
