import type { Clock } from '../clock.ts';
import type { Link } from '../rules/link.ts';

const TICK_MS = 20;
/** A tick that comes later counts as that: what an engine that stood still may send at once. */
const LATEST_TICK_MS = 500;
/** Bytes that wait before the source is told to stop: at a fast rate what two pieces take, or the source could not keep up with it. */
const MIN_WAITING_BYTES = 64 * 1024;
const MAX_WAITING_BYTES = 4 * 1024 ** 2;

export interface PacerSink {
  /** False: takes no more until `Pacer.drained()`. */
  write(chunk: Buffer): boolean;
  /** There is room for more from the source. */
  onRoom(): void;
  /** All that was pushed before `end()` has been written. */
  onDone(): void;
}

/** Lets bytes through as fast as the slowest of its links has room for them, in pieces of 20 ms. Its timer runs only while something waits. */
export class Pacer {
  readonly #clock: Clock;
  readonly #links: readonly Link[];
  readonly #maxWaitingBytes: number;
  readonly #sink: PacerSink;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #credit = 0;
  #tickedAt = 0;
  #blocked = false;
  #ended = false;
  /** Counts in `Link.busy`. */
  #isBusy = false;
  #stopTimer: (() => void) | null = null;

  /** Without links: as fast as it comes, but for the wait of a tick. */
  constructor(clock: Clock, links: readonly Link[], sink: PacerSink) {
    this.#clock = clock;
    this.#links = links;
    const bytesPerTick = Math.min(...links.map(({ bytesPerSecond }) => bytesPerSecond)) * (TICK_MS / 1000);
    this.#maxWaitingBytes = Math.min(Math.max(MIN_WAITING_BYTES, 2 * bytesPerTick), MAX_WAITING_BYTES);
    this.#sink = sink;
  }

  /** False: enough is waiting; push no more until `onRoom`. */
  push(chunk: Buffer): boolean {
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.length;
    if (!this.#stopTimer) this.#start();
    this.#tellLinks(!this.#blocked);
    return this.#waitingBytes < this.#maxWaitingBytes;
  }

  #start(): void {
    this.#tickedAt = this.#clock.now();
    this.#stopTimer = this.#clock.every(TICK_MS, () => this.#tick());
  }

  end(): void {
    this.#ended = true;
    if (this.#waitingBytes === 0) this.#finish();
  }

  drained(): void {
    if (!this.#blocked) return;
    this.#blocked = false;
    if (this.#waitingBytes === 0) return;
    this.#tellLinks(true);
    this.#pour();
  }

  stop(): void {
    this.#stopTimer?.();
    this.#stopTimer = null;
    this.#waiting = [];
    this.#tellLinks(false);
  }

  #tellLinks(isBusy: boolean): void {
    if (isBusy === this.#isBusy) return;
    this.#isBusy = isBusy;
    for (const link of this.#links) link.busy += isBusy ? 1 : -1;
  }

  #tick(): void {
    const now = this.#clock.now();
    const elapsedMs = Math.min(now - this.#tickedAt, LATEST_TICK_MS);
    this.#tickedAt = now;
    if (this.#blocked) return;
    this.#credit += Math.min(...this.#links.map(({ share }) => share)) * (elapsedMs / 1000);
    this.#pour();
  }

  #pour(): void {
    const wasFull = this.#waitingBytes >= this.#maxWaitingBytes;
    while (this.#waiting.length > 0 && this.#credit >= 1 && !this.#blocked) this.#blocked = !this.#writeNext();
    // What takes no more leaves its share to others.
    if (this.#blocked) this.#tellLinks(false);
    if (this.#waitingBytes === 0) this.#idle();
    else if (wasFull && this.#waitingBytes < this.#maxWaitingBytes) this.#sink.onRoom();
  }

  #writeNext(): boolean {
    const [chunk] = this.#waiting as [Buffer];
    const piece = chunk.subarray(0, Math.floor(this.#credit));
    if (piece.length === chunk.length) this.#waiting.shift();
    else this.#waiting[0] = chunk.subarray(piece.length);
    this.#credit -= piece.length;
    this.#waitingBytes -= piece.length;
    return this.#sink.write(piece);
  }

  /** Nothing waits: unused time is no credit for later. */
  #idle(): void {
    this.stop();
    this.#credit = 0;
    if (this.#ended) this.#finish();
    else this.#sink.onRoom();
  }

  #finish(): void {
    this.stop();
    this.#sink.onDone();
  }
}
