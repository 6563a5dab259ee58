/** What one end of a relay sends: at the pace of a throttle or a fault, and cut off where a fault says. */
import { Duplex } from 'node:stream';
import type { Clock } from '../clock.ts';
import type { FaultDecision } from '../faults/fault.ts';
import type { Link } from '../rules/link.ts';
import { Pacer } from './pacer.ts';

/** One end of a relay, and what has been read from it already. */
export interface RelayEnd {
  socket: Duplex;
  rest: Buffer;
}

/** `links` none: as fast as it comes; `cut` null: as far as it comes. */
export interface EndLimits {
  links: readonly Link[];
  cut?: FaultDecision['cutBody'];
}

const NO_BYTES = Buffer.alloc(0);

/** `end` as the limits let it through, or `end` itself when they let through all. `onCut`: once, after the last byte before the cut. */
export function limitedEnd(
  end: RelayEnd,
  limits: EndLimits,
  clock: Clock,
  onCut: (end: Duplex, receivedBytes: number, how: 'reset' | 'close') => void = () => {},
): RelayEnd {
  if (limits.links.length === 0 && !limits.cut) return end;
  return { socket: new PacedEnd(end, limits, clock, onCut), rest: NO_BYTES };
}

class PacedEnd extends Duplex {
  readonly #socket: Duplex;
  readonly #pacer: Pacer;
  /** How it ends, and after how many bytes; null: as the backend ends it. */
  #cut: FaultDecision['cutBody'];
  /** Bytes that are let through. */
  #passed = 0;
  #isOver = false;

  constructor(
    { socket, rest }: RelayEnd,
    { cut = null, links }: EndLimits,
    clock: Clock,
    onCut: (end: Duplex, receivedBytes: number, how: 'reset' | 'close') => void,
  ) {
    super();
    this.#socket = socket;
    this.#cut = cut;
    this.#pacer = new Pacer(clock, links, {
      write: (piece) => this.push(piece),
      onRoom: () => void socket.resume(),
      onDone: () => {
        if (this.#cut) onCut(this, this.#passed, this.#cut.how);
        else this.push(null);
      },
    });
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('end', () => this.#ended());
    socket.on('error', () => {});
    socket.on('close', () => this.#closed());
    if (rest.length > 0) this.#take(rest);
    // Who waits for the cut is not ready in here.
    if (socket.readableEnded) queueMicrotask(() => this.#ended());
    if (socket.closed) this.#closed();
    else socket.resume();
  }

  #take(chunk: Buffer): void {
    if (this.#isOver || this.destroyed) return;
    const piece = this.#cut ? chunk.subarray(0, this.#cut.afterBytes - this.#passed) : chunk;
    this.#passed += piece.length;
    if (!this.#pacer.push(piece)) this.#socket.pause();
    if (piece.length < chunk.length) this.#over();
  }

  #ended(): void {
    if (this.#isOver || this.destroyed) return;
    // Nothing is missing, and it ends by closing: only a reset is seen.
    if (this.#cut) this.#cut = { ...this.#cut, how: 'reset' };
    this.#over();
  }

  #over(): void {
    this.#isOver = true;
    this.#pacer.end();
  }

  /** What it said before still goes out, unless it was reset. */
  #closed(): void {
    if (this.readableEnded || (!this.#isOver && !this.#socket.readableEnded)) this.destroy();
    else this.once('end', () => this.destroy());
  }

  override _read(): void {
    this.#pacer.drained();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    if (this.#socket.destroyed || this.#socket.write(chunk)) done();
    else this.#socket.once('drain', done);
  }

  /** Whoever has ended may be destroyed: not before all of it has left. That the socket went instead is told by its `close`. */
  override _final(done: () => void): void {
    this.#socket.end(() => done());
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#pacer.stop();
    this.#socket.destroy();
    done(error);
  }
}
