import type { LiveExchange } from '../exchange.ts';
import { isGrpcCall } from '../grpc/call.ts';
import type { Headers } from '../http/headers.ts';

/** A longer request body is not waited for. */
const GATHERED_BYTES = 64 * 1024;

/** A body as far as it has to be kept: to be sent again (`retry.bufferBytes`), or until somebody has looked at the whole of it. */
export class BufferedBody {
  /** Bytes. */
  limit: number;
  trailers: Headers | null = null;
  ended = false;
  /** False: more came than is kept, and it has been sent on. */
  replayable = true;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #replaced = false;
  #onCollected: (() => void) | null = null;

  constructor(limit: number) {
    this.limit = limit;
  }

  get full(): boolean {
    return this.#bytes > this.limit;
  }

  get chunks(): readonly Buffer[] {
    return this.#chunks;
  }

  /** Something else goes on in its place: what still comes is read and dropped. */
  get replaced(): boolean {
    return this.#replaced;
  }

  add(chunk: Buffer): void {
    if (!this.replayable || this.#replaced) return;
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.full) this.#onCollected?.();
  }

  end(trailers: Headers | null): void {
    if (!this.#replaced) this.trailers = trailers;
    this.ended = true;
    this.#onCollected?.();
  }

  /** What is here has gone out; keeps it only when it is small enough to go out again. */
  sent(): void {
    if (!this.full) return;
    this.replayable = false;
    this.#chunks = [];
  }

  /** The whole body once it is here; null as soon as it is longer than `maxBytes`. */
  async collect(maxBytes: number): Promise<Buffer | null> {
    this.limit = maxBytes;
    if (!this.ended && !this.full && !this.#replaced)
      await new Promise<void>((resolve) => {
        this.#onCollected = resolve;
      });
    this.#onCollected = null;
    return this.full ? null : this.#joined();
  }

  /** One piece from now on: the pieces, and the memory that they were read into, are not kept beside it. */
  #joined(): Buffer {
    const [first] = this.#chunks;
    const whole = this.#chunks.length === 1 && first ? first : Buffer.concat(this.#chunks);
    this.#chunks = whole.length > 0 ? [whole] : [];
    return whole;
  }

  /** What has come so far, for one who puts what it makes of it in its place: piece by piece, by `add`, and `end`. */
  takeOut(): Buffer[] {
    const taken = this.#chunks;
    this.#chunks = [];
    this.#bytes = 0;
    this.ended = false;
    return taken;
  }

  /** From now on this is the body; trailers, which belonged to the old one, are dropped. */
  replace(body: Buffer): void {
    this.#replaced = true;
    this.#chunks = body.length > 0 ? [body] : [];
    this.#bytes = 0;
    this.trailers = null;
  }
}

/** Whether the body is waited for before a backend is asked: it says that it is short, and nobody waits for a word before it comes. */
export function isShort(exchange: LiveExchange, { limit }: BufferedBody): boolean {
  const { request, outgoing } = exchange;
  if (outgoing.framing !== 'length' || request.expectContinue || exchange.switches) return false;
  const length = Number(outgoing.headers.get('content-length'));
  return length <= Math.min(limit, GATHERED_BYTES) && !isGrpcCall(exchange);
}
