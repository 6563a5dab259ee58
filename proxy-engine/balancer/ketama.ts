import { crc32 } from 'node:zlib';
import type { Backend } from './backend.ts';
import { runAtOnce, type Slices } from './in-turns.ts';
import type { Eligible, Policy } from './policy.ts';
import { type RingColumns, sortRing } from './ring-sort.ts';
import { smoothStep } from './smooth-weighted.ts';

const POINTS_PER_WEIGHT = 160;
const POINTS_PER_SLICE = 2 ** 16;
const CRC_TABLE = Int32Array.from({ length: 256 }, (_, byte) => crcOfByte(byte));
/** Steps over unusable points after which nginx gives up the ring for round robin. */
const MAX_STEPS = 20;

interface Ring {
  /** Ascending, unsigned 32 bits. */
  points: Uint32Array;
  /** Index into the backends, one a point. */
  owners: Uint16Array;
}

/**
 * nginx's `hash … consistent`, point for point: 160 points a unit of weight, each the CRC-32 of the backend as written in
 * the config chained with the point before. A point whose backend is out is stepped over; after 20 steps, without a key
 * and in a pool of one it is smooth weighted round robin.
 */
export function ketama(backends: readonly Backend[]): Policy {
  return runAtOnce(ketamaInSlices(backends));
}

export function* ketamaInSlices(backends: readonly Backend[]): Slices<Policy> {
  return over(yield* ringInSlices(backends), backends);
}

function over(ring: Ring, backends: readonly Backend[]): Policy {
  const current = new Float64Array(backends.length);
  const named = (eligible: Eligible, key: string | null): Backend | null =>
    key === null || backends.length < 2 ? null : walk(ring, backends, eligible, key);
  return {
    named,
    next(eligible, key) {
      const owner = named(eligible, key);
      if (owner === null) return smoothStep(backends, current, eligible);
      // Backends written alike share their points and take turns on them.
      return smoothStep(backends, current, (backend) => backend.authority === owner.authority && eligible(backend));
    },
    circle: {
      ownerAt: (position) => backends[ring.owners[firstAtLeast(ring.points, position * 2 ** 32)] ?? -1] ?? null,
      positionOf: (key) => hashOf(key) / 2 ** 32,
    },
  };
}

function walk(ring: Ring, backends: readonly Backend[], eligible: Eligible, key: string): Backend | null {
  const count = ring.points.length;
  if (count === 0) return null;
  const start = firstAtLeast(ring.points, hashOf(key));
  for (let step = 0; step <= MAX_STEPS; step++) {
    const owner = backends[ring.owners[(start + step) % count] as number] as Backend;
    const twin = eligible(owner) ? owner : eligibleTwin(backends, eligible, owner);
    if (twin) return twin;
  }
  return null;
}

function hashOf(key: string): number {
  return crc32(Buffer.from(key, 'latin1'));
}

function eligibleTwin(backends: readonly Backend[], eligible: Eligible, { authority }: Backend): Backend | undefined {
  return backends.find((backend) => backend.authority === authority && eligible(backend));
}

/** Index of the first point ≥ `hash`; 0 when there is none: the ring closes. */
function firstAtLeast(points: Uint32Array, hash: number): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((points[middle] as number) < hash) low = middle + 1;
    else high = middle;
  }
  return low === points.length ? 0 : low;
}

function* ringInSlices(backends: readonly Backend[]): Slices<Ring> {
  const size = backends.reduce((sum, { weight }) => sum + POINTS_PER_WEIGHT * weight, 0);
  const [points, owners] = [new Uint32Array(size), new Uint16Array(size)];
  let at = 0;
  let sliceEnd = POINTS_PER_SLICE;
  for (const [owner, { authority, weight }] of backends.entries()) {
    points.set(pointsOf(authority, POINTS_PER_WEIGHT * weight), at);
    owners.fill(owner, at, (at += POINTS_PER_WEIGHT * weight));
    if (at < sliceEnd) continue;
    yield;
    sliceEnd = at + POINTS_PER_SLICE;
  }
  return yield* distinct(yield* sortRing({ words: [points], owners }));
}

/** Of equal points the one of the first backend is kept. */
function* distinct({ words: [points = new Uint32Array()], owners }: RingColumns): Slices<Ring> {
  let count = 0;
  for (let i = 0; i < points.length; i++) {
    if (i > 0 && i % POINTS_PER_SLICE === 0) yield;
    if (count > 0 && points[count - 1] === points[i]) continue;
    points[count] = points[i] as number;
    owners[count++] = owners[i] as number;
  }
  return { points: points.subarray(0, count), owners: owners.subarray(0, count) };
}

/** The points of a server, as written: `host:port`, `[::1]:port` with its brackets, or a host alone. */
export function pointsOf(server: string, count: number): Uint32Array {
  const [, host = server, port = ''] = /^(.*):(\d+)$/.exec(server) ?? [];
  const start = ~crc32(`${host}\0${port}`);
  const points = new Uint32Array(count);
  let previous = 0;
  for (let i = 0; i < count; i++) {
    previous = ~fourBytesOn(start ^ previous);
    points[i] = previous;
  }
  return points;
}

/** A CRC register with the next four bytes, little-endian, mixed in already. A call of zlib a point would cost ten times as much. */
function fourBytesOn(register: number): number {
  let crc = register;
  for (let byte = 0; byte < 4; byte++) crc = (CRC_TABLE[crc & 0xff] as number) ^ (crc >>> 8);
  return crc;
}

function crcOfByte(byte: number): number {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
  return crc;
}
