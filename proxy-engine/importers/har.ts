/** HAR 1.2 (Chrome, Firefox, Charles, Proxyman …): each recorded response becomes a rule that gives it as the answer. */

import { type ReadResponse, readEntry } from '../exchange-formats/har-read.ts';
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
  const mocks = entries.flatMap((entry: unknown, i) => readMock(entry, `entry ${i + 1}`, draft, seen));
  // A request with a query would also be taken by the answer to the same request without one.
  const [exact, open] = [mocks.filter(({ query }) => query !== ''), mocks.filter(({ query }) => query === '')];
  for (const { at, name, rule, why } of [...exact, ...open]) draft.addRule(at, name, rule, why);
}

interface Mock {
  at: string;
  name: string;
  query: string;
  rule: DraftRule;
  why?: string;
}

function readMock(entry: unknown, at: string, draft: Draft, seen: Map<string, string>): Mock[] {
  const read = readEntry(entry, () => {});
  const method = (read?.method ?? 'GET').toUpperCase();
  const what = `${method} ${read?.url || '(no URL)'}`;
  const refuse = (why: string): Mock[] => {
    draft.refuse(at, what, why);
    return [];
  };
  if (!read || !URL.canParse(read.url)) return refuse('its URL cannot be read');
  const url = new URL(read.url);
  if (!/^https?:$/.test(url.protocol)) return refuse(`${url.protocol}// is not HTTP`);
  const { response } = read;
  if (!response || response.status < 200 || response.status > 599)
    return refuse(response?.status === 101 ? 'a WebSocket has no answer to give' : 'no response was recorded');
  const first = seen.get(what);
  if (first !== undefined) return refuse(`${first} is the same request and answers it`);
  seen.set(what, at);
  return [mockOf(at, method, url, response)];
}

function mockOf(at: string, method: string, url: URL, response: ReadResponse): Mock {
  const { body, why } = bodyOf(response);
  const query = url.search.slice(1);
  const match = allOf([
    test('method', '=', method),
    test('host', '=', url.hostname.replace(/^\[|\]$/g, '')),
    test('path', '=', url.pathname),
    query === '' ? undefined : test('query', '=', query),
  ]);
  const headers = headersOf(response);
  const respond = {
    status: response.status,
    ...(Object.keys(headers).length > 0 ? { headers } : {}),
    ...(body === '' ? {} : { body: literal(body) }),
  };
  const rule: DraftRule = { group: 'HAR', ...(match === undefined ? {} : { match }), request: [{ respond }] };
  return { at, name: `${method} ${url.host}${url.pathname}`, query, rule, ...(why === undefined ? {} : { why }) };
}

/** Of one transfer, not of the content; bodies in a HAR are decoded. */
const NOT_KEPT = new Set(
  'connection content-encoding content-length date keep-alive proxy-connection server trailer transfer-encoding upgrade via'.split(
    ' ',
  ),
);

function headersOf(response: ReadResponse): Record<string, string> {
  const kept = response.headers.filter(([name]) => !NOT_KEPT.has(name.toLowerCase()));
  return Object.fromEntries(kept.map(([name, value]) => [name.toLowerCase(), literal(value)]));
}

const MOST_CHARACTERS = 256 * 1024;

function bodyOf({ body: bytes, sizeBytes }: ReadResponse): { body: string; why?: string } {
  if (bytes.length === 0 && sizeBytes > 0)
    return { body: '', why: `without its body of ${sizeBytes} bytes, which the file does not have` };
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
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? null : text;
  } catch {
    return null;
  }
}
