/**
 * One exchange through its phases, and the only place that knows their order: route → request rules → attempts → response
 * rules → record. The half up to a response is here, the other one in `ResponseWalk`. Callbacks drive it; on the plain path it makes
 * no promise, no timer and no closure.
 */

import type { ClientEvents, ClientStream } from './downstream/client-stream.ts';
import { ENGINE_ENDED, ProxyError } from './errors.ts';
import type { LiveExchange } from './exchange.ts';
import type { Headers } from './http/headers.ts';
import { type CompiledRoute, enterRoute } from './match/router.ts';
import type { AttemptsEvents, Upstream } from './phases/attempt-series.ts';
import { Attempts } from './phases/attempts.ts';
import { ClientRequest } from './phases/client-request.ts';
import { type Decision, type DecisionInput, decide, toPool } from './phases/decision.ts';
import { answerAtLastHop } from './phases/max-forwards.ts';
import { carryOutRequest, type RequestOutcome, takesTime } from './phases/request-phase.ts';
import { ResponseWalk } from './phases/response-walk.ts';
import { armTotalTimeout } from './phases/total-timeout.ts';
import type { ProxyContext, Snapshot } from './proxy-context.ts';
import { addRequestEffect, type RequestEffects } from './rules/effects.ts';

export class ExchangeWalk extends ResponseWalk implements ClientEvents, AttemptsEvents, DecisionInput {
  readonly #request: ClientRequest;
  /** What is noted of a client that says nothing any more, and the mark before that; null: nothing. */
  #silence: { before: LiveExchange['mark']; notes: string[] } | null = null;

  constructor(exchange: LiveExchange, client: ClientStream, snapshot: Snapshot, context: ProxyContext) {
    super(exchange, client, snapshot, context);
    this.#request = new ClientRequest(exchange, client, context, this);
    context.load.inFlight++;
    context.recorder?.begun(exchange);
  }

  // ── the way to a response ──────────────────────────────────────────────────────────────────────────────────────────

  onStart(): void {
    const lastHop = answerAtLastHop(this.exchange);
    if (lastHop) {
      this.answer(lastHop);
      return;
    }
    const route = this.snapshot.router.find(this.exchange);
    if (route) enterRoute(this.exchange, route);
    const effects = this.#holdIfAwaited(this.snapshot.rules.applyRequest(this.exchange));
    this.throttle = effects?.throttle ?? null;
    if (this.throttle?.up) this.#request.pace(this.throttle.up);
    if (effects && takesTime(effects)) void this.#prepare(route, effects);
    else this.#decide(route, effects);
  }

  /** Instead of `onStart`: without routes and rules. `backend` null: the pool's policy picks. */
  startAt(pool: string, backend: string | null): void {
    this.ruled = true;
    this.#carryOut(toPool(pool, backend, this, 'chosen by who sent it'), null);
  }

  /** A person may wait for this exchange without a rule: it is held on its way there, or its response is. */
  #holdIfAwaited(effects: RequestEffects | null): RequestEffects | null {
    const phase = this.context.breakpoints.takeNext(this.exchange, 'request');
    this.awaitsResponse = phase === 'response';
    return phase === 'request' ? addRequestEffect(effects, { kind: 'breakpoint' }) : effects;
  }

  /** The slow path: only when a rule asked for something that takes time. */
  async #prepare(route: CompiledRoute | null, effects: RequestEffects): Promise<void> {
    const [exchange, client, context, request] = [this.exchange, this.client, this.context, this.#request];
    const outcome = await carryOutRequest(effects, {
      exchange,
      client,
      context,
      request,
      onAsked: () => this.personIsAsked(),
      onDecided: () => this.personHasDecided(),
    });
    if (this.done) {
      if (outcome.kind === 'file') void outcome.file.close();
    } else if (outcome.kind === 'forward') this.#decide(route, effects);
    else this.#carryOut(outcome, route);
  }

  #decide(route: CompiledRoute | null, effects: RequestEffects | null): void {
    this.#carryOut(decide(route, effects, this), route);
  }

  #carryOut(what: Decision | Exclude<RequestOutcome, { kind: 'forward' }>, route: CompiledRoute | null): void {
    switch (what.kind) {
      case 'upstream':
        this.#send(what, route);
        return;
      case 'answer':
        this.answer(what.answer);
        return;
      case 'file':
        this.sendFile(what);
        return;
      case 'abort':
        this.abortByRule(what.mode);
        return;
      case 'fail':
        this.fail(what.error);
    }
  }

  #send(upstream: Upstream, route: CompiledRoute | null): void {
    if (route?.mirror) this.#request.copyTo(route.mirror);
    const attempts = new Attempts(this.exchange, this.#request.body, upstream, this.context, this);
    this.attempts = attempts;
    this.#request.goesTo(attempts);
    this.response.source = attempts;
    armTotalTimeout(this, upstream.pool);
    attempts.start();
  }

  // ── the request body ───────────────────────────────────────────────────────────────────────────────────────────────

  onRequestBody(chunk: Buffer): void {
    this.#request.add(chunk);
  }

  onRequestEnd(trailers: Headers | null): void {
    this.#request.end(trailers);
  }

  onClientTurnEnd(): void {
    this.#request.turnEnd();
    if (!this.done) this.client.flush();
  }

  onRequestWanted(): void {
    this.#request.wanted();
  }

  onClientDrain(): void {
    this.response.drained();
  }

  onClientError(error: ProxyError): void {
    if (this.done) return;
    this.noPersonIsAsked();
    if (error.code !== 'CLIENT_GONE' && error.code !== 'MIRROR_GIVEN_UP') {
      this.onBodyBroken(error);
      return;
    }
    const why = this.context.load.isCutOff ? new ProxyError('INTERRUPTED', ENGINE_ENDED) : error;
    this.attempts?.cancel(why);
    this.exchange.error = why;
    this.finish();
  }

  onClientSilent(note: string): void {
    if (this.done || this.exchange.mark?.note?.includes(note)) return;
    this.#silence ??= { before: this.exchange.mark, notes: [] };
    this.#silence.notes.push(note);
    this.exchange.note(note);
    this.context.recorder?.opened(this.exchange);
    this.context.onProgress();
  }

  protected stopRequest(): void {
    this.#request.stop();
    if (this.exchange.error?.code === 'CLIENT_GONE') this.#forgetSilence();
  }

  /** It had left: that says all. */
  #forgetSilence(): void {
    if (this.#silence === null) return;
    const { before, notes } = this.#silence;
    const onlyOurs = [before?.note, ...notes].filter((note) => note !== undefined).join('; ');
    if (this.exchange.mark?.note === onlyOurs) this.exchange.mark = before;
  }
}
