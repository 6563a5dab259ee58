import type { OnReadOpts } from 'node:net';

const READ_BYTES = 64 * 1024;
/** Up to which a copy costs less than a buffer of one's own. */
const COPIED_UP_TO = 8 * 1024;

/** One read is over before the next begins, whatever sockets they are of. */
const shared: Uint8Array = Buffer.allocUnsafeSlow(READ_BYTES);
/** Is being delivered, and somebody may keep it. */
let delivered: Buffer | null = null;

/**
 * How a socket reads without a new buffer for each read, which is what node:net does otherwise: short reads go through a buffer
 * that all sockets share and are copied out of it; a socket that reads more at once gets a buffer of its own. It gives that away
 * with what it read, unless it hears that all of it has been sent (`wasSent`): then the next read goes into it as well.
 */
export function readBuffers(deliver: (chunk: Buffer) => void): OnReadOpts {
  let current = shared;
  let keeps = false;
  return {
    /** Asked when the socket begins (again, with the next address of a name), and after each read; undefined: the same. */
    buffer: (() => {
      if (!keeps) return current;
      keeps = false;
      return undefined;
    }) as () => Uint8Array,
    callback(length, bytes) {
      const chunk = Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, length);
      keeps = length <= COPIED_UP_TO;
      if (keeps || bytes === shared) deliver(Buffer.from(chunk));
      else keeps = isFreeAfter(chunk, deliver);
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

/** Those bytes have left. Said only by who got the whole of what was read at once, and knows that nobody else keeps it. */
export function wasSent(chunk: Buffer): void {
  if (chunk === delivered) delivered = null;
}
