/** Exchanges as the engine hands them over, made by hand. */
import { ProxyError } from '../../proxy-engine/errors.ts';
import { LiveAttempt, LiveExchange } from '../../proxy-engine/exchange.ts';
import { parseRequestHead, parseResponseHead } from '../../proxy-engine/http/head.ts';
import { Headers } from '../../proxy-engine/http/headers.ts';
import type { TracedAction } from '../../proxy-engine/rules/trace.ts';
import { ownTail } from '../../proxy-engine/store/record/own-tail.ts';
import { RecordBatch } from '../../proxy-engine/store/record/record-batch.ts';
import { CommonTexts } from '../../proxy-engine/store/record/record-text.ts';

export interface Sample {
  id: number;
  method?: string;
  host?: string;
  path?: string;
  status?: number;
  durationMs?: number;
  pool?: string;
  backend?: string;
  contentType?: string;
  error?: string;
  attempts?: number;
  /** Of the last attempt. */
  delayedMs?: number;
  rules?: string[];
  note?: string;
  color?: string;
  requestBody?: string | Buffer;
  responseBody?: string | Buffer;
  coding?: string;
  /** More of them: `Name: value`. */
  requestHeaders?: string[];
  responseHeaders?: string[];
  /** Of its response. */
  trailers?: [name: string, value: string][];
  /** What a rule did to the lines of the answer. */
  edit?(headers: Headers): void;
  /** What rules left of themselves. */
  trace?: Pick<LiveExchange, 'traces' | 'traceValues' | 'snapshots'>;
  /** It goes on. */
  open?: boolean;
  /** Epoch milliseconds. */
  startedAt?: number;
}

const LIMITS = { headers: 100 };

export function sampleExchange(sample: Sample): LiveExchange {
  const { id, method = 'GET', host = 'api.test:8080', path = '/', status = 200, durationMs = 12.5 } = sample;
  const more = linesOf(sample.requestHeaders);
  const raw = Buffer.from(`${method} ${path} HTTP/1.1\r\nHost: ${host}\r\nX-Id: ${id}\r\n${more}\r\n`, 'latin1');
  const { head, target, authority } = parseRequestHead(raw, LIMITS);
  const from = { listener: 'gateway', scheme: 'http', protocol: 'HTTP/1.1', clientIp: '127.0.0.1', clientPort: 5000 };
  const live = new LiveExchange(id, id * 10, from, head, {
    host: authority.host,
    port: authority.port,
    pathAndQuery: target.pathAndQuery,
  });
  live.route = 'all';
  live.pool = sample.pool;
  live.backend = sample.backend;
  live.requestSizeBytes = sample.requestBody?.length ?? 0;
  live.responseSizeBytes = sample.responseBody?.length ?? 0;
  if (sample.error) live.error = new ProxyError('RESET', sample.error);
  if (sample.note !== undefined || sample.color !== undefined)
    live.mark = { ...(sample.color && { color: sample.color }), ...(sample.note && { note: sample.note }) };
  if (sample.rules) live.traces = sample.rules.map((name) => ({ name, phase: 'request', actions: SAMPLE_ACTIONS }));
  Object.assign(live, sample.trace);
  for (let i = 0; i < (sample.attempts ?? 1); i++) live.attempts.push(sampleAttempt(live, i, sample.attempts ?? 1));
  const last = live.attempts.at(-1);
  if (last && sample.delayedMs !== undefined) last.delayedUntil = last.startedAt + sample.delayedMs;
  if (status > 0 && !sample.open) answer(live, sample, status);
  if (!sample.open) live.endedAt = live.startedAt + durationMs;
  return live;
}

function sampleAttempt(live: LiveExchange, index: number, count: number): LiveAttempt {
  const attempt = new LiveAttempt();
  const isLast = index === count - 1;
  attempt.backend = live.backend ?? 'a';
  attempt.address = '127.0.0.1:3001';
  attempt.why = 'round_robin';
  attempt.protocol = 'HTTP/1.1';
  attempt.outcome = isLast ? 'answered' : 'retried';
  if (!isLast) attempt.error = new ProxyError('CONNECT_REFUSED', 'connection refused');
  attempt.startedAt = live.startedAt + index;
  attempt.sentAt = attempt.startedAt + 0.25;
  attempt.headAt = attempt.startedAt + 2;
  attempt.endedAt = attempt.startedAt + 3;
  attempt.bytesSent = 100;
  attempt.bytesReceived = 200;
  return attempt;
}

function answer(live: LiveExchange, sample: Sample, status: number): void {
  const type = sample.contentType === undefined ? '' : `Content-Type: ${sample.contentType}\r\n`;
  const coding = sample.coding === undefined ? '' : `Content-Encoding: ${sample.coding}\r\n`;
  const more = linesOf(sample.responseHeaders);
  const raw = Buffer.from(`HTTP/1.1 ${status} Fine\r\n${type}${coding}Content-Length: 2\r\n${more}\r\n`, 'latin1');
  live.response = parseResponseHead(raw, live.method, LIMITS);
  live.answered = { status, reason: 'Fine', headers: live.response.headers };
  live.sentHead = `${live.method} ${live.outgoing.target} HTTP/1.1\r\nHost: api.test\r\nVia: 1.1 switchyard\r\n${linesOf(sample.requestHeaders)}\r\n`;
  if (sample.edit) sample.edit(live.editResponseHeaders());
  if (sample.trailers) live.responseTrailers = Headers.of(sample.trailers);
  live.headAt = live.startedAt + 2;
}

function linesOf(headers: readonly string[] = []): string {
  return headers.map((line) => `${line}\r\n`).join('');
}

const texts = new CommonTexts();

/** A batch as the engine hands it over. */
export function batchOf(samples: readonly Sample[], bodyBytes = 0, behindBytes = 0): Buffer {
  const batch = new RecordBatch(new ArrayBuffer(8 * 1024 ** 2));
  for (const sample of samples) {
    const live = sampleExchange(sample);
    if (bodyBytes > 0) batch.addBody(sample.id, 'response', 0, Buffer.alloc(bodyBytes, sample.id), 0);
    const common = texts.of(live);
    const body = behindBytes > 0 ? ({ side: 'response', bytes: Buffer.alloc(behindBytes, sample.id) } as const) : null;
    batch.addExchange(live, common, ownTail(live, common), sample.startedAt ?? 1_700_000_000_000 + sample.id, body);
  }
  const { buffer, length } = batch.swap(new ArrayBuffer(8));
  return Buffer.from(buffer, 0, length);
}

const SAMPLE_ACTIONS: readonly TracedAction[] = [
  { words: ['set a'], changes: [{ op: 'set', name: 'a', values: ['1'] }] },
  { words: ['delete b'], changes: [{ op: 'delete', name: 'b', values: [] }] },
];
