import { describe, expect, it } from 'vitest';
import { ProxyError } from '../../proxy-engine/errors.ts';
import { Headers } from '../../proxy-engine/http/headers.ts';
import {
  requestFields,
  responseHead,
  switchingHead,
  webSocketFields,
} from '../../proxy-engine/http2/backend-fields.ts';
import { webSocketAccept } from '../../proxy-engine/websocket/handshake.ts';

const limits = { headBytes: 2000, headers: 100 };

describe('a request to a backend of HTTP/2', () => {
  const line = { method: 'POST', scheme: 'https', authority: 'b.test', target: '/p?q' };
  it('has its pseudo-fields first and no Host', () => {
    const headers = new Headers([
      'Host',
      'a.test',
      'X-A',
      ' 1 ',
      'TE',
      'trailers, deflate',
      'Connection',
      'TE',
      'Content-Length',
      '3',
    ]);
    expect(requestFields(line, headers)).toEqual([
      ':method',
      'POST',
      ':scheme',
      'https',
      ':authority',
      'b.test',
      ':path',
      '/p?q',
      'x-a',
      '1',
      'content-length',
      '3',
    ]);
  });

  it('is an extended CONNECT for a WebSocket', () => {
    const headers = new Headers([
      'Upgrade',
      'websocket',
      'Connection',
      'Upgrade',
      'Sec-WebSocket-Key',
      'k',
      'Sec-WebSocket-Version',
      '13',
    ]);
    expect(webSocketFields({ ...line, method: 'GET' }, headers)).toEqual([
      ':method',
      'CONNECT',
      ':protocol',
      'websocket',
      ':scheme',
      'https',
      ':authority',
      'b.test',
      ':path',
      '/p?q',
      'sec-websocket-version',
      '13',
    ]);
  });
});

describe('an answer of a backend of HTTP/2', () => {
  it.each<[what: string, flat: string[], method: string, endStream: boolean, head: object]>([
    ['with a body', [':status', '200', 'x', '1'], 'GET', false, { status: 200, framing: 'chunked' }],
    ['with a length', [':status', '200', 'content-length', '7'], 'GET', false, { framing: 'length', contentLength: 7 }],
    ['with nothing', [':status', '200'], 'GET', true, { framing: 'none' }],
    ['to HEAD', [':status', '200', 'content-length', '7'], 'HEAD', true, { framing: 'none' }],
    ['204', [':status', '204'], 'GET', true, { status: 204, framing: 'none' }],
    ['103', [':status', '103', 'link', '</a>'], 'GET', false, { status: 103 }],
    [
      'trailers only',
      [':status', '200', 'content-type', 'application/grpc', 'grpc-status', '5'],
      'POST',
      true,
      { framing: 'none' },
    ],
  ])('%s', (_, flat, method, endStream, head) =>
    expect(responseHead(flat, { method, endStream, limits })).toMatchObject(head),
  );

  it.each<[what: string, flat: string[]]>([
    ['no status', ['x', '1']],
    ['status 99', [':status', '099']],
    ['101', [':status', '101']],
    ['two statuses', [':status', '200', ':status', '200']],
    ['another pseudo-field', [':status', '200', ':path', '/']],
    ['a connection field', [':status', '200', 'transfer-encoding', 'chunked']],
    ['two lengths', [':status', '200', 'content-length', '1', 'content-length', '2']],
    ['too long a head', [':status', '200', 'x', 'a'.repeat(2000)]],
    ['a line break', [':status', '200', 'x', 'a\r\nset-cookie: b']],
  ])('with %s is refused', (_, flat) =>
    expect(() => responseHead(flat, { method: 'GET', endStream: false, limits })).toThrow(ProxyError),
  );
});

describe('a WebSocket that a backend of HTTP/2 takes', () => {
  it('is 101 to everybody else', () => {
    const taken = responseHead([':status', '200', 'sec-websocket-protocol', 'chat'], {
      method: 'GET',
      endStream: false,
      limits,
    });
    const head = switchingHead(taken, 'dGhlIHNhbXBsZSBub25jZQ==');
    expect(head).toMatchObject({ status: 101, upgrade: 'websocket' });
    expect(head.headers.lines()).toEqual([
      ['sec-websocket-accept', 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='],
      ['upgrade', 'websocket'],
      ['connection', 'Upgrade'],
      ['sec-websocket-protocol', 'chat'],
    ]);
  });

  it('answers the key of RFC 6455 §1.3', () =>
    expect(webSocketAccept('dGhlIHNhbXBsZSBub25jZQ==')).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo='));
});
