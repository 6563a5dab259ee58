/** A finished exchange as it is kept: what the list shows is ready, the rest is derived when asked for. */
import type { CapturedBody, Exchange, ExchangeRow, HeaderLines, Timings } from '../contract/exchange.ts';
import { attemptTimings, type LiveExchange } from '../exchange.ts';
import type { ExchangeSubject } from '../match/subject.ts';

export interface CapturedSide {
  chunks: Buffer[];
  keptBytes: number;
}

export interface StoredExchange {
  row: ExchangeRow;
  detail: Omit<Exchange, keyof ExchangeRow> & Pick<Exchange, 'attempts' | 'rules'>;
  bodies: { request: CapturedSide | null; response: CapturedSide | null };
  /** About how much memory it holds. */
  sizeBytes: number;
}

const NO_TIMINGS: Timings = { blocked: -1, dns: -1, connect: -1, tls: -1, send: -1, wait: -1, receive: -1 };
/** Beside heads and bodies: objects and strings of a row. */
const ROW_BYTES = 1200;

export function storeExchange(
  live: LiveExchange,
  epochAtStart: number,
  bodies: StoredExchange['bodies'],
): StoredExchange {
  const headBytes = live.request.raw.length + (live.sentHead?.length ?? 0) + (live.response?.raw.length ?? 0);
  const bodyBytes = (bodies.request?.keptBytes ?? 0) + (bodies.response?.keptBytes ?? 0);
  return { row: rowOf(live, epochAtStart), detail: detailOf(live, bodies), bodies, sizeBytes: ROW_BYTES + headBytes * 2 + bodyBytes };
}

function rowOf(live: LiveExchange, startedAt: number): ExchangeRow {
  return {
    id: live.id,
    startedAt,
    method: live.request.method,
    scheme: live.scheme,
    host: live.request.authority,
    path: live.request.target,
    status: live.answered?.status,
    protocol: live.protocol,
    listener: live.listener,
    route: live.route,
    pool: live.pool,
    backend: live.backend,
    attempts: live.attempts.length,
    durationMs: live.endedAt - live.startedAt,
    requestSizeBytes: live.requestSizeBytes,
    responseSizeBytes: live.responseSizeBytes,
    contentType: live.answered?.headers.get('content-type'),
    error: live.error?.toRecord(),
    rules: [...new Set(live.traces?.map((trace) => trace.name))],
    mark: live.mark ?? undefined,
  };
}

function detailOf(live: LiveExchange, bodies: StoredExchange['bodies']): StoredExchange['detail'] {
  const { request, response, answered, sentHead } = live;
  return {
    request: {
      method: request.method,
      target: request.target,
      version: `HTTP/1.${request.minor}`,
      headers: request.headers.lines(),
      trailers: live.requestTrailers?.lines() ?? [],
      body: captured(live.requestSizeBytes, bodies.request),
    },
    response: answered
      ? {
          status: answered.status,
          reason: answered.reason,
          version: 'HTTP/1.1',
          headers: answered.headers.lines(),
          trailers: live.responseTrailers?.lines() ?? [],
          body: captured(live.responseSizeBytes, bodies.response),
        }
      : undefined,
    sent: sentHead === null ? undefined : parseSentHead(sentHead),
    received:
      response && answered && response.headers !== answered.headers
        ? { status: response.status, reason: response.reason, version: `HTTP/1.${response.minor}`, headers: response.headers.lines() }
        : undefined,
    attempts: live.attempts.map((attempt) => ({
      backend: attempt.backend,
      address: attempt.address,
      why: attempt.why,
      outcome: attempt.outcome,
      status: attempt.status || undefined,
      error: attempt.error?.toRecord(),
      reused: attempt.reused,
      startedMs: attempt.startedAt - live.startedAt,
      timings: attemptTimings(attempt),
      bytesSent: attempt.bytesSent,
      bytesReceived: attempt.bytesReceived,
    })),
    rules: live.traces ?? [],
    timings: live.attempts.length > 0 ? attemptTimings(live.attempts.at(-1)!) : NO_TIMINGS,
    client: { address: live.clientIp, port: live.clientPort },
  };
}

function captured(sizeBytes: number, side: CapturedSide | null): CapturedBody {
  const kept = side?.keptBytes ?? 0;
  return { sizeBytes, captured: kept, truncated: kept < sizeBytes };
}

function parseSentHead(text: string): Exchange['sent'] {
  const [startLine = '', ...lines] = text.slice(0, -4).split('\r\n');
  const [method = '', target = '', version = ''] = startLine.split(' ');
  const headers: HeaderLines = lines.map((line) => {
    const colon = line.indexOf(': ');
    return [line.slice(0, colon), line.slice(colon + 2)];
  });
  return { method, target, version, headers };
}

/** A kept exchange as the expression language sees it. */
export class StoredSubject implements ExchangeSubject {
  readonly #stored: StoredExchange;
  readonly #bodyText: (stored: StoredExchange, side: 'request' | 'response') => string | undefined;

  constructor(stored: StoredExchange, bodyText: (stored: StoredExchange, side: 'request' | 'response') => string | undefined) {
    this.#stored = stored;
    this.#bodyText = bodyText;
  }

  get method() {
    return this.#stored.row.method;
  }
  get scheme() {
    return this.#stored.row.scheme;
  }
  get host() {
    return this.#stored.row.host.replace(/:\d+$/, '').toLowerCase();
  }
  get port() {
    return Number(/:(\d+)$/.exec(this.#stored.row.host)?.[1] ?? (this.scheme === 'https' ? 443 : 80));
  }
  get path() {
    return this.#stored.row.path.split('?', 1)[0] as string;
  }
  get query() {
    const cut = this.#stored.row.path.indexOf('?');
    return cut < 0 ? '' : this.#stored.row.path.slice(cut + 1);
  }
  get url() {
    return `${this.scheme}://${this.#stored.row.host}${this.#stored.row.path}`;
  }
  get protocol() {
    return this.#stored.row.protocol;
  }
  get listener() {
    return this.#stored.row.listener;
  }
  get clientIp() {
    return this.#stored.detail.client.address;
  }
  get websocket() {
    return this.requestHeader('upgrade')?.toLowerCase() === 'websocket';
  }
  get grpc() {
    return this.requestHeader('content-type')?.startsWith('application/grpc') ?? false;
  }
  get route() {
    return this.#stored.row.route;
  }
  get pool() {
    return this.#stored.row.pool;
  }
  get backend() {
    return this.#stored.row.backend;
  }
  get rules() {
    return this.#stored.row.rules;
  }
  get error() {
    return this.#stored.row.error?.code;
  }
  get status() {
    return this.#stored.row.status;
  }
  get attempts() {
    return this.#stored.row.attempts;
  }
  get durationMs() {
    return this.#stored.row.durationMs;
  }
  get ttfbMs() {
    const { send, wait } = this.#stored.detail.timings;
    return wait < 0 ? undefined : Math.max(send, 0) + wait;
  }
  get requestSizeBytes() {
    return this.#stored.row.requestSizeBytes;
  }
  get responseSizeBytes() {
    return this.#stored.row.responseSizeBytes;
  }
  get contentType() {
    return this.#stored.row.contentType;
  }
  get note() {
    return this.#stored.row.mark?.note;
  }
  get color() {
    return this.#stored.row.mark?.color;
  }
  get completed() {
    return this.#stored.row.durationMs !== undefined;
  }
  get failed() {
    return this.#stored.row.error !== undefined;
  }
  get tunnel() {
    return false;
  }
  get sse() {
    return this.contentType?.startsWith('text/event-stream') ?? false;
  }
  get mocked() {
    return this.attempts === 0;
  }
  get pinned() {
    return this.#stored.row.mark?.pinned ?? false;
  }
  get replayed() {
    return false;
  }
  requestHeader(lowerName: string) {
    return find(this.#stored.detail.request.headers, lowerName);
  }
  responseHeader(lowerName: string) {
    return find(this.#stored.detail.response?.headers ?? [], lowerName);
  }
  body(side: 'request' | 'response') {
    return this.#bodyText(this.#stored, side);
  }
}

function find(headers: HeaderLines, lowerName: string): string | undefined {
  return headers.find(([name]) => name.toLowerCase() === lowerName)?.[1];
}
