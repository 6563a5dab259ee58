import type { OnReadOpts, Socket } from 'node:net';

const READ_BYTES = 64 * 1024;
/** A read of up to so many bytes is copied: that costs less than a new buffer. */
const COPIED_UP_TO = 8 * 1024;
/** So many sockets may have a buffer of their own at a time, 16 MiB; those beyond copy whatever they read. */
const MOST_OWN = 256;
/** So many wait for a socket that needs one, 4 MiB. */
const MOST_SPARE = 64;

/** All sockets read into this one: a read is delivered before another socket reads. */
const shared = new Uint8Array(READ_BYTES);
let own = 0;
/** Memory that nobody has any more; what was used last is the likeliest to be in a cache, and is taken first. */
const spare: Uint8Array[] = [];

/** Memory that was read into and whose bytes are on their way. */
interface Lent {
  readonly memory: Uint8Array;
  /** Bytes that went on and were not sent yet. */
  left: number;
}

/** The chunk that is being delivered; null: none, or its memory is not read into again until it is garbage. */
let delivered: Buffer | null = null;
/** Bytes of it that went on, and how many of these were sent. */
let passed = 0;
let sent = 0;
/** Chunks that were delivered and have not been sent whole. */
const lent = new WeakMap<ArrayBufferLike, Lent>();

/**
 * The `onread` option of node:net: lets a socket read without a new buffer for each read. Short reads go into a buffer that all sockets
 * share, and are copied out of it. A socket that reads more at once gets a buffer of its own, which goes along with the chunk that
 * it read. When all that went on of that chunk (`isPassedOn`) was sent at once (`wasSent`) and nobody keeps any of it (`isKept`), the socket
 * reads into the same buffer again; when it was sent later, another one does. New memory for each read would have V8 collect its whole heap
 * again and again. What nobody tells anything of is never read into again.
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
      passed = sent = 0;
      wantsMore = this.#deliver(delivered);
      this.#stays = delivered !== null && passed > 0 && passed === sent;
      if (delivered !== null && passed > sent) lent.set(bytes.buffer, { memory: bytes, left: passed - sent });
      delivered = null;
    }
    if (!this.#stays) this.#current = spare.pop() ?? Buffer.allocUnsafeSlow(READ_BYTES);
    return wantsMore;
  };

  /** To be called when the socket has closed. */
  readonly close = (): void => {
    if (this.#current === shared) return;
    own--;
    giveBack(this.#current);
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

/** `piece` of what is being delivered goes on: somebody will tell when it was sent, or keeps it, or its memory is not used again. */
export function isPassedOn(piece: Buffer): void {
  if (isDelivered(piece)) passed += piece.length;
}

/** `piece` was passed on, and has been copied: nobody needs it any more, except who said that it is kept. */
export function wasCopied(piece: Buffer): void {
  if (isDelivered(piece)) sent += piece.length;
}

/** The same of one that has been written to a socket, at once or later. */
export function wasSent(piece: Buffer): void {
  if (isDelivered(piece)) {
    sent += piece.length;
    return;
  }
  const loan = lent.get(piece.buffer);
  if (loan === undefined) return;
  loan.left -= piece.length;
  if (loan.left > 0) return;
  lent.delete(piece.buffer);
  giveBack(loan.memory);
}

/** Somebody holds on to `piece`, sent or not. */
export function isKept(piece: Buffer): void {
  if (isDelivered(piece)) delivered = null;
  else lent.delete(piece.buffer);
}

/** What may be held on to of `piece`, a short one: a copy, if its memory may be read into again. */
export function toKeep(piece: Buffer): Buffer {
  return isDelivered(piece) ? Buffer.from(piece) : piece;
}

/** Of short reads none is: they were copied. */
function isDelivered(piece: Buffer): boolean {
  return delivered !== null && delivered.buffer === piece.buffer;
}

function giveBack(memory: Uint8Array): void {
  if (spare.length < MOST_SPARE) spare.push(memory);
}
