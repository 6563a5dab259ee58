import type { Socket } from 'node:net';
import type { Deadline, Deadlines } from '../deadlines.ts';
import type { SharedCounter } from '../threads/shared-counter.ts';

/** Anything that stands for one open connection of a client, whatever it speaks at the moment. */
export interface Guest extends Deadline {
  readonly socket: Socket;
  /** Closes when nothing is under way; else after what is. */
  closeGracefully?(): void;
}

/** The open connections of one listener's clients in this thread, with their deadlines. */
export class Guests {
  readonly #open = new Set<Guest>();
  /** Of all threads that accept at this address. */
  readonly #inAllThreads: SharedCounter;

  constructor(inAllThreads: SharedCounter) {
    this.#inAllThreads = inAllThreads;
  }

  /** In this thread. */
  get size(): number {
    return this.#open.size;
  }

  get sizeInAllThreads(): number {
    return this.#inAllThreads.value;
  }

  /** Whether something that was said to a client has not left yet. */
  get unsent(): boolean {
    for (const { socket } of this.#open) if (socket.writableLength > 0) return true;
    return false;
  }

  add(guest: Guest, deadlines: Deadlines): void {
    this.#open.add(guest);
    this.#inAllThreads.add(1);
    deadlines.add(guest);
  }

  delete(guest: Guest, deadlines: Deadlines): void {
    if (this.#open.delete(guest)) this.#inAllThreads.add(-1);
    deadlines.delete(guest);
  }

  /** Idle connections close, busy ones after their exchange. */
  drain(): void {
    for (const guest of this.#open) guest.closeGracefully?.();
  }

  destroy(): void {
    for (const guest of this.#open) guest.socket.destroy();
  }
}
