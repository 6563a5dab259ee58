/** Where the messages of a body lie that stand one after the other, each behind its length. Pure. */
import type { BodyFraming } from '../../contract/body-framing.ts';

/** A byte of flags and four of the length. */
const PREFIX_BYTES = 5;
const COMPRESSED = 1;
/** The flag of what ends a stream: trailers of gRPC-Web, the end of a stream of Connect. */
const END: Readonly<Record<BodyFraming, number>> = {
  grpc: 0,
  'grpc-web': 0x80,
  'grpc-web-text': 0x80,
  connect: 2,
  delimited: 0,
};
/** Of a length: 32 bits, seven a byte. */
const MAX_VARINT_BYTES = 5;

/** Goes from message to message; nothing is made for those that are passed over. */
export class FrameWalk {
  readonly #bytes: Buffer;
  readonly #framing: BodyFraming;
  #flags = 0;
  #start = 0;
  /** Bytes of the message, as what stands before it says. */
  sizeBytes = 0;
  /** Where the next one is looked for: what is before it is of messages. */
  next = 0;

  constructor(bytes: Buffer, framing: BodyFraming) {
    this.#bytes = bytes;
    this.#framing = framing;
  }

  /** To the next message; false: no other begins. */
  step(): boolean {
    if (this.next >= this.#bytes.length) return false;
    const start = this.#framing === 'delimited' ? this.#afterVarint() : this.#afterPrefix();
    if (start === null) return false;
    this.#start = start;
    this.next = start + this.sizeBytes;
    return true;
  }

  /** The message, as far as it is here. */
  get bytes(): Buffer {
    return this.#bytes.subarray(this.#start, this.next);
  }
  get isCut(): boolean {
    return this.next > this.#bytes.length;
  }
  get isCompressed(): boolean {
    return (this.#flags & COMPRESSED) !== 0;
  }
  get isEnd(): boolean {
    return (this.#flags & ~COMPRESSED) !== 0;
  }

  #afterPrefix(): number | null {
    const start = this.next + PREFIX_BYTES;
    const flags = this.#bytes[this.next] as number;
    if (start > this.#bytes.length || (flags & ~(COMPRESSED | END[this.#framing])) !== 0) return null;
    this.#flags = flags;
    this.sizeBytes = this.#bytes.readUInt32BE(this.next + 1);
    return start;
  }

  #afterVarint(): number | null {
    let size = 0;
    for (let n = 0; n < MAX_VARINT_BYTES; n++) {
      const byte = this.#bytes[this.next + n];
      if (byte === undefined) return null;
      size += (byte & 0x7f) * 2 ** (7 * n);
      if (byte > 0x7f) continue;
      this.sizeBytes = size;
      return this.next + n + 1;
    }
    return null;
  }
}

/** The bytes of base64 that may be of several pieces, each filled up at its end, as gRPC-Web sends it. `brokenAt`: the byte that is none. */
export function fromBase64Pieces(text: Buffer): { bytes: Buffer; brokenAt: number | null } {
  const bytes = Buffer.allocUnsafe(Math.ceil((text.length * 3) / 4));
  let [length, held, bits] = [0, 0, 0];
  let at = 0;
  for (; at < text.length; at++) {
    const value = VALUES[text[at] as number] as number;
    if (value === NONE) break;
    if (value === SPACE) continue;
    if (value === FILLING) {
      bits = 0;
      continue;
    }
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[length++] = held >> bits;
  }
  return { bytes: bytes.subarray(0, length), brokenAt: at < text.length ? at : null };
}

const NONE = 255;
const SPACE = 254;
const FILLING = 253;
const VALUES = valuesOfBase64();

/** Both alphabets (RFC 4648 §4, §5). */
function valuesOfBase64(): Uint8Array {
  const values = new Uint8Array(256).fill(NONE);
  for (const space of '\t\n\r ') values[space.charCodeAt(0)] = SPACE;
  values['='.charCodeAt(0)] = FILLING;
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  for (const alphabet of [`${letters}+/`, `${letters}-_`])
    [...alphabet].forEach((letter, value) => (values[letter.charCodeAt(0)] = value));
  return values;
}
