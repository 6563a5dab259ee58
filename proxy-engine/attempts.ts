/**
 * The attempts of one exchange: a backend is picked, connected and asked; when that fails and may be done again, another one.
 * Callbacks drive it; on the plain path it makes no promise, no timer and no closure.
 */
import type { AttemptResult, Backend } from './balancer/backend.ts';
import type { Pool } from './balancer/pool.ts';
import type { BufferedBody } from './buffered-body.ts';
import { type ErrorCode, ProxyError } from './errors.ts';
import { LiveAttempt, type LiveExchange } from './exchange.ts';
import { cutPoint, decideFault, describeFault, type FaultDecision } from './faults/fault.ts';
import { Headers } from './http/headers.ts';
import type { ResponseHead } from './http/message.ts';
import type { ProxyContext } from './proxy-context.ts';
import type { BackendEvents, BackendStream } from './upstream/backend-stream.ts';
import { passesOf } from './upstream/forward-headers.ts';
import type { LaneOptions } from './upstream/lane-options.ts';
import { backoffMs, mayRetry, withinBudget } from './upstream/retry.ts';

/** Longest that a retry waits for its turn in the budget. */
const BUDGET_WAIT_MS = 2000;

/** Proxies of the same name behind one another: more are a loop through others (RFC 9110 §7.6.3). */
const MAX_PASSES = 5;

/** Where the attempts of an exchange go. */
export interface Upstream {
  pool: Pool;
  lane: LaneOptions;
  /** Set by a rule: this one and no other. */
  only: Backend | null;
}

/** What the walk hears of the attempts: one response, or the reason why there is none. */
export interface AttemptsEvents {
  onInformation(head: ResponseHead): void;
  onResponse(head: ResponseHead): void;
  onResponseBody(chunk: Buffer): void;
  onResponseEnd(trailers: Headers | null): void;
  /** 101: from now on `stream` carries something else than HTTP; `rest` has come already. */
  onSwitched(head: ResponseHead, stream: BackendStream, rest: Buffer): void;
  /** No attempt brought a response. */
  onNoResponse(error: ProxyError): void;
  /** The response had begun and will not be whole. */
  onBrokenOff(error: ProxyError, how: 'reset' | 'close'): void;
  /** The bytes of this turn have been handled. */
  onResponseTurnEnd(): void;
  /** The request body may flow. */
  onRequestWanted(): void;
}

export class Attempts implements BackendEvents {
  readonly #exchange: LiveExchange;
  readonly #body: BufferedBody;
  readonly #context: ProxyContext;
  readonly #upstream: Upstream;
  readonly #events: AttemptsEvents;
  #tried: Backend[] | null = null;
  #backend: Backend | null = null;
  #attempt: LiveAttempt | null = null;
  #stream: BackendStream | null = null;
  #fault: FaultDecision | null = null;
  #cancelWait: (() => void) | null = null;
  #responded = false;
  #over = false;
  #isRetry = false;
  #paused = false;

  constructor(
    exchange: LiveExchange,
    body: BufferedBody,
    upstream: Upstream,
    context: ProxyContext,
    events: AttemptsEvents,
  ) {
    this.#exchange = exchange;
    this.#body = body;
    this.#upstream = upstream;
    this.#context = context;
    this.#events = events;
    body.limit = upstream.pool.config.retry.bufferBytes;
    upstream.pool.load.inFlight++;
  }

  get switches(): boolean {
    return this.#exchange.switches;
  }

  /** The backend of the current or last attempt. */
  get backend(): Backend | null {
    return this.#backend;
  }

  /** How fast a fault lets the response come; Infinity: as it comes. */
  get bytesPerSecond(): number {
    return this.#fault?.bytesPerSecond ?? Number.POSITIVE_INFINITY;
  }

  next(): void {
    const { pool, only } = this.#upstream;
    const pick = only ? { backend: only, why: 'set by a rule' } : pool.pick(this.#exchange, this.#tried);
    if (!pick) {
      this.#waitForRoom(pool);
      return;
    }
    const { backend, why } = pick;
    const loop = this.#loopAt(backend);
    if (loop) this.#giveUp(loop);
    else this.#begin(backend, why);
  }

  #loopAt({ host, port, name, address }: Backend): ProxyError | null {
    if (this.#context.isOwnAddress(host, port))
      return new ProxyError('LOOP', `backend ${name} (${address}) is this proxy itself`);
    const { via } = this.#upstream.pool.config.forwarded;
    const passes = via === false ? 0 : passesOf(this.#exchange.request.headers, via);
    if (passes < MAX_PASSES) return null;
    return new ProxyError('LOOP', `the request has been through ${via} ${passes} times already (Via)`);
  }

  /** None is available: when they are only full there may be a queue to wait in. */
  #waitForRoom(pool: Pool): void {
    const { queue } = pool.config.connections;
    const left = pool.enqueue(
      () => this.#takeTurn(),
      () => this.#giveUp(new ProxyError('QUEUE_TIMEOUT', `waited in vain for room in pool ${pool.name}`)),
    );
    if (typeof left === 'function') this.#cancelWait = left;
    else if (left === 'queue is full')
      this.#giveUp(new ProxyError('QUEUE_FULL', `${queue} wait already for pool ${pool.name}`));
    else
      this.#giveUp(
        new ProxyError('NO_BACKEND', `no backend of pool ${pool.name} is available: ${pool.unavailableReasons()}`),
      );
  }

  #takeTurn(): void {
    this.#cancelWait = null;
    this.next();
  }

  #begin(backend: Backend, why: string): void {
    const attempt = new LiveAttempt();
    attempt.backend = backend.name;
    attempt.address = backend.address;
    const { hop } = this.#upstream.lane;
    attempt.why = hop ? `${why}, through ${hop.proxy.label}` : why;
    attempt.startedAt = this.#context.clock.now();
    this.#attempt = attempt;
    this.#backend = backend;
    this.#exchange.backend = backend.name;
    this.#exchange.attempts.push(attempt);
    backend.attemptStarted();
    this.#fault = backend.fault && decideFault(backend.fault, this.#context.random);
    if (this.#fault) this.#suffer(backend, attempt, this.#fault);
    else this.#context.connections.lease(backend, this.#upstream.lane, this);
  }

  // ── failures made on purpose ───────────────────────────────────────────────────────────────────────────────────────

  #suffer(backend: Backend, attempt: LiveAttempt, fault: FaultDecision): void {
    attempt.fault = backend.fault && describeFault(backend.fault);
    const act = () => {
      if (fault.delayMs > 0) attempt.delayedUntil = this.#context.clock.now();
      if (fault.failWith) this.#failByFault(fault.failWith, attempt);
      else this.#context.connections.lease(backend, this.#upstream.lane, this);
    };
    if (fault.delayMs > 0) this.#wait(fault.delayMs, act);
    else act();
  }

  #failByFault(failure: NonNullable<FaultDecision['failWith']>, attempt: LiveAttempt): void {
    if (failure.kind === 'reset-connect') {
      this.onFailed(new ProxyError('CONNECT_REFUSED', 'connection refused, by a fault'));
      return;
    }
    attempt.sentAt = this.#context.clock.now();
    if (failure.kind === 'status') this.#answerByFault(failure.status);
    else if (failure.kind === 'reset-head') this.onFailed(new ProxyError('RESET', 'connection reset, by a fault'));
    else this.#blackhole();
  }

  #answerByFault(status: number): void {
    const attempt = this.#attempt;
    const body = Buffer.from(`${status}: a fault of backend ${this.#backend?.name} answers\n`);
    const headers = new Headers([
      'Content-Type',
      'text/plain; charset=utf-8',
      'Content-Length',
      String(body.length),
      'X-Switchyard-Fault',
      'status',
    ]);
    this.onHead({
      status,
      reason: '',
      minor: 1,
      headers,
      framing: 'length',
      contentLength: body.length,
      keepAlive: true,
      upgrade: null,
      raw: new Uint8Array(),
    });
    if (this.#attempt !== attempt) return; // it is tried again
    this.onBody(body);
    this.onEnd(null);
    this.onTurnEnd();
  }

  /** Nothing comes; the timeouts of the pool decide. */
  #blackhole(): void {
    const { head } = this.#upstream.pool.config.timeouts;
    const error = new ProxyError('HEAD_TIMEOUT', `no response head within ${head} ms, by a fault`);
    if (head > 0) this.#wait(head, () => this.onFailed(error));
  }

  // ── the request goes out ───────────────────────────────────────────────────────────────────────────────────────────

  onConnected(stream: BackendStream): void {
    const { pool } = this.#upstream;
    const attempt = this.#attempt as LiveAttempt;
    this.#stream = stream;
    attempt.reused = stream.uses > 0;
    attempt.protocol = stream.protocol;
    if (!attempt.reused) attempt.connectedAt = this.#context.clock.now();
    const text = stream.request(this.#exchange, {
      config: pool.config.forwarded,
      preserveHost: pool.config.preserveHost,
      backendAddress: attempt.address,
    });
    this.#exchange.sentHead = text;
    attempt.bytesSent = text.length;
    attempt.sentAt = this.#context.clock.now();
    this.#armHead(stream, attempt.sentAt);
    for (const chunk of this.#body.chunks) this.#send(stream, chunk);
    if (this.#body.ended) stream.end(this.#body.trailers);
    if (stream.flush()) this.#events.onRequestWanted();
  }

  /** A piece of the request body has come and is in the `BufferedBody`; false: it waits there, ask for no more. */
  bodyAdded(chunk: Buffer): boolean {
    if (!this.#stream) return !this.#body.full;
    this.#send(this.#stream, chunk);
    return true;
  }

  bodyEnded(): void {
    this.#stream?.end(this.#body.trailers);
  }

  /** Sends what this turn brought; false: the backend is slow. */
  flush(): boolean {
    return this.#stream?.flush() ?? true;
  }

  #send(stream: BackendStream, chunk: Buffer): void {
    stream.body(chunk);
    if (this.#attempt) this.#attempt.bytesSent += chunk.length;
    this.#body.sent();
    if (!this.#responded) this.#armHead(stream, this.#context.clock.now());
  }

  onUpstreamDrain(): void {
    this.#events.onRequestWanted();
  }

  // ── it fails ───────────────────────────────────────────────────────────────────────────────────────────────────────

  onFailed(error: ProxyError): void {
    if (this.#over) return;
    this.#stream = null;
    if (this.#responded) this.#breakOff(error, 'reset');
    else if (this.#mayRetry(error.code, 0)) this.#retry(error);
    else this.#giveUp(error);
  }

  #mayRetry(code: ErrorCode, status: number): boolean {
    const { pool, only } = this.#upstream;
    if (only) return false;
    const question = {
      code,
      status,
      method: this.#exchange.outgoing.method,
      sent: (this.#attempt?.sentAt ?? -1) >= 0,
      attempts: this.#exchange.attempts.length,
      replayable: this.#body.replayable,
    };
    return mayRetry(question, pool.config.retry);
  }

  #retry(error: ProxyError): void {
    const backend = this.#backend as Backend;
    (this.#tried ??= []).push(backend);
    this.#endAttempt('retried', error);
    const { retry } = this.#upstream.pool.config;
    const delayMs = backoffMs(this.#exchange.attempts.length, retry, this.#context.random);
    this.#wait(delayMs, () => this.#retryInTurn(error, this.#context.clock.now() + BUDGET_WAIT_MS));
  }

  /** Waits until the retry budget has room, but not for ever. */
  #retryInTurn(error: ProxyError, until: number): void {
    const { clock } = this.#context;
    const { config, load } = this.#upstream.pool;
    const { retry } = config;
    if (this.#isRetry || withinBudget(load, retry)) {
      if (!this.#isRetry) load.retries++;
      this.#isRetry = true;
      this.next();
    } else if (clock.now() < until) this.#wait(Math.max(1, retry.backoff.base), () => this.#retryInTurn(error, until));
    else this.#giveUp(error);
  }

  #giveUp(error: ProxyError): void {
    this.#finish('failed', error);
    this.#events.onNoResponse(error);
  }

  #breakOff(error: ProxyError, how: 'reset' | 'close'): void {
    this.#finish('failed', error);
    this.#events.onBrokenOff(error, how);
  }

  /** Ends from outside: the client left, a rule or a deadline gave up. What runs is dropped. */
  cancel(error: ProxyError): void {
    this.#finish('failed', error);
  }

  /** The walk is done with it before the response was: what remains of the response is not wanted. */
  abandon(): void {
    this.#finish('answered', null);
  }

  #finish(outcome: LiveAttempt['outcome'], error: ProxyError | null): void {
    if (this.#over) return;
    this.#over = true;
    this.#upstream.pool.load.inFlight--;
    this.#cancelWait?.();
    this.#endAttempt(outcome, error);
    this.#endRetry();
  }

  /** A retry counts in the budget until its answer begins (Envoy): one that streams for hours must not use it up. */
  #endRetry(): void {
    if (!this.#isRetry) return;
    this.#isRetry = false;
    this.#upstream.pool.load.retries--;
  }

  /** Ends the current attempt, if there is one, and tells the pool how it went. */
  #endAttempt(outcome: LiveAttempt['outcome'], error: ProxyError | null): void {
    const attempt = this.#attempt;
    const backend = this.#backend;
    if (!attempt || !backend) return;
    this.#attempt = null;
    attempt.outcome = outcome;
    attempt.error = error;
    attempt.endedAt = this.#context.clock.now();
    this.#upstream.pool.attemptEnded(backend, resultOf(attempt, error));
    const stream = this.#stream;
    this.#stream = null;
    if (stream) stream.release(outcome === 'answered' && this.#body.ended);
    else this.#context.connections.cancel(backend, this);
  }

  // ── the response comes ─────────────────────────────────────────────────────────────────────────────────────────────

  onInformation(head: ResponseHead): void {
    this.#events.onInformation(head);
  }

  onHead(head: ResponseHead): void {
    const attempt = this.#attempt as LiveAttempt;
    attempt.headAt = this.#context.clock.now();
    attempt.status = head.status;
    if (head.status >= 400 && this.#mayRetry('RETRY_STATUS', head.status)) {
      this.#retry(new ProxyError('RETRY_STATUS', `answered ${head.status}`));
      return;
    }
    this.#responded = true;
    this.#endRetry();
    this.#exchange.response = head;
    this.#exchange.headAt = attempt.headAt;
    const cut = this.#fault?.cutBody;
    if (cut) cut.afterBytes = cutPoint(cut.afterBytes, head.framing === 'length' ? head.contentLength : -1);
    this.#events.onResponse(head);
  }

  onBody(chunk: Buffer): void {
    const attempt = this.#attempt;
    if (!this.#responded || !attempt) return; // of a response that is being tried again
    const cut = this.#fault?.cutBody;
    if (cut && attempt.bytesReceived + chunk.length > cut.afterBytes) {
      this.#cut(chunk.subarray(0, Math.max(0, cut.afterBytes - attempt.bytesReceived)), cut.how);
      return;
    }
    attempt.bytesReceived += chunk.length;
    this.#events.onResponseBody(chunk);
  }

  #cut(last: Buffer, how: 'reset' | 'close'): void {
    if (this.#attempt) this.#attempt.bytesReceived += last.length;
    if (last.length > 0) this.#events.onResponseBody(last);
    const bytes = this.#attempt?.bytesReceived ?? 0;
    this.#breakOff(new ProxyError('TRUNCATED', `the body was cut after ${bytes} bytes, by a fault`), how);
  }

  onEnd(trailers: Headers | null): void {
    if (!this.#responded || this.#over) return;
    this.#finish('answered', null);
    this.#events.onResponseEnd(trailers);
  }

  onTurnEnd(): void {
    const isGoingOn = this.#responded && this.#attempt?.outcome === 'pending';
    if (this.#stream && isGoingOn && !this.#paused) this.#armIdle(this.#stream);
    this.#events.onResponseTurnEnd();
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

  onUpgrade(head: ResponseHead, rest: Buffer): void {
    if (!this.#exchange.switches || !this.#stream) {
      this.#stream?.release(false);
      this.onFailed(new ProxyError('BAD_RESPONSE', 'the backend switched protocols without being asked'));
      return;
    }
    this.#responded = true;
    this.#endRetry();
    if (this.#attempt) {
      this.#attempt.headAt = this.#context.clock.now();
      this.#attempt.status = 101;
      this.#attempt.outcome = 'answered';
    }
    this.#exchange.response = head;
    this.#events.onSwitched(head, this.#stream, rest);
  }

  #wait(ms: number, then: () => void): void {
    this.#cancelWait = this.#context.clock.after(ms, () => {
      this.#cancelWait = null;
      if (!this.#over) then();
    });
  }

  #armHead(stream: BackendStream, now: number): void {
    stream.waitsFor = 'head';
    arm(stream, now, this.#upstream.pool.config.timeouts.head);
  }

  /** Once for all that a turn brings: a response that comes whole never gets there. */
  #armIdle(stream: BackendStream): void {
    stream.waitsFor = 'idle';
    arm(stream, this.#context.clock.now(), this.#upstream.pool.config.timeouts.idle);
  }
}

/** What the pool learns from an attempt that has ended. How long a WebSocket stays open says nothing of its backend. */
function resultOf({ startedAt, headAt, endedAt, status }: LiveAttempt, error: ProxyError | null): AttemptResult {
  const headMs = (headAt < 0 ? endedAt : headAt) - startedAt;
  return {
    ok: error === null || error.source !== 'backend',
    latencyMs: status === 101 ? headMs : endedAt - startedAt,
    headMs,
    error,
  };
}

/** 0 ms: for ever. */
function arm(stream: BackendStream, now: number, ms: number): void {
  stream.waitMs = ms;
  stream.deadlineAt = ms === 0 ? Number.POSITIVE_INFINITY : now + ms;
}
