/** A fault on what a backend sends after a switch of protocols: at its pace, and cut off where it says. */
import { Duplex } from 'node:stream';
import type { Clock } from '../clock.ts';
import { Pacer } from '../phases/pacer.ts';
import type { FaultDecision } from './fault.ts';

export type StreamFault = Pick<FaultDecision, 'cutBody' | 'bytesPerSecond'>;

/** Stands for the socket of the backend, `rest` being what was read from it already. Calls `onCut` once, after the last byte that the fault lets through. */
export class FaultedEnd extends Duplex {
  readonly #socket: Duplex;
  readonly #pacer: Pacer;
  /** How it ends, and after how many bytes; null: as the backend ends it. */
  #cut: StreamFault['cutBody'];
  /** Bytes that have been let through. */
  #passed = 0;
  #isOver = false;

  constructor(
    { socket, rest }: { socket: Duplex; rest: Buffer },
    { cutBody, bytesPerSecond }: StreamFault,
    clock: Clock,
    onCut: (receivedBytes: number, how: 'reset' | 'close') => void,
  ) {
    super();
    this.#socket = socket;
    this.#cut = cutBody;
    this.#pacer = new Pacer(clock, bytesPerSecond, {
      write: (piece) => this.push(piece),
      onRoom: () => void socket.resume(),
      onDone: () => {
        if (this.#cut) onCut(this.#passed, this.#cut.how);
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

  #closed(): void {
    if (!this.#isOver && !this.#socket.readableEnded) this.destroy();
  }

  override _read(): void {
    this.#pacer.drained();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    if (this.#socket.destroyed || this.#socket.write(chunk)) done();
    else this.#socket.once('drain', done);
  }

  override _final(done: () => void): void {
    this.#socket.end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#pacer.stop();
    this.#socket.destroy();
    done(error);
  }
}
