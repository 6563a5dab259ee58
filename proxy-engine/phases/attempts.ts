/**
 * The attempts of one exchange: a backend is picked and asked; when that fails and may be done again, another one.
 * Callbacks drive it; on the plain path it makes no promise, no timer and no closure.
 */

import type { Backend } from '../balancer/backend.ts';
import type { Pool } from '../balancer/pool.ts';
import { type ErrorCode, ProxyError } from '../errors.ts';
import type { LiveExchange } from '../exchange.ts';
import type { FaultDecision } from '../faults/fault.ts';
import type { ProxyContext } from '../proxy-context.ts';
import { mayRetry } from '../upstream/retry.ts';
import { Attempt } from './attempt.ts';
import type { AttemptSeries, AttemptsEvents, Upstream } from './attempt-series.ts';
import { type BufferedBody, isShort } from './buffered-body.ts';
import type { BodySource } from './client-response.ts';
import { loopAt } from './loop.ts';
import { Retries } from './retries.ts';

/** How often an exchange may meet a connection that is ending: each of them took others first, so that its turn comes. */
const MAX_TURNED_AWAY = 100;

export class Attempts implements AttemptSeries, BodySource {
  readonly exchange: LiveExchange;
  readonly body: BufferedBody;
  readonly upstream: Upstream;
  readonly context: ProxyContext;
  readonly events: AttemptsEvents;
  /** The attempt under way; after the end of all, the last one. */
  #current: Attempt | null = null;
  /** null: no attempt has come to nothing yet. */
  #retries: Retries | null = null;
  /** Leaves the queue for room in the pool; null: it is in none. */
  #leaveQueue: (() => void) | null = null;
  #over = false;
  /** The request body is short and still coming: no backend is asked before it is here. */
  #isGathering = false;

  constructor(
    exchange: LiveExchange,
    body: BufferedBody,
    upstream: Upstream,
    context: ProxyContext,
    events: AttemptsEvents,
  ) {
    this.exchange = exchange;
    this.body = body;
    this.upstream = upstream;
    this.context = context;
    this.events = events;
    body.limit = upstream.pool.config.retry.bufferBytes;
    upstream.pool.load.exchanges.add(1);
  }

  /** The backend of the current or last attempt. */
  get backend(): Backend | null {
    return this.#current?.backend ?? null;
  }

  /** How fast a fault lets the response come; Infinity: as it comes. */
  get bytesPerSecond(): number {
    return this.#current?.bytesPerSecond ?? Number.POSITIVE_INFINITY;
  }

  /** Where a fault ends the response before its time; null: nowhere. */
  get cut(): FaultDecision['cutBody'] {
    return this.#current?.cut ?? null;
  }

  /**
   * Picks a backend, but waits for a short request body first: a client that is slow to send it must not hold one of the few
   * connections to a backend. A body that is long, of unknown length, or waits for the backend (100 Continue, gRPC) is not waited for.
   */
  start(): void {
    this.#isGathering = !this.body.ended && !this.body.replaced && isShort(this.exchange, this.body);
    if (!this.#isGathering) this.next();
  }

  // ── a backend is picked ────────────────────────────────────────────────────────────────────────────────────────────

  /** Begins the next attempt, or waits until a backend has room. */
  next(): void {
    const { pool, only } = this.upstream;
    // Others have waited for longer: whoever comes now goes behind them.
    const isBehind = !only && !this.#tried && pool.waitingRoom.isWaitedFor;
    if (isBehind || !this.#tryNext()) this.#waitForRoom(pool);
  }

  /** Picks a backend and begins an attempt there, or ends the exchange with an error; false: none is available. */
  #tryNext(): boolean {
    const { pool, only, why } = this.upstream;
    const pick = only ? pool.pickOnly(only) : pool.pick(this.exchange, this.#tried);
    if (!pick) return false;
    const loop = loopAt(pick.backend, this);
    if (loop) {
      this.#giveUp(loop);
      return true;
    }
    if (!pick.backend.attemptStarted()) return this.#tryNext();
    this.#leaveQueue?.();
    this.#leaveQueue = null;
    if (this.#retries?.metDead) this.context.connections.dropIdle(pick.backend);
    this.#current = new Attempt(this, pick.backend, why ?? pick.why);
    this.#current.begin();
    return true;
  }

  /** No backend is available. When they are only full, the exchange waits in the queue of the pool; else it ends with an error. */
  #waitForRoom(pool: Pool): void {
    const { only } = this.upstream;
    const { queue } = pool.config.connections;
    const left = pool.waitingRoom.enter(
      { only, tried: this.#tried },
      () => this.#takeTurn(),
      () => {
        const reasons = only ? `${only.name}: ${only.reason}` : pool.unavailableReasons();
        const message = `waited in vain for room in pool ${pool.name}: ${reasons}`;
        this.#giveUp(new ProxyError('QUEUE_TIMEOUT', message));
      },
    );
    if (typeof left === 'function') this.#leaveQueue = left;
    else if (left === 'nothing to wait for') this.#giveUp(new ProxyError('NO_BACKEND', whyNone(pool, only)));
    else this.#giveUp(new ProxyError('QUEUE_FULL', `${queue} wait already for pool ${pool.name}`));
  }

  /** A backend has room. When another thread takes it first, the exchange goes on waiting, if there is still something to wait for. */
  #takeTurn(): void {
    const { pool, only } = this.upstream;
    if (!this.#tryNext() && !pool.waitingRoom.mayWait(only))
      this.#giveUp(new ProxyError('NO_BACKEND', whyNone(pool, only)));
  }

  // ── what the walk tells the attempt under way ────────────────────────────────────────────────────────────────────────

  /** A piece of the request body has come and is in the `BufferedBody`; false: it waits there, ask for no more. */
  bodyAdded(chunk: Buffer): boolean {
    return this.#current ? this.#current.bodyAdded(chunk) : !this.body.full;
  }

  bodyEnded(): void {
    if (!this.#isGathering) this.#current?.bodyEnded();
    else {
      this.#isGathering = false;
      this.next();
    }
  }

  /** Sends what this turn brought; false: the backend is slow. */
  flush(): boolean {
    return this.#current?.flush() ?? true;
  }

  /** The client is slow: no more of the response for now. */
  pause(): void {
    this.#current?.pause();
  }

  resume(): void {
    this.#current?.resume();
  }

  /** In a sticky pool: tells the client, by a cookie, which backend to come back to. */
  stick(): void {
    const { pool } = this.upstream;
    if (!pool.config.sticky || !this.backend) return;
    const cookie = pool.setCookie(this.exchange, this.backend);
    if (cookie !== null) this.exchange.editResponseHeaders().append('Set-Cookie', cookie);
  }

  // ── what an attempt tells ────────────────────────────────────────────────────────────────────────────────────────────────────

  /** The backend ran out of room between the pick and the connection. It has not failed, and what follows is no retry. */
  attemptFoundNoRoom(): void {
    const attempt = this.#current as Attempt;
    const { name, reason } = attempt.backend;
    attempt.end('retried', new ProxyError('QUEUE_FULL', `${name} had no room left: ${reason}`));
    this.#current = null;
    this.#retried.turnedAway++;
    this.next();
  }

  /** The connection was ending, as nginx ends them after `keepalive_requests`. The backend has not failed, and what follows is no retry. */
  attemptNotTaken(error: ProxyError): void {
    if (this.#turnedAway >= MAX_TURNED_AWAY || !this.body.replayable) {
      this.attemptFailed(error);
      return;
    }
    this.#current?.end('retried', error, true);
    this.#current = null;
    this.#retried.turnedAway++;
    this.next();
  }

  attemptFailed(error: ProxyError): void {
    if (this.#mayRetry(error.code, 0)) this.#retry(error);
    else this.#giveUp(error);
  }

  attemptBrokeOff(error: ProxyError, how: 'reset' | 'close'): void {
    this.#finish('failed', error);
    this.events.onBrokenOff(error, how);
  }

  /** Drops the answer for a retry only when the budget has room at once: an answer in hand is worth more than a turn that may not come. */
  attemptIsRepeated(failure: ProxyError, status: number): boolean {
    if (!this.#mayRetry(failure.code, status)) return false;
    if (!this.#retried.enterBudget()) {
      this.exchange.note(`${status} not tried again: no retry budget was left`);
      return false;
    }
    this.#retry(failure);
    return true;
  }

  /** A retry counts in the budget until its answer begins (Envoy): one that streams for hours must not use it up. */
  attemptResponds(): void {
    this.#retries?.leaveBudget();
  }

  attemptAnswered(): void {
    this.#finish('answered', null);
  }

  // ── another one ────────────────────────────────────────────────────────────────────────────────────────────────────

  get #tried(): Backend[] | null {
    return this.#retries?.tried ?? null;
  }

  get #turnedAway(): number {
    return this.#retries?.turnedAway ?? 0;
  }

  get #retried(): Retries {
    return (this.#retries ??= new Retries(this));
  }

  /** `status`: of the answer that is to be asked for again; 0: there was none. */
  #mayRetry(code: ErrorCode, status: number): boolean {
    const { pool, only } = this.upstream;
    const isUnseen = code === 'REFUSED_STREAM';
    if (only && !isUnseen) return false;
    const sent = this.#current?.sent ?? false;
    const refusals = this.#retries?.refusals ?? 0;
    const question = {
      code,
      status,
      method: this.exchange.outgoing.method,
      sent,
      attempts: this.exchange.attempts.length - this.#turnedAway - refusals,
      refusals,
      replayable: this.body.replayable && (!sent || isUnseen || !this.body.full),
    };
    return mayRetry(question, pool.config.retry);
  }

  #retry(error: ProxyError): void {
    const failed = this.#current as Attempt;
    const retries = this.#retried;
    retries.failedAt(failed.backend, error);
    failed.end('retried', error);
    retries.wait(
      () => this.next(),
      () => this.#giveUp(error),
    );
  }

  // ── all are over ───────────────────────────────────────────────────────────────────────────────────────────────────

  #giveUp(error: ProxyError): void {
    this.#finish('failed', error);
    this.events.onNoResponse(error);
  }

  /** The exchange ends before its attempts do: the client left, a rule or a deadline gave up. */
  cancel(error: ProxyError): void {
    this.#finish('failed', error);
  }

  /** The walk has ended: what remains of the response is not wanted. */
  destroy(): void {
    this.#finish('answered', null);
  }

  #finish(outcome: 'answered' | 'failed', error: ProxyError | null): void {
    if (this.#over) return;
    this.#over = true;
    this.upstream.pool.load.exchanges.add(-1);
    this.#leaveQueue?.();
    this.#retries?.cancelWait();
    this.#current?.end(outcome, error);
    this.attemptResponds();
  }
}

function whyNone(pool: Pool, only: Backend | null): string {
  return only
    ? `backend ${only.name} of pool ${pool.name}, which alone is asked for, is not available: ${only.reason}`
    : `no backend of pool ${pool.name} is available: ${pool.unavailableReasons()}`;
}
