/**
 * The body of a request on its way from the client: recorded, then paced and edited when rules ask for that, then kept for retries,
 * sent to the backend, and copied to a mirror.
 */

import type { ClientStream } from '../downstream/client-stream.ts';
import { ProxyError } from '../errors.ts';
import type { LiveExchange } from '../exchange.ts';
import type { Headers } from '../http/headers.ts';
import type { ProxyContext } from '../proxy-context.ts';
import { correctTrailers } from '../rules/body-edit.ts';
import { type BodyOwner, type BodyStream, undecodable } from '../rules/body-stream.ts';
import type { Link } from '../rules/link.ts';
import type { Attempts } from './attempts.ts';
import { BufferedBody } from './buffered-body.ts';
import { Mirror } from './mirror.ts';
import { Pacer } from './pacer.ts';

/** Kept until the pool says how much of it (`retry.bufferBytes`). */
const DEFAULT_BUFFER_BYTES = 64 * 1024;

export class ClientRequest {
  readonly body = new BufferedBody(DEFAULT_BUFFER_BYTES);
  readonly #exchange: LiveExchange;
  readonly #client: ClientStream;
  readonly #context: ProxyContext;
  readonly #owner: BodyOwner;
  #attempts: Attempts | null = null;
  #mirror: Mirror | null = null;
  #pacer: Pacer | null = null;
  #edit: BodyStream | null = null;
  #stopped = false;

  constructor(exchange: LiveExchange, client: ClientStream, context: ProxyContext, owner: BodyOwner) {
    this.#owner = owner;
    this.#exchange = exchange;
    this.#client = client;
    this.#context = context;
  }

  /** From now on the body goes over that link. */
  pace(link: Link): void {
    this.#pacer = new Pacer(this.#context.clock, [link], {
      // What is edited is flushed as it comes out of there.
      write: (chunk) => this.#take(chunk) && (this.#edit !== null || this.#flush()),
      onRoom: () => this.#client.resume(),
      onDone: () => this.#end(),
    });
  }

  /** What comes from now on is sent there; what has come is in `body`. */
  goesTo(attempts: Attempts): void {
    this.#attempts = attempts;
  }

  /** `percent` of exchanges are copied; the copy goes on its own way, and this exchange never waits for it. */
  copyTo({ pool, percent }: { pool: string; percent: number }): void {
    if (this.#exchange.switches || this.#context.random() * 100 >= percent) return;
    const mirror = new Mirror((client) => this.#context.copy(this.#exchange, client, pool));
    for (const chunk of this.body.chunks) mirror.add(chunk);
    if (this.body.ended) mirror.finish();
    this.#mirror = mirror;
  }

  /** From its first byte on the body goes through `edit`, and what comes out goes on. */
  editBy(edit: BodyStream): void {
    this.#edit = edit;
    edit.start({
      onBody: (chunk) => {
        const wantsMore = this.#pass(chunk);
        this.#mirror?.turnEnd();
        if (!this.#flush() || !wantsMore) edit.pause();
      },
      onRoom: () => this.#resume(),
      onEnd: () => this.#endBody(),
      onLeftAlone: (why) => this.#exchange.note(`the rest of the body left alone: ${why}`),
      onFailed: (problem) => this.#owner.onBodyBroken(new ProxyError('BAD_REQUEST', undecodable(problem))),
    });
    const { ended } = this.body;
    for (const chunk of this.body.takeOut()) edit.write(chunk);
    if (ended) edit.end();
    else this.#resume();
  }

  /** The backend, or who waits for the whole body, takes more. */
  wanted(): void {
    if (this.#edit) this.#edit.resume();
    else this.#resume();
  }

  /** What the client sends is taken again. */
  #resume(): void {
    this.#pacer?.drained();
    this.#client.resume();
  }

  add(chunk: Buffer): void {
    this.#exchange.requestSizeBytes += chunk.length;
    this.#context.recorder?.body(this.#exchange, 'request', chunk);
    if (this.#stopped) return;
    const wantsMore = this.#pacer ? this.#pacer.push(chunk) : this.#take(chunk);
    if (!wantsMore) this.#client.pause();
  }

  /** False: what edits the body, or the backend, takes no more for now. */
  #take(chunk: Buffer): boolean {
    if (this.body.replaced) return true;
    return this.#edit ? this.#edit.write(chunk) : this.#pass(chunk);
  }

  /** False: the backend takes no more for now. */
  #pass(chunk: Buffer): boolean {
    this.body.add(chunk);
    this.#mirror?.add(chunk);
    return this.#attempts ? this.#attempts.bodyAdded(chunk) : !this.body.full;
  }

  end(trailers: Headers | null): void {
    this.#exchange.requestTrailers = trailers;
    if (this.#pacer) this.#pacer.end();
    else this.#end();
  }

  #end(): void {
    if (this.#edit) this.#edit.end();
    else this.#endBody();
  }

  #endBody(): void {
    const { requestTrailers } = this.#exchange;
    this.body.end(this.#edit ? correctTrailers(requestTrailers) : requestTrailers);
    this.#mirror?.finish();
    this.#attempts?.bodyEnded();
    if (this.#pacer || this.#edit) this.#flush();
  }

  /** The bytes of this turn have been handled. */
  turnEnd(): void {
    this.#mirror?.turnEnd();
    if (!this.#flush()) (this.#edit ?? this.#client).pause();
  }

  /** False: the backend is slow. */
  #flush(): boolean {
    return this.#attempts?.flush() ?? true;
  }

  /** What still comes is recorded and dropped. */
  stop(): void {
    this.#stopped = true;
    this.#pacer?.stop();
    this.#edit?.destroy();
    // The rest of the body will not come: the backend of the copy must neither wait for it nor be blamed.
    if (!this.body.ended) this.#mirror?.drop('the original has ended before its body was whole');
  }
}
