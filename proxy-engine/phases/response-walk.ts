/**
 * The second half of an exchange's walk: from a response to the record. Whatever the response is, a backend's, a rule's answer, a
 * local file or our own error, the response rules act on it once, then it goes to the client, then the exchange is recorded.
 * The first half, which leads to a response, is `ExchangeWalk` (`proxy.ts`). Both are one object: an exchange costs no second one.
 */

import type { Deadline } from '../deadlines.ts';
import type { ClientStream } from '../downstream/client-stream.ts';
import { ProxyError } from '../errors.ts';
import type { LiveExchange } from '../exchange.ts';
import { endsWithGrpcStatus } from '../grpc/call.ts';
import { grpcErrorTrailers } from '../grpc/status.ts';
import { httpDate } from '../http/date.ts';
import type { Headers } from '../http/headers.ts';
import { announcedLength, type ResponseHead } from '../http/message.ts';
import { reasonOf } from '../http/own-answer.ts';
import type { ProxyContext, Snapshot } from '../proxy-context.ts';
import type { Answer } from '../rules/answer.ts';
import { readAnswer } from '../rules/answer-body.ts';
import type { BodyOwner, BodyStream } from '../rules/body-stream.ts';
import {
  type AbortMode,
  abortedByRule,
  addResponseEffect,
  type ResponseEffects,
  type Throttle,
} from '../rules/effects.ts';
import { type Link, linksOf, linksWithFault } from '../rules/link.ts';
import type { BackendStream } from '../upstream/backend-stream.ts';
import type { AttemptsEvents } from './attempt-series.ts';
import type { Attempts } from './attempts.ts';
import { ClientResponse } from './client-response.ts';
import { errorAnswerTo } from './error-answer.ts';
import { fileHead, readFileBody } from './local-response.ts';
import type { LocalFile } from './request-phase.ts';
import { carryOutResponse, holdsResponse } from './response-phase.ts';
import { StoredBody } from './stored-body.ts';
import { dropDeadline, dropDeadlineOfStream, endWithin, totalTimeoutError } from './total-timeout.ts';
import { relayUpgraded } from './upgraded.ts';

/** Of a backend's response: what would lead the client around this proxy (RFC 7838), and what says that this proxy failed. */
const KEPT_BACK = ['alt-svc', 'x-switchyard-error'] as const;

export abstract class ResponseWalk implements Omit<AttemptsEvents, 'onRequestWanted'>, BodyOwner, Deadline {
  /** Of the whole exchange, when the pool has `timeouts.total` or the client sent `grpc-timeout`. */
  deadlineAt = Number.POSITIVE_INFINITY;
  readonly exchange: LiveExchange;
  readonly context: ProxyContext;
  readonly snapshot: Snapshot;
  protected readonly client: ClientStream;
  protected readonly response: ClientResponse;
  /** null: no backend has been asked. */
  protected attempts: Attempts | null = null;
  /** Of the request rules; those of the response come before it. */
  protected throttle: Throttle | null = null;
  /** A person waits for the response. */
  protected awaitsResponse = false;
  /** A person is asked about a held message: what is left of the time that the exchange may take, milliseconds; -1: nobody is. */
  #askedWithMsLeft = -1;
  /** The exchange has been recorded; whatever still comes is ignored. */
  protected done = false;
  /** Response rules have acted: they do so once, whatever takes the place of a response afterwards; or none may. */
  protected ruled = false;

  constructor(exchange: LiveExchange, client: ClientStream, snapshot: Snapshot, context: ProxyContext) {
    this.exchange = exchange;
    this.client = client;
    this.response = new ClientResponse(exchange, client, context);
    this.snapshot = snapshot;
    this.context = context;
  }

  /** Lets go of the request: the exchange has ended. */
  protected abstract stopRequest(): void;

  // ── a backend's response ───────────────────────────────────────────────────────────────────────────────────────────

  onInformation(head: ResponseHead): void {
    this.exchange.traceInterim(head);
    this.client.inform(head.status, head.reason, head.headers);
  }

  onResponse(head: ResponseHead): void {
    this.exchange.answered = { status: head.status, reason: head.reason, headers: head.headers };
    this.attempts?.stick();
    // What came stays visible on the exchange.
    for (const name of KEPT_BACK) if (head.headers.has(name)) this.exchange.editResponseHeaders().delete(name);
    this.#enterResponse(announcedLength(head));
  }

  onResponseBody(chunk: Buffer): void {
    this.response.body(chunk);
  }

  onResponseEnd(trailers: Headers | null): void {
    if (this.response.end(trailers)) this.finish();
  }

  onResponseSent(): void {
    this.finish();
  }

  onResponseTurnEnd(): void {
    this.response.turnEnd();
  }

  onSwitched(head: ResponseHead, stream: BackendStream, rest: Buffer): void {
    this.exchange.answered = { status: 101, reason: head.reason, headers: head.headers };
    const effects = this.#applyRules();
    if (effects?.abort) {
      this.abortByRule(effects.abort);
      return;
    }
    if (effects && holdsResponse(effects))
      this.exchange.note('a switch of protocols is not held and has no body to edit');
    if (this.exchange.answered.status !== 101) this.exchange.note('a switch of protocols keeps its status, 101');
    this.exchange.answered.status = 101;
    this.response.switchProtocols(head.reason, this.exchange.answered.headers);
    dropDeadline(this);
    this.#relay(stream, rest, effects?.throttle ?? null);
  }

  #relay(stream: BackendStream, rest: Buffer, throttle: Throttle | null): void {
    const ends = { client: this.client.detach(), backend: { socket: stream.detach(), rest } };
    const limits = {
      up: { links: linksOf(this.throttle?.up) },
      down: { links: this.#downLinks(throttle) ?? [], cut: this.attempts?.cut ?? null },
    };
    relayUpgraded(this.exchange, ends, limits, this.context, {
      onCut: (error, how) => {
        this.exchange.error = error;
        this.attempts?.cancel(error);
        this.client.abort(how);
      },
      onEnd: () => {
        this.attempts?.destroy();
        this.finish();
      },
    });
  }

  // ── our own ────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** The answer of a rule or a route. */
  protected answer(answer: Answer): void {
    this.exchange.mocked = true;
    if (answer.error) this.exchange.error = new ProxyError(answer.error, 'refused by a rule');
    readAnswer(answer, (error, body) => {
      if (error) this.fail(error);
      else this.#sendOwn(answer.status, answer.headers, body);
    });
  }

  protected sendFile(local: LocalFile): void {
    this.exchange.mocked = true;
    this.exchange.answered = fileHead(local);
    this.#enterResponse(local.sizeBytes);
    if (!this.done && local.sizeBytes > 0 && this.exchange.request.method !== 'HEAD') {
      this.response.source = readFileBody(local, this);
      return;
    }
    void local.file.close();
    if (!this.done) this.onResponseEnd(null);
  }

  /** Ends with an error before a response has begun: the client gets an answer that says so. */
  protected fail(error: ProxyError): void {
    this.exchange.error = error;
    const { status, headers, body } = errorAnswerTo(this.exchange, error);
    this.#sendOwn(status, headers, body);
  }

  onNoResponse(error: ProxyError): void {
    this.fail(error);
  }

  #sendOwn(status: number, headers: Headers, body: Buffer): void {
    if (this.done) return;
    this.response.forget();
    this.exchange.answered = { status, reason: reasonOf(status), headers };
    // What a rule or a person says of the length frames the body; where none goes out, it tells that of another answer.
    const isTold = this.exchange.request.method === 'HEAD' || status === 304;
    if (!isTold || !headers.has('content-length')) headers.set('Content-Length', String(body.length));
    this.#enterResponse(body.length);
    if (this.done) return;
    const stored = new StoredBody(body.length > 0 ? [body] : [], null, {
      onBody: (piece) => this.onResponseBody(piece),
      onTurnEnd: () => this.onResponseTurnEnd(),
      onEnd: () => this.onResponseEnd(null),
    });
    this.response.source = stored;
    stored.resume();
  }

  // ── rules act on it ────────────────────────────────────────────────────────────────────────────────────────────────

  /** `exchange.answered` is there: rules act on it, then its head goes out or waits for what they asked for. `length`: as in `ClientStream.respond`. */
  #enterResponse(length: number): void {
    dropDeadlineOfStream(this);
    // A response without one gets one on its way (RFC 9110 §6.6.1); what came stays visible on the exchange.
    if (this.exchange.answered?.headers.has('date') === false)
      this.exchange.editResponseHeaders().append('Date', httpDate(this.context.clock.epoch()));
    const effects = this.ruled ? null : this.#applyRules();
    this.#pace(effects?.throttle ?? null);
    if (effects?.abort && effects.delayMs === 0) this.abortByRule(effects.abort);
    else if (effects && (effects.abort || holdsResponse(effects))) void this.#hold(length, effects);
    else this.response.head(length);
  }

  /** null: nothing is left to do. */
  #applyRules(): ResponseEffects | null {
    this.ruled = true;
    const effects = this.snapshot.rules.applyResponse(this.exchange);
    this.awaitsResponse ||= this.context.breakpoints.takeNext(this.exchange, 'response') === 'response';
    return this.awaitsResponse ? addResponseEffect(effects, { kind: 'breakpoint' }) : effects;
  }

  #pace(throttle: Throttle | null): void {
    const links = this.#downLinks(throttle);
    if (links) this.response.pace(links, this);
  }

  /** `throttle`: of the response rules, which come before those of the request. */
  #downLinks(throttle: Throttle | null): readonly Link[] | null {
    const faultBytesPerSecond = this.attempts?.bytesPerSecond ?? Number.POSITIVE_INFINITY;
    return linksWithFault(throttle?.down ?? this.throttle?.down, faultBytesPerSecond);
  }

  /** The slow path: the response waits for what rules asked for. */
  async #hold(length: number, effects: ResponseEffects): Promise<void> {
    const held = this.response.hold();
    const [exchange, context] = [this.exchange, this.context];
    const onWanted = () => this.response.source?.resume();
    const onStreamed = (stream: BodyStream) => this.response.editBy(stream, this);
    const verdict = await carryOutResponse(effects, {
      exchange,
      context,
      body: held,
      lengthBytes: length,
      onWanted,
      onStreamed,
      onAsked: () => this.personIsAsked(),
      onDecided: () => this.personHasDecided(),
    });
    if (this.done || !this.response.isHolding(held)) return;
    const abort = verdict.abort ?? effects.abort;
    if (abort) this.abortByRule(abort);
    else if (verdict.answer) this.#replaceResponse(verdict.answer);
    else this.response.release(held, length, this);
  }

  #replaceResponse(answer: Answer): void {
    this.response.forget();
    this.response.source?.destroy();
    this.answer(answer);
  }

  // ── a person is asked ────────────────────────────────────────────────────────────────────────────────────────────────

  /** Their time does not count: the deadline of the exchange stands still. */
  protected personIsAsked(): void {
    this.#askedWithMsLeft = dropDeadline(this);
  }

  protected personHasDecided(): void {
    const msLeft = this.#askedWithMsLeft;
    this.#askedWithMsLeft = -1;
    if (!this.done && msLeft >= 0) endWithin(this, msLeft);
  }

  /** The exchange goes on without their word. */
  protected noPersonIsAsked(): void {
    if (this.#askedWithMsLeft >= 0) this.context.breakpoints.drop(this.exchange.id);
  }

  // ── ends ───────────────────────────────────────────────────────────────────────────────────────────────────────────

  protected abortByRule(mode: AbortMode): void {
    // Of a person it is known already.
    const error = this.exchange.error?.code === 'ABORTED_BY_RULE' ? this.exchange.error : abortedByRule(mode);
    this.exchange.error = error;
    this.attempts?.cancel(error);
    if (mode === 'hang') this.client.hang();
    else this.client.abort(mode);
    this.finish();
  }

  /** `timeouts.total` or `grpc-timeout` has passed. */
  onDeadline(): void {
    this.context.deadlines.delete(this);
    this.onBodyBroken(totalTimeoutError(this.exchange, (this.attempts as Attempts).upstream.pool));
  }

  /** What has begun cannot be finished. */
  onBodyBroken(error: ProxyError): void {
    this.attempts?.cancel(error);
    if (this.response.begun) this.onBrokenOff(error, 'reset');
    else this.fail(error);
  }

  /** The response has begun and cannot be finished: the client must not take it for whole. */
  onBrokenOff(error: ProxyError, how: 'reset' | 'close'): void {
    this.exchange.error = error;
    if (this.response.begun && error.resetCode === undefined && endsWithGrpcStatus(this.exchange)) {
      this.onResponseEnd(grpcErrorTrailers(error));
      return;
    }
    const abort = () => this.#abort(how, error.resetCode);
    if (!isCutOnPurpose(error) || !this.response.breakOffInTime(abort)) abort();
  }

  #abort(how: 'reset' | 'close', resetCode: number | undefined): void {
    this.client.flush();
    this.client.abort(how, resetCode);
    this.finish();
  }

  /** Records the exchange as it stands; once. */
  protected finish(): void {
    if (this.done) return;
    this.done = true;
    this.stopRequest();
    this.response.stop();
    dropDeadline(this);
    this.noPersonIsAsked();
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
