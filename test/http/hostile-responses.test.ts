/**
 * Malformed and ambiguous responses of backends through a real engine: refused with 502, cut so that the client sees it, or passed
 * on in normal form. After each, the next request gets its own answer, over another connection when the first is in doubt.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEngine, type TestEngine } from '../support/engine.ts';
import { type RawBackend, sendRaw, startRawBackend } from '../support/raw.ts';

/** `says`: latin1. */
interface Row {
  what: string;
  rfc: string;
  says: string;
  then?: 'end' | 'reset';
  /** `502`; `cut`: begun and not finished; or what the client gets. */
  becomes: '502' | 'cut' | RegExp;
  never?: RegExp;
  /** Whether the next request goes over the same connection. */
  kept?: true;
}

const OK = 'HTTP/1.1 200 OK\r\n';
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;
const TWO = `${OK}Content-Length: 2\r\n\r\nok`;
/** A response that somebody would like to see taken for that to the next request. */
const POISON = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison';
const LONG = 'x'.repeat(100_000);

const refused = (rfc: string, what: string, says: string, then?: Row['then']): Row => ({
  rfc,
  what,
  says,
  becomes: '502',
  ...(then && { then }),
});

const ROWS: Row[] = [
  refused('9112 6.3', 'two lengths that differ', `${OK}Content-Length: 2\r\nContent-Length: 3\r\n\r\nok!`),
  refused('9112 6.3', 'two lengths that are equal', `${OK}Content-Length: 2\r\nContent-Length: 2\r\n\r\nok`),
  refused('9112 6.3', 'a list of lengths', `${OK}Content-Length: 2, 2\r\n\r\nok`),
  refused(
    '9112 6.1',
    'length and chunked',
    `${OK}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n`,
  ),
  refused('9112 6.1', 'a coding besides chunked', `${OK}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`),
  refused('9112 6.1', 'chunked not last', `${OK}Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n`),
  refused('9112 6.1', 'an unknown coding', `${OK}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`),
  refused(
    '9112 6.1',
    'chunked twice',
    `${OK}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ),
  refused('9110 8.6', 'a negative length', `${OK}Content-Length: -5\r\n\r\nhello`),
  refused('9110 8.6', 'a length with a sign', `${OK}Content-Length: +5\r\n\r\nhello`),
  refused('9110 8.6', 'an empty length', `${OK}Content-Length: \r\n\r\nhello`),
  refused('9110 8.6', 'a length in hexadecimal', `${OK}Content-Length: 0x5\r\n\r\nhello`),
  refused('9110 8.6', 'a length beyond 2⁶⁴', `${OK}Content-Length: 18446744073709551621\r\n\r\nhello`),
  refused('9112 2.2', 'lines that end in LF', 'HTTP/1.1 200 OK\nContent-Length: 2\n\nok'),
  refused('9112 2.2', 'one line that ends in LF', `${OK}X: a\nContent-Length: 2\r\n\r\nok`),
  refused('9112 2.2', 'lines that end in CR', 'HTTP/1.1 200 OK\rContent-Length: 2\r\rok', 'end'),
  refused('9112 5.2', 'a folded line', `${OK}X: a\r\n b\r\nContent-Length: 2\r\n\r\nok`),
  refused('9110 5.5', 'NUL in a value', `${OK}X: a\0b\r\nContent-Length: 2\r\n\r\nok`),
  refused('9110 5.5', 'CR in a value', `${OK}X: a\rb\r\nContent-Length: 2\r\n\r\nok`),
  refused('9112 5', 'a line without a colon', `${OK}nonsense\r\nContent-Length: 2\r\n\r\nok`),
  refused('9112 5.1', 'white space before the colon', `${OK}Content-Length : 2\r\n\r\nok`),
  refused('9110 5.1', 'a line without a name', `${OK}: a\r\nContent-Length: 2\r\n\r\nok`),
  refused('9110 5.1', 'a name of 8 bits', `${OK}X\xe9: a\r\nContent-Length: 2\r\n\r\nok`),
  refused('9112 4', 'a status of two digits', 'HTTP/1.1 20 OK\r\nContent-Length: 2\r\n\r\nok'),
  refused('9112 4', 'a status below 100', 'HTTP/1.1 099 No\r\nContent-Length: 2\r\n\r\nok'),
  refused('9112 4', 'a status of four digits', 'HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\nok'),
  refused('9112 4', 'a status that is no number', 'HTTP/1.1 2x0 OK\r\nContent-Length: 2\r\n\r\nok'),
  refused('9112 4', 'two spaces before the status', 'HTTP/1.1  200 OK\r\nContent-Length: 2\r\n\r\nok'),
  refused('9112 4', 'a control character in the reason', 'HTTP/1.1 200 O\x01K\r\nContent-Length: 2\r\n\r\nok'),
  refused('9112 2.3', 'HTTP/2.0 in text', 'HTTP/2.0 200 OK\r\nContent-Length: 2\r\n\r\nok'),
  refused('9112 2.3', 'HTTP/1.2', 'HTTP/1.2 200 OK\r\nContent-Length: 2\r\n\r\nok'),
  refused('9112 2.3', 'a version in lower case', 'http/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'),
  refused('9112 2.3', 'no status line (HTTP/0.9)', '<html>hello</html>\r\n\r\n', 'end'),
  refused('9112 2.3', 'another protocol', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'),
  refused(
    '9110 15.2.2',
    '101 that nobody asked for',
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n',
  ),
  refused('6585 5', 'a head of 100 kB', `${OK}X: ${LONG}\r\nContent-Length: 2\r\n\r\nok`),
  refused('6585 5', '5000 lines', `${OK}${'X: a\r\n'.repeat(5000)}Content-Length: 2\r\n\r\nok`),
  refused('9112 8', 'half a head', `${OK}Content-Le`, 'end'),
  refused('9112 8', 'half a head, then a reset', `${OK}Content-Le`, 'reset'),
  refused('9112 8', 'nothing', '', 'end'),
  {
    rfc: '9112 8',
    what: '100 and no more',
    says: 'HTTP/1.1 100 Continue\r\n\r\n',
    then: 'end',
    becomes: /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 502 /,
  },
  { rfc: '9112 8', what: 'half a body', says: `${OK}Content-Length: 10\r\n\r\nhello`, then: 'end', becomes: 'cut' },
  {
    rfc: '9112 8',
    what: 'half a body, then a reset',
    says: `${OK}Content-Length: 10\r\n\r\nhello`,
    then: 'reset',
    becomes: 'cut',
  },
  { rfc: '9112 8', what: 'chunks without an end', says: `${CHUNKED}5\r\nhello\r\n`, then: 'end', becomes: 'cut' },
  { rfc: '9112 8', what: 'half a chunk', says: `${CHUNKED}5\r\nhel`, then: 'end', becomes: 'cut' },
  { rfc: '9112 7.1', what: 'a chunk with a bad size', says: `${CHUNKED}5\r\nhello\r\ng\r\n`, becomes: 'cut' },
  { rfc: '9112 7.1', what: 'a chunk size beyond 2⁵³', says: `${CHUNKED}ffffffffffffffff\r\nhello`, becomes: 'cut' },
  { rfc: '9112 7.1', what: 'a chunk longer than it says', says: `${CHUNKED}5\r\nhello!\r\n0\r\n\r\n`, becomes: 'cut' },
  { rfc: '9112 7.1', what: 'a chunk size that ends in LF', says: `${CHUNKED}5\nhello\r\n0\r\n\r\n`, becomes: 'cut' },
  {
    rfc: '9112 7.1.1',
    what: 'NUL in a chunk extension',
    says: `${CHUNKED}5;a\0b\r\nhello\r\n0\r\n\r\n`,
    becomes: 'cut',
  },
  {
    rfc: '9112 7.1.2',
    what: 'a malformed trailer',
    says: `${CHUNKED}5\r\nhello\r\n0\r\nX : y\r\n\r\n`,
    becomes: 'cut',
  },
  {
    rfc: '9112 7.1.2',
    what: 'trailers of 100 kB',
    says: `${CHUNKED}5\r\nhello\r\n0\r\nX: ${LONG}\r\n\r\n`,
    becomes: 'cut',
  },
  {
    rfc: '9110 6.5.1',
    what: 'framing and cookies in a trailer',
    kept: true,
    says: `${CHUNKED}5\r\nhello\r\n0\r\nContent-Length: 9\r\nSet-Cookie: a=b\r\nX-T: 1\r\n\r\n`,
    becomes: /\r\n\r\n5\r\nhello\r\n0\r\nX-T: 1\r\n\r\n$/,
    never: /Set-Cookie|Content-Length/,
  },
  {
    rfc: '9112 9.2',
    what: 'a second response that nobody asked for',
    says: TWO + POISON,
    becomes: /\r\n\r\nok$/,
    never: /poison/,
  },
  { rfc: '9112 6.3', what: 'a body longer than its length', says: `${TWO}${POISON.slice(9)}`, becomes: /\r\n\r\nok$/ },
  {
    rfc: '9112 6.3',
    what: '204 with a body',
    says: `HTTP/1.1 204 No Content\r\nContent-Length: 6\r\n\r\npoison`,
    becomes: /^HTTP\/1\.1 204 No Content\r\n\r\n$/,
  },
  {
    rfc: '9112 6.3',
    what: '304 with a body',
    says: `HTTP/1.1 304 Not Modified\r\nETag: "a"\r\n\r\npoison`,
    becomes: /^HTTP\/1\.1 304 Not Modified\r\nETag: "a"\r\n\r\n$/,
  },
  {
    rfc: '9110 15.2',
    what: '100 that nobody asked for',
    kept: true,
    says: `HTTP/1.1 100 Continue\r\n\r\n${TWO}`,
    becomes: /^(HTTP\/1\.1 100 Continue\r\n\r\n)?HTTP\/1\.1 200 OK\r\n[^]*ok$/,
  },
  {
    rfc: '9110 15.2',
    what: 'an unknown 1xx',
    kept: true,
    says: `HTTP/1.1 199 Soon\r\nX: y\r\n\r\n${TWO}`,
    becomes: /^HTTP\/1\.1 199 Soon\r\nX: y\r\n\r\nHTTP\/1\.1 200 OK\r\n/,
  },
  {
    rfc: '9110 7.6.1',
    what: 'fields of the connection',
    kept: true,
    says: `${OK}Connection: X-Own\r\nX-Own: 1\r\nKeep-Alive: timeout=9\r\nContent-Length: 2\r\n\r\nok`,
    becomes: /ok$/,
    never: /X-Own|Keep-Alive/,
  },
  {
    rfc: '9110 15',
    what: 'an unknown status',
    kept: true,
    says: `HTTP/1.1 999 Odd\r\nContent-Length: 2\r\n\r\nok`,
    becomes: /^HTTP\/1\.1 999 Odd\r\n/,
  },
  {
    rfc: '9112 4',
    what: 'no reason',
    kept: true,
    says: `HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok`,
    becomes: /^HTTP\/1\.1 200 ?\r\n[^]*ok$/,
  },
  {
    rfc: '9110 5.5',
    what: 'a value of 8 bits',
    kept: true,
    says: `${OK}X: \xff\xe9\r\nContent-Length: 2\r\n\r\nok`,
    becomes: /\r\nX: \xff\xe9\r\n/,
  },
  {
    rfc: '9112 6.3',
    what: 'a body until the end',
    says: `${OK}\r\nhello`,
    then: 'end',
    becomes: /\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n$/,
  },
  {
    rfc: '9112 6.1',
    what: 'chunked in HTTP/1.0',
    says: `HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n`,
    becomes: /\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n$/,
  },
];

let backend: RawBackend;
let engine: TestEngine;

beforeAll(async () => {
  backend = await startRawBackend((socket, data) => {
    const path = data.split(' ')[1] ?? '';
    const row = ROWS[Number(path.slice(1))];
    if (path.startsWith('/clean') || !row) {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nclean');
      return;
    }
    if (row.says !== '') socket.write(Buffer.from(row.says, 'latin1'));
    if (row.then === 'end') socket.end();
    else if (row.then === 'reset') setImmediate(() => socket.resetAndDestroy());
  });
  engine = await startEngine([backend.port], { pool: { ejection: false, retry: { attempts: 1 } } });
});

afterAll(async () => {
  await engine.close();
  await backend.close();
});

/** What the backend says has no date, so that one is added (RFC 9110 §6.6.1): it changes, and is left out here. */
const withoutDate = (text: string): string => text.replace(/^Date: .* GMT\r\n/m, '');

async function ask(path: string, until: (text: string) => boolean) {
  const request = `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
  const answer = await sendRaw(engine.port, request, (text) => until(withoutDate(text)));
  return { ...answer, text: withoutDate(answer.text) };
}

test(`there are ${ROWS.length} of them`, () => expect(ROWS.length).toBeGreaterThanOrEqual(60));

test.each(ROWS.map((row, i) => ({ ...row, i })))('§$rfc $what', async ({ i, becomes, never = /$^/, kept = false }) => {
  const isWhole = (text: string) => becomes instanceof RegExp && becomes.test(text);
  const isRefusal = (text: string) => /^HTTP\/1\.1 502 [^]*\r\n\r\n[^]/.test(text);
  const { text, closed } = await ask(`/${i}`, (all) => isWhole(all) || isRefusal(all));
  if (becomes === '502') expect(text).toMatch(/^HTTP\/1\.1 502 /);
  else if (becomes === 'cut') {
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(text).not.toMatch(/\r\n0\r\n\r\n$/);
    expect(closed).toBe(true);
  } else expect(text).toMatch(becomes);
  expect(text).not.toMatch(never);
  const clean = await ask('/clean', (all) => all.endsWith('clean'));
  expect(clean.text).toMatch(/^HTTP\/1\.1 200 OK\r\nContent-Length: 5\r\n\r\nclean$/);
  const [, after] = backend.received.find((said) => said.includes(`GET /${i} `))?.split(`GET /${i} `) ?? [];
  expect(after?.includes('/clean')).toBe(kept);
});
