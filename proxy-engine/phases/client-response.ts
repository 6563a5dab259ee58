/**
 * The response on its way to the client. Its body is held back while a rule, a script or a person works on it, edited and paced when
 * rules ask for that, recorded, and sent.
 */

import type { ClientStream } from '../downstream/client-stream.ts';
import { ProxyError } from '../errors.ts';
import type { LiveExchange } from '../exchange.ts';
import { endsWithHead } from '../http/framing.ts';
import type { Headers } from '../http/headers.ts';
import { reasonOf } from '../http/own-answer.ts';
import type { ProxyContext } from '../proxy-context.ts';
import { correctEmptyHeaders, correctTrailers } from '../rules/body-edit.ts';
import { type BodyOwner, type BodyStream, undecodable } from '../rules/body-stream.ts';
import type { Link } from '../rules/link.ts';
import { BufferedBody } from './buffered-body.ts';
import { Pacer } from './pacer.ts';
import { StoredBody } from './stored-body.ts';

/** How much of a body that is held is kept, until what holds it says how much it wants to see. */
const HELD_BYTES = 64 * 1024;

/** Where the response body comes from: the attempts, or a file. */
export interface BodySource {
  pause(): unknown;
  resume(): unknown;
  /** What still comes is not wanted. */
  destroy(): unknown;
}

export class ClientResponse {
  source: BodySource | null = null;
  readonly #exchange: LiveExchange;
  readonly #client: ClientStream;
  readonly #context: ProxyContext;
  #held: BufferedBody | null = null;
  #pacer: Pacer | null = null;
  #edit: BodyStream | null = null;
  #trailers: Headers | null = null;
  /** Called instead of the end when all that the pacer holds has gone out; null: the response ends well. */
  #breakOff: (() => void) | null = null;
  #begun = false;
  /** The head that went out allows no body (HEAD, 204, 304): what comes of one is dropped. */
  #silent = false;
  #stopped = false;

  constructor(exchange: LiveExchange, client: ClientStream, context: ProxyContext) {
    this.#exchange = exchange;
    this.#client = client;
    this.#context = context;
  }

  /** Whether the client has been given a head. */
  get begun(): boolean {
    return this.#begun;
  }

  /** From now on the body goes out over these links. */
  pace(links: readonly Link[], owner: BodyOwner): void {
    this.#pacer = new Pacer(this.#context.clock, links, {
      write: (chunk) => {
        this.#client.body(chunk);
        return this.#client.flush();
      },
      onRoom: () => this.#flow?.resume(),
      onDone: () => {
        if (this.#breakOff) {
          this.#breakOff();
          return;
        }
        this.#client.end(this.#trailers);
        owner.onResponseSent();
      },
    });
  }

  /** False: nothing is paced, so it may break off at once. Else `breakOff` is called when what came before has gone out. */
  breakOffInTime(breakOff: () => void): boolean {
    if (!this.#pacer) return false;
    this.#breakOff = breakOff;
    this.#pacer.end();
    return true;
  }

  /** From its first byte on the body goes through `edit`, and what comes out goes to the client. */
  editBy(edit: BodyStream, owner: BodyOwner): void {
    this.#edit = edit;
    edit.start({
      onBody: (chunk) => {
        this.#send(chunk);
        this.turnEnd();
      },
      onRoom: () => this.source?.resume(),
      onEnd: () => {
        if (this.#end(correctTrailers(this.#trailers))) owner.onResponseSent();
      },
      onLeftAlone: (why) => this.#exchange.note(`the rest of the body left alone: ${why}`),
      onFailed: (problem) => owner.onBodyBroken(new ProxyError('BAD_RESPONSE', undecodable(problem))),
    });
  }

  /** What to pause when the client is slow: what edits the body, else what it comes from. */
  get #flow(): BodySource | null {
    return this.#edit ?? this.source;
  }

  // ── held back ──────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Nothing goes out until `release` or `forget`; the body gathers in what is given back. */
  hold(): BufferedBody {
    this.#held = new BufferedBody(HELD_BYTES);
    return this.#held;
  }

  /** False: another response has taken the place of the one that was held. */
  isHolding(held: BufferedBody): boolean {
    return this.#held === held;
  }

  /** Drops what was held: another response takes its place. */
  forget(): void {
    this.#held = null;
  }

  /** Sends the head and what was held, or what took the place of its body. `length`: of the body as it came, -1: not known. */
  release(held: BufferedBody, length: number, owner: BodyOwner): void {
    this.#held = null;
    const replacedLength = held.chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    this.head(this.#edit ? -1 : held.replaced ? replacedLength : length);
    if (held.replaced || held.ended) {
      if (!held.ended) this.source?.destroy();
      this.#sendStored(held, owner);
      return;
    }
    for (const chunk of held.chunks) this.#pass(chunk);
    this.source?.resume();
    this.#client.flush();
  }

  #sendStored({ chunks, trailers }: BufferedBody, owner: BodyOwner): void {
    const stored = new StoredBody(chunks, trailers, {
      onBody: (piece) => this.#pass(piece),
      onTurnEnd: () => this.turnEnd(),
      onEnd: (after) => {
        if (this.end(after)) owner.onResponseSent();
      },
    });
    this.source = stored;
    stored.resume();
  }

  // ── to the client ──────────────────────────────────────────────────────────────────────────────────────────────────

  /** `length`: bytes of the body; -1: not known, 0: none. */
  head(length: number): void {
    this.#begun = true;
    const { answered, response } = this.#exchange;
    if (!answered) return;
    this.#silent = isBodyless(this.#exchange);
    if (length === 0 || answered.status === 204 || answered.status === 205) this.#fitLength(answered.status);
    const { status, reason, headers } = answered;
    if (opensNoWebSocket(this.#exchange))
      this.#exchange.note(
        `the client got 502: over HTTP/2 ${status} would say that its WebSocket is open (RFC 8441 §5)`,
      );
    const isFramed = this.#exchange.attempts.at(-1)?.protocol === 'HTTP/2';
    const told = status === 205 ? 0 : length;
    this.#client.respond(status, status === response?.status ? reason : reasonOf(status), headers, told, isFramed);
  }

  /** Makes Content-Length fit, when rules have changed the status from one without a body to one with it, or back (RFC 9110 §8.6). */
  #fitLength(status: number): void {
    const told = this.#exchange.answered?.headers.get('content-length');
    if (status === 204) {
      if (told !== undefined) this.#exchange.editResponseHeaders().delete('content-length');
    } else if ((!this.#silent || status === 205) && told !== '0')
      correctEmptyHeaders(this.#exchange.editResponseHeaders());
  }

  /** 101: what follows is no longer HTTP. */
  switchProtocols(reason: string, headers: Headers): void {
    this.#begun = true;
    this.#client.respond(101, reason, headers, 0, false);
  }

  body(chunk: Buffer): void {
    if (!this.#held) {
      this.#pass(chunk);
      return;
    }
    this.#held.add(chunk);
    if (this.#held.full) this.source?.pause();
  }

  #pass(chunk: Buffer): void {
    if (!this.#edit) this.#send(chunk);
    else if (!this.#edit.write(chunk)) this.source?.pause();
  }

  #send(chunk: Buffer): void {
    if (this.#silent) return;
    this.#exchange.responseSizeBytes += chunk.length;
    this.#context.recorder?.body(this.#exchange, 'response', chunk);
    if (!this.#pacer) this.#client.body(chunk);
    else if (!this.#pacer.push(chunk)) this.#flow?.pause();
  }

  /** The body has come. True: the client has been given all of it. False: it is held, edited or paced; `release` or `onResponseSent` tells when it has. */
  end(trailers: Headers | null): boolean {
    if (this.#held) {
      this.#held.end(trailers);
      return false;
    }
    if (!this.#edit) return this.#end(trailers);
    this.#trailers = trailers;
    this.#edit.end();
    return false;
  }

  #end(trailers: Headers | null): boolean {
    this.#exchange.responseTrailers = trailers;
    if (!this.#pacer) {
      this.#client.end(trailers);
      return true;
    }
    this.#trailers = trailers;
    this.#pacer.end();
    return false;
  }

  /** The bytes of this turn have been handled. */
  turnEnd(): void {
    if (!this.#stopped && !this.#client.flush()) this.#flow?.pause();
  }

  /** The client takes bytes again. */
  drained(): void {
    this.#pacer?.drained();
    this.#flow?.resume();
  }

  stop(): void {
    this.#stopped = true;
    this.#pacer?.stop();
    this.#edit?.destroy();
    this.source?.destroy();
  }
}

/** Whether no body may go to the client, whatever the backend sent (RFC 9112 §6.3; 205: RFC 9110 §15.3.6). */
export function isBodyless({ request, answered }: LiveExchange): boolean {
  const status = answered?.status ?? 0;
  return request.method === 'HEAD' || status === 205 || endsWithHead(status);
}

/** A client that asked for a WebSocket over HTTP/2 would take any success for one that is open. */
function opensNoWebSocket({ websocket, protocol, answered }: LiveExchange): boolean {
  const status = answered?.status ?? 0;
  return websocket && protocol === 'HTTP/2' && status >= 200 && status < 300;
}
