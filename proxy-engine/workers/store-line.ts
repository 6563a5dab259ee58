import type { MessagePort } from 'node:worker_threads';
import { type BatchAnswer, givenAway, type RecordedBatch } from '../store/thread/thread-protocol.ts';

export interface StoreLineEvents {
  /** Of the memory of a batch that was taken in. */
  onTaken(bytes: number): void;
  onBack(buffer: ArrayBufferLike): void;
}

/** Where a worker sends its recordings. */
export class StoreLine {
  readonly #port: MessagePort;
  #sent = 0;
  #taken = 0;
  /** In the order in which they came; `sent`: batches until then. */
  #waiting: { sent: number; resolve(): void }[] = [];

  constructor(port: MessagePort, { onTaken, onBack }: StoreLineEvents) {
    this.#port = port;
    port.on('message', (answer: BatchAnswer) => {
      if (answer.type === 'back') return onBack(answer.buffer);
      onTaken(answer.bytes);
      this.#takenUpTo(this.#taken + 1);
    });
    // The store thread has ended.
    port.on('close', () => this.#takenUpTo(Number.POSITIVE_INFINITY));
  }

  send(batch: RecordedBatch): void {
    this.#sent++;
    this.#port.postMessage(batch, givenAway(batch));
  }

  /** Resolves when all that was sent so far has been taken in, or never will be. */
  async settled(): Promise<void> {
    const sent = this.#sent;
    if (this.#taken < sent) await new Promise<void>((resolve) => this.#waiting.push({ sent, resolve }));
  }

  #takenUpTo(count: number): void {
    this.#taken = count;
    const over = this.#waiting.filter(({ sent }) => sent <= count);
    this.#waiting = this.#waiting.slice(over.length);
    for (const { resolve } of over) resolve();
  }
}
