/**
 * One exchange through its phases, and the only place that knows their order: route → request rules → attempts → response
 * rules → record. Callbacks drive it; on the plain path it makes no promise, no timer and no closure.
 */

import type { Deadline } from './deadlines.ts';
import type { ClientEvents, ClientStream } from './downstream/client-stream.ts';
import { ProxyError } from './errors.ts';
import type { LiveExchange } from './exchange.ts';
import { endsWithGrpcStatus } from './grpc/call.ts';
import { grpcErrorTrailers } from './grpc/status.ts';
import { httpDate } from './http/date.ts';
import type { Headers } from './http/headers.ts';
import { announcedLength, type ResponseHead } from './http/message.ts';
import type { CompiledRoute } from './match/router.ts';
import { errorAnswerTo, reasonOf } from './phases/answers.ts';
import type { AttemptsEvents, Upstream } from './phases/attempt-series.ts';
import { Attempts } from './phases/attempts.ts';
import { ClientRequest } from './phases/client-request.ts';
import { ClientResponse } from './phases/client-response.ts';
import { type Decision, type DecisionInput, decide, toPool } from './phases/decision.ts';
import { fileHead, readFileBody } from './phases/local-response.ts';
import { answerAtLastHop } from './phases/max-forwards.ts';
import { carryOutRequest, type LocalFile, type RequestOutcome, takesTime } from './phases/request-phase.ts';
import { carryOutResponse, holdsResponse } from './phases/response-phase.ts';
import { armTotalTimeout, totalTimeoutError } from './phases/total-timeout.ts';
import { relayUpgraded } from './phases/upgraded.ts';
import type { ProxyContext, Snapshot } from './proxy-context.ts';
import type { Answer } from './rules/answer.ts';
import { readAnswer } from './rules/answer-body.ts';
import type { BodyOwner, BodyStream } from './rules/body-stream.ts';
import {
  type AbortMode,
  addRequestEffect,
  addResponseEffect,
  type RequestEffects,
  type ResponseEffects,
  type Throttle,
} from './rules/effects.ts';
import type { BackendStream } from './upstream/backend-stream.ts';

export class ExchangeWalk implements ClientEvents, AttemptsEvents, BodyOwner, Deadline, DecisionInput {
  /** Of the whole exchange, when the pool has `timeouts.total` or the client sent `grpc-timeout`. */
  deadlineAt = Number.POSITIVE_INFINITY;
  readonly exchange: LiveExchange;
  readonly context: ProxyContext;
  readonly snapshot: Snapshot;
  readonly #client: ClientStream;
  readonly #request: ClientRequest;
  readonly #response: ClientResponse;
  #attempts: Attempts | null = null;
  #throttle: Throttle | null = null;
  /** A person waits for the response. */
  #awaitsResponse = false;
  /** Response rules have acted: they do so once, whatever takes the place of a response afterwards. */
  #ruled = false;
  #done = false;

  constructor(exchange: LiveExchange, client: ClientStream, snapshot: Snapshot, context: ProxyContext) {
    this.exchange = exchange;
    this.#client = client;
    this.#request = new ClientRequest(exchange, client, context, this);
    this.#response = new ClientResponse(exchange, client, context);
    this.snapshot = snapshot;
    this.context = context;
    context.load.inFlight++;
    context.recorder?.begun(exchange);
  }

  // ── request phase ──────────────────────────────────────────────────────────────────────────────────────────────────

  onStart(): void {
    const lastHop = answerAtLastHop(this.exchange);
    if (lastHop) {
      this.#answer(lastHop);
      return;
    }
    const route = this.snapshot.router.find(this.exchange);
    this.exchange.route = route?.name;
    if (route?.to.kind === 'pool') this.exchange.pool = route.to.pool;
    else if (route?.to.kind === 'split') this.exchange.pool = route.to.choose(this.exchange);
    const effects = this.#holdIfAwaited(this.snapshot.rules.applyRequest(this.exchange));
    this.#throttle = effects?.throttle ?? null;
    if (this.#throttle?.upBytesPerSecond !== undefined) this.#request.pace(this.#throttle.upBytesPerSecond);
    if (effects && takesTime(effects)) void this.#prepare(route, effects);
    else this.#decide(route, effects);
  }

  /** A person may wait for this exchange without a rule. */
  #holdIfAwaited(effects: RequestEffects | null): RequestEffects | null {
    const phase = this.context.breakpoints.takeNext(this.exchange);
    this.#awaitsResponse = phase === 'response';
    return phase === 'request' ? addRequestEffect(effects, { kind: 'breakpoint' }) : effects;
  }

  /** The slow path: only when a rule asked for something that takes time. */
  async #prepare(route: CompiledRoute | null, effects: RequestEffects): Promise<void> {
    const [exchange, client, context, request] = [this.exchange, this.#client, this.context, this.#request];
    const outcome = await carryOutRequest(effects, { exchange, client, context, request });
    if (this.#done) {
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
        this.#answer(what.answer);
        return;
      case 'file':
        this.#sendFile(what);
        return;
      case 'abort':
        this.#abortByRule(what.mode);
        return;
      case 'fail':
        this.#fail(what.error);
    }
  }

  /** Starts without routes and rules. `backend` null: the pool's policy picks. */
  startAt(pool: string, backend: string | null): void {
    this.#carryOut(toPool(pool, backend, this), null);
  }

  #send(upstream: Upstream, route: CompiledRoute | null): void {
    if (route?.mirror) this.#request.copyTo(route.mirror);
    const attempts = new Attempts(this.exchange, this.#request.body, upstream, this.context, this);
    this.#attempts = attempts;
    this.#request.goesTo(attempts);
    this.#response.source = attempts;
    armTotalTimeout(this, upstream.pool);
    attempts.start();
  }

  #answer(answer: Answer): void {
    this.exchange.mocked = true;
    if (answer.error) this.exchange.error = new ProxyError(answer.error, 'refused by a rule');
    readAnswer(answer, (error, body) => {
      if (error) this.#fail(error);
      else this.#sendOwn(answer.status, answer.headers, body);
    });
  }

  #abortByRule(mode: AbortMode): void {
    const error = new ProxyError('ABORTED_BY_RULE', `aborted by a rule (${mode})`);
    this.exchange.error = error;
    this.#attempts?.cancel(error);
    if (mode === 'hang') this.#client.hang();
    else this.#client.abort(mode);
    this.#finish();
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
    if (!this.#done) this.#client.flush();
  }

  onRequestWanted(): void {
    this.#request.wanted();
  }

  onClientDrain(): void {
    this.#response.drained();
  }

  onClientError(error: ProxyError): void {
    if (this.#done) return;
    this.context.breakpoints.drop(this.exchange.id);
    if (error.code !== 'CLIENT_GONE' && error.code !== 'MIRROR_GIVEN_UP') {
      this.onBodyBroken(error);
      return;
    }
    this.#attempts?.cancel(error);
    this.exchange.error = error;
    this.#finish();
  }

  onClientSilent(note: string): void {
    if (this.#done || this.exchange.mark?.note?.includes(note)) return;
    this.exchange.note(note);
    this.context.recorder?.opened(this.exchange);
    this.context.onProgress();
  }

  /** `timeouts.total` or `grpc-timeout` has passed. */
  onDeadline(): void {
    this.onBodyBroken(totalTimeoutError(this.exchange, (this.#attempts as Attempts).upstream.pool));
  }

  /** What has begun cannot be finished. */
  onBodyBroken(error: ProxyError): void {
    this.#attempts?.cancel(error);
    if (this.#response.begun) this.onBrokenOff(error, 'reset');
    else this.#fail(error);
  }

  // ── response phase ─────────────────────────────────────────────────────────────────────────────────────────────────

  onInformation(head: ResponseHead): void {
    this.#client.inform(head.status, head.reason, head.headers);
  }

  onResponse(head: ResponseHead): void {
    this.exchange.answered = { status: head.status, reason: head.reason, headers: head.headers };
    this.#attempts?.stick();
    // It would lead the client around this proxy (RFC 7838); what came stays visible on the exchange.
    if (head.headers.has('alt-svc')) this.exchange.editResponseHeaders().delete('alt-svc');
    this.#enterResponse(announcedLength(head));
  }

  /** A response is there, a backend's or our own: rules act on it, then its head goes out or waits for what they asked for. */
  #enterResponse(length: number): void {
    // A response without one gets one on its way (RFC 9110 §6.6.1); what came stays visible on the exchange.
    if (this.exchange.answered?.headers.has('date') === false)
      this.exchange.editResponseHeaders().append('Date', httpDate(this.context.clock.epoch()));
    const effects = this.#ruled ? null : this.#responseEffects();
    this.#pace(effects?.throttle ?? null);
    if (effects?.abort && effects.delayMs === 0) this.#abortByRule(effects.abort);
    else if (effects && (effects.abort || holdsResponse(effects))) void this.#hold(length, effects);
    else this.#response.head(length);
  }

  #responseEffects(): ResponseEffects | null {
    this.#ruled = true;
    const effects = this.snapshot.rules.applyResponse(this.exchange);
    return this.#awaitsResponse ? addResponseEffect(effects, { kind: 'breakpoint' }) : effects;
  }

  #pace(throttle: Throttle | null): void {
    const ofRules = throttle?.downBytesPerSecond ?? this.#throttle?.downBytesPerSecond ?? Number.POSITIVE_INFINITY;
    const rate = Math.min(ofRules, this.#attempts?.bytesPerSecond ?? Number.POSITIVE_INFINITY);
    if (rate !== Number.POSITIVE_INFINITY) this.#response.pace(rate, this);
  }

  /** The slow path: the response waits for what rules asked for. */
  async #hold(length: number, effects: ResponseEffects): Promise<void> {
    const held = this.#response.hold();
    const [exchange, context] = [this.exchange, this.context];
    const onWanted = () => this.#response.source?.resume();
    const onStreamed = (stream: BodyStream) => this.#response.editBy(stream, this);
    const input = { exchange, context, body: held, lengthBytes: length, onWanted, onStreamed };
    const verdict = await carryOutResponse(effects, input);
    if (this.#done || !this.#response.isHolding(held)) return;
    const abort = verdict.abort ?? effects.abort;
    if (abort) this.#abortByRule(abort);
    else if (verdict.answer) this.#replaceResponse(verdict.answer);
    else if (this.#response.release(held, length)) this.#finish();
  }

  #replaceResponse(answer: Answer): void {
    this.#response.forget();
    this.#response.source?.destroy();
    this.#answer(answer);
  }

  onResponseBody(chunk: Buffer): void {
    this.#response.body(chunk);
  }

  onResponseEnd(trailers: Headers | null): void {
    if (this.#response.end(trailers)) this.#finish();
  }

  onResponseSent(): void {
    this.#finish();
  }

  onResponseTurnEnd(): void {
    this.#response.turnEnd();
  }

  onSwitched(head: ResponseHead, stream: BackendStream, rest: Buffer): void {
    this.exchange.answered = { status: 101, reason: head.reason, headers: head.headers };
    const effects = this.#responseEffects();
    if (effects?.abort) {
      this.#abortByRule(effects.abort);
      return;
    }
    if (effects && holdsResponse(effects))
      this.exchange.note('a switch of protocols is not held and has no body to edit');
    this.exchange.answered.status = 101;
    this.#response.switchProtocols(head.reason, this.exchange.answered.headers);
    const backend = { socket: stream.detach(), rest };
    const fault = this.#attempts?.streamFault ?? null;
    relayUpgraded(this.exchange, this.#client.detach(), backend, fault, this.context, {
      onCut: (error, how) => {
        this.exchange.error = error;
        this.#attempts?.cancel(error);
        this.#client.abort(how);
      },
      onEnd: () => {
        this.#attempts?.destroy();
        this.#finish();
      },
    });
  }

  // ── ends ───────────────────────────────────────────────────────────────────────────────────────────────────────────

  onNoResponse(error: ProxyError): void {
    this.#fail(error);
  }

  /** The response has begun and cannot be finished: the client must not take it for whole. */
  onBrokenOff(error: ProxyError, how: 'reset' | 'close'): void {
    this.exchange.error = error;
    if (this.#response.begun && error.resetCode === undefined && endsWithGrpcStatus(this.exchange)) {
      this.onResponseEnd(grpcErrorTrailers(error));
      return;
    }
    const abort = () => this.#abort(how, error.resetCode);
    if (!isCutOnPurpose(error) || !this.#response.breakOffInTime(abort)) abort();
  }

  #abort(how: 'reset' | 'close', resetCode: number | undefined): void {
    this.#client.flush();
    this.#client.abort(how, resetCode);
    this.#finish();
  }

  #fail(error: ProxyError): void {
    this.exchange.error = error;
    const { status, headers, body } = errorAnswerTo(this.exchange, error);
    this.#sendOwn(status, headers, body);
  }

  #sendOwn(status: number, headers: Headers, body: Buffer): void {
    if (this.#done) return;
    this.#response.forget();
    this.exchange.answered = { status, reason: reasonOf(status), headers };
    if (!headers.has('content-length')) headers.append('Content-Length', String(body.length));
    this.#enterResponse(body.length);
    if (this.#done) return;
    if (body.length > 0) this.onResponseBody(body);
    this.onResponseEnd(null);
  }

  #sendFile(local: LocalFile): void {
    this.exchange.mocked = true;
    this.exchange.answered = fileHead(local);
    this.#enterResponse(local.sizeBytes);
    if (!this.#done && local.sizeBytes > 0 && this.exchange.request.method !== 'HEAD') {
      this.#response.source = readFileBody(local, this);
      return;
    }
    void local.file.close();
    if (!this.#done) this.onResponseEnd(null);
  }

  #finish(): void {
    if (this.#done) return;
    this.#done = true;
    this.#request.stop();
    this.#response.stop();
    if (this.deadlineAt !== Number.POSITIVE_INFINITY) this.context.deadlines.delete(this);
    this.context.load.inFlight--;
    this.exchange.endedAt = this.context.clock.now();
    this.context.recorder?.record(this.exchange);
    this.context.onFinished(this.exchange);
  }
}

/** Where a fault cuts a body, all before that reaches the client, at its pace. */
function isCutOnPurpose({ code, byFault }: ProxyError): boolean {
  return byFault && code === 'TRUNCATED';
}
