import { crc32 } from 'node:zlib';
import type { Backend } from './backend.ts';
import type { Eligible, Policy } from './policy.ts';
import { smoothStep } from './smooth-weighted.ts';

const POINTS_PER_WEIGHT = 160;
/** How many backends a ring can tell apart. */
const OWNERS = 2 ** 16;
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
  const ring = buildRing(backends);
  const current = new Float64Array(backends.length);
  return {
    next(eligible, key) {
      const owner = key === null || backends.length < 2 ? null : walk(ring, backends, eligible, key);
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
    if (eligible(owner) || hasEligibleTwin(backends, eligible, owner)) return owner;
  }
  return null;
}

function hashOf(key: string): number {
  return crc32(Buffer.from(key, 'latin1'));
}

function hasEligibleTwin(backends: readonly Backend[], eligible: Eligible, { authority }: Backend): boolean {
  return backends.some((backend) => backend.authority === authority && eligible(backend));
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

/** A point and its owner are packed into one number (48 bits), so that a pool of thousands is sorted in no time. */
function buildRing(backends: readonly Backend[]): Ring {
  const packed = new Float64Array(backends.reduce((sum, { weight }) => sum + POINTS_PER_WEIGHT * weight, 0));
  let at = 0;
  backends.forEach(({ authority, weight }, owner) => {
    for (const point of pointsOf(authority, POINTS_PER_WEIGHT * weight)) packed[at++] = point * OWNERS + owner;
  });
  return unpacked(packed.sort());
}

/** Of equal points the one of the first backend is kept. */
function unpacked(sorted: Float64Array): Ring {
  const points = new Uint32Array(sorted.length);
  const owners = new Uint16Array(sorted.length);
  let count = 0;
  for (const entry of sorted) {
    const point = Math.floor(entry / OWNERS);
    if (count > 0 && points[count - 1] === point) continue;
    points[count] = point;
    owners[count++] = entry % OWNERS;
  }
  return { points: points.subarray(0, count), owners: owners.subarray(0, count) };
}

/** The points of a server, as written: `host:port`, `[::1]:port` with its brackets, or a host alone. */
export function pointsOf(server: string, count: number): Uint32Array {
  const [, host = server, port = ''] = /^(.*):(\d+)$/.exec(server) ?? [];
  const base = crc32(`${host}\0${port}`);
  const points = new Uint32Array(count);
  const previous = Buffer.alloc(4);
  for (let i = 0; i < count; i++) {
    points[i] = crc32(previous, base);
    previous.writeUInt32LE(points[i] as number);
  }
  return points;
}
