/**
 * One try at one backend: it connects, sends the request and receives. The response goes straight to the walk of the exchange;
 * how it ended goes to the attempts, which decide what follows.
 */

import type { AttemptResult, Backend } from '../balancer/backend.ts';
import { ProxyError } from '../errors.ts';
import { LiveAttempt } from '../exchange.ts';
import { AttemptFault } from '../faults/attempt-fault.ts';
import type { FaultDecision } from '../faults/fault.ts';
import type { Headers } from '../http/headers.ts';
import { announcedLength, type ResponseHead } from '../http/message.ts';
import { type BackendEvents, type BackendStream, type ConnectStep, waitFor } from '../upstream/backend-stream.ts';
import type { AttemptSeries } from './attempt-series.ts';
import { isClientsTurn } from './clients-turn.ts';
import { switchProblem } from './upgraded.ts';

const NO_BYTES = Buffer.alloc(0);

export class Attempt implements BackendEvents {
  readonly backend: Backend;
  readonly #record = new LiveAttempt();
  readonly #series: AttemptSeries;
  #stream: BackendStream | null = null;
  #fault: AttemptFault | null = null;
  #responded = false;
  /** The backend has said 100. */
  #continued = false;
  /** Its answer has a status that counts as a failure of the backend, whether it is tried again or goes to the client. */
  #failedStatus: ProxyError | null = null;
  #paused = false;

  /** `why` the backend was picked: a few words for the record. */
  constructor(series: AttemptSeries, backend: Backend, why: string) {
    this.#series = series;
    this.backend = backend;
    const { hop } = series.upstream.lane;
    this.#record.backend = backend.name;
    this.#record.address = backend.address;
    this.#record.why = hop ? `${why}, through ${hop.proxy.label}` : why;
    this.#record.startedAt = series.context.clock.now();
    series.exchange.backend = backend.name;
    series.exchange.attempts.push(this.#record);
  }

  get switches(): boolean {
    return this.#series.exchange.switches;
  }

  /** Whether a byte of the request has left. */
  get sent(): boolean {
    return this.#record.sentAt >= 0;
  }

  /** How fast a fault lets the response come; Infinity: as it comes. */
  get bytesPerSecond(): number {
    return this.#fault?.bytesPerSecond ?? Number.POSITIVE_INFINITY;
  }

  /** Where a fault ends the response before its time; null: nowhere. */
  get cut(): FaultDecision['cutBody'] {
    return this.#fault?.cut ?? null;
  }

  begin(): void {
    const { fault } = this.backend;
    this.#fault = fault && AttemptFault.of(fault, this.#series.context.random);
    if (this.#fault) this.#suffer(this.#fault);
    else this.#lease();
  }

  #lease(): void {
    this.#series.context.connections.lease(this.backend, this.#series.upstream.lane, this);
  }

  #suffer(fault: AttemptFault): void {
    const { context, upstream } = this.#series;
    fault.begin({
      record: this.#record,
      events: this,
      clock: context.clock,
      headTimeoutMs: upstream.pool.config.timeouts.head,
      connect: () => this.#lease(),
    });
  }

  // ── the request goes out ───────────────────────────────────────────────────────────────────────────────────────────

  onWaited(): void {
    this.#record.delayedUntil = this.#series.context.clock.now();
  }

  onNoRoom(): void {
    if (this.#record.endedAt < 0) this.#series.attemptFoundNoRoom();
  }

  onNotTaken(error: ProxyError): void {
    if (this.#record.endedAt >= 0) return;
    this.#stream = null;
    this.#series.attemptNotTaken(error);
  }

  onStep(done: ConnectStep): void {
    const now = this.#series.context.clock.now();
    if (done === 'dns') this.#record.dnsEndAt = now;
    else this.#record.connectedAt = now;
  }

  onConnected(stream: BackendStream): void {
    const { exchange, body, upstream, context, events } = this.#series;
    const { config } = upstream.pool;
    const record = this.#record;
    this.#stream = stream;
    record.reused = stream.uses > 0;
    record.protocol = stream.protocol;
    if (!record.reused) this.#isUp(context.clock.now());
    const text = stream.request(exchange, {
      config: config.forwarded,
      preserveHost: config.preserveHost,
      backendAddress: record.address,
    });
    exchange.sentHead = text;
    record.bytesSent = text.length;
    record.sentAt = context.clock.now();
    for (const chunk of body.chunks) this.#send(stream, chunk);
    if (body.ended) stream.end(body.trailers);
    const takesMore = stream.flush();
    this.#awaitHead(stream, takesMore, record.sentAt);
    if (takesMore) events.onRequestWanted();
  }

  /** A new connection is ready: its TLS when `onStep` has told of TCP, else TCP. */
  #isUp(now: number): void {
    if (this.#record.connectedAt < 0) this.#record.connectedAt = now;
    else this.#record.tlsEndAt = now;
  }

  /** A piece of the request body has come and is in the `BufferedBody`; false: it waits there, ask for no more. */
  bodyAdded(chunk: Buffer): boolean {
    if (!this.#stream) return !this.#series.body.full;
    this.#send(this.#stream, chunk);
    return true;
  }

  bodyEnded(): void {
    this.#stream?.end(this.#series.body.trailers);
    if (this.#stream?.deadlineAt === Number.POSITIVE_INFINITY) this.#awaitHead(this.#stream, true);
  }

  /** Sends what this turn brought; false: the backend is slow. */
  flush(): boolean {
    const takesMore = this.#stream?.flush() ?? true;
    if (this.#stream && !this.#series.body.ended) this.#awaitHead(this.#stream, takesMore);
    return takesMore;
  }

  #send(stream: BackendStream, chunk: Buffer): void {
    stream.body(chunk);
    this.#record.bytesSent += chunk.length;
    if (stream.isTaken) this.#series.body.sent();
  }

  onUpstreamDrain(): void {
    if (this.#stream && !this.#series.body.ended) this.#awaitHead(this.#stream, true);
    this.#series.events.onRequestWanted();
  }

  // ── the response comes ─────────────────────────────────────────────────────────────────────────────────────────────

  onInformation(head: ResponseHead): void {
    this.#continued ||= head.status === 100;
    if (this.#stream && !this.#series.body.ended) this.#awaitHead(this.#stream, true);
    this.#series.events.onInformation(head);
  }

  onHead(head: ResponseHead): void {
    const { exchange, context, events } = this.#series;
    this.#record.headAt = context.clock.now();
    this.#record.status = head.status;
    this.#failedStatus = this.#failureOf(head.status);
    if (this.#failedStatus && this.#series.attemptIsRepeated(this.#failedStatus, head.status)) return;
    this.#responded = true;
    this.#series.attemptResponds();
    exchange.response = head;
    exchange.headAt = this.#record.headAt;
    if (this.#fault?.placeCut(announcedLength(head)) === false) exchange.note('the fault had no body to cut');
    events.onResponse(head);
  }

  #failureOf(status: number): ProxyError | null {
    if (status < 400 || !this.#series.upstream.pool.config.retry.on.includes(status)) return null;
    const byFault = this.#fault?.isFeigned ?? false;
    return new ProxyError('RETRY_STATUS', `answered ${status}${byFault ? ', by a fault' : ''}`, { byFault });
  }

  onBody(chunk: Buffer): void {
    if (!this.#isReceiving) return;
    const record = this.#record;
    const cut = this.#fault?.cut;
    if (cut && record.bytesReceived + chunk.length > cut.afterBytes) {
      this.#cut(chunk.subarray(0, Math.max(0, cut.afterBytes - record.bytesReceived)), cut.how);
      return;
    }
    record.bytesReceived += chunk.length;
    this.#series.events.onResponseBody(chunk);
  }

  /** The response goes to the client: false before it has begun, when it is tried again, and when nobody wants it any more. */
  get #isReceiving(): boolean {
    return this.#responded && this.#record.outcome === 'pending';
  }

  #cut(last: Buffer, how: 'reset' | 'close'): void {
    this.#record.bytesReceived += last.length;
    if (last.length > 0) this.#series.events.onResponseBody(last);
    const message = `the body was cut after ${this.#record.bytesReceived} bytes, by a fault`;
    this.#series.attemptBrokeOff(new ProxyError('TRUNCATED', message, { byFault: true }), how);
  }

  onEnd(trailers: Headers | null): void {
    if (!this.#isReceiving) return;
    const cut = this.#fault?.cut;
    if (cut) {
      // Shorter than where the fault was to cut, and of unannounced length: cut at its end, so that the client does not take it for whole.
      this.#cut(NO_BYTES, cut.how);
      return;
    }
    this.#series.attemptAnswered();
    this.#series.events.onResponseEnd(trailers);
  }

  onTurnEnd(): void {
    if (this.#stream && this.#isReceiving && !this.#paused) this.#armIdle(this.#stream);
    this.#series.events.onResponseTurnEnd();
  }

  onUpgrade(head: ResponseHead, rest: Buffer): void {
    const { exchange, context, events } = this.#series;
    const stream = this.#stream;
    const problem = switchProblem(exchange, head.headers);
    if (problem !== null || !stream) {
      stream?.release(false);
      this.onFailed(new ProxyError('BAD_RESPONSE', problem ?? 'the backend switched protocols too late'));
      return;
    }
    this.#responded = true;
    this.#series.attemptResponds();
    this.#record.headAt = context.clock.now();
    this.#record.status = 101;
    this.#record.outcome = 'answered';
    exchange.response = head;
    events.onSwitched(head, stream, rest);
  }

  /** The client is slow: read no more for now, and do not count that as silence. */
  pause(): void {
    const stream = this.#stream;
    if (!stream || this.#paused) return;
    this.#paused = true;
    stream.pause();
    stream.deadlineAt = Number.POSITIVE_INFINITY;
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    if (!this.#stream) return;
    this.#stream.resume();
    this.#armIdle(this.#stream);
  }

  /** The time for the head runs when all of the request is out, or the backend takes no more of it (nginx). */
  #awaitHead(stream: BackendStream, takesMore: boolean, now = this.#series.context.clock.now()): void {
    if (this.#responded) return;
    const isWaiting = takesMore && isClientsTurn(this.#series, this.#continued);
    waitFor(stream, 'head', now, isWaiting ? 0 : this.#series.upstream.pool.config.timeouts.head);
  }

  /** Once a turn, not for every chunk; a response that comes whole in one turn never needs it. */
  #armIdle(stream: BackendStream): void {
    const { context, upstream } = this.#series;
    waitFor(stream, 'idle', context.clock.now(), upstream.pool.config.timeouts.idle);
  }

  // ── it ends ────────────────────────────────────────────────────────────────────────────────────────────────────────

  onFailed(error: ProxyError): void {
    if (this.#record.endedAt >= 0) return;
    this.#stream = null;
    if (this.#responded) {
      this.#series.attemptBrokeOff(error, 'reset');
      return;
    }
    if (error.code === 'RESET' && this.#record.reused) this.#series.context.connections.dropIdle(this.backend);
    this.#series.attemptFailed(error);
  }

  /** Gives the connection back and tells the pool how the attempt went; later calls do nothing. `ok`: the backend did not fail. */
  end(outcome: LiveAttempt['outcome'], error: ProxyError | null, ok = error?.source !== 'backend'): void {
    const { body, upstream, context } = this.#series;
    const record = this.#record;
    if (record.endedAt >= 0) return;
    record.outcome = outcome;
    record.error = error;
    this.#fault?.end(record);
    record.endedAt = context.clock.now();
    const failure = this.#failedStatus;
    upstream.pool.attemptEnded(this.backend, resultOf(record, failure ?? error, ok && failure === null));
    const stream = this.#stream;
    this.#stream = null;
    if (stream) stream.release(outcome === 'answered' && body.ended);
    else context.connections.cancel(this.backend, this);
  }
}

/** What the pool learns from an attempt that has ended. How long a WebSocket stays open says nothing of its backend. */
function resultOf(
  { startedAt, headAt, endedAt, status }: LiveAttempt,
  error: ProxyError | null,
  ok: boolean,
): AttemptResult {
  const headMs = (headAt < 0 ? endedAt : headAt) - startedAt;
  return { ok, latencyMs: status === 101 ? headMs : endedAt - startedAt, headMs, error };
}
