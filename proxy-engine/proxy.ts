/**
 * One exchange through its phases, and the only place that knows their order: route → request rules → attempts → response
 * rules → record. Callbacks drive it; on the plain path it makes no promise, no timer and no closure.
 */
import { errorAnswer, reasonOf } from './answers.ts';
import type { AttemptsEvents, Upstream } from './attempt-series.ts';
import { Attempts } from './attempts.ts';
import { BufferedBody } from './buffered-body.ts';
import { ClientResponse } from './client-response.ts';
import type { Deadline } from './deadlines.ts';
import type { ClientEvents, ClientStream } from './downstream/client-stream.ts';
import { ProxyError } from './errors.ts';
import type { LiveExchange } from './exchange.ts';
import { grpcErrorHeaders, grpcErrorTrailers, grpcTimeoutMs, isGrpc } from './grpc/status.ts';
import { Headers } from './http/headers.ts';
import type { ResponseHead } from './http/message.ts';
import type { CompiledRoute } from './match/router.ts';
import { answerAtLastHop } from './max-forwards.ts';
import { Mirror } from './mirror.ts';
import { Pacer } from './pacer.ts';
import type { ProxyContext, Snapshot } from './proxy-context.ts';
import { carryOutRequest, type LocalFile, takesTime } from './request-phase.ts';
import { carryOutResponse, holdsResponse } from './response-phase.ts';
import type { Answer } from './rules/answer.ts';
import { readAnswer } from './rules/answer-body.ts';
import {
  type AbortMode,
  addRequestEffect,
  addResponseEffect,
  type OriginOverride,
  type RequestEffects,
  type ResponseEffects,
  type Throttle,
} from './rules/effects.ts';
import { relayUpgraded } from './upgraded.ts';
import type { BackendStream } from './upstream/backend-stream.ts';
import { hopThrough, loopThrough } from './upstream/upstream-proxy.ts';

const DEFAULT_BUFFER_BYTES = 64 * 1024;
const FILE_CHUNK_BYTES = 64 * 1024;
const NO_BODY = Buffer.alloc(0);

/** Where the response body comes from: the attempts, or a file. */
interface Source {
  pause(): unknown;
  resume(): unknown;
  destroy?(): unknown;
}

export class ExchangeWalk implements ClientEvents, AttemptsEvents, Deadline {
  /** Of the whole exchange, when the pool has `timeouts.total` or the client sent `grpc-timeout`. */
  deadlineAt = Number.POSITIVE_INFINITY;
  readonly #exchange: LiveExchange;
  readonly #client: ClientStream;
  readonly #response: ClientResponse;
  readonly #context: ProxyContext;
  readonly #snapshot: Snapshot;
  readonly #body = new BufferedBody(DEFAULT_BUFFER_BYTES);
  #upstream: Upstream | null = null;
  #attempts: Attempts | null = null;
  #source: Source | null = null;
  /** The response while rules hold it. */
  #held: BufferedBody | null = null;
  #mirror: Mirror | null = null;
  /** Lets the request body through at a rate. */
  #uplink: Pacer | null = null;
  #throttle: Throttle | null = null;
  /** A person waits for the response. */
  #awaitsResponse = false;
  #responded = false;
  /** Response rules have acted: they do so once, whatever takes the place of a response afterwards. */
  #ruled = false;
  #done = false;

  constructor(exchange: LiveExchange, client: ClientStream, snapshot: Snapshot, context: ProxyContext) {
    this.#exchange = exchange;
    this.#client = client;
    this.#response = new ClientResponse(exchange, client, context.clock);
    this.#snapshot = snapshot;
    this.#context = context;
    context.load.inFlight++;
    context.recorder?.begun(exchange);
  }

  // ── request phase ──────────────────────────────────────────────────────────────────────────────────────────────────

  onStart(): void {
    const lastHop = answerAtLastHop(this.#exchange);
    if (lastHop) {
      this.#answer(lastHop);
      return;
    }
    const route = this.#snapshot.router.find(this.#exchange);
    this.#exchange.route = route?.name;
    if (route?.to.kind === 'pool') this.#exchange.pool = route.to.pool;
    else if (route?.to.kind === 'split') this.#exchange.pool = route.to.choose(this.#exchange);
    const effects = this.#holdIfAwaited(this.#snapshot.rules.applyRequest(this.#exchange));
    if (effects?.throttle) this.#slowDown(effects.throttle);
    if (effects && takesTime(effects)) void this.#prepare(route, effects);
    else this.#decide(route, effects);
  }

  /** A person may wait for this exchange without a rule. */
  #holdIfAwaited(effects: RequestEffects | null): RequestEffects | null {
    const phase = this.#context.breakpoints.takeNext(this.#exchange);
    this.#awaitsResponse = phase === 'response';
    return phase === 'request' ? addRequestEffect(effects, { kind: 'breakpoint' }) : effects;
  }

  #slowDown(throttle: Throttle): void {
    this.#throttle = throttle;
    if (throttle.upBytesPerSecond === undefined) return;
    this.#uplink = new Pacer(this.#context.clock, throttle.upBytesPerSecond, {
      write: (chunk) => {
        this.#take(chunk);
        this.#flushRequest();
        return true;
      },
      onRoom: () => this.#client.resume(),
      onDone: () => this.#requestEnded(),
    });
  }

  /** The slow path: only when a rule asked for something that takes time. */
  async #prepare(route: CompiledRoute | null, effects: RequestEffects): Promise<void> {
    const [exchange, client, context, body] = [this.#exchange, this.#client, this.#context, this.#body];
    const outcome = await carryOutRequest(effects, { exchange, client, context, body });
    if (this.#done) {
      if (outcome.kind === 'file') void outcome.file.close();
      return;
    }
    if (outcome.kind === 'abort') this.#abortByRule(outcome.mode);
    else if (outcome.kind === 'answer') this.#answer(outcome.answer);
    else if (outcome.kind === 'fail') this.#fail(outcome.error);
    else if (outcome.kind === 'file') this.#sendFile(outcome);
    else this.#decide(route, effects);
  }

  /** Answer, give up, or go to a backend. */
  #decide(route: CompiledRoute | null, effects: RequestEffects | null): void {
    if (effects?.abort) this.#abortByRule(effects.abort);
    else if (effects?.answer) this.#answer(effects.answer);
    else if (effects?.pool) this.#toPool(effects.pool, effects.backend?.backend ?? null, route);
    else if (effects?.origin) this.#toOrigin(effects.origin, route);
    else if (route?.to.kind === 'respond') this.#answer(route.to.answer(this.#exchange));
    else if (route?.to.kind === 'redirect') this.#redirect(route.to.status, route.to.location(this.#exchange));
    else if (route?.to.kind === 'original') this.#toOriginal(route);
    else if (this.#exchange.pool !== undefined) this.#toPool(this.#exchange.pool, null, route);
    else if (this.#exchange.forward) this.#toOriginal(null);
    else this.#fail(new ProxyError('NO_ROUTE', `no route holds for ${this.#exchange.method} ${this.#exchange.url}`));
  }

  #toOriginal(route: CompiledRoute | null): void {
    const { host, port, outgoing, destination } = this.#exchange;
    if (host === '') this.#fail(new ProxyError('BAD_REQUEST', 'the request names no host to send it to'));
    else {
      const { scheme } = outgoing;
      const origin = destination ? { scheme, ...destination, serverName: host } : { scheme, host, port };
      this.#toOrigin(origin, route);
    }
  }

  #toOrigin(origin: OriginOverride & { serverName?: string }, route: CompiledRoute | null): void {
    const proxy = this.#snapshot.upstreamProxies.choose(this.#exchange);
    const error = proxy && loopThrough(proxy, this.#exchange, this.#context);
    if (error) {
      this.#fail(error);
      return;
    }
    const { outgoing, switches } = this.#exchange;
    const { via } = this.#context;
    const hop = proxy && hopThrough(proxy, origin, { authority: outgoing.authority, switches, via });
    this.#send({ ...this.#context.origins.find(origin, hop), only: null }, route);
  }

  #toPool(name: string, backendName: string | null, route: CompiledRoute | null): void {
    this.#exchange.pool = name;
    const pool = this.#snapshot.pools.get(name);
    const lane = this.#snapshot.lanes.get(name);
    if (!pool || !lane) {
      this.#fail(new ProxyError('NO_BACKEND', `there is no pool ${name}`));
      return;
    }
    const only = backendName === null ? null : (pool.backends.find((backend) => backend.name === backendName) ?? null);
    this.#send({ pool, lane, only }, route);
  }

  #send(upstream: Upstream, route: CompiledRoute | null): void {
    if (route?.mirror) this.#copyTo(route.mirror);
    this.#upstream = upstream;
    const attempts = new Attempts(this.#exchange, this.#body, upstream, this.#context, this);
    this.#attempts = attempts;
    this.#source = attempts;
    const ofPool = upstream.pool.config.timeouts.total || Number.POSITIVE_INFINITY;
    const total = Math.min(ofPool, clientTimeoutMs(this.#exchange));
    if (total !== Number.POSITIVE_INFINITY) {
      this.deadlineAt = this.#context.clock.now() + total;
      this.#context.deadlines.add(this);
    }
    attempts.next();
  }

  /** A copy goes on its own way; this exchange never waits for it. */
  #copyTo({ pool, percent }: NonNullable<CompiledRoute['mirror']>): void {
    if (this.#exchange.switches || this.#context.random() * 100 >= percent) return;
    const mirror = new Mirror((client) => this.#context.copy(this.#exchange, client, pool));
    for (const chunk of this.#body.chunks) mirror.add(chunk);
    if (this.#body.ended) mirror.finish();
    this.#mirror = mirror;
  }

  /** Starts without routes and rules. `backend` null: the pool's policy picks. */
  startAt(pool: string, backend: string | null): void {
    this.#toPool(pool, backend, null);
  }

  #redirect(status: number, location: string): void {
    this.#answer({ status, headers: new Headers(['Location', location]), body: null, bodyFile: null, error: null });
  }

  #answer(answer: Answer): void {
    this.#exchange.mocked = true;
    if (answer.error) this.#exchange.error = new ProxyError(answer.error, 'refused by a rule');
    readAnswer(answer, (error, body) => {
      if (error) this.#fail(error);
      else this.#sendOwn(answer.status, answer.headers, body);
    });
  }

  #abortByRule(mode: AbortMode): void {
    const error = new ProxyError('ABORTED_BY_RULE', `aborted by a rule (${mode})`);
    this.#exchange.error = error;
    this.#attempts?.cancel(error);
    if (mode === 'hang') this.#client.hang();
    else this.#client.abort(mode);
    this.#finish();
  }

  // ── the request body ───────────────────────────────────────────────────────────────────────────────────────────────

  onRequestBody(chunk: Buffer): void {
    this.#exchange.requestSizeBytes += chunk.length;
    this.#context.recorder?.body(this.#exchange, 'request', chunk);
    if (this.#done) return;
    if (this.#uplink) {
      if (!this.#uplink.push(chunk)) this.#client.pause();
    } else this.#take(chunk);
  }

  #take(chunk: Buffer): void {
    if (this.#done || this.#body.replaced) return;
    this.#body.add(chunk);
    this.#mirror?.add(chunk);
    const wantsMore = this.#attempts ? this.#attempts.bodyAdded(chunk) : !this.#body.full;
    if (!wantsMore) this.#client.pause();
  }

  onRequestEnd(trailers: Headers | null): void {
    this.#exchange.requestTrailers = trailers;
    if (this.#uplink) this.#uplink.end();
    else this.#requestEnded();
  }

  #requestEnded(): void {
    this.#body.end(this.#exchange.requestTrailers);
    this.#mirror?.finish();
    this.#attempts?.bodyEnded();
    if (this.#uplink) this.#flushRequest();
  }

  onClientTurnEnd(): void {
    this.#mirror?.turnEnd();
    this.#flushRequest();
    if (!this.#done) this.#client.flush();
  }

  #flushRequest(): void {
    if (this.#attempts && !this.#attempts.flush()) this.#client.pause();
  }

  onRequestWanted(): void {
    this.#client.resume();
  }

  onClientDrain(): void {
    this.#response.drained();
    this.#source?.resume();
  }

  onClientError(error: ProxyError): void {
    if (this.#done) return;
    this.#attempts?.cancel(error);
    this.#context.breakpoints.drop(this.#exchange.id);
    if (error.code === 'CLIENT_GONE') {
      this.#exchange.error = error;
      this.#finish();
    } else this.#fail(error);
  }

  /** `timeouts.total` or `grpc-timeout` has passed. */
  onDeadline(): void {
    const ofPool = this.#upstream?.pool.config.timeouts.total || Number.POSITIVE_INFINITY;
    const ofClient = clientTimeoutMs(this.#exchange);
    // A client that waits for too short a time says nothing about the backend.
    const error =
      ofClient < ofPool
        ? new ProxyError('DEADLINE_EXCEEDED', `not done within ${ofClient} ms (grpc-timeout)`)
        : new ProxyError('TOTAL_TIMEOUT', `not done within ${ofPool} ms`);
    this.#attempts?.cancel(error);
    if (this.#responded) this.onBrokenOff(error, 'reset');
    else this.#fail(error);
  }

  // ── response phase ─────────────────────────────────────────────────────────────────────────────────────────────────

  onInformation(head: ResponseHead): void {
    this.#client.inform(head.status, head.reason, head.headers);
  }

  onResponse(head: ResponseHead): void {
    this.#exchange.answered = { status: head.status, reason: head.reason, headers: head.headers };
    this.#stick();
    // It would lead the client around this proxy (RFC 7838); what came stays visible on the exchange.
    if (head.headers.has('alt-svc')) this.#exchange.editResponseHeaders().delete('alt-svc');
    this.#enterResponse(lengthOf(head));
  }

  /** A response is there, a backend's or our own: rules act on it, then its head goes out or waits for what they asked for. */
  #enterResponse(length: number): void {
    const effects = this.#ruled ? null : this.#responseEffects();
    this.#pace(effects?.throttle ?? null);
    if (effects?.abort && effects.delayMs === 0) this.#abortByRule(effects.abort);
    else if (effects && (effects.abort || holdsResponse(effects))) void this.#hold(length, effects);
    else this.#respond(length);
  }

  #responseEffects(): ResponseEffects | null {
    this.#ruled = true;
    const effects = this.#snapshot.rules.applyResponse(this.#exchange);
    return this.#awaitsResponse ? addResponseEffect(effects, { kind: 'breakpoint' }) : effects;
  }

  /** Tells a client of a sticky pool which backend to come back to. */
  #stick(): void {
    const { pool } = this.#upstream as Upstream;
    const backend = this.#attempts?.backend;
    if (!pool.config.sticky || !backend) return;
    const cookie = pool.setCookie(this.#exchange, backend);
    if (cookie !== null) this.#exchange.editResponseHeaders().append('Set-Cookie', cookie);
  }

  #pace(throttle: Throttle | null): void {
    const ofRules = { ...this.#throttle, ...throttle }.downBytesPerSecond ?? Number.POSITIVE_INFINITY;
    const rate = Math.min(ofRules, this.#attempts?.bytesPerSecond ?? Number.POSITIVE_INFINITY);
    if (rate === Number.POSITIVE_INFINITY) return;
    this.#response.pace(
      rate,
      () => this.#source?.resume(),
      () => this.#finish(),
    );
  }

  /** The slow path: the response waits for what rules asked for. */
  async #hold(length: number, effects: ResponseEffects): Promise<void> {
    const held = new BufferedBody(DEFAULT_BUFFER_BYTES);
    this.#held = held;
    const [exchange, context] = [this.#exchange, this.#context];
    const onWanted = () => this.#source?.resume();
    const verdict = await carryOutResponse(effects, { exchange, context, body: held, onWanted });
    if (this.#done || this.#held !== held) return;
    this.#held = null;
    const abort = verdict.abort ?? effects.abort;
    if (abort) this.#abortByRule(abort);
    else if (verdict.answer) this.#replaceResponse(verdict.answer);
    else this.#release(held, length);
  }

  #replaceResponse(answer: Answer): void {
    this.#dropSource();
    this.#answer(answer);
  }

  /** What still comes of the response is not wanted. */
  #dropSource(): void {
    this.#attempts?.abandon();
    this.#source?.destroy?.();
  }

  #release(held: BufferedBody, length: number): void {
    const replacedLength = held.chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    this.#respond(held.replaced ? replacedLength : length);
    for (const chunk of held.chunks) this.#toClient(chunk);
    if (held.replaced && !held.ended) this.#dropSource();
    if (held.replaced || held.ended) this.#endResponse(held.trailers);
    else this.#source?.resume();
    if (!this.#done) this.#client.flush();
  }

  #respond(length: number): void {
    this.#responded = true;
    this.#response.head(length);
  }

  onResponseBody(chunk: Buffer): void {
    if (!this.#held) {
      this.#toClient(chunk);
      return;
    }
    this.#held.add(chunk);
    if (this.#held.full) this.#source?.pause();
  }

  #toClient(chunk: Buffer): void {
    if (this.#response.silent) return;
    this.#exchange.responseSizeBytes += chunk.length;
    this.#context.recorder?.body(this.#exchange, 'response', chunk);
    if (!this.#response.body(chunk)) this.#source?.pause();
  }

  onResponseEnd(trailers: Headers | null): void {
    if (this.#held) this.#held.end(trailers);
    else this.#endResponse(trailers);
  }

  #endResponse(trailers: Headers | null): void {
    this.#exchange.responseTrailers = trailers;
    if (this.#response.end(trailers)) this.#finish();
  }

  onResponseTurnEnd(): void {
    if (!this.#done && !this.#client.flush()) this.#source?.pause();
  }

  onSwitched(head: ResponseHead, stream: BackendStream, rest: Buffer): void {
    this.#exchange.answered = { status: 101, reason: head.reason, headers: head.headers };
    const effects = this.#responseEffects();
    if (effects?.abort) {
      this.#abortByRule(effects.abort);
      return;
    }
    if (effects && holdsResponse(effects))
      this.#exchange.note('a switch of protocols is not held and has no body to edit');
    this.#responded = true;
    this.#exchange.answered.status = 101;
    this.#client.respond(101, head.reason, this.#exchange.answered.headers, 0);
    const backend = { socket: stream.detach(), rest };
    relayUpgraded(this.#exchange, this.#client.detach(), backend, this.#context, () => {
      this.#attempts?.abandon();
      this.#finish();
    });
  }

  // ── ends ───────────────────────────────────────────────────────────────────────────────────────────────────────────

  onNoResponse(error: ProxyError): void {
    this.#fail(error);
  }

  /** The response has begun and cannot be finished: the client must not take it for whole. */
  onBrokenOff(error: ProxyError, how: 'reset' | 'close'): void {
    this.#exchange.error = error;
    if (this.#responded && error.resetCode === undefined && endsWithGrpcStatus(this.#exchange)) {
      this.#endResponse(grpcErrorTrailers(error));
      return;
    }
    this.#client.flush();
    this.#client.abort(how, error.resetCode);
    this.#finish();
  }

  #fail(error: ProxyError): void {
    this.#exchange.error = error;
    if (isGrpcCall(this.#exchange)) {
      this.#sendOwn(200, grpcErrorHeaders(error, this.#exchange.pool), NO_BODY);
      return;
    }
    const answer = errorAnswer(error, this.#exchange.pool);
    this.#sendOwn(answer.status, answer.headers, answer.body);
  }

  #sendOwn(status: number, headers: Headers, body: Buffer): void {
    if (this.#done) return;
    this.#held = null;
    this.#exchange.answered = { status, reason: reasonOf(status), headers };
    if (!headers.has('content-length')) headers.append('Content-Length', String(body.length));
    this.#enterResponse(body.length);
    if (this.#done) return;
    if (body.length > 0) this.onResponseBody(body);
    this.onResponseEnd(null);
  }

  #sendFile({ file, sizeBytes, contentType }: LocalFile): void {
    const headers = new Headers(['Content-Type', contentType, 'Content-Length', String(sizeBytes)]);
    this.#exchange.mocked = true;
    this.#exchange.answered = { status: 200, reason: 'OK', headers };
    this.#enterResponse(sizeBytes);
    if (this.#done || sizeBytes === 0 || this.#exchange.request.method === 'HEAD') {
      void file.close();
      if (!this.#done) this.onResponseEnd(null);
      return;
    }
    const stream = file.createReadStream({ end: sizeBytes - 1, highWaterMark: FILE_CHUNK_BYTES });
    this.#source = stream;
    stream.on('data', (chunk) => {
      this.onResponseBody(chunk as Buffer);
      this.onResponseTurnEnd();
    });
    stream.on('end', () => this.onResponseEnd(null));
    stream.on('error', (error) => this.onBrokenOff(new ProxyError('RULE_FAILED', error.message), 'reset'));
  }

  #finish(): void {
    if (this.#done) return;
    this.#done = true;
    this.#response.stop();
    this.#source?.destroy?.();
    this.#uplink?.stop();
    if (this.deadlineAt !== Number.POSITIVE_INFINITY) this.#context.deadlines.delete(this);
    this.#context.load.inFlight--;
    this.#exchange.endedAt = this.#context.clock.now();
    this.#context.recorder?.record(this.#exchange);
    this.#context.onFinished(this.#exchange);
  }
}

/** Bytes of the body as the backend announced it; -1: not known. */
function lengthOf(head: ResponseHead): number {
  if (head.framing === 'none') return 0;
  return head.framing === 'length' ? head.contentLength : -1;
}

/** gRPC needs HTTP/2: to a client of HTTP/1.1 a status of HTTP says more. */
function isGrpcCall({ protocol, request }: LiveExchange): boolean {
  return protocol === 'HTTP/2' && isGrpc(request.headers.get('content-type'));
}

/** Whether a response that has begun can still say how it ends: gRPC's status stands in the trailers. */
function endsWithGrpcStatus(exchange: LiveExchange): boolean {
  const headers = exchange.answered?.headers;
  return isGrpcCall(exchange) && isGrpc(headers?.get('content-type')) && headers?.has('content-length') !== true;
}

/** Milliseconds that a gRPC client waits for its answer; Infinity: it did not say. */
function clientTimeoutMs(exchange: LiveExchange): number {
  const asked = isGrpcCall(exchange) ? grpcTimeoutMs(exchange.request.headers.get('grpc-timeout')) : null;
  return asked ?? Number.POSITIVE_INFINITY;
}
