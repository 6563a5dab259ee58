/** HAR 1.2 (Chrome, Firefox, Charles, Proxyman …): each recorded response becomes a rule that gives it as the answer. */
import { type Draft, type DraftRule, UnreadableImport } from './draft.ts';
import { allOf, literal, test } from './expressions.ts';
import { type Json, listAt, numberAt, parseJson, recordAt, textAt } from './json.ts';

export function looksLikeHar(text: string): boolean {
  return /^\s*\{/.test(text) && /"log"\s*:/.test(text.slice(0, 2000)) && text.includes('"entries"');
}

export function importHar(text: string, draft: Draft): void {
  const entries = recordAt(parseJson(text), 'log')?.['entries'];
  if (!Array.isArray(entries)) throw new UnreadableImport('log.entries: expected the list of a HAR file');
  const seen = new Map<string, string>();
  const mocks = entries.flatMap((entry: unknown, i) => readEntry(entry, `entry ${i + 1}`, draft, seen));
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

function readEntry(entry: unknown, at: string, draft: Draft, seen: Map<string, string>): Mock[] {
  const request = recordAt(entry, 'request');
  const response = recordAt(entry, 'response');
  const address = textAt(request, 'url');
  const method = (textAt(request, 'method') || 'GET').toUpperCase();
  const what = `${method} ${address || '(no URL)'}`;
  const refuse = (why: string): Mock[] => {
    draft.refuse(at, what, why);
    return [];
  };
  if (!URL.canParse(address)) return refuse('its URL cannot be read');
  const url = new URL(address);
  if (!/^https?:$/.test(url.protocol)) return refuse(`${url.protocol}// is not HTTP`);
  const status = numberAt(response, 'status') ?? 0;
  if (status < 200 || status > 599)
    return refuse(status === 101 ? 'a WebSocket has no answer to give' : 'no response was recorded');
  const first = seen.get(what);
  if (first !== undefined) return refuse(`${first} is the same request and answers it`);
  seen.set(what, at);
  return [mockOf(at, method, url, response ?? {}, status)];
}

function mockOf(at: string, method: string, url: URL, response: Json, status: number): Mock {
  const { body, why } = bodyOf(recordAt(response, 'content'));
  const query = url.search.slice(1);
  const match = allOf([
    test('method', '=', method),
    test('host', '=', url.hostname.replace(/^\[|\]$/g, '')),
    test('path', '=', url.pathname),
    query === '' ? undefined : test('query', '=', query),
  ]);
  const headers = headersOf(response);
  const respond = {
    status,
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

function headersOf(response: Json): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const line of listAt(response, 'headers')) {
    const name = textAt(line, 'name').toLowerCase();
    if (name !== '' && !name.startsWith(':') && !NOT_KEPT.has(name)) headers[name] = literal(textAt(line, 'value'));
  }
  return headers;
}

const MOST_CHARACTERS = 256 * 1024;

function bodyOf(content: Json | null): { body: string; why?: string } {
  const text = textAt(content, 'text');
  const isBase64 = textAt(content, 'encoding') === 'base64';
  const body = isBase64 ? decodeText(text) : text;
  if (body === null)
    return { body: '', why: 'without its body, which is not text; keep it as a file and name it in bodyFile' };
  if (body.length > MOST_CHARACTERS)
    return { body: '', why: 'without its body of more than 256 KiB; keep it as a file and name it in bodyFile' };
  const size = numberAt(content, 'size') ?? 0;
  if (body === '' && size > 0)
    return { body: '', why: `without its body of ${size} bytes, which the file does not have` };
  return { body };
}

/** Null when the bytes are not UTF-8 text. */
function decodeText(base64: string): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(base64, 'base64'));
    return text.includes('\0') ? null : text;
  } catch {
    return null;
  }
}
