/** A finished exchange as it is kept: what the list shows is ready, the rest is derived when asked for. */
import { attemptTimings } from '../../attempt-timings.ts';
import type {
  Attempt,
  CapturedBody,
  Exchange,
  ExchangeRow,
  HeaderLines,
  RequestHead,
  ResponseHead,
  ScriptTrace,
  Timings,
} from '../../contract/exchange.ts';
import { type LiveAttempt, type LiveExchange, recordedStatus } from '../../exchange.ts';
import { parseResponseHead } from '../../http/head.ts';
import { headSteps } from '../../rules/head-steps.ts';
import { type HeadSnapshot, interimHeads, type TracedAction, type TracedRule } from '../../rules/trace.ts';
import { readRequestHead } from './kept-request-head.ts';
import type { Messages } from './recorded-messages.ts';

export interface CapturedSide {
  chunks: Buffer[];
  keptBytes: number;
}

/** Kept small: heads stay bytes until somebody looks at the exchange. */
export interface StoredExchange {
  row: ExchangeRow;
  /** As it came from the client. */
  requestHead: Buffer;
  /** As the backend got it; empty when nothing was sent. */
  sentHead: Buffer;
  /** As the backend gave it; empty when it gave none. */
  receivedHead: Buffer;
  /** As the client got it, when that is not what the backend gave. */
  answered: { status: number; reason: string; headers: HeaderLines } | null;
  requestTrailers: HeaderLines;
  responseTrailers: HeaderLines;
  attempts: readonly Attempt[];
  traces: readonly TracedRule[];
  traceValues: readonly string[];
  snapshots: readonly HeadSnapshot[];
  scripts: ScriptTrace[] | null;
  /** Of the engine's clock. */
  startedAt: number;
  ttfbMs: number | undefined;
  client: Exchange['client'];
  tls: Exchange['tls'];
  bodies: { request: CapturedSide | null; response: CapturedSide | null };
  /** Of a WebSocket. */
  messages: Messages | null;
  /** About how much memory it holds. */
  sizeBytes: number;
}

const NO_TIMINGS: Timings = { blocked: -1, dns: -1, connect: -1, tls: -1, send: -1, wait: -1, receive: -1 };
/** Beside heads and bodies: objects and strings of a row. */
const ROW_BYTES = 1000;
const NONE = Buffer.alloc(0);
const LIMITS = { headers: 10_000 };

export function storeExchange(
  live: LiveExchange,
  epochAtStart: number,
  bodies: StoredExchange['bodies'],
): StoredExchange {
  const requestHead = Buffer.from(live.request.raw);
  const sentHead = live.sentHead === null ? NONE : Buffer.from(live.sentHead, 'latin1');
  const receivedHead = live.response === null ? NONE : Buffer.from(live.response.raw);
  const isChanged = live.answered !== null && live.answered.headers !== live.response?.headers;
  const bodyBytes = (bodies.request?.keptBytes ?? 0) + (bodies.response?.keptBytes ?? 0);
  return {
    row: rowOf(live, epochAtStart),
    requestHead,
    sentHead,
    receivedHead,
    answered: isChanged && live.answered ? { ...live.answered, headers: live.answered.headers.lines() } : null,
    requestTrailers: live.requestTrailers?.lines() ?? [],
    responseTrailers: live.responseTrailers?.lines() ?? [],
    attempts: live.attempts.map((attempt) => attemptOf(attempt, live.startedAt)),
    ttfbMs: live.headAt < 0 ? undefined : live.headAt - live.startedAt,
    traces: live.traces ?? [],
    traceValues: live.traceValues ?? [],
    snapshots: live.snapshots ?? [],
    scripts: live.scripts,
    startedAt: live.startedAt,
    client: { address: live.clientIp, port: live.clientPort },
    tls: live.tls ?? undefined,
    bodies,
    messages: null,
    sizeBytes: ROW_BYTES + requestHead.length + sentHead.length + receivedHead.length + bodyBytes,
  };
}

/** A string of its own: a part of a head would keep the whole head in memory. */
function own(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}

function rowOf(live: LiveExchange, startedAt: number): ExchangeRow {
  return {
    id: live.id,
    startedAt,
    method: own(live.request.method),
    scheme: live.scheme,
    host: own(live.request.authority),
    path: own(live.pathAndQuery),
    status: recordedStatus(live) || undefined,
    protocol: live.protocol,
    listener: live.listener,
    route: live.route,
    pool: live.pool,
    backend: live.backend,
    attempts: live.attempts.length,
    durationMs: live.endedAt < 0 ? undefined : live.endedAt - live.startedAt,
    requestSizeBytes: live.requestSizeBytes,
    responseSizeBytes: live.responseSizeBytes,
    contentType: ownOrNone(live.answered?.headers.get('content-type')),
    error: live.error?.toRecord(),
    faulted: live.attempts.some(({ fault }) => fault !== null) || undefined,
    replayed: live.replayed || undefined,
    rules: live.traces ? [...new Set(live.traces.map((trace) => trace.name))] : NO_RULES,
    mark: live.mark ?? undefined,
  };
}

const NO_RULES: string[] = [];

function ownOrNone(text: string | undefined): string | undefined {
  return text === undefined ? undefined : own(text);
}

/** Everything about one exchange. */
export function exchangeOf(stored: StoredExchange): Exchange {
  const received = receivedHead(stored);
  const version = stored.row.protocol === 'HTTP/2' ? 'HTTP/2' : 'HTTP/1.1';
  const answered = stored.answered ? { ...stored.answered, version } : received && { ...received, version };
  const last = stored.attempts.at(-1);
  const came = requestHead(stored.requestHead, stored.row.protocol) ?? headless(stored.row);
  const sent = requestHead(stored.sentHead, last?.protocol);
  const interim = interimHeads(stored.snapshots);
  return {
    ...stored.row,
    request: {
      ...came,
      trailers: stored.requestTrailers,
      body: captured(stored.row.requestSizeBytes, stored.bodies.request),
    },
    response: answered
      ? {
          ...answered,
          trailers: stored.responseTrailers,
          body: captured(stored.row.responseSizeBytes, stored.bodies.response),
        }
      : undefined,
    sent,
    received: stored.answered ? received : undefined,
    ...(interim.length > 0 && { interim }),
    attempts: [...stored.attempts],
    rules: stored.traces.map(({ name, phase, actions }) => ({ name, phase, actions: actions.flatMap(wordsOf) })),
    steps: headSteps({
      rules: stored.traces,
      values: stored.traceValues,
      snapshots: stored.snapshots,
      // Rules see a target without the origin that the client of a forward proxy writes.
      request: { came: { ...came, target: stored.row.path }, went: sent },
      response: { came: received, went: answered },
    }),
    scripts: stored.scripts ?? undefined,
    timings: last ? last.timings : NO_TIMINGS,
    client: stored.client,
    tls: stored.tls,
    messages: stored.messages ? { total: stored.messages.total, notes: [...stored.messages.notes] } : undefined,
  };
}

/** Nothing was understood of it. */
function headless({ method, path }: ExchangeRow): RequestHead {
  return { method, target: path, version: '', headers: [] };
}

function wordsOf({ words }: TracedAction): readonly string[] {
  return words;
}

function attemptOf(attempt: LiveAttempt, exchangeStartedAt: number): Attempt {
  return {
    backend: attempt.backend,
    address: attempt.address,
    why: attempt.why,
    outcome: attempt.outcome,
    status: attempt.status || undefined,
    error: attempt.error?.toRecord(),
    fault: attempt.fault ?? undefined,
    reused: attempt.reused,
    protocol: attempt.protocol || undefined,
    startedMs: attempt.startedAt - exchangeStartedAt,
    timings: attemptTimings(attempt, attempt.outcome, attempt.error?.code ?? ''),
    bytesSent: attempt.bytesSent,
    bytesReceived: attempt.bytesReceived,
  };
}

/** undefined: there is none. `version`: when it is not what the bytes say, which are HTTP/1.1 whatever the protocol was. */
export function requestHead(raw: Buffer, version?: string): Exchange['sent'] {
  if (raw.length === 0) return undefined;
  const head = readRequestHead(raw);
  return { ...head, version: version || head.version };
}

/** undefined: the backend gave none. */
export function receivedHead(stored: StoredExchange): ResponseHead | undefined {
  if (stored.receivedHead.length === 0) return undefined;
  const head = parseResponseHead(stored.receivedHead, stored.row.method, LIMITS);
  const version = stored.attempts.at(-1)?.protocol === 'HTTP/2' ? 'HTTP/2' : `HTTP/1.${head.minor}`;
  return { status: head.status, reason: head.reason, version, headers: head.headers.lines() };
}

/** As the client sent and got them. */
export function headLines(stored: StoredExchange, side: 'request' | 'response'): HeaderLines {
  const head = side === 'request' ? requestHead(stored.requestHead) : (stored.answered ?? receivedHead(stored));
  return head?.headers ?? [];
}

/** Those of the head and of the trailers. */
export function headerLines(stored: StoredExchange, side: 'request' | 'response'): HeaderLines {
  return [...headLines(stored, side), ...(side === 'request' ? stored.requestTrailers : stored.responseTrailers)];
}

function captured(sizeBytes: number, side: CapturedSide | null): CapturedBody {
  const kept = side?.keptBytes ?? 0;
  return { sizeBytes, captured: kept, truncated: kept < sizeBytes };
}
