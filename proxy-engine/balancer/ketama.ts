import { crc32 } from 'node:zlib';
import type { Backend } from './backend.ts';
import type { Eligible, Policy } from './policy.ts';
import { smoothStep } from './smooth-weighted.ts';

const POINTS_PER_WEIGHT = 160;
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

function buildRing(backends: readonly Backend[]): Ring {
  const all = backends.flatMap((backend, owner) =>
    pointsOf(backend.authority, POINTS_PER_WEIGHT * backend.weight).map((point) => ({ point, owner })),
  );
  // A stable sort: of equal points the one of the first backend is kept.
  all.sort((a, b) => a.point - b.point);
  const kept = all.filter(({ point }, i) => i === 0 || point !== all[i - 1]?.point);
  return {
    points: Uint32Array.from(kept, ({ point }) => point),
    owners: Uint16Array.from(kept, ({ owner }) => owner),
  };
}

/** The points of a server, as written: `host:port`, `[::1]:port` with its brackets, or a host alone. */
export function pointsOf(server: string, count: number): number[] {
  const [, host = server, port = ''] = /^(.*):(\d+)$/.exec(server) ?? [];
  const base = crc32(`${host}\0${port}`);
  const previous = Buffer.alloc(4);
  return Array.from({ length: count }, () => {
    const point = crc32(previous, base);
    previous.writeUInt32LE(point);
    return point;
  });
}
