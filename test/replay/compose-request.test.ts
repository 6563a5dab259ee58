import { describe, expect, test } from 'vitest';
import { composeRequest, type RequestParts, writtenUrl } from '../../proxy-engine/replay/compose-request.ts';

function compose(parts: Partial<RequestParts>) {
  const request = composeRequest({
    method: 'GET',
    url: 'http://api.test/',
    headers: [],
    body: Buffer.alloc(0),
    trailers: [],
    protocol: 'HTTP/1.1',
    ...parts,
  });
  return { ...request, head: Buffer.from(request.parsed.head.raw).toString('latin1').trimEnd().split('\r\n') };
}

describe('what a client would send', () => {
  test.each<[string, Partial<RequestParts>, string[]]>([
    ['Host from the URL', { url: 'http://api.test:81/v1?a=b' }, ['GET /v1?a=b HTTP/1.1', 'Host: api.test:81']],
    ['http:// may be left out', { url: '127.0.0.1:80/x' }, ['GET /x HTTP/1.1', 'Host: 127.0.0.1:80']],
    ['no path', { url: 'https://api.test' }, ['GET / HTTP/1.1', 'Host: api.test']],
    ['no path but a query', { url: 'http://api.test?a' }, ['GET /?a HTTP/1.1', 'Host: api.test']],
    ['an IPv6 address', { url: 'http://[::1]:81/' }, ['GET / HTTP/1.1', 'Host: [::1]:81']],
    ['nothing is normalised', { url: 'http://a.test/a/../b//c;d' }, ['GET /a/../b//c;d HTTP/1.1', 'Host: a.test']],
    ['bytes of a client', { url: 'http://a.test/\xe4' }, ['GET /\xe4 HTTP/1.1', 'Host: a.test']],
    ['a fragment stays here', { url: 'http://a.test/a#b?c' }, ['GET /a HTTP/1.1', 'Host: a.test']],
    [
      'letters of the world',
      { url: writtenUrl(' http://bücher.test/ä b ') },
      ['GET /%C3%A4%20b HTTP/1.1', 'Host: xn--bcher-kva.test'],
    ],
    [
      'another Host: the URL still says where to go',
      { url: 'http://a.test/x', headers: [['host', 'b.test']] },
      ['GET http://a.test/x HTTP/1.1', 'host: b.test'],
    ],
    [
      'another Host at a reverse listener',
      { url: 'http://a.test/x?y', headers: [['host', 'b.test']], hostDecides: true },
      ['GET /x?y HTTP/1.1', 'host: b.test'],
    ],
    [
      'the length is that of this body, where it stood',
      {
        method: 'POST',
        headers: [
          ['Content-Length', '99'],
          ['Transfer-Encoding', 'chunked'],
          ['X-A', '1'],
        ],
        body: Buffer.from('äb'),
      },
      ['POST / HTTP/1.1', 'Host: api.test', 'Content-Length: 3', 'X-A: 1'],
    ],
    ['an empty POST says so', { method: 'POST' }, ['POST / HTTP/1.1', 'Host: api.test', 'Content-Length: 0']],
    ['an empty GET has no length', { headers: [['content-length', '5']] }, ['GET / HTTP/1.1', 'Host: api.test']],
  ])('%s', (_name, parts, head) => {
    expect(compose(parts).head).toEqual(head);
  });

  test('trailers need chunks', () => {
    const { parsed, trailers } = compose({ trailers: [['grpc-x', '1']], body: Buffer.from('abc') });
    expect([parsed.head.framing, trailers?.lines()]).toEqual(['chunked', [['grpc-x', '1']]]);
  });
});

test.each<[string, Partial<RequestParts>, RegExp]>([
  ['a scheme that is none', { url: 'htp:/x%20y' }, /htp: is neither/],
  ['another scheme', { url: 'ftp://a.test/' }, /ftp:\/\/ cannot be sent/],
  ['no host', { url: '/v1/items' }, /names no host; write http:\/\/HOST/],
  ['a port that is none', { url: 'http://a.test:99999/' }, /not a host/],
  ['a header that is two', { headers: [['X-A', 'b\r\nX-C: d']] }, /RFC 9110 §5.5/],
  ['a header name with a space', { headers: [['X A', 'b']] }, /no name of a header/],
  [
    'an upgrade',
    {
      headers: [
        ['Connection', 'upgrade'],
        ['Upgrade', 'websocket'],
      ],
    },
    /a client that stays/,
  ],
])('refused: %s', (_name, parts, message) => {
  expect(() => compose(parts)).toThrow(message);
});
