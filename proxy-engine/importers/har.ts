/** HAR 1.2 (Chrome, Firefox, Charles, Proxyman …): each recorded response becomes a rule that gives it as the answer. */
import { headerName, headerValue } from '../contract/config-fields.ts';
import { type ReadResponse, readEntry } from '../exchange-formats/har-read.ts';
import { recordAt, textAt } from '../foreign-json.ts';
import { type Draft, type DraftRule, UnreadableImport } from './draft.ts';
import { allOf, literal, oneOf, test } from './expressions.ts';
import { parseJson } from './parse-json.ts';

export function looksLikeHar(text: string): boolean {
  return /^\s*\{/.test(text) && /"log"\s*:/.test(text.slice(0, 2000)) && text.includes('"entries"');
}

export function importHar(text: string, draft: Draft): void {
  const entries = recordAt(parseJson(text), 'log')?.['entries'];
  if (!Array.isArray(entries)) throw new UnreadableImport('log.entries: expected the list of a HAR file');
  if (entries.length === 0) throw new UnreadableImport('log.entries: there is none');
  const har: Har = { draft, seen: new Map(), several: hostsOfSeveralPorts(entries) };
  entries.forEach((entry: unknown, i) => readMock(entry, `entry ${i + 1}`, har));
}

interface Har {
  draft: Draft;
  /** Which entry answers what a condition asks for. */
  seen: Map<string, string>;
  /** Hosts of which the port says who answers. */
  several: ReadonlySet<string>;
}

function hostsOfSeveralPorts(entries: readonly unknown[]): ReadonlySet<string> {
  const texts = entries.map((entry) => textAt(recordAt(entry, 'request'), 'url'));
  const urls = texts.flatMap((text) => (URL.canParse(text) ? [new URL(text)] : []));
  const ports = Map.groupBy(urls, ({ hostname }) => hostname);
  return new Set([...ports].filter(([, each]) => new Set(each.map(({ port }) => port)).size > 1).map(([host]) => host));
}

function readMock(entry: unknown, at: string, { draft, seen, several }: Har): void {
  const told: string[] = [];
  const read = readEntry(entry, (why) => told.push(why));
  const url = read && URL.canParse(read.url) ? withoutLogin(read.url) : null;
  const method = (read?.method ?? 'GET').toUpperCase();
  const refuse = (why: string): void => draft.refuse(at, `${method} ${url?.href ?? (read?.url || '(no URL)')}`, why);
  if (!read || !url) return refuse('its URL cannot be read');
  if (!/^https?:$/.test(url.protocol)) return refuse(`${url.protocol}// is not HTTP`);
  const { response } = read;
  const unfit = response ? whyNoAnswer(response, url) : 'no response was recorded';
  if (!response || unfit !== null) return refuse(unfit ?? '');
  const port = several.has(url.hostname) ? portMatch(url) : undefined;
  const asked = allOf([matchOf(method, url), port]) ?? '';
  const first = seen.get(asked);
  if (first !== undefined) return refuse(`${first} answers this method, host, path and query`);
  const match = allOf([matchOf(method, url, read.url), port]) ?? '';
  const { rule, why } = mockOf(match, response, isWithoutText(entry));
  // One that has lost its body answers nothing; a later one may have it.
  if (rule.enabled !== false) seen.set(asked, at);
  const left = [...why, ...told.filter((each) => / a body /.test(` ${each}`))];
  draft.addRule(at, `${method} ${url.host}${url.pathname}`, rule, left.join('; ') || undefined);
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
  const isPlace = goesTo.protocol !== url.protocol || goesTo.port === url.port;
  const isSame = isPlace && matchOf('GET', goesTo) === matchOf('GET', url);
  return isSame ? `it redirects to the same place by ${goesTo.protocol}//, where it would be the answer again` : null;
}

/** Whichever scheme and port: clients are sent here instead. `written`: the URL as the file has it, which clients may ask for as well. */
function matchOf(method: string, { hostname, pathname, search }: URL, written = ''): string {
  const [, path = '', query = ''] = /^[a-z]+:\/\/[^/?#]*([^?#]*)(?:\?([^#]*))?/i.exec(written) ?? [];
  const asked = search.slice(1);
  // Only browsers write an apostrophe as %27.
  const queries = written === '' ? [asked] : [asked, asked.replaceAll('%27', "'"), query];
  const terms = [
    test('method', '=', method),
    test('host', '=', hostname.replace(/^\[|\]$/g, '')),
    oneOf('path', distinct([pathname, path || pathname])),
    oneOf('query', distinct(queries)),
  ];
  return allOf(terms) ?? '';
}

function portMatch({ port }: URL): string {
  return oneOf('port', port === '' ? ['80', '443'] : [port]);
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}

function mockOf(match: string, response: ReadResponse, isWithoutBody: boolean): { rule: DraftRule; why: string[] } {
  const { body, why, isLost } = bodyOf(response, isWithoutBody);
  const { rounds, left } = headersOf(response);
  const [headers, ...further] = rounds;
  const respond = {
    status: response.status,
    ...(headers === undefined ? {} : { headers }),
    ...(body === '' ? {} : { body: literal(body) }),
  };
  const rule: DraftRule = {
    group: 'HAR',
    // An empty picture is worse than that of the backend.
    ...(isLost && { enabled: false }),
    match,
    request: [{ respond }],
    ...(further.length === 0 ? {} : { response: further.map((append) => ({ append })) }),
  };
  return { rule, why: [...(why === undefined ? [] : [why]), ...left] };
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

/** The first line of each name, then the second ones, and so on. `left`: what no header can be. */
function headersOf(response: ReadResponse): { rounds: Record<string, string>[]; left: string[] } {
  const rounds: Record<string, string>[] = [];
  const left: string[] = [];
  for (const [written, value] of response.headers) {
    const name = written.toLowerCase();
    if (NOT_KEPT.has(name)) continue;
    if (isHeader(name, value)) put(rounds, name, literal(value));
    else left.push(`without the header ${JSON.stringify(written)}, which is none`);
  }
  return { rounds, left };
}

function isHeader(name: string, value: string): boolean {
  return headerName.safeParse(name).success && headerValue.safeParse(value).success;
}

function put(rounds: Record<string, string>[], name: string, value: string): void {
  const round = rounds.find((each) => !(name in each)) ?? {};
  if (!rounds.includes(round)) rounds.push(round);
  round[name] = value;
}

const MOST_CHARACTERS = 256 * 1024;

function bodyOf(
  { body: bytes, sizeBytes, status }: ReadResponse,
  isWithoutBody: boolean,
): { body: string; why?: string; isLost?: true } {
  const lost = (why: string) =>
    ({ body: '', why: `${why}; it is switched off, so that a backend answers`, isLost: true }) as const;
  if (bytes.length === 0 && sizeBytes > 0)
    return lost(`without its body of ${sizeBytes} bytes, which the file does not have`);
  if (bytes.length === 0 && isWithoutBody && status !== 204 && (status < 300 || status > 399))
    return { body: '', why: 'without its body, if it had one: the file does not say' };
  const body = textOf(bytes);
  if (body === null) return lost('without its body, which is not text; keep it as a file and name it in bodyFile');
  if (body.length > MOST_CHARACTERS)
    return lost('without its body of more than 256 KiB; keep it as a file and name it in bodyFile');
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
