import type { ClientStream } from '../downstream/client-stream.ts';
import { ProxyError } from '../errors.ts';
import type { Headers } from '../http/headers.ts';
import type { ExchangeWalk } from '../proxy.ts';

const CHUNK_BYTES = 64 * 1024;

/** The client of a request that Switchyard itself sends: it has the body at hand, takes any answer at full speed and keeps none of it. */
export class OwnClient implements ClientStream {
  readonly #body: Buffer;
  readonly #trailers: Headers | null;
  readonly #onOver: () => void;
  #walk: ExchangeWalk | null = null;
  #sentBytes = 0;
  #requestEnded = false;
  #paused = false;
  #feeding = false;
  #over = false;

  /** `onOver`: the exchange has ended; called once, after it was recorded. */
  constructor({ body, trailers }: { body: Buffer; trailers: Headers | null }, onOver: () => void) {
    this.#body = body;
    this.#trailers = trailers;
    this.#onOver = onOver;
  }

  /** `begin` starts the walk at the right phase. */
  start(walk: ExchangeWalk, begin: (walk: ExchangeWalk) => void): void {
    this.#walk = walk;
    begin(walk);
    this.#feed();
  }

  #feed(): void {
    if (this.#feeding || this.#requestEnded) return;
    this.#feeding = true;
    while (!this.#over && !this.#paused && this.#sentBytes < this.#body.length) {
      const chunk = this.#body.subarray(this.#sentBytes, this.#sentBytes + CHUNK_BYTES);
      this.#sentBytes += chunk.length;
      this.#walk?.onRequestBody(chunk);
    }
    this.#feeding = false;
    if (this.#over || this.#paused) return;
    this.#requestEnded = true;
    this.#walk?.onRequestEnd(this.#trailers);
    this.#walk?.onClientTurnEnd();
  }

  cancel(): void {
    this.#walk?.onClientError(new ProxyError('CLIENT_GONE', 'the sending was cancelled'));
    this.#end();
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    // Whoever ends it has something to do yet; many that are answered at once leave room for the traffic of others.
    setImmediate(this.#onOver);
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#feed();
  }

  detach(): never {
    throw new Error('a composed request is never upgraded');
  }

  flush(): boolean {
    return true;
  }

  end(): void {
    this.#end();
  }

  abort(): void {
    this.#end();
  }

  hang(): void {
    this.#end();
  }

  inform(): void {}
  respond(): void {}
  body(): void {}
}
