import type { OnReadOpts } from 'node:net';

const READ_BYTES = 64 * 1024;
/** A read of up to so many bytes is copied: that costs less than a new buffer. */
const COPIED_UP_TO = 8 * 1024;

/** All sockets read into this one: a read is delivered before another socket reads. */
const shared = new Uint8Array(READ_BYTES);
/** The chunk that is being delivered, which somebody may keep; null: none, or `wasSent` has said that nobody does. */
let delivered: Buffer | null = null;

/**
 * The `onread` option of node:net: lets a socket read without a new buffer for each read. Short reads go into a buffer that all sockets
 * share, and are copied out of it. A socket that reads more at once gets a buffer of its own, which goes along with the chunk that
 * it read; when all of that was sent at once (`wasSent`), the socket reads into the same buffer again.
 */
export function readBuffers(deliver: (chunk: Buffer) => void): OnReadOpts {
  let current: Uint8Array = shared;
  let keeps = false;
  return {
    /** Asked when the socket begins (again, with the next address of a name), and after each read; undefined: the same. */
    buffer: (() => {
      if (!keeps) return current;
      keeps = false;
      return undefined;
    }) as () => Uint8Array,
    callback(length, bytes) {
      keeps = length <= COPIED_UP_TO;
      if (keeps || bytes === shared) deliver(Buffer.from(bytes.subarray(0, length)));
      else keeps = isFreeAfter(Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, length), deliver);
      if (!keeps) current = Buffer.allocUnsafeSlow(READ_BYTES);
      return true;
    },
  };
}

function isFreeAfter(chunk: Buffer, deliver: (chunk: Buffer) => void): boolean {
  delivered = chunk;
  deliver(chunk);
  const isFree = delivered === null;
  delivered = null;
  return isFree;
}

/** `chunk` has been written to a socket, and nobody keeps it. To be told while it is still being delivered, and only of a whole chunk. */
export function wasSent(chunk: Buffer): void {
  if (chunk === delivered) delivered = null;
}
