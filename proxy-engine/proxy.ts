/**
 * One exchange through its phases, and the only place that knows their order: route → request rules → attempts → response
 * rules → record. Callbacks drive it; on the plain path it makes no promise, no timer and no closure.
 */
import { readFile } from 'node:fs';
import { errorAnswer, reasonOf } from './answers.ts';
import type { Backend } from './balancer/backend.ts';
import type { Pool } from './balancer/pool.ts';
import type { ClientEvents, ClientStream } from './downstream/client-stream.ts';
import { relay } from './downstream/relay.ts';
import { ProxyError } from './errors.ts';
import { LiveAttempt, type LiveExchange } from './exchange.ts';
import { Headers } from './http/headers.ts';
import type { ResponseHead } from './http/message.ts';
import type { CompiledRoute } from './match/router.ts';
import type { ProxyContext, Snapshot } from './proxy-context.ts';
import { RequestBody } from './request-body.ts';
import type { Answer } from './rules/answer.ts';
import type { RequestEffects } from './rules/effects.ts';
import type { AttemptEvents, BackendConnection } from './upstream/backend-connection.ts';
import type { LaneOptions } from './upstream/connections.ts';
import { requestHeadText } from './upstream/forward-headers.ts';
import { backoffMs, mayRetry, withinBudget } from './upstream/retry.ts';

const DEFAULT_BUFFER_BYTES = 64 * 1024;
/** Longest that a retry waits for its turn in the budget. */
const BUDGET_WAIT_MS = 2000;

/** Where the attempts of an exchange go. */
interface Upstream {
  pool: Pool;
  lane: LaneOptions;
  /** Set by a rule: this one and no other. */
  only: Backend | null;
}

export class ExchangeWalk implements ClientEvents, AttemptEvents {
  readonly #exchange: LiveExchange;
  readonly #client: ClientStream;
  readonly #context: ProxyContext;
  readonly #snapshot: Snapshot;
  readonly #body = new RequestBody(DEFAULT_BUFFER_BYTES);
  #upstream: Upstream | null = null;
  #backend: Backend | null = null;
  #tried: Backend[] | null = null;
  #attempt: LiveAttempt | null = null;
  #connection: BackendConnection | null = null;
  #cancelWait: (() => void) | null = null;
  #responded = false;
  #done = false;
  #isRetry = false;

  constructor(exchange: LiveExchange, client: ClientStream, snapshot: Snapshot, context: ProxyContext) {
    this.#exchange = exchange;
    this.#client = client;
    this.#snapshot = snapshot;
    this.#context = context;
    context.load.inFlight++;
  }

  // ── request phase ──────────────────────────────────────────────────────────────────────────────────────────────────

  onStart(): void {
    const route = this.#snapshot.router.find(this.#exchange);
    this.#exchange.route = route?.name;
    if (route?.to.kind === 'pool') this.#exchange.pool = route.to.pool;
    else if (route?.to.kind === 'split') this.#exchange.pool = route.to.choose(this.#exchange);
    const effects = this.#snapshot.rules.applyRequest(this.#exchange);
    if (effects && effects.delayMs > 0) this.#wait(effects.delayMs, () => this.#decide(route, effects));
    else this.#decide(route, effects);
  }

  /** Answer, give up, or go to a backend. */
  #decide(route: CompiledRoute | null, effects: RequestEffects | null): void {
    if (effects?.abort) this.#abortByRule(effects.abort);
    else if (effects?.answer) this.#answer(effects.answer);
    else if (effects?.pool) this.#toPool(effects.pool, effects.backend?.backend ?? null);
    else if (route?.to.kind === 'respond') this.#answer(route.to.answer(this.#exchange));
    else if (route?.to.kind === 'redirect') this.#redirect(route.to.status, route.to.location(this.#exchange));
    else if (this.#exchange.pool !== undefined) this.#toPool(this.#exchange.pool, null);
    else this.#fail(new ProxyError('NO_ROUTE', `no route holds for ${this.#exchange.method} ${this.#exchange.url}`));
  }

  #toPool(name: string, backendName: string | null): void {
    this.#exchange.pool = name;
    const pool = this.#snapshot.pools.get(name);
    const lane = this.#snapshot.lanes.get(name);
    if (!pool || !lane) {
      this.#fail(new ProxyError('NO_BACKEND', `there is no pool ${name}`));
      return;
    }
    const only = backendName === null ? null : (pool.backends.find((backend) => backend.name === backendName) ?? null);
    this.#upstream = { pool, lane, only };
    this.#body.limit = pool.config.retry.bufferBytes;
    this.#nextAttempt();
  }

  #redirect(status: number, location: string): void {
    this.#answer({ status, headers: new Headers(['Location', location]), body: null, bodyFile: null, error: null });
  }

  #answer(answer: Answer): void {
    this.#exchange.mocked = true;
    if (answer.error) this.#exchange.error = new ProxyError(answer.error, 'refused by a rule');
    if (answer.bodyFile === null) {
      this.#sendOwn(answer.status, answer.headers, Buffer.from(answer.body ?? ''));
      return;
    }
    readFile(answer.bodyFile, (error, data) => {
      if (error)
        this.#fail(new ProxyError('RULE_FAILED', `cannot read ${answer.bodyFile}: ${error.message}`, { cause: error }));
      else this.#sendOwn(answer.status, answer.headers, data);
    });
  }

  #abortByRule(mode: 'reset' | 'close' | 'hang'): void {
    this.#exchange.error = new ProxyError('ABORTED_BY_RULE', `aborted by a rule (${mode})`);
    if (mode === 'hang') this.#client.hang();
    else this.#client.abort();
    this.#finish();
  }

  onRequestBody(chunk: Buffer): void {
    this.#exchange.requestSizeBytes += chunk.length;
    this.#context.recorder?.body(this.#exchange.id, 'request', chunk);
    if (this.#done) return;
    this.#body.add(chunk);
    if (this.#connection) this.#sendBody(this.#connection, chunk);
    else if (this.#body.full) this.#client.pause();
  }

  onRequestEnd(trailers: Headers | null): void {
    this.#exchange.requestTrailers = trailers;
    this.#body.ended = true;
    if (this.#connection) this.#sendEnd(this.#connection);
  }

  onClientTurnEnd(): void {
    if (this.#connection && !this.#connection.outbox.flush()) this.#client.pause();
    if (!this.#done) this.#client.flush();
  }

  onClientDrain(): void {
    const connection = this.#connection;
    if (!connection?.socket.isPaused()) return;
    connection.socket.resume();
    this.#armIdle(connection);
  }

  onClientError(error: ProxyError): void {
    if (this.#done) return;
    this.#exchange.error = error;
    this.#endAttempt('failed', error);
    if (error.code === 'CLIENT_GONE') this.#finish();
    else this.#fail(error);
  }

  // ── attempts ───────────────────────────────────────────────────────────────────────────────────────────────────────

  #nextAttempt(): void {
    const { pool, lane, only } = this.#upstream as Upstream;
    const pick = only ? { backend: only, why: 'set by a rule' } : pool.pick(this.#exchange, this.#tried);
    if (!pick) {
      this.#fail(
        new ProxyError('NO_BACKEND', `no backend of pool ${pool.name} is available: ${pool.unavailableReasons()}`),
      );
      return;
    }
    const { backend, why } = pick;
    if (this.#context.isOwnAddress(backend.host, backend.port)) {
      this.#fail(new ProxyError('LOOP', `backend ${backend.name} (${backend.address}) is this proxy itself`));
      return;
    }
    const attempt = new LiveAttempt();
    attempt.backend = backend.name;
    attempt.address = backend.address;
    attempt.why = why;
    attempt.startedAt = this.#context.clock.now();
    this.#attempt = attempt;
    this.#backend = backend;
    this.#exchange.backend = backend.name;
    this.#exchange.attempts.push(attempt);
    backend.attemptStarted();
    this.#context.connections.lease(backend, lane, this);
  }

  onConnected(connection: BackendConnection): void {
    const { pool } = this.#upstream as Upstream;
    const attempt = this.#attempt as LiveAttempt;
    this.#connection = connection;
    attempt.reused = connection.uses > 0;
    if (!attempt.reused) attempt.connectedAt = this.#context.clock.now();
    const text = requestHeadText(this.#exchange, {
      config: pool.config.forwarded,
      preserveHost: pool.config.preserveHost,
      backendAddress: attempt.address,
      requestId: this.#context.requestId,
    });
    this.#exchange.sentHead = text;
    connection.expectResponse(this.#exchange.outgoing.method);
    connection.outbox.text(text);
    attempt.bytesSent = text.length;
    attempt.sentAt = this.#context.clock.now();
    connection.timeoutError = new ProxyError('HEAD_TIMEOUT', `no response head within ${pool.config.timeouts.head} ms`);
    this.#arm(connection, pool.config.timeouts.head);
    for (const chunk of this.#body.chunks) this.#sendBody(connection, chunk);
    if (this.#body.ended) this.#sendEnd(connection);
    if (connection.outbox.flush()) this.#client.resume();
  }

  #sendBody(connection: BackendConnection, chunk: Buffer): void {
    if (this.#exchange.request.framing === 'chunked') connection.outbox.chunk(chunk);
    else connection.outbox.bytes(chunk);
    if (this.#attempt) this.#attempt.bytesSent += chunk.length;
    this.#body.sent();
    if (this.#exchange.headAt < 0) this.#arm(connection, (this.#upstream as Upstream).pool.config.timeouts.head);
  }

  #sendEnd(connection: BackendConnection): void {
    if (this.#exchange.request.framing !== 'chunked') return;
    connection.outbox.text('0\r\n');
    for (const [name, value] of this.#exchange.requestTrailers?.lines() ?? [])
      connection.outbox.text(`${name}: ${value}\r\n`);
    connection.outbox.text('\r\n');
  }

  onUpstreamDrain(): void {
    this.#client.resume();
  }

  onFailed(error: ProxyError): void {
    this.#connection = null;
    if (this.#done) return;
    if (this.#responded) this.#breakOff(error);
    else if (this.#shouldRetry(error, 0)) this.#retry(error);
    else {
      this.#endAttempt('failed', error);
      this.#fail(error);
    }
  }

  #shouldRetry(error: ProxyError, status: number): boolean {
    const { pool, only } = this.#upstream as Upstream;
    if (only) return false;
    const question = {
      code: error.code,
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
    const { retry } = (this.#upstream as Upstream).pool.config;
    const delayMs = backoffMs(this.#exchange.attempts.length, retry, this.#context.random);
    this.#wait(delayMs, () => this.#retryInTurn(error, this.#context.clock.now() + BUDGET_WAIT_MS));
  }

  /** Waits until the retry budget has room, but not for ever. */
  #retryInTurn(error: ProxyError, until: number): void {
    const { load, clock } = this.#context;
    const { retry } = (this.#upstream as Upstream).pool.config;
    if (this.#isRetry || withinBudget(load, retry)) {
      if (!this.#isRetry) load.retries++;
      this.#isRetry = true;
      this.#nextAttempt();
    } else if (clock.now() < until) this.#wait(Math.max(1, retry.backoff.base), () => this.#retryInTurn(error, until));
    else this.#fail(error);
  }

  /** Ends the current attempt, if there is one, and tells the pool how it went. */
  #endAttempt(outcome: LiveAttempt['outcome'], error: ProxyError | null): void {
    const attempt = this.#attempt;
    const backend = this.#backend;
    if (!attempt || !backend) return;
    const { pool, lane } = this.#upstream as Upstream;
    this.#attempt = null;
    attempt.outcome = outcome;
    attempt.error = error;
    attempt.endedAt = this.#context.clock.now();
    const isBackendsFault = error !== null && error.source === 'backend';
    pool.attemptEnded(backend, { ok: !isBackendsFault, latencyMs: attempt.endedAt - attempt.startedAt, error });
    if (this.#connection) {
      const keep = outcome === 'answered' && this.#body.ended;
      const connection = this.#connection;
      this.#connection = null;
      this.#context.connections.release(backend, connection, keep, lane);
    } else this.#context.connections.cancel(backend, this);
  }

  // ── response phase ─────────────────────────────────────────────────────────────────────────────────────────────────

  onInformation(head: ResponseHead): void {
    this.#client.inform(head.status, head.reason, head.headers);
  }

  onHead(head: ResponseHead): void {
    const attempt = this.#attempt as LiveAttempt;
    attempt.headAt = this.#context.clock.now();
    attempt.status = head.status;
    if (head.status >= 400) {
      const error = new ProxyError('RETRY_STATUS', `answered ${head.status}`);
      if (this.#shouldRetry(error, head.status)) {
        this.#retry(error);
        return;
      }
    }
    this.#exchange.response = head;
    this.#exchange.headAt = attempt.headAt;
    this.#connection?.markClosing(head);
    if (this.#connection) this.#armIdle(this.#connection);
    this.#respond(head);
  }

  #respond(head: ResponseHead): void {
    this.#exchange.answered = { status: head.status, reason: head.reason, headers: head.headers };
    const effects = this.#snapshot.rules.applyResponse(this.#exchange);
    if (effects?.abort) {
      this.#endAttempt('answered', null);
      this.#abortByRule(effects.abort);
      return;
    }
    this.#responded = true;
    const { status, reason, headers } = this.#exchange.answered;
    const length = head.framing === 'none' ? 0 : head.framing === 'length' ? head.contentLength : -1;
    this.#client.respond(status, status === head.status ? reason : reasonOf(status), headers, length);
  }

  onBody(chunk: Buffer): void {
    if (!this.#responded) return; // of a response that is being retried
    this.#exchange.responseSizeBytes += chunk.length;
    if (this.#attempt) this.#attempt.bytesReceived += chunk.length;
    this.#context.recorder?.body(this.#exchange.id, 'response', chunk);
    this.#client.body(chunk);
    if (this.#connection) this.#armIdle(this.#connection);
  }

  onEnd(trailers: Headers | null): void {
    if (!this.#responded || this.#done) return;
    this.#exchange.responseTrailers = trailers;
    this.#endAttempt('answered', null);
    this.#client.end(trailers);
    this.#finish();
  }

  onTurnEnd(): void {
    if (this.#done || !this.#connection) return;
    if (this.#client.flush()) return;
    this.#connection.socket.pause();
    this.#connection.deadlineAt = Number.POSITIVE_INFINITY;
  }

  onUpgrade(head: ResponseHead, rest: Buffer): void {
    if (!this.#exchange.websocket || !this.#connection) {
      this.onFailed(new ProxyError('BAD_RESPONSE', 'the backend switched protocols without being asked'));
      return;
    }
    this.#exchange.response = head;
    this.#exchange.answered = { status: 101, reason: head.reason, headers: head.headers };
    this.#responded = true;
    this.#snapshot.rules.applyResponse(this.#exchange);
    this.#client.respond(101, head.reason, this.#exchange.answered.headers, 0);
    this.#tunnel(this.#connection, rest);
  }

  #tunnel(connection: BackendConnection, rest: Buffer): void {
    const client = this.#client.detach();
    const backend = connection.detach();
    if (rest.length > 0) client.socket.write(rest);
    if (client.rest.length > 0) backend.write(client.rest);
    relay(client.socket, backend, {
      onBytes: (direction, chunk) => {
        if (direction === 'up') this.#exchange.requestSizeBytes += chunk.length;
        else this.#exchange.responseSizeBytes += chunk.length;
      },
      onEnd: () => {
        this.#endAttempt('answered', null);
        this.#finish();
      },
    });
  }

  // ── ends ───────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** The response has begun and cannot be finished: the client must not take it for whole. */
  #breakOff(error: ProxyError): void {
    this.#exchange.error = error;
    this.#endAttempt('failed', error);
    this.#client.flush();
    this.#client.abort();
    this.#finish();
  }

  #fail(error: ProxyError): void {
    this.#exchange.error = error;
    const answer = errorAnswer(error, this.#exchange.pool);
    this.#sendOwn(answer.status, answer.headers, answer.body);
  }

  #sendOwn(status: number, headers: Headers, body: Buffer): void {
    if (this.#done) return;
    if (!headers.has('content-length')) headers.append('Content-Length', String(body.length));
    this.#exchange.answered = { status, reason: reasonOf(status), headers };
    this.#responded = true;
    this.#snapshot.rules.applyResponse(this.#exchange);
    const { answered } = this.#exchange;
    this.#client.respond(answered.status, answered.reason, answered.headers, body.length);
    if (this.#exchange.request.method !== 'HEAD' && body.length > 0) {
      this.#client.body(body);
      this.#exchange.responseSizeBytes += body.length;
      this.#context.recorder?.body(this.#exchange.id, 'response', body);
    }
    this.#client.end(null);
    this.#finish();
  }

  #finish(): void {
    if (this.#done) return;
    this.#done = true;
    this.#cancelWait?.();
    this.#context.load.inFlight--;
    if (this.#isRetry) this.#context.load.retries--;
    this.#exchange.endedAt = this.#context.clock.now();
    this.#context.recorder?.record(this.#exchange);
    this.#context.onFinished(this.#exchange);
  }

  #wait(ms: number, then: () => void): void {
    this.#cancelWait = this.#context.clock.after(ms, () => {
      this.#cancelWait = null;
      if (!this.#done) then();
    });
  }

  #arm(connection: BackendConnection, ms: number): void {
    connection.deadlineAt = ms === 0 ? Number.POSITIVE_INFINITY : this.#context.clock.now() + ms;
  }

  #armIdle(connection: BackendConnection): void {
    const { idle } = (this.#upstream as Upstream).pool.config.timeouts;
    connection.timeoutError = null;
    this.#arm(connection, idle);
  }
}
