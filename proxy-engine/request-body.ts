/** The request body so far, as long as it may have to be sent again (`retry.bufferBytes`). */
export class RequestBody {
  /** Bytes. */
  limit: number;
  #chunks: Buffer[] = [];
  #bytes = 0;
  /** False: more came than is kept, and it has been sent on. */
  replayable = true;
  ended = false;

  constructor(limit: number) {
    this.limit = limit;
  }

  get full(): boolean {
    return this.#bytes > this.limit;
  }

  get chunks(): readonly Buffer[] {
    return this.#chunks;
  }

  add(chunk: Buffer): void {
    if (!this.replayable) return;
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
  }

  /** What is here has gone out; keeps it only when it is small enough to go out again. */
  sent(): void {
    if (!this.full) return;
    this.replayable = false;
    this.#chunks = [];
  }
}
