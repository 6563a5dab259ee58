/**
 * The same bytes to our parser, Node's strict llhttp and nginx: what we take for a whole request, they take for the same request,
 * or the difference is one of those below. A case is refused by us whenever one of them refuses it. `npm run fuzz` runs 100,000.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fuzzCase, seededRandom } from '../support/request-fuzz.ts';
import {
  LLHTTP_METHODS,
  nginxReader,
  type ReadRequest,
  type RequestReader,
  readByLlhttp,
  readOurs,
} from '../support/request-readers.ts';

const CASES = Number(process.env['FUZZ_CASES'] ?? 4000);
const SEED = Number(process.env['FUZZ_SEED'] ?? 20261129);
const AT_ONCE = 32;
/** Behind each case: whoever takes it for what it is has found the end of the case. */
const SENTINEL = 'GET /sentinel HTTP/1.1\r\nHost: s\r\nConnection: close\r\n\r\n';

type Peer = 'llhttp' | 'nginx';

/** Requests that we take and the peer does not, or takes otherwise. */
const INTENDED: Intended[] = [
  {
    peer: 'llhttp',
    what: 'a method that it does not know',
    why: 'a method is any token (RFC 9110 §9.1); it decides nothing about framing',
    example: 'SLUDGE / HTTP/1.1\r\nHost: a\r\n\r\n',
    holds: ({ method }) => !LLHTTP_METHODS.has(method),
  },
  {
    peer: 'llhttp',
    what: 'framing fields in a trailer',
    why: 'they are dropped, never merged (RFC 9110 §6.5.1)',
    example: 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 5\r\n\r\n',
    holds: ({ headers }, text) =>
      /\r\n0[^\r\n]*\r\n([^\r\n]+\r\n)*(content-length|transfer-encoding):/i.test(text) &&
      (headers ?? []).some((name) => name.toLowerCase() === 'transfer-encoding'),
  },
  {
    peer: 'nginx',
    what: 'a method that is not in capital letters',
    why: 'a method is any token (RFC 9110 §9.1)',
    example: 'get / HTTP/1.1\r\nHost: a\r\n\r\n',
    holds: ({ method }) => !/^[A-Z_-]+$/.test(method),
  },
  {
    peer: 'nginx',
    what: 'a path that it cannot decode or that leaves the root',
    why: 'nginx looks for files; the path goes on as it is, for the backend to judge',
    example: 'GET /% HTTP/1.1\r\nHost: a\r\n\r\n',
    holds: ({ path }) => /%(?![0-9a-f]{2})|%00|^\/?\.\.|\/\.\./i.test(path ?? ''),
  },
  {
    peer: 'llhttp',
    what: 'bytes above 127 in the target',
    why: 'clients send raw UTF-8; it goes on as it is, for the backend to judge',
    example: 'GET /\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n',
    holds: ({ target }) => /[\x80-\xff]/.test(target ?? ''),
  },
  {
    peer: 'llhttp',
    what: 'a tab behind chunked',
    why: 'white space may be tabs (RFC 9110 §5.6.3)',
    example: 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\t\r\n\r\n0\r\n\r\n',
    holds: (_request, text) => /chunked[ \t]*\t[ \t]*\r\n/i.test(text),
  },
  {
    peer: 'nginx',
    what: 'a tab around the value of Host, Content-Length or Transfer-Encoding',
    why: 'white space may be tabs (RFC 9110 §5.6.3)',
    example: 'GET / HTTP/1.1\r\nHost:\ta\r\n\r\n',
    holds: (_request, text) => /(host|content-length|transfer-encoding):([ \t]*\t|[^\r\n]*\t\r\n)/i.test(text),
  },
  {
    peer: 'nginx',
    what: 'Connection with "close" inside another word',
    why: 'nginx closes when the letters stand anywhere; options are whole words (RFC 9110 §7.6.1)',
    example: 'GET / HTTP/1.1\r\nHost: a\r\nConnection: xclose\r\n\r\n',
    holds: (_request, text) => /connection:[^\r\n]*close/i.test(text),
  },
  {
    peer: 'nginx',
    what: 'OPTIONS with a URL that has no path',
    why: 'it means * (RFC 9112 §3.2.4); nginx takes it for /',
    example: 'OPTIONS http://a HTTP/1.1\r\nHost: a\r\n\r\n',
    reads: 'another path',
    holds: ({ method, path }) => method === 'OPTIONS' && path === '*',
  },
  {
    peer: 'nginx',
    what: 'OPTIONS *',
    why: 'it asks about the server as a whole (RFC 9110 §9.3.7); nginx has no location for it',
    example: 'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n',
    holds: ({ method, target }) => method === 'OPTIONS' && target === '*',
  },
  {
    peer: 'nginx',
    what: 'punctuation in the host of a URL',
    why: 'a host name may be anything that RFC 3986 §3.2.2 allows; DNS refuses it',
    example: 'GET http://a;b/ HTTP/1.1\r\nHost: a\r\n\r\n',
    holds: ({ target }) => /^https?:\/\/[^/?]*[^a-z0-9.:[\]/?-]/i.test(target ?? ''),
  },
  {
    peer: 'nginx',
    what: 'a Host with an empty label',
    why: 'a host name may be anything that RFC 3986 §3.2.2 allows; DNS refuses it',
    example: 'GET / HTTP/1.1\r\nHost: a..b\r\n\r\n',
    holds: ({ headers }) => hostOf(headers).includes('..'),
  },
];

function hostOf(headers: readonly string[] | null): string {
  const at = headers?.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === 'host') ?? -1;
  return headers?.[at + 1] ?? '';
}

interface Intended {
  peer: Peer;
  what: string;
  why: string;
  example: string;
  /** What the peer does with it; absent: it takes nothing from there on. No other difference is intended. */
  reads?: 'another path';
  /** `text`: of the whole case. */
  holds(request: ReadRequest, text: string): boolean;
}

const bytesOf = (text: string): Buffer => Buffer.from(text + SENTINEL, 'latin1');

/** Index of the first of ours that the peer does not take for the same; -1: there is none. */
function firstDifference(ours: readonly ReadRequest[], theirs: readonly ReadRequest[]): number {
  return ours.findIndex((request, i) => !isSame(request, theirs[i]));
}

function isSame(ours: ReadRequest, theirs: ReadRequest | undefined): boolean {
  if (!theirs || ours.method !== theirs.method || ours.body !== theirs.body) return false;
  if (theirs.target !== null && ours.target !== theirs.target) return false;
  if (theirs.path !== null && ours.path !== theirs.path) return false;
  return theirs.headers === null || JSON.stringify(theirs.headers) === JSON.stringify(ours.headers);
}

function isIntended(row: Intended, ours: ReadRequest[], theirs: ReadRequest[], at: number, text: string): boolean {
  const [our, their] = [ours[at] as ReadRequest, theirs[at]];
  const differs = row.reads === 'another path' ? isSame({ ...our, path: their?.path ?? null }, their) : !their;
  return differs && row.holds(our, text);
}

interface Tally {
  cases: number;
  requests: number;
  /** Cases in which we refuse what the peer takes. */
  stricter: Record<Peer, number>;
  intended: Map<string, number>;
  violations: string[];
}

function compare(text: string, peer: Peer, ours: ReadRequest[], theirs: ReadRequest[], tally: Tally): void {
  const at = firstDifference(ours, theirs);
  if (at < 0) {
    if (theirs.length > ours.length) tally.stricter[peer]++;
    return;
  }
  const row = INTENDED.find((each) => each.peer === peer && isIntended(each, ours, theirs, at, text));
  if (row) tally.intended.set(row.what, (tally.intended.get(row.what) ?? 0) + 1);
  else
    tally.violations.push(
      `${peer}: ${JSON.stringify(text)}\n  ours ${JSON.stringify(ours)}\n  theirs ${JSON.stringify(theirs)}`,
    );
}

let nginx: RequestReader;
beforeAll(async () => {
  nginx = await nginxReader();
});
afterAll(() => nginx.close());

async function run(cases: number, seed: number): Promise<Tally> {
  const random = seededRandom(seed);
  const tally: Tally = { cases, requests: 0, stricter: { llhttp: 0, nginx: 0 }, intended: new Map(), violations: [] };
  let left = cases;
  async function work(): Promise<void> {
    while (left-- > 0) {
      const text = fuzzCase(random);
      const bytes = bytesOf(text);
      const ours = readOurs(bytes);
      tally.requests += ours.length;
      const cuts = Array.from({ length: 3 }, () => Math.floor(random() * bytes.length)).sort((a, b) => a - b);
      const inPieces = readOurs(bytes, cuts);
      if (JSON.stringify(inPieces) !== JSON.stringify(ours))
        tally.violations.push(`cut at ${cuts.join()}: ${JSON.stringify(text)}`);
      compare(text, 'llhttp', ours, readByLlhttp(bytes), tally);
      compare(text, 'nginx', ours, await nginx.read(bytes), tally);
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return tally;
}

describe('no request that llhttp or nginx would not take, but', () => {
  test.each(INTENDED)('$peer: $what', async (row) => {
    const { peer, example } = row;
    const bytes = bytesOf(example);
    const ours = readOurs(bytes);
    const theirs = peer === 'llhttp' ? readByLlhttp(bytes) : await nginx.read(bytes);
    const at = firstDifference(ours, theirs);
    expect(ours.length).toBeGreaterThan(0);
    expect(at).toBeGreaterThanOrEqual(0);
    expect(isIntended(row, ours, theirs, at, row.example)).toBe(true);
  });

  test(`${CASES} cases of seed ${SEED}`, async () => {
    const tally = await run(CASES, SEED);
    if (process.env['FUZZ_CASES']) console.log(tally);
    expect(tally.violations.slice(0, 5)).toEqual([]);
  }, 1_200_000);
});
