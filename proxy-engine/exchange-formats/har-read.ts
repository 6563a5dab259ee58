/** One entry of a HAR as other programs write them, read with care: what is missing or wrong is mended where it can be, and told. Pure. */
import { isRecord, type Json, listAt, numberAt, recordAt, textAt } from '../foreign-json.ts';
import { reasonOf } from '../http/own-answer.ts';
import { formBody } from './har-form.ts';
import type { HarTimings, HarWebSocketMessage } from './har-format.ts';
import { type OwnFacts, readOwnFacts } from './har-own-facts.ts';
import { originalName } from './har-readable.ts';
import { headersForText, withContentType } from './har-unicode.ts';

type Pairs = [name: string, value: string][];

export interface ReadResponse {
  status: number;
  reason: string;
  headers: Pairs;
  /** Decoded, unless `encoded`. */
  body: Buffer;
  encoded: boolean;
  /** Bytes that passed, as far as the file says. */
  sizeBytes: number;
}

/** As the file tells it, in Unicode; nothing is checked against HTTP yet. */
export interface ReadEntry {
  /** Epoch milliseconds. */
  startedAt: number;
  method: string;
  url: string;
  protocol: string;
  headers: Pairs;
  body: Buffer;
  bodySizeBytes: number;
  /** null: none was recorded. */
  response: ReadResponse | null;
  /** Why there is none, or why it is not whole. */
  error: string | null;
  timings: HarTimings;
  /** host[:port] of the server. */
  serverAddress: string;
  messages: HarWebSocketMessage[];
  comment: string;
  /** What Switchyard wrote itself. */
  own: OwnFacts | null;
}

/** Told of everything that is not as HAR 1.2 has it. */
export type TellProblem = (why: string) => void;

/** null: it is no exchange at all; `tell` has heard why. */
export function readEntry(entry: unknown, tell: TellProblem): ReadEntry | null {
  const request = recordAt(entry, 'request');
  if (!isRecord(entry) || !request) {
    tell('it has no request');
    return null;
  }
  const own = readOwnFacts(entry['_switchyard']);
  const given = headersOf(request, tell);
  const { body, sizeBytes, contentType } = requestBody(request, given, tell);
  const headers = contentType === undefined ? given : withContentType(given, contentType);
  const postData = recordAt(request, 'postData');
  return {
    startedAt: own?.startedAt ?? startOf(entry, tell),
    method: methodOf(request, tell),
    url: own?.url ?? textAt(request, 'url'),
    protocol: protocolOf(textAt(request, 'httpVersion')),
    // What Switchyard wrote as text was UTF-8, whatever its headers say.
    headers: own ? headers : headersForText(headers, body, postData, tell),
    body,
    bodySizeBytes: sizeBytes,
    response: readResponse(recordAt(entry, 'response'), own !== null, tell),
    error: errorOf(recordAt(entry, 'response')),
    timings: timingsOf(entry, tell),
    serverAddress: serverOf(entry),
    messages: messagesOf(entry, tell),
    comment: textAt(entry, 'comment'),
    own,
  };
}

function methodOf(request: Json, tell: TellProblem): string {
  const method = textAt(request, 'method');
  if (method === '') tell('it has no method; GET is taken');
  return method || 'GET';
}

function startOf(entry: Json, tell: TellProblem): number {
  const at = Date.parse(textAt(entry, 'startedDateTime'));
  if (!Number.isNaN(at)) return at;
  tell('its time is no date; it is shown at the time of the import');
  return Date.now();
}

/** Chrome writes `h2` and `http/2.0`, Firefox `HTTP/2`, Charles `HTTP/2.0`. */
function protocolOf(version: string): string {
  const [, major = '1', minor] = /^h(?:ttp\/)?(\d)(?:\.(\d))?/i.exec(version) ?? [];
  if (major !== '1') return `HTTP/${major}`;
  return minor === '0' ? 'HTTP/1.0' : 'HTTP/1.1';
}

// ── headers ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Lists of objects, of pairs (Slack), or an object; without the pseudo-headers that Charles writes of HTTP/2. */
function headersOf(message: Json, tell: TellProblem): Pairs {
  const { headers } = message;
  const given = isRecord(headers) ? Object.entries(headers) : listAt(message, 'headers');
  const lines = given.map(headerOf).filter((line) => line !== null);
  if (lines.length < given.length) tell('headers without a name are left out');
  if (given.some(hasNoText)) tell('values of headers that are no text are left empty');
  if (headers !== undefined && !Array.isArray(headers)) tell('its headers are no list');
  const regular = lines.filter(([name]) => !name.startsWith(':'));
  if (regular.length < lines.length) tell('pseudo-headers such as :authority are left out');
  return regular.flatMap(linesOf);
}

/** Some recorders join the lines of one name by line breaks; what is behind one and begins with a space is the same line, folded. */
function linesOf([name, value]: [string, string]): Pairs {
  return value.split(/\r?\n(?![ \t]|$)/).map((line) => [name, line]);
}

function hasNoText(line: unknown): boolean {
  if (Array.isArray(line)) return line[1] !== undefined && typeof line[1] !== 'string';
  return isRecord(line) && typeof line['value'] === 'object' && line['value'] !== null;
}

function headerOf(line: unknown): [string, string] | null {
  if (Array.isArray(line)) {
    const [name, value] = line as unknown[];
    return typeof name === 'string' && name !== '' ? [name, typeof value === 'string' ? value : ''] : null;
  }
  const name = textAt(line, 'name');
  return name === '' ? null : [originalName(name), textAt(line, 'value')];
}

// ── bodies ───────────────────────────────────────────────────────────────────────────────────────────────────────────

function requestBody(request: Json, headers: Pairs, tell: TellProblem): RequestBody {
  const postData = recordAt(request, 'postData');
  const content = recordAt(request, '_content');
  if (!postData && isGiven(request['postData'])) tell('its postData is no object; it is shown without a body');
  if (isWrongSize(request)) tell('the size of its body is none and does not count');
  const told = content ? { body: bytesOf(content, tell) } : postData ? postedBytes(postData, headers, tell) : NO_BODY;
  return { ...told, sizeBytes: Math.max(told.body.length, numberAt(request, 'bodySize') ?? 0) };
}

interface RequestBody {
  body: Buffer;
  sizeBytes: number;
  /** What the headers have to say of it, when they do not. */
  contentType?: string;
}

const NO_BODY = { body: Buffer.alloc(0) };

/** Charles gives fields of a form without the text that they were read from. */
function postedBytes(postData: Json, headers: Pairs, tell: TellProblem): Omit<RequestBody, 'sizeBytes'> {
  if (textAt(postData, 'text') !== '' || listAt(postData, 'params').length === 0)
    return { body: bytesOf(postData, tell) };
  tell('a form is told only by its fields; its text was made from them');
  const header = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  const type = header ?? textAt(postData, 'mimeType');
  const { body, boundary } = formBody(postData, type);
  if (boundary === undefined) return { body };
  tell('what stands between the parts of a form is not told; it was made up');
  return { body, contentType: `${type.split(';')[0]}; boundary=${boundary}` };
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** -1: it is not known. */
function isWrongSize(request: Json): boolean {
  const size = numberAt(request, 'bodySize');
  return isGiven(request['bodySize']) && (size === null || (size < 0 && size !== -1));
}

function bytesOf(content: Json, tell: TellProblem): Buffer {
  const text = textAt(content, 'text');
  if (isGiven(content['text']) && typeof content['text'] !== 'string') tell('the text of a body is no text');
  const encoding = textAt(content, 'encoding').toLowerCase();
  if (encoding !== 'base64') {
    if (encoding !== '') tell(`a body with the encoding ${JSON.stringify(encoding.slice(0, 40))} is taken as text`);
    return Buffer.from(text, 'utf8');
  }
  if (!/^[A-Za-z0-9+/_=\s-]*$/.test(text)) {
    tell('a body is said to be base64 and is not; it is taken as text');
    return Buffer.from(text, 'utf8');
  }
  return Buffer.from(text, 'base64');
}

// ── the response ─────────────────────────────────────────────────────────────────────────────────────────────────────

function readResponse(response: Json | null, isOwn: boolean, tell: TellProblem): ReadResponse | null {
  if (!response) {
    tell('it has no response');
    return null;
  }
  const status = numberAt(response, 'status') ?? 0;
  if (status < 100 || status > 999) {
    // 0 is what browsers write of a request without a response.
    if (response['status'] !== 0)
      tell(`its status ${shortly(response['status'])} is none; it is shown without a response`);
    return null;
  }
  if (response['status'] !== Math.trunc(status))
    tell(`its status ${shortly(response['status'])} is taken as ${Math.trunc(status)}`);
  const content = recordAt(response, 'content');
  if (!content) tell('its response has no content; it is shown without a body');
  const body = content ? bytesOf(content, tell) : Buffer.alloc(0);
  const told = numberAt(response, 'bodySize') ?? -1;
  const size = numberAt(content, 'size') ?? 0;
  const encoded = content?.['_encoded'] === true;
  const headers = headersOf(response, tell);
  return {
    status: Math.trunc(status),
    // Charles and HTTP/2 have none.
    reason: textAt(response, 'statusText') || reasonOf(status),
    headers: isOwn ? headers : headersForText(headers, body, content, tell),
    body,
    encoded,
    sizeBytes: sizeOf(body, told, encoded ? 0 : size),
  };
}

/** Chunks and short texts that were compressed take more bytes on their way than a body has: that it is whole its own size tells. */
function sizeOf(body: Buffer, told: number, size: number): number {
  // Without its text a body was not kept, which its size must tell.
  if (body.length === 0) return Math.max(told, size, 0);
  if (told <= 0) return Math.max(size, body.length);
  return size > 0 && size <= body.length ? Math.min(told, body.length) : told;
}

function shortly(value: unknown): string {
  return JSON.stringify(value ?? null).slice(0, 40);
}

/** Chrome's `_error`, Charles's status; why a response of status 0 is none. */
function errorOf(response: Json | null): string | null {
  const told = textAt(response, '_error') || textAt(recordAt(response, '_error'), 'message');
  const charles = textAt(response, '_charlesStatus');
  if (told !== '') return told;
  if (charles !== '' && charles !== 'COMPLETE') return `Charles says ${charles}`;
  return (numberAt(response, 'status') ?? 0) < 100 ? 'no response was recorded' : null;
}

// ── the rest ─────────────────────────────────────────────────────────────────────────────────────────────────────────

const TIMES = ['blocked', 'dns', 'connect', 'ssl', 'send', 'wait', 'receive'];

function isWrongTime(value: unknown): boolean {
  if (value === undefined || value === null) return false;
  return typeof value !== 'number' || !(value >= 0 || value === -1);
}

function timingsOf(entry: Json, tell: TellProblem): HarTimings {
  const given = recordAt(entry, 'timings');
  if (isWrongTime(entry['time'])) tell('its time is none and does not count');
  const time = Math.max(0, numberAt(entry, 'time') ?? 0);
  if (!given) {
    tell('it has no timings, only its time as a whole');
    return { blocked: -1, dns: -1, connect: -1, ssl: -1, send: 0, wait: time, receive: 0 };
  }
  // -1: it does not apply.
  const wrong = TIMES.filter((name) => isWrongTime(given[name]));
  if (wrong.length > 0) tell(`${wrong.join(', ')} of its timings is no time and counts as none`);
  const at = (name: string) => (isWrongTime(given[name]) ? -1 : (numberAt(given, name) ?? -1));
  const { blocked, dns, connect, ssl } = {
    blocked: at('blocked'),
    dns: at('dns'),
    connect: at('connect'),
    ssl: at('ssl'),
  };
  const [send, wait, receive] = [at('send'), at('wait'), at('receive')].map((ms) => Math.max(0, ms));
  return { blocked, dns, connect, ssl, send: send ?? 0, wait: wait ?? 0, receive: receive ?? 0 };
}

function serverOf(entry: Json): string {
  const host = textAt(entry, 'serverIPAddress');
  const port = textAt(entry, 'connection');
  const bracketed = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  return host !== '' && /^\d{1,5}$/.test(port) ? `${bracketed}:${port}` : bracketed;
}

function messagesOf(entry: Json, tell: TellProblem): HarWebSocketMessage[] {
  return listAt(entry, '_webSocketMessages').flatMap((message) => {
    const type = textAt(message, 'type');
    if (type !== 'send' && type !== 'receive') {
      tell('messages that were neither sent nor received are left out');
      return [];
    }
    const [time, opcode] = [numberAt(message, 'time') ?? 0, numberAt(message, 'opcode') ?? 1];
    return [{ type, time, opcode, data: textAt(message, 'data') }];
  });
}
