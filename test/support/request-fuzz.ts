/** Requests that are nearly right: one to a few on a connection, made from pieces that parsers have disagreed about, then damaged. Seeded. */

export type Random = () => number;

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const METHODS = [
  'GET',
  'POST',
  'PUT',
  'HEAD',
  'DELETE',
  'OPTIONS',
  'PATCH',
  'PURGE',
  'SLUDGE',
  'get',
  'G=T',
  'M-SEARCH',
  '',
];
const TARGETS = [
  ...['/', '/a', '/a?b=c', '/a?b=?/', '/%41', '/a;b', '/~!$&()*+,=:@', '/a/../b', '/\xc3\xa9', '/"<>^`{|}', '//a', '*'],
  ...['http://a/', 'http://a', 'http://b:80/x?y', 'https://a/', 'HTTP://a/', 'ftp://a/', 'http:///', 'http://u@a/'],
  ...['a', 'a:80', '', '/a#b', '/a b', '/\\', '/\x7f', '/\x00', '/%', '/%zz', '/..', '?'],
];
const VERSIONS = [
  ...['HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/1.0'],
  ...[
    'HTTP/1.2',
    'HTTP/2.0',
    'HTTP/0.9',
    'HTTP/1.10',
    'HTTP/01.1',
    'http/1.1',
    'HTTP/1',
    'HTTP/1.1 ',
    'HTTP/ 1.1',
    'ICE/1.0',
    '',
  ],
];
const HOSTS = [
  'a',
  'a',
  'a',
  'a:80',
  'A.test',
  '[::1]',
  '[::1]:80',
  '127.0.0.1:1',
  'a_b',
  '',
  'a b',
  'a,b',
  'a/b',
  'a:x',
  'a:99999',
  '[',
  'a..b',
  'a@b',
  '\xe9',
];
const SIZES = [
  '0',
  '5',
  '5',
  '5',
  '05',
  '+5',
  '-5',
  '0x5',
  '5 ',
  '5,5',
  '5, 5',
  '5;',
  '',
  '5_0',
  '18446744073709551621',
  '99',
  '4',
  '6',
  '5.0',
  '５',
];
const CODINGS = [
  ...[
    'chunked',
    'chunked',
    'chunked',
    'Chunked',
    'chunked ',
    ' chunked',
    '\tchunked',
    'chunked,',
    ',chunked',
    'chunked;a',
  ],
  ...[
    'gzip',
    'gzip, chunked',
    'chunked, gzip',
    'identity',
    'xchunked',
    'chunkedx',
    '"chunked"',
    '\x0bchunked',
    'chunked\xa0',
    'chunked, chunked',
    '',
  ],
];
const CONNECTIONS = [
  'close',
  'keep-alive',
  'Keep-Alive',
  'upgrade',
  'close, x',
  'content-length',
  'transfer-encoding',
  'keep-alive, close',
  '',
];
const LINES = [
  ...[
    'X: y',
    'X:y',
    'X:\ty\t',
    'X:',
    'x-Y_z: 1',
    "X!#$%&'*+-.^`|~9: 1",
    'Accept: */*',
    'Expect: 100-continue',
    'Expect: 200-ok',
  ],
  ...[
    'X : y',
    ' X: y',
    'X',
    ': y',
    'X\x00: y',
    'X: a\x00b',
    'X: a\x01b',
    'X: a\x7fb',
    'X: \xff\xfe',
    'X\xe9: y',
    'X(: y',
    'X y: z',
    'X: a\rb',
    'X: a\r\n b',
  ],
  ...[
    'Content-Length : 5',
    'Transfer-Encoding : chunked',
    'Content_Length: 5',
    'Transfer-Encoding\t: chunked',
    'TE: trailers',
    'Trailer: x',
  ],
];
const CHUNK_SIZES = [
  '5',
  '5',
  '5',
  '5',
  '05',
  '5 ',
  ' 5',
  '5;a',
  '5;a=b',
  '5;a="b"',
  '5;a="\n"',
  '5 ;a',
  '5;\x00',
  '+5',
  '-5',
  '0x5',
  '5\t',
  '',
  'g',
  '4',
  '6',
  'ffffffffffffffff',
  '10000000000000005',
  '5;a\rb',
];
const LAST_CHUNKS = ['0', '0', '0', '0', '00', '0;a', '0 ', '-0', '0x0', ''];
const TRAILERS = [
  '',
  '',
  '',
  '',
  'X: y\r\n',
  'Content-Length: 5\r\n',
  'Host: b\r\n',
  'X : y\r\n',
  'X\r\n',
  ' X: y\r\n',
  'X: a\nb\r\n',
  ': y\r\n',
];
const LINE_ENDS = ['\n', '\r', '\r\r\n', '\n\r', '\r\n\r\n', ' \r\n', '\x0b\r\n'];
const BYTES = '\r\n\t \0:;,/x05\x7f\x80\xffA"';

/** One case: raw bytes as latin1, without the request that is put behind it to see where the case ends. */
export function fuzzCase(random: Random): string {
  const count = random() < 0.75 ? 1 : 2;
  let text = '';
  for (let i = 0; i < count; i++) text += request(random);
  for (let left = damages(random); left > 0; left--) text = damage(random, text);
  return text;
}

function pick<T>(random: Random, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)] as T;
}

/** Usually `usual`, else something else. */
function mostly<T>(random: Random, usual: T, from: readonly T[]): T {
  return random() < 0.85 ? usual : pick(random, from);
}

function request(random: Random): string {
  const end = () => (random() < 0.99 ? '\r\n' : pick(random, LINE_ENDS));
  const blank = () => (random() < 0.99 ? ' ' : pick(random, ['  ', '\t', '', '\x0b']));
  const method = mostly(random, pick(random, ['GET', 'POST']), METHODS);
  const startLine = `${method}${blank()}${mostly(random, '/a', TARGETS)}${blank()}${mostly(random, 'HTTP/1.1', VERSIONS)}`;
  const { lines, body } = framing(random);
  if (random() < 0.97) lines.push(`Host: ${mostly(random, 'a', HOSTS)}`);
  if (random() < 0.03) lines.push(`Host: ${pick(random, HOSTS)}`);
  if (random() < 0.1) lines.push(`Connection: ${pick(random, CONNECTIONS)}`);
  if (random() < 0.2) lines.push(pick(random, LINES));
  shuffle(random, lines);
  const before = random() < 0.02 ? pick(random, ['\r\n', '\n', ' ', '\r', '\r\n\r\n']) : '';
  return `${before}${startLine}${end()}${lines.map((line) => line + end()).join('')}${end()}${body}`;
}

function framing(random: Random): { lines: string[]; body: string } {
  const kind = random();
  if (kind < 0.3) return { lines: [], body: '' };
  if (kind < 0.55) return { lines: [`Content-Length: ${mostly(random, '5', SIZES)}`], body: 'hello' };
  if (kind < 0.9) return { lines: [`Transfer-Encoding: ${mostly(random, 'chunked', CODINGS)}`], body: chunks(random) };
  const lines = [`Content-Length: ${pick(random, SIZES)}`, `Transfer-Encoding: ${pick(random, CODINGS)}`];
  if (random() < 0.5) lines[0] = `Content-Length: ${pick(random, SIZES)}`;
  if (random() < 0.3) lines[1] = `Content-Length: ${pick(random, SIZES)}`;
  else if (random() < 0.3) lines[0] = `Transfer-Encoding: ${pick(random, CODINGS)}`;
  return { lines, body: random() < 0.5 ? 'hello' : chunks(random) };
}

function chunks(random: Random): string {
  const end = () => (random() < 0.97 ? '\r\n' : pick(random, LINE_ENDS));
  let text = '';
  for (let i = random() < 0.7 ? 1 : 2; i > 0; i--) text += `${mostly(random, '5', CHUNK_SIZES)}${end()}hello${end()}`;
  return `${text}${mostly(random, '0', LAST_CHUNKS)}${end()}${mostly(random, '', TRAILERS)}${end()}`;
}

function shuffle<T>(random: Random, items: T[]): void {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [items[i], items[j]] = [items[j] as T, items[i] as T];
  }
}

function damages(random: Random): number {
  const drawn = random();
  if (drawn < 0.55) return 0;
  return drawn < 0.9 ? 1 : 2;
}

/** A byte more, less or other; a piece twice or gone. */
function damage(random: Random, text: string): string {
  const at = Math.floor(random() * text.length);
  const byte = BYTES[Math.floor(random() * BYTES.length)] as string;
  const length = 1 + Math.floor(random() * 8);
  switch (Math.floor(random() * 5)) {
    case 0:
      return text.slice(0, at) + byte + text.slice(at);
    case 1:
      return text.slice(0, at) + text.slice(at + 1);
    case 2:
      return text.slice(0, at) + byte + text.slice(at + 1);
    case 3:
      return text.slice(0, at + length) + text.slice(at);
    default:
      return text.slice(0, at) + text.slice(at + length);
  }
}
