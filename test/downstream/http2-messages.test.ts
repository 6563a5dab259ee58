/** What RFC 9113 §8 calls malformed, asked of a listener: refused, and never a request of its own once it is HTTP/1.1. */
import { expect, test } from 'vitest';
import { type Field, pseudo, RawHttp2, request } from '../support/http2-frames.ts';
import { data, opened, POST, POSTED, play, type Row, startSeenEngine } from '../support/http2-rows.ts';

/** Names that a request of nothing but pseudo-fields has at the backend. */
const FORWARDED = ['host', 'x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'x-request-id', 'via'];
const MALFORMED = 'RST PROTOCOL_ERROR|400';
const without = (name: string) => pseudo().filter(([one]) => one !== name);
const replaced = (name: string, value: string): Field[] =>
  pseudo().map((field) => (field[0] === name ? [name, value] : field));
const withField = (name: string, value: string): Field[] => [...pseudo(), [name, value]];

const MESSAGES: readonly Row[] = [
  ...[':method', ':scheme', ':path', ':authority'].map((name) => bad('8.3.1', `no ${name}`, without(name))),
  ...pseudo().map(([name, value]) => bad('8.3.1', `two ${name}`, [[name, value], ...pseudo()])),
  bad('8.3.1', 'an empty :path', replaced(':path', '')),
  bad('8.3.1', 'a :path without slash', replaced(':path', 'x')),
  bad('8.3.1', ':path * of GET', replaced(':path', '*')),
  bad('8.3.1', 'a :path with a space', replaced(':path', '/x HTTP/1.1')),
  bad('8.3.1', 'a :path with a line break', replaced(':path', '/x\r\nevil: 1')),
  bad('8.3.1', 'a :path with a fragment', replaced(':path', '/x#y')),
  bad('8.3.1', 'a :path with a byte above 127', replaced(':path', '/\xe9')),
  bad('8.3.1', 'a :method with a space', replaced(':method', 'GET /smuggled')),
  bad('8.3.1', 'a :method with a line break', replaced(':method', 'GET / HTTP/1.1\r\nx: y\r\n\r\nPOST')),
  bad('8.3.1', 'an empty :method', replaced(':method', '')),
  bad('8.3.1', 'a :scheme that is none', replaced(':scheme', 'http://evil/?')),
  bad('8.3.1', 'an :authority with a line break', replaced(':authority', 'a\r\nevil: 1')),
  bad('8.3.1', 'an :authority with user info', replaced(':authority', 'u@a.test')),
  bad('8.3.1', 'an :authority with a slash', replaced(':authority', 'a/b')),
  bad('8.3.1', 'an :authority with a bad port', replaced(':authority', 'a:99999')),
  bad('8.3.1', 'a host that is not :authority', withField('host', 'evil.test')),
  bad('8.3', 'a pseudo-field behind a field', [...without(':path'), ['x', 'y'], [':path', '/x']]),
  bad('8.3', 'an unknown pseudo-field', [[':evil', '1'], ...pseudo()]),
  bad('8.3', ':status in a request', [[':status', '200'], ...pseudo()]),
  bad('8.2', 'an upper-case name', withField('X-Upper', '1')),
  bad('8.2.1', 'a value with a space before it', withField('x', ' a')),
  bad('8.2.1', 'a value with a tab behind it', withField('x', 'a\t')),
  bad('8.2.2', 'connection', withField('connection', 'close')),
  bad('8.2.2', 'keep-alive', withField('keep-alive', 'timeout=5')),
  bad('8.2.2', 'proxy-connection', withField('proxy-connection', 'keep-alive')),
  bad('8.2.2', 'transfer-encoding', withField('transfer-encoding', 'chunked')),
  bad('8.2.2', 'upgrade', withField('upgrade', 'h2c')),
  bad('8.2.2', 'te other than trailers', withField('te', 'gzip')),
  bad('8.5', 'CONNECT with :path and :scheme', replaced(':method', 'CONNECT')),
  bad('8.5', 'CONNECT without :authority', [[':method', 'CONNECT']]),
  bad('8.5', 'CONNECT where there is no forward proxy', [
    [':method', 'CONNECT'],
    [':authority', 'a.test:443'],
  ]),
  bad('8441 4', ':protocol without CONNECT', [[':protocol', 'websocket'], ...pseudo()]),
  bad('9110 8.6', 'a content-length that is no number', withField('content-length', '+5')),
  bad('9110 8.6', 'two lengths', [...withField('content-length', '5'), ['content-length', '6']]),
  {
    rfc: '8.1.1',
    what: 'a length with END_STREAM',
    frames: [request(1, withField('content-length', '5'))],
    ends: MALFORMED,
  },
];

/** What is wrong shows when the head has passed: the backend must not take it for a whole request. */
const BODIES: readonly Row[] = [
  {
    rfc: '8.1.1',
    what: 'less DATA than content-length',
    frames: [opened(1, [...POST, ['content-length', '5']]), data('hi')],
    ends: MALFORMED,
    gets: POSTED,
  },
  {
    rfc: '8.1.1',
    what: 'more DATA than content-length',
    frames: [opened(1, [...POST, ['content-length', '2']]), data('hi GET /smuggled HTTP/1.1\r\n\r\n')],
    // node:http2 gives up the connection for it.
    ends: `${MALFORMED}|GOAWAY INTERNAL_ERROR`,
    gets: POSTED,
  },
  {
    rfc: '8.1',
    what: 'trailers without END_STREAM',
    frames: [opened(), data('hi', 0), request(1, [['x-t', '1']], 0)],
    ends: MALFORMED,
    gets: POSTED,
  },
  {
    rfc: '8.1',
    what: 'a pseudo-field in trailers',
    frames: [opened(), data('hi', 0), request(1, [[':path', '/evil']])],
    ends: MALFORMED,
    gets: POSTED,
  },
  {
    rfc: '8.2',
    what: 'an upper-case name in trailers',
    frames: [opened(), data('hi', 0), request(1, [['X-T', '1']])],
    ends: MALFORMED,
    gets: POSTED,
  },
  {
    rfc: '8.1',
    what: 'trailers are no part of the body',
    frames: [opened(), data('hi', 0), request(1, [['x-t', '1']])],
    ends: '200',
    gets: POSTED,
  },
];

function bad(rfc: string, what: string, fields: readonly Field[]): Row {
  return { rfc, what, frames: [request(1, fields)], ends: MALFORMED };
}

test.each([...MESSAGES, ...BODIES])('§$rfc $what', play);

/** Where nghttp2 is more lenient than the RFC and leaves no way to see what it has left out: harmless, and no request of their own. */
test.each<[what: string, name: string, value: string]>([
  ['an empty name', '', '1'],
  ['a name with a space', 'x y', '1'],
  ['a name with a colon', 'x:y', '1'],
  ['a name with a line break', 'x\r\nevil', '1'],
  ['a name with a byte above 127', 'x\xe9', '1'],
  ['a value with CRLF', 'x', 'a\r\nevil: 1'],
  ['a value with LF', 'x', 'a\nevil: 1'],
  ['a value with CR', 'x', 'a\rb'],
  ['a value with NUL', 'x', 'a\0b'],
])('§8.2.1 %s: the field is dropped, the request is served', async (_, name, value) => {
  const { port, seen } = await startSeenEngine();
  const connection = RawHttp2.open(port);
  connection.send(request(1, withField(name, value)));
  expect(await connection.ends()).toBe('200');
  const names = seen.rawHeaders.filter((_text, i) => i % 2 === 0).map((text) => text.toLowerCase());
  expect(names).toEqual(FORWARDED);
});
