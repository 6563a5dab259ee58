/**
 * A client that asks to be taken somewhere (CONNECT, SOCKS5): its TLS is opened, its HTTP in clear is served, anything else
 * is relayed unseen. What is relayed is one exchange in the list; what is served is exchanges of its own.
 */
import { isIP, type Socket } from 'node:net';
import type { ClientEvents } from '../downstream/client-stream.ts';
import { listenForFirstWord } from '../downstream/first-word.ts';
import type { Opening } from '../downstream/opening.ts';
import { Peek } from '../downstream/peek.ts';
import { RELAY_IDLE_NOTE } from '../downstream/relay.ts';
import type { TunnelRequest } from '../downstream/tunnel-request.ts';
import { ProxyError } from '../errors.ts';
import type { LiveExchange } from '../exchange.ts';
import { addDate } from '../http/date.ts';
import { Headers } from '../http/headers.ts';
import { errorAnswer, type OwnAnswer } from '../http/own-answer.ts';
import type { ProxyContext, Snapshot } from '../proxy-context.ts';
import { type AbortMode, abortedByRule, type Throttle } from '../rules/effects.ts';
import type { ClientHello } from '../tls/client-hello.ts';
import type { Interception } from '../tls/interception.ts';
import { viaOf } from '../upstream/forward-headers.ts';
import { openTunnel } from '../upstream/open-tunnel.ts';
import { loopThrough } from '../upstream/upstream-proxy.ts';
import { TunnelExchange } from './tunnel-exchange.ts';
import { type Entered, openInside, serveInside } from './tunnel-inside.ts';
import { answersTooLate, carryOutTunnel, seemsOpen } from './tunnel-rules.ts';

/** A client that says nothing for so long may wait for the other side to speak first. */
const SILENCE_MS = 1000;
/** The other side cannot be reached: so long a client may still say something that needs no other side. */
const PATIENCE_MS = 10_000;

export class Tunnel implements ClientEvents {
  readonly #record: TunnelExchange;
  readonly #request: TunnelRequest;
  readonly #snapshot: Snapshot;
  readonly #context: ProxyContext;
  #backend: Socket | null = null;
  #entered = false;
  #hasObeyed = false;
  #throttle: Throttle | null = null;

  constructor(exchange: LiveExchange, request: TunnelRequest, snapshot: Snapshot, context: ProxyContext) {
    this.#record = new TunnelExchange(exchange, context);
    this.#request = request;
    this.#snapshot = snapshot;
    this.#context = context;
  }

  get #exchange(): LiveExchange {
    return this.#record.live;
  }

  onStart(): void {
    // What the client sent behind its CONNECT is still being read.
    setImmediate(() => this.#start());
  }

  #start(): void {
    if (this.#record.done) return;
    const { host, port, interception } = this.#request;
    if (this.#context.isOwnAddress(host, port, true))
      this.#refuse(new ProxyError('LOOP', `${host}:${port} is this proxy itself`));
    else if (interception?.wants(this.#exchange))
      this.#listen(this.#enter(), SILENCE_MS, (silent) => this.#connect(silent, true));
    else void this.#obeyRules(() => this.#connect(null, true));
  }

  // ── the client's side ──────────────────────────────────────────────────────────────────────────────────────────────

  onClientError(error: ProxyError): void {
    if (this.#entered || this.#record.done) return;
    this.#fail(error);
  }

  // Nothing of this comes with a CONNECT, and SOCKS5 has none of it.
  onRequestBody(): void {}
  onRequestEnd(): void {}
  onClientSilent(): void {}
  onClientDrain(): void {}
  onClientTurnEnd(): void {}

  /**
   * Looks at what the client says first. One that is silent may wait for the other side: it is connected, and whoever speaks first
   * then decides.
   */
  #listen(entered: Entered, silenceMs: number, then: (entered: Entered) => void): void {
    let stopWaiting = (): void => {};
    const { socket } = entered;
    const peek = new Peek(socket, entered.bytes, (opening, bytes) => {
      stopWaiting();
      this.#clientSpoke(opening, { socket, bytes });
    });
    if (peek.over) return;
    stopWaiting = this.#context.clock.after(silenceMs, () => then({ socket, bytes: peek.stop() }));
  }

  /** `opening` null: the client has closed its side without a byte. It may still read what the other side says to that. */
  #clientSpoke(opening: Opening | null, entered: Entered): void {
    const attempt = this.#exchange.attempts.at(-1);
    if (opening !== null) this.#take(opening, entered);
    else if (this.#backend && !entered.socket.destroyed) {
      this.#noteUnopened('the client closed its side before it said anything');
      this.#passOn(entered);
    } else if (!attempt) {
      if (!entered.socket.destroyed) this.#passOn(entered);
      else this.#record.forget();
    } else {
      entered.socket.destroy();
      this.#dropBackend();
      this.#exchange.error ??= attempt.error;
      this.#record.finish();
    }
  }

  #take(opening: Opening, entered: Entered): void {
    switch (opening.kind) {
      case 'tls':
        this.#takeTls(opening.hello, entered);
        break;
      case 'http1':
      case 'http2':
        this.#serve(entered);
        break;
      case 'other':
        this.#noteUnopened('what the client says is neither TLS nor HTTP');
        this.#passOn(entered);
        break;
    }
  }

  #noteUnopened(why: string): void {
    if (this.#request.interception?.wants(this.#exchange)) this.#exchange.note(`not opened: ${why}`);
  }

  #takeTls(hello: ClientHello, entered: Entered): void {
    const { client, host, interception, refusals } = this.#request;
    if (!interception || !this.#wantsInside(interception, hello)) {
      this.#passOn(entered);
    } else if (refusals.has(client.ip, host, hello)) {
      this.#noteUnopened('this client does not accept certificates of the local authority');
      this.#passOn(entered);
    } else void this.#open(interception, hello, entered);
  }

  /** A client that resolves names itself asks for an address, and says in TLS which host it means. */
  #wantsInside(interception: Interception, { serverName }: ClientHello): boolean {
    if (isIP(this.#request.host) !== 0 && serverName !== null) this.#exchange.host = serverName;
    return interception.wants(this.#exchange);
  }

  async #open(interception: Interception, hello: ClientHello, entered: Entered): Promise<void> {
    this.#dropBackend();
    await openInside(this.#request, interception, hello, entered, (error) => this.#fail(error));
    // From here on the exchanges inside count; this one is shown only when the client refuses.
    this.#record.leave();
  }

  #serve(entered: Entered): void {
    this.#dropBackend();
    this.#record.forget();
    serveInside(this.#request, entered);
  }

  #enter(): Entered {
    this.#entered = true;
    const { socket, rest } = this.#request.door.accept();
    this.#exchange.answered = { status: 200, reason: 'Connection Established', headers: new Headers() };
    return { socket, bytes: rest };
  }

  /** Rules are asked once, before a byte is relayed; then `goOn`, unless one of them ends it. */
  async #obeyRules(goOn: () => void): Promise<void> {
    if (this.#hasObeyed) return goOn();
    this.#hasObeyed = true;
    const outcome = await carryOutTunnel(this.#exchange, this.#snapshot.rules, this.#context.clock);
    if (this.#record.done) return;
    switch (outcome.kind) {
      case 'connect':
        this.#throttle = outcome.throttle;
        goOn();
        return;
      case 'answer':
        this.#answerByRule(outcome.answer, outcome.error);
        return;
      case 'abort':
        this.#abort(outcome.mode, abortedByRule(outcome.mode));
    }
  }

  #answerByRule(answer: OwnAnswer, error: ProxyError | null): void {
    const unsayable = this.#entered ? (error ?? answersTooLate(answer)) : seemsOpen(answer);
    if (this.#entered && unsayable) this.#abort('close', unsayable);
    else if (unsayable) this.#refuse(unsayable);
    else {
      this.#exchange.mocked = true;
      this.#answer(answer, error);
    }
  }

  // ── the other side ─────────────────────────────────────────────────────────────────────────────────────────────────

  /** What the client says is relayed as rules let it: to the connection that is there, or to a new one. */
  #passOn(entered: Entered): void {
    void this.#obeyRules(() => {
      if (this.#backend) this.#relay(entered, this.#backend);
      else this.#connect(entered, false);
    });
  }

  /** `entered`: null when the client has to wait outside until there is a connection. `isSilent`: it has not said what it wants. */
  #connect(entered: Entered | null, isSilent: boolean): void {
    const { host, port } = this.#request;
    const proxy = this.#snapshot.upstreamProxies.choose(this.#exchange);
    const loop = proxy && loopThrough(proxy, this.#exchange, this.#context);
    this.#record.beginAttempt(proxy);
    if (loop) {
      this.#cannotConnect(loop, entered, isSilent);
      return;
    }
    const { clock, isOwnEnd } = this.#context;
    // Of the CONNECT to the upstream proxy.
    const via = viaOf(this.#exchange.request.headers, this.#context.via, 'HTTP/1.1');
    const isLoop = (socket: Socket) => isOwnEnd(socket, proxy === null);
    this.#backend = openTunnel(
      { host, port, proxy, via, clock, isLoop },
      {
        onOpen: (backend) => this.#connected(entered, backend, isSilent),
        onFailed: (error) => this.#cannotConnect(error, entered, isSilent),
        onBroken: (error) => {
          this.#exchange.error ??= error;
        },
      },
    );
  }

  #connected(entered: Entered | null, backend: Socket, isSilent: boolean): void {
    this.#record.connected();
    if (entered && !isSilent) this.#relay(entered, backend);
    else this.#listenToBoth(entered ?? this.#enter(), backend);
  }

  #cannotConnect(error: ProxyError, entered: Entered | null, isSilent: boolean): void {
    this.#dropBackend();
    this.#record.attemptFailed(error);
    if (!entered) this.#refuse(error);
    else if (isSilent) this.#listen(entered, PATIENCE_MS, () => this.#fail(error, entered));
    else this.#fail(error, entered);
  }

  /** Whoever speaks first decides: the other side, or the client with something that may be looked into. */
  #listenToBoth({ socket, bytes: rest }: Entered, backend: Socket): void {
    listenForFirstWord(socket, rest, backend, this.#context, {
      onClient: (opening, bytes) => this.#clientSpoke(opening, { socket, bytes }),
      onBackend: (bytes) => {
        this.#noteUnopened('the other side spoke first, or closed');
        this.#passOn({ socket, bytes });
      },
      onIdle: () => this.#exchange.note(RELAY_IDLE_NOTE),
    });
  }

  #relay({ socket, bytes }: Entered, backend: Socket): void {
    this.#record.relay({ socket, rest: bytes }, backend, this.#throttle);
  }

  #dropBackend(): void {
    this.#backend?.destroy();
    this.#backend = null;
  }

  // ── ends ───────────────────────────────────────────────────────────────────────────────────────────────────────────

  #refuse(error: ProxyError): void {
    if (!this.#record.done) this.#answer(errorAnswer(error, undefined), error);
  }

  /** `error`: null when a rule just answers. */
  #answer(answer: OwnAnswer, error: ProxyError | null): void {
    addDate(answer.headers, this.#context.clock.epoch());
    this.#exchange.answered = { status: answer.status, reason: answer.reason, headers: answer.headers };
    this.#exchange.error = error;
    this.#request.door.refuse(error, answer);
    this.#record.finish();
  }

  #abort(mode: AbortMode, error: ProxyError): void {
    const { door } = this.#request;
    if (mode === 'hang') door.hang();
    else door.abort(mode);
    this.#fail(error);
  }

  #fail(error: ProxyError, entered?: Entered): void {
    this.#exchange.error = error;
    entered?.socket.destroy();
    this.#backend?.destroy();
    this.#record.finish();
  }
}
