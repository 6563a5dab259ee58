/** xxHash64 (https://github.com/Cyan4973/xxHash, the 64-bit variant) in 32-bit halves: BigInt would cost microseconds a request. */

/** Unsigned 64 bits: `hi * 2^32 + lo`, both halves unsigned 32 bits. */
export interface Hash64 {
  hi: number;
  lo: number;
}

type Word = readonly [hi: number, lo: number];

const P1: Word = [0x9e3779b1, 0x85ebca87];
const P2: Word = [0xc2b2ae3d, 0x27d4eb4f];
const P3: Word = [0x165667b1, 0x9e3779f9];
const P4: Word = [0x85ebca77, 0xc2b2ae63];
const P5: Word = [0x27d4eb2f, 0x165667c5];

/** A 64-bit register, changed in place. */
class Register implements Hash64 {
  hi: number;
  lo: number;

  constructor(hi: number, lo: number) {
    this.hi = hi;
    this.lo = lo;
  }

  add([hi, lo]: Word): this {
    return this.addHalves(hi, lo);
  }

  addHalves(hi: number, lo: number): this {
    const sum = this.lo + lo;
    this.lo = sum >>> 0;
    this.hi = (this.hi + hi + (sum > 0xffffffff ? 1 : 0)) >>> 0;
    return this;
  }

  xorHalves(hi: number, lo: number): this {
    this.hi = (this.hi ^ hi) >>> 0;
    this.lo = (this.lo ^ lo) >>> 0;
    return this;
  }

  multiply([hi, lo]: Word): this {
    const a0 = this.lo & 0xffff;
    const a1 = this.lo >>> 16;
    const b0 = lo & 0xffff;
    const b1 = lo >>> 16;
    const low = a0 * b0;
    const middle = a1 * b0 + (low >>> 16);
    const carried = a0 * b1 + (middle & 0xffff);
    const high = a1 * b1 + (middle >>> 16) + (carried >>> 16);
    this.hi = (high + Math.imul(this.hi, lo) + Math.imul(this.lo, hi)) >>> 0;
    this.lo = ((carried << 16) | (low & 0xffff)) >>> 0;
    return this;
  }

  /** Left, by 1 to 31 bits. */
  rotate(bits: number): this {
    const { hi, lo } = this;
    this.hi = ((hi << bits) | (lo >>> (32 - bits))) >>> 0;
    this.lo = ((lo << bits) | (hi >>> (32 - bits))) >>> 0;
    return this;
  }

  /** `^= >>> bits`, 1 to 63 bits. */
  fold(bits: number): this {
    const { hi, lo } = this;
    if (bits === 32) return this.xorHalves(0, hi);
    if (bits > 32) return this.xorHalves(0, hi >>> (bits - 32));
    return this.xorHalves(hi >>> bits, (lo >>> bits) | (hi << (32 - bits)));
  }

  round(bytes: Uint8Array, at: number): this {
    return this.roundHalves(word32(bytes, at + 4), word32(bytes, at));
  }

  roundHalves(hi: number, lo: number): this {
    const lane = new Register(hi, lo).multiply(P2);
    return this.addHalves(lane.hi, lane.lo).rotate(31).multiply(P1);
  }
}

/** Hash of `bytes`; `seed` is an unsigned 32-bit number. */
export function xxHash64(bytes: Uint8Array, seed = 0): Hash64 {
  const stripesEnd = bytes.length - (bytes.length % 32);
  const hash = stripesEnd > 0 ? hashStripes(bytes, stripesEnd, seed) : new Register(0, seed).add(P5);
  hash.addHalves(0, bytes.length);
  hashRest(hash, bytes, stripesEnd);
  return hash.fold(33).multiply(P2).fold(29).multiply(P3).fold(32);
}

/** Hash of a text whose chars are bytes, as header values are. */
export function xxHash64Text(text: string, seed = 0): Hash64 {
  return xxHash64(Buffer.from(text, 'latin1'), seed);
}

/** `hash % divisor`; `divisor` is at most 2^21. */
export function remainder({ hi, lo }: Hash64, divisor: number): number {
  return ((hi % divisor) * 2 ** 32 + lo) % divisor;
}

/** The four accumulators over 32-byte stripes, merged. */
function hashStripes(bytes: Uint8Array, end: number, seed: number): Register {
  const lanes = [
    new Register(0, seed).add(P1).add(P2),
    new Register(0, seed).add(P2),
    new Register(0, seed),
    // seed - P1, in two's complement
    new Register(0, seed).addHalves(~P1[0] >>> 0, ~P1[1] >>> 0).addHalves(0, 1),
  ] as const;
  for (let at = 0; at < end; at += 32) lanes.forEach((lane, i) => lane.round(bytes, at + 8 * i));
  const hash = new Register(0, 0);
  [1, 7, 12, 18].forEach((bits, i) => {
    const { hi, lo } = lanes[i] as Register;
    const turned = new Register(hi, lo).rotate(bits);
    hash.addHalves(turned.hi, turned.lo);
  });
  for (const lane of lanes) {
    const merged = new Register(0, 0).roundHalves(lane.hi, lane.lo);
    hash.xorHalves(merged.hi, merged.lo).multiply(P1).add(P4);
  }
  return hash;
}

/** What is left after the stripes: words of 8, 4 and 1 bytes. */
function hashRest(hash: Register, bytes: Uint8Array, from: number): void {
  let at = from;
  for (; at + 8 <= bytes.length; at += 8) {
    const lane = new Register(0, 0).round(bytes, at);
    hash.xorHalves(lane.hi, lane.lo).rotate(27).multiply(P1).add(P4);
  }
  if (at + 4 <= bytes.length) {
    const lane = new Register(0, word32(bytes, at)).multiply(P1);
    hash.xorHalves(lane.hi, lane.lo).rotate(23).multiply(P2).add(P3);
    at += 4;
  }
  for (; at < bytes.length; at++) {
    const lane = new Register(0, bytes[at] as number).multiply(P5);
    hash.xorHalves(lane.hi, lane.lo).rotate(11).multiply(P1);
  }
}

/** Little-endian, unsigned. */
function word32(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)) >>>
    0
  );
}
