/** An entry that was read from a file as an exchange to record, as if it had passed here. Pure. */
import type { Timings } from '../contract/exchange.ts';
import { type ErrorCode, isErrorCode, ProxyError } from '../errors.ts';
import { LiveAttempt, LiveExchange } from '../exchange.ts';
import { Headers } from '../http/headers.ts';
import type { ResponseHead } from '../http/message.ts';
import { NO_REQUEST } from '../http/no-request.ts';
import { addInterim } from '../rules/trace.ts';
import { headText } from '../upstream/forward-headers.ts';
import type { OwnAttempt, OwnFacts } from './har-own-facts.ts';
import { totalOf } from './har-parts.ts';
import type { ReadEntry, TellProblem } from './har-read.ts';
import { readTrace } from './har-trace.ts';
import { type WireRequest, wireRequest, wireResponse } from './wire-heads.ts';

export interface TakenIn {
  exchange: LiveExchange;
  requestBody: Buffer;
  responseBody: Buffer;
}

/** What is known before there is a number for it. */
export interface Readable {
  entry: ReadEntry;
  request: WireRequest;
  response: ResponseHead | null;
}

/** Bytes that were no request, as they were recorded here. */
const UNREAD: WireRequest = { parsed: NO_REQUEST, scheme: 'http' };

/** null: it cannot be recorded; `tell` has heard why. */
export function readable(entry: ReadEntry, tell: TellProblem): Readable | null {
  const wasNone = entry.own !== null && entry.method === NO_REQUEST.head.method;
  const request = wasNone ? UNREAD : wireRequest(entry.method, entry.url, entry.headers, tell);
  if (!request) return null;
  const told = entry.response;
  if (!told) return { entry, request, response: null };
  // Bodies in a HAR are decoded: with their coding they could not be read.
  const isDecoded = !told.encoded && told.body.length > 0;
  const headers = isDecoded ? told.headers.filter(([name]) => name.toLowerCase() !== 'content-encoding') : told.headers;
  if (headers.length < told.headers.length) tell('content-encoding left out: bodies in a HAR are decoded');
  return { entry, request, response: wireResponse({ ...told, headers }, entry.method, tell) };
}

/** `from`: what it was read from, for people who look at it. */
export function takeIn({ entry, request, response }: Readable, id: number, from: string): TakenIn {
  const { own } = entry;
  const { head, target, authority } = request.parsed;
  const { address: clientIp = '', port: clientPort = 0 } = own?.client ?? {};
  const exchange = new LiveExchange(
    id,
    0,
    { listener: own?.listener ?? 'import', scheme: request.scheme, protocol: entry.protocol, clientIp, clientPort },
    head,
    {
      host: authority.host,
      port: authority.port || (request.scheme === 'https' ? 443 : 80),
      pathAndQuery: target.pathAndQuery,
    },
  );
  exchange.epochAt = entry.startedAt;
  exchange.endedAt = own?.durationMs ?? totalOf(entry.timings);
  exchange.requestSizeBytes = entry.bodySizeBytes;
  exchange.responseSizeBytes = entry.response?.sizeBytes ?? 0;
  addResponse(exchange, response, own);
  addFacts(exchange, entry, from);
  const responseBody = entry.response?.body ?? Buffer.alloc(0);
  return { exchange, requestBody: entry.body, responseBody };
}

function addResponse(exchange: LiveExchange, response: ResponseHead | null, own: OwnFacts | null): void {
  if (!response) return;
  exchange.response = response;
  exchange.answered = { status: response.status, reason: response.reason, headers: response.headers };
  if (!own?.received) return;
  const received = wireResponse(own.received, exchange.method, () => {});
  if (!received) return;
  // Another object: what the client got is told apart from what the backend gave.
  exchange.answered.headers = response.headers.clone();
  exchange.response = received;
}

function addFacts(exchange: LiveExchange, entry: ReadEntry, from: string): void {
  const { own } = entry;
  exchange.route = own?.route;
  exchange.pool = own?.pool;
  exchange.backend = own?.backend;
  exchange.replayed = own?.replayed ?? false;
  if (own) addTrace(exchange, own);
  if (own?.sent)
    exchange.sentHead = headText(`${own.sent.method} ${own.sent.target} HTTP/1.1`, Headers.of(own.sent.headers));
  if (own && own.requestTrailers.length > 0) exchange.requestTrailers = Headers.of(own.requestTrailers);
  if (own && own.responseTrailers.length > 0) exchange.responseTrailers = Headers.of(own.responseTrailers);
  exchange.error = failureOf(entry);
  const note = [own?.mark?.note ?? entry.comment, `imported from ${from}`].filter(Boolean).join('; ');
  exchange.mark = { ...(own?.mark?.color && { color: own.mark.color }), note };
  exchange.attempts.push(...(own ? own.attempts.map(attemptOf) : foreignAttempt(exchange, entry)));
  exchange.headAt = exchange.attempts.at(-1)?.headAt ?? -1;
}

function addTrace(exchange: LiveExchange, own: OwnFacts): void {
  const { rules, values, snapshots } = readTrace(own.rules, own.steps);
  for (const { status, reason, headers } of own.interim) addInterim(snapshots, status, reason, headers.flat());
  if (rules.length > 0) exchange.traces = rules;
  if (values.length > 0) exchange.traceValues = values;
  if (snapshots.length > 0) exchange.snapshots = snapshots;
}

function failureOf({ own, error, response }: ReadEntry): ProxyError | null {
  if (own?.error) return proxyError(own.error);
  if (own || (error === null && response !== null)) return null;
  return new ProxyError('NO_RESPONSE', error ?? 'no response was recorded');
}

function proxyError({ code, message }: { code: string; message: string }): ProxyError {
  const known: ErrorCode = isErrorCode(code) ? code : 'NO_RESPONSE';
  return new ProxyError(known, known === code ? message : `${code}: ${message}`);
}

// ── attempts ─────────────────────────────────────────────────────────────────────────────────────────────────────────

function attemptOf(own: OwnAttempt): LiveAttempt {
  const attempt = new LiveAttempt();
  const { backend, address, why, outcome, status, error, fault, reused, protocol, bytesSent, bytesReceived } = own;
  Object.assign(attempt, { backend, address, why, outcome, reused, bytesSent, bytesReceived });
  attempt.status = status ?? 0;
  attempt.error = error ? proxyError(error) : null;
  attempt.fault = fault ?? null;
  attempt.protocol = protocol ?? '';
  setTimes(attempt, own.startedMs, own.timings);
  return attempt;
}

/** Points in time that have these spans between them. */
function setTimes(attempt: LiveAttempt, startedMs: number, timings: Timings): void {
  let at = startedMs;
  const step = (ms: number): number => (ms < 0 ? -1 : (at += ms));
  attempt.startedAt = startedMs;
  attempt.delayedUntil = step(timings.blocked);
  attempt.dnsEndAt = step(timings.dns);
  attempt.connectedAt = step(timings.connect);
  attempt.tlsEndAt = step(timings.tls);
  attempt.sentAt = step(timings.send);
  attempt.headAt = step(timings.wait);
  attempt.endedAt = step(timings.receive);
}

/** Another program knows of one attempt, and not why it went where it went. */
function foreignAttempt(
  exchange: LiveExchange,
  { timings, serverAddress, protocol, response }: ReadEntry,
): LiveAttempt[] {
  const attempt = new LiveAttempt();
  attempt.backend = serverAddress || exchange.host;
  attempt.address = serverAddress || exchange.host;
  attempt.why = 'imported';
  attempt.protocol = protocol;
  attempt.outcome = response ? 'answered' : 'failed';
  attempt.status = response?.status ?? 0;
  attempt.error = exchange.error;
  attempt.reused = timings.connect < 0;
  attempt.bytesSent = exchange.requestSizeBytes;
  attempt.bytesReceived = exchange.responseSizeBytes;
  const { dns, connect, ssl, send, wait, receive } = timings;
  const opening = connect < 0 ? -1 : connect - Math.max(0, Math.min(ssl, connect));
  const blocked = Math.max(0, timings.blocked);
  setTimes(attempt, blocked, { blocked: -1, dns, connect: opening, tls: ssl, send, wait, receive });
  return [attempt];
}
