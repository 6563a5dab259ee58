import type { OnReadOpts, Socket } from 'node:net';

const READ_BYTES = 64 * 1024;
/** A read of up to so many bytes is copied: that costs less than a new buffer. */
const COPIED_UP_TO = 8 * 1024;
/** So many sockets may have a buffer of their own at a time, 16 MiB; those beyond copy whatever they read. */
const MOST_OWN = 256;

/** All sockets read into this one: a read is delivered before another socket reads. */
const shared = new Uint8Array(READ_BYTES);
let own = 0;
/** The chunk that is being delivered; null: none, or its memory is not read into again until it is garbage. */
let delivered: Buffer | null = null;
/** `delivered` has been sent. */
let isSent = false;

/**
 * The `onread` option of node:net: lets a socket read without a new buffer for each read. Short reads go into a buffer that all sockets
 * share, and are copied out of it. A socket that reads more at once gets a buffer of its own, which goes along with the chunk that
 * it read; when all of that was sent at once (`wasSent`) and nobody keeps it (`isKept`), the socket reads into the same buffer again.
 * `deliver`: false: no more is read until the socket is resumed.
 */
export class ReadBuffers implements OnReadOpts {
  readonly #deliver: (chunk: Buffer) => boolean;
  #current: Uint8Array = shared;
  /** The next read may go where the last one went. */
  #stays = false;

  constructor(deliver: (chunk: Buffer) => boolean) {
    this.#deliver = deliver;
  }

  /** Asked when the socket begins (again, with the next address of a name), and after each read; undefined: the same. */
  readonly buffer = (() => {
    if (!this.#stays) return this.#current;
    this.#stays = false;
    return undefined;
  }) as () => Uint8Array;

  readonly callback = (length: number, bytes: Uint8Array): boolean => {
    const isShort = length <= COPIED_UP_TO;
    let wantsMore: boolean;
    if (isShort || bytes === shared) {
      wantsMore = this.#deliver(Buffer.from(bytes.subarray(0, length)));
      this.#stays = isShort || !this.#mayOwn();
    } else {
      delivered = Buffer.from(bytes.buffer, bytes.byteOffset, length);
      isSent = false;
      wantsMore = this.#deliver(delivered);
      this.#stays = delivered !== null && isSent;
      delivered = null;
    }
    if (!this.#stays) this.#current = Buffer.allocUnsafeSlow(READ_BYTES);
    return wantsMore;
  };

  /** To be called when the socket has closed. */
  readonly close = (): void => {
    if (this.#current !== shared) own--;
    this.#current = shared;
  };

  #mayOwn(): boolean {
    if (own >= MOST_OWN) return false;
    own++;
    return true;
  }
}

/**
 * Those of a socket whose `data` others listen for. A socket that was resumed and paused in one turn goes on reading (node:net asks for more
 * in the next turn, whatever came in between), so it is told with each read.
 */
export function emittingReads(socket: () => Socket): ReadBuffers {
  return new ReadBuffers((chunk) => {
    const to = socket();
    to.emit('data', chunk);
    return !to.isPaused();
  });
}

/** `chunk` has been written to a socket. To be told while it is still being delivered, and only of a whole chunk. */
export function wasSent(chunk: Buffer): void {
  if (chunk === delivered) isSent = true;
}

/** Somebody holds on to `chunk`, sent or not. */
export function isKept(chunk: Buffer): void {
  if (chunk === delivered) delivered = null;
}
