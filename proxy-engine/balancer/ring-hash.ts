import type { Backend } from './backend.ts';
import { runAtOnce, type Slices } from './in-turns.ts';
import type { Eligible, Policy } from './policy.ts';
import { drawWeighted } from './random.ts';
import { sortRing } from './ring-sort.ts';
import { type Hash64, xxHash64Text } from './xxhash64.ts';

const MIN_RING_SIZE = 1024;
const MAX_RING_SIZE = 8 * 1024 * 1024;
const HASHES_PER_SLICE = 2 ** 13;

/** Entries in ascending order of their 64-bit hash, and who owns each (index into the backends). */
export interface HashRing {
  hi: Uint32Array;
  lo: Uint32Array;
  owners: Uint16Array;
}

/**
 * Envoy's `ring_hash`, entry for entry: xxHash64 of `address_i`, as many entries a backend as its share of the ring.
 * An entry whose backend is out is stepped over. Without a key: random, as Envoy does.
 */
export function ringHash(backends: readonly Backend[], random: () => number): Policy {
  return runAtOnce(ringHashInSlices(backends, random));
}

export function* ringHashInSlices(backends: readonly Backend[], random: () => number): Slices<Policy> {
  return over(yield* hashRingInSlices(backends, MIN_RING_SIZE, MAX_RING_SIZE), backends, random);
}

function over(ring: HashRing, backends: readonly Backend[], random: () => number): Policy {
  const named = (eligible: Eligible, key: string | null): Backend | null =>
    key === null ? null : walk(ring, backends, eligible, xxHash64Text(key));
  return {
    named,
    next: (eligible, key) => (key === null ? drawWeighted(backends, eligible, random) : named(eligible, key)),
    circle: {
      ownerAt: (position) => backends[ring.owners[firstAtLeast(ring, { hi: position * 2 ** 32, lo: 0 })] ?? -1] ?? null,
      positionOf: (key) => xxHash64Text(key).hi / 2 ** 32,
    },
  };
}

/** The owner of a hash; while that is not eligible, the owners of the entries behind, once around. */
export function walk(ring: HashRing, backends: readonly Backend[], eligible: Eligible, hash: Hash64): Backend | null {
  const count = ring.owners.length;
  const start = firstAtLeast(ring, hash);
  for (let step = 0; step < count; step++) {
    const owner = backends[ring.owners[(start + step) % count] as number] as Backend;
    if (eligible(owner)) return owner;
  }
  return null;
}

export function buildHashRing(
  backends: readonly Pick<Backend, 'address' | 'weight'>[],
  minSize: number,
  maxSize: number,
): HashRing {
  return runAtOnce(hashRingInSlices(backends, minSize, maxSize));
}

export function* hashRingInSlices(
  backends: readonly Pick<Backend, 'address' | 'weight'>[],
  minSize: number,
  maxSize: number,
): Slices<HashRing> {
  const ends = endsOf(backends, minSize, maxSize);
  const size = ends.at(-1) ?? 0;
  const [hi, lo, owners] = [new Uint32Array(size), new Uint32Array(size), new Uint16Array(size)];
  let at = 0;
  for (const [owner, { address }] of backends.entries()) {
    for (const first = at; at < (ends[owner] as number); at++) {
      if (at > 0 && at % HASHES_PER_SLICE === 0) yield;
      ({ hi: hi[at], lo: lo[at] } = xxHash64Text(`${address}_${at - first}`));
      owners[at] = owner;
    }
  }
  const sorted = yield* sortRing({ words: [lo, hi], owners });
  return { lo: sorted.words[0] as Uint32Array, hi: sorted.words[1] as Uint32Array, owners: sorted.owners };
}

/** How many entries there are with those of each backend. */
function endsOf(backends: readonly Pick<Backend, 'weight'>[], minSize: number, maxSize: number): number[] {
  const shares = normalisedWeights(backends);
  const smallest = Math.min(...shares.filter((share) => share > 0));
  const scale = Math.min(Math.ceil(smallest * minSize) / smallest, maxSize);
  let target = 0;
  return shares.map((share) => Math.ceil((target += share > 0 ? scale * share : 0)));
}

/** Each weight's share of the sum. */
export function normalisedWeights(backends: readonly Pick<Backend, 'weight'>[]): number[] {
  const total = backends.reduce((sum, { weight }) => sum + weight, 0);
  return backends.map(({ weight }) => (total === 0 ? 0 : weight / total));
}

/** Index of the first entry ≥ `hash`; 0 when there is none: the ring closes. */
export function firstAtLeast({ hi, lo }: HashRing, hash: Hash64): number {
  let low = 0;
  let high = hi.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const above = (hi[middle] as number) - hash.hi || (lo[middle] as number) - hash.lo;
    if (above < 0) low = middle + 1;
    else high = middle;
  }
  return low === hi.length ? 0 : low;
}
