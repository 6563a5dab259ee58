/** HAR 1.2 (Chrome, Firefox, Charles, Proxyman …): each recorded response becomes a rule that gives it as the answer. */

import { type ReadResponse, readEntry } from '../exchange-formats/har-read.ts';
import { isAscii } from '../match/wire-text.ts';
import { type Draft, type DraftRule, UnreadableImport } from './draft.ts';
import { allOf, literal, test } from './expressions.ts';
import { parseJson, recordAt } from './json.ts';

export function looksLikeHar(text: string): boolean {
  return /^\s*\{/.test(text) && /"log"\s*:/.test(text.slice(0, 2000)) && text.includes('"entries"');
}

export function importHar(text: string, draft: Draft): void {
  const entries = recordAt(parseJson(text), 'log')?.['entries'];
  if (!Array.isArray(entries)) throw new UnreadableImport('log.entries: expected the list of a HAR file');
  const seen = new Map<string, string>();
  entries.forEach((entry: unknown, i) => readMock(entry, `entry ${i + 1}`, draft, seen));
}

/** `seen`: which entry answers what a condition asks for. */
function readMock(entry: unknown, at: string, draft: Draft, seen: Map<string, string>): void {
  const read = readEntry(entry, () => {});
  const url = read && URL.canParse(read.url) ? withoutLogin(read.url) : null;
  const method = (read?.method ?? 'GET').toUpperCase();
  const refuse = (why: string): void => draft.refuse(at, `${method} ${url?.href ?? (read?.url || '(no URL)')}`, why);
  if (!read || !url) return refuse('its URL cannot be read');
  if (!/^https?:$/.test(url.protocol)) return refuse(`${url.protocol}// is not HTTP`);
  const { response } = read;
  const unfit = response ? whyNoAnswer(response, url) : 'no response was recorded';
  if (!response || unfit !== null) return refuse(unfit ?? '');
  const match = matchOf(method, url);
  const first = seen.get(match);
  if (first !== undefined) return refuse(`${first} answers this method, host, path and query`);
  seen.set(match, at);
  const { rule, why } = mockOf(match, response, isWithoutText(entry));
  draft.addRule(at, `${method} ${url.host}${url.pathname}`, rule, why);
}

function withoutLogin(text: string): URL {
  const url = new URL(text);
  url.username = '';
  url.password = '';
  url.hash = '';
  return url;
}

/** Why a recorded response is none for everybody who asks; else null. */
function whyNoAnswer({ status, headers }: ReadResponse, url: URL): string | null {
  if (status === 101) return 'a WebSocket has no answer to give';
  if (status === 206) return 'it is a part of the content, for a request that asked for that part';
  if (status === 304) return 'it says that the client has the content already';
  if (status < 200 || status > 599) return 'no response was recorded';
  const target = headers.find(([name]) => name.toLowerCase() === 'location')?.[1] ?? '';
  if (status < 300 || status > 399 || !URL.canParse(target, url.href)) return null;
  const goesTo = new URL(target, url.href);
  const isSame = matchOf('GET', goesTo) === matchOf('GET', url) && goesTo.protocol !== url.protocol;
  return isSame ? `it redirects to the same place by ${goesTo.protocol}//, where it would be the answer again` : null;
}

/** Whichever scheme and port: clients are sent here instead. */
function matchOf(method: string, url: URL): string {
  const terms = [
    test('method', '=', method),
    test('host', '=', url.hostname.replace(/^\[|\]$/g, '')),
    test('path', '=', url.pathname),
    test('query', '=', url.search.slice(1)),
  ];
  return allOf(terms) ?? '';
}

function mockOf(match: string, response: ReadResponse, isWithoutBody: boolean): { rule: DraftRule; why?: string } {
  const { body, why } = bodyOf(response, isWithoutBody);
  const [headers, ...further] = headersOf(response, body);
  const respond = {
    status: response.status,
    ...(headers === undefined ? {} : { headers }),
    ...(body === '' ? {} : { body: literal(body) }),
  };
  const rule: DraftRule = {
    group: 'HAR',
    match,
    request: [{ respond }],
    ...(further.length === 0 ? {} : { response: further.map((append) => ({ append })) }),
  };
  return { rule, ...(why === undefined ? {} : { why }) };
}

/** Browsers leave a text out that nobody has read. */
function isWithoutText(entry: unknown): boolean {
  const content = recordAt(recordAt(entry, 'response'), 'content');
  return content !== null && content['text'] === undefined && content['size'] !== 0;
}

/** Of one transfer, not of the content; bodies in a HAR are decoded. */
const NOT_KEPT = new Set(
  'connection content-encoding content-length date keep-alive proxy-connection server trailer transfer-encoding upgrade via'.split(
    ' ',
  ),
);

/** The first line of each name, then the second ones, and so on. */
function headersOf(response: ReadResponse, body: string): Record<string, string>[] {
  const rounds: Record<string, string>[] = [];
  for (const [written, values] of response.headers) {
    const name = written.toLowerCase();
    if (NOT_KEPT.has(name)) continue;
    // Some recorders join the lines of one name by line breaks.
    for (const value of values.split('\n')) {
      const round = rounds.find((each) => !(name in each)) ?? {};
      if (!rounds.includes(round)) rounds.push(round);
      round[name] = literal(name === 'content-type' ? typeOf(value, body) : value);
    }
  }
  return rounds;
}

/** The text of a HAR is Unicode, and is answered as UTF-8. */
function typeOf(type: string, body: string): string {
  return isAscii(body) ? type : type.replace(/(;\s*charset=)("[^"]*"|[^;\s]*)/i, '$1utf-8');
}

const MOST_CHARACTERS = 256 * 1024;

function bodyOf(
  { body: bytes, sizeBytes, status }: ReadResponse,
  isWithoutBody: boolean,
): { body: string; why?: string } {
  if (bytes.length === 0 && sizeBytes > 0)
    return { body: '', why: `without its body of ${sizeBytes} bytes, which the file does not have` };
  if (bytes.length === 0 && isWithoutBody && status !== 204 && (status < 300 || status > 399))
    return { body: '', why: 'without its body, if it had one: the file does not say' };
  const body = textOf(bytes);
  if (body === null)
    return { body: '', why: 'without its body, which is not text; keep it as a file and name it in bodyFile' };
  if (body.length > MOST_CHARACTERS)
    return { body: '', why: 'without its body of more than 256 KiB; keep it as a file and name it in bodyFile' };
  return { body };
}

/** Null when the bytes are not UTF-8 text. */
function textOf(bytes: Buffer): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.includes('\0') ? null : text;
  } catch {
    return null;
  }
}
