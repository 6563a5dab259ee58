import type { LiveExchange } from '../exchange.ts';
import { isGrpcCall } from '../grpc/call.ts';
import type { Headers } from '../http/headers.ts';
import { isKept } from '../http/read-buffers.ts';

/** Longest request body that is waited for before a backend is asked, bytes. */
const GATHERED_BYTES = 64 * 1024;

/** What is kept of a body: up to `limit` bytes, to send it again (`retry.bufferBytes`) or to show it to whoever wants all of it. */
export class BufferedBody {
  /** Bytes. */
  limit: number;
  trailers: Headers | null = null;
  ended = false;
  /** All of the body so far is here; false: more came than is kept, and was sent on. */
  replayable = true;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #replaced = false;
  #isStream = false;
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

  /** Another body was put in its place (`replace`): what still comes is dropped. */
  get replaced(): boolean {
    return this.#replaced;
  }

  add(chunk: Buffer): void {
    if (!this.replayable || this.#replaced) return;
    isKept(chunk);
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.full) this.#onCollected?.();
  }

  end(trailers: Headers | null): void {
    if (!this.#replaced) this.trailers = trailers;
    this.ended = true;
    this.#onCollected?.();
  }

  /** What is here has been sent. It is kept for another try unless it is longer than `limit`. */
  sent(): void {
    if (!this.full) return;
    this.replayable = false;
    this.#chunks = [];
  }

  /** The whole body once it is here; null as soon as it is longer than `maxBytes`, or is called a stream. */
  async collect(maxBytes: number): Promise<Buffer | null> {
    this.limit = maxBytes;
    if (!this.#isHere && !this.full && !this.#isStream)
      await new Promise<void>((resolve) => {
        this.#onCollected = resolve;
      });
    this.#onCollected = null;
    return this.full || !this.#isHere ? null : this.#joined();
  }

  get #isHere(): boolean {
    return this.ended || this.#replaced;
  }

  /** It may never end. */
  get isStream(): boolean {
    return this.#isStream && !this.#isHere;
  }

  /** Nobody waits for its end any more. */
  callStream(): void {
    this.#isStream = true;
    this.#onCollected?.();
  }

  /** Joins the pieces into one, so that these and the memory that they were read into are let go. */
  #joined(): Buffer {
    const [first] = this.#chunks;
    const whole = this.#chunks.length === 1 && first ? first : Buffer.concat(this.#chunks);
    this.#chunks = whole.length > 0 ? [whole] : [];
    return whole;
  }

  /** Empties it and gives what had come: the caller edits that and puts the result back with `add` and `end`. */
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

/** Whether the body is waited for before a backend is asked: it is announced as short, and its client waits for nothing before it sends it. */
export function isShort(exchange: LiveExchange, { limit }: BufferedBody): boolean {
  const { request, outgoing } = exchange;
  if (outgoing.framing !== 'length' || request.expectContinue || exchange.switches) return false;
  const length = Number(outgoing.headers.get('content-length'));
  return length <= Math.min(limit, GATHERED_BYTES) && !isGrpcCall(exchange);
}
