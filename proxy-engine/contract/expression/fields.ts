/** The fields and flags of the expression language (config.md): one table for the compiler, completion and the sentence. */

/** `duration` values are milliseconds, `size` values bytes. */
export type FieldType = 'text' | 'number' | 'duration' | 'size';

/**
 * Where an expression stands, by what is known there. `request`: routes and interception. `routed`: rules that act on the
 * request; they also know the route and its pool. `response`: rules that act on the response alone; they know its head.
 * `exchange`: the traffic filter, drills; everything is known.
 */
export type Scope = 'request' | 'routed' | 'response' | 'exchange';

export interface FieldInfo {
  type: FieldType;
  /** `must`: `header[name]`. `may`: `query` and `query[name]`. */
  keyed: 'no' | 'may' | 'must';
  /** The first scope that knows it. */
  known: Scope;
  /** Values that are the same in any case are brought to this one before they are compared. */
  fold?: 'lower' | 'upper';
  /** A condition with it, to be offered and to be shown in messages. */
  example: string;
}

type Row = [type: FieldType, keyed: FieldInfo['keyed'], known: Scope, example: string, fold?: FieldInfo['fold']];

const ROWS = {
  method: ['text', 'no', 'request', 'method = GET', 'upper'],
  scheme: ['text', 'no', 'request', 'scheme = https', 'lower'],
  host: ['text', 'no', 'request', 'host = api.localhost', 'lower'],
  port: ['text', 'no', 'request', 'port = 8080'],
  path: ['text', 'no', 'request', 'path ^= /v1/'],
  query: ['text', 'may', 'request', 'query[debug] = 1'],
  url: ['text', 'no', 'request', 'url *= /login'],
  protocol: ['text', 'no', 'request', 'protocol = HTTP/2', 'upper'],
  listener: ['text', 'no', 'request', 'listener = gateway'],
  route: ['text', 'no', 'routed', 'route = api'],
  pool: ['text', 'no', 'routed', 'pool = api'],
  backend: ['text', 'no', 'response', 'backend = a'],
  rule: ['text', 'no', 'response', 'rule = "Header rewrite"'],
  error: ['text', 'no', 'response', 'error = CONNECT_REFUSED', 'upper'],
  clientIp: ['text', 'no', 'request', 'clientIp = 127.0.0.1'],
  contentType: ['text', 'no', 'response', 'contentType ^= application/json', 'lower'],
  note: ['text', 'no', 'response', 'note *= todo'],
  color: ['text', 'no', 'response', 'color = red', 'lower'],
  header: ['text', 'must', 'request', 'header[accept] *= json'],
  requestHeader: ['text', 'must', 'request', 'requestHeader[user-agent] *= curl'],
  responseHeader: ['text', 'must', 'response', 'responseHeader[server] = nginx'],
  cookie: ['text', 'must', 'request', 'cookie[session] ^= a'],
  body: ['text', 'no', 'exchange', 'body *= "out of stock"'],
  requestBody: ['text', 'no', 'exchange', 'requestBody *= total'],
  responseBody: ['text', 'no', 'exchange', 'responseBody *= error'],
  status: ['number', 'no', 'response', 'status = 5xx'],
  attempts: ['number', 'no', 'response', 'attempts > 1'],
  duration: ['duration', 'no', 'exchange', 'duration > 200ms'],
  ttfb: ['duration', 'no', 'response', 'ttfb > 1s'],
  requestSize: ['size', 'no', 'exchange', 'requestSize > 1MiB'],
  responseSize: ['size', 'no', 'exchange', 'responseSize < 10KiB'],
} as const satisfies Record<string, Row>;

export type FieldName = keyof typeof ROWS;

/** Every field. A field that is absent from an exchange is equal to nothing: `=` does not hold, `!=` does. */
export const FIELDS: Readonly<Record<FieldName, FieldInfo>> = Object.fromEntries(
  Object.entries(ROWS as Record<string, Row>).map(([name, [type, keyed, known, example, fold]]) => [
    name,
    { type, keyed, known, example, fold },
  ]),
) as Record<FieldName, FieldInfo>;

/** Every flag, with the first scope that knows it. */
export const FLAGS = {
  completed: 'exchange',
  failed: 'response',
  retried: 'response',
  websocket: 'request',
  tunnel: 'response',
  sse: 'response',
  grpc: 'request',
  mocked: 'response',
  pinned: 'exchange',
  replayed: 'exchange',
} as const satisfies Record<string, Scope>;

export type FlagName = keyof typeof FLAGS;

const FIELD_BY_WORD = byLowerCase(Object.keys(FIELDS) as FieldName[]);
const FLAG_BY_WORD = byLowerCase(Object.keys(FLAGS) as FlagName[]);

/** The field of that name in any case. */
export function findField(word: string): FieldName | undefined {
  return FIELD_BY_WORD.get(word.toLowerCase());
}

/** The flag of that name in any case. */
export function findFlag(word: string): FlagName | undefined {
  return FLAG_BY_WORD.get(word.toLowerCase());
}

const RANK: Record<Scope, number> = { request: 0, routed: 1, response: 2, exchange: 3 };

/** Whether what is known from `known` on can be asked in `scope`. */
export function isKnown(known: Scope, scope: Scope): boolean {
  return RANK[known] <= RANK[scope];
}

function byLowerCase<N extends string>(names: readonly N[]): ReadonlyMap<string, N> {
  return new Map(names.map((name) => [name.toLowerCase(), name]));
}
