import type { Backend } from './backend.ts';
import { runAtOnce, type Slices } from './in-turns.ts';
import type { Eligible, Policy } from './policy.ts';
import { drawWeighted } from './random.ts';
import { normalisedWeights } from './ring-hash.ts';
import { type Hash64, remainder, xxHash64Text } from './xxhash64.ts';

/** A prime (Envoy's default). */
const TABLE_SIZE = 65_537;
/** Other slots asked before the table is walked on. */
const MAX_JUMPS = 20;
const FREE = 0xffff;
const TURNS_PER_SLICE = 2 ** 15;

/**
 * Envoy's `maglev`, slot for slot: a table of 65,537 slots that backends fill in turns by their own permutation, so that
 * shares are even and few keys move. A slot whose backend is out: the hash is varied as Envoy varies it for retries.
 * Without a key: random.
 */
export function maglev(backends: readonly Backend[], random: () => number): Policy {
  return runAtOnce(maglevInSlices(backends, random));
}

export function* maglevInSlices(backends: readonly Backend[], random: () => number): Slices<Policy> {
  return over(yield* maglevTableInSlices(backends, TABLE_SIZE), backends, random);
}

function over(table: Uint16Array, backends: readonly Backend[], random: () => number): Policy {
  const named = (eligible: Eligible, key: string | null): Backend | null =>
    key === null || table.length === 0 ? null : lookUp(table, backends, eligible, xxHash64Text(key));
  return {
    named,
    next: (eligible, key) => (key === null ? drawWeighted(backends, eligible, random) : named(eligible, key)),
    circle: {
      ownerAt: (position) => backends[table[Math.floor(position * table.length)] ?? -1] ?? null,
      positionOf: (key) => remainder(xxHash64Text(key), TABLE_SIZE) / TABLE_SIZE,
    },
  };
}

/** The owner of a hash; while that is not eligible, who Envoy asks in the retries of a request, then the slots behind. */
export function lookUp(
  table: Uint16Array,
  backends: readonly Backend[],
  eligible: Eligible,
  hash: Hash64,
): Backend | null {
  const ownerOf = (slot: number) => backends[table[slot % table.length] as number] as Backend;
  for (let jump = 0; jump <= MAX_JUMPS; jump++) {
    const owner = ownerOf(remainder(jump === 0 ? hash : varied(hash, jump), table.length));
    if (eligible(owner)) return owner;
  }
  const start = remainder(hash, table.length);
  for (let step = 1; step < table.length; step++) if (eligible(ownerOf(start + step))) return ownerOf(start + step);
  return null;
}

/** `hash ^ (2^64 - attempt)` */
function varied({ hi, lo }: Hash64, attempt: number): Hash64 {
  return { hi: ~hi >>> 0, lo: (lo ^ -attempt) >>> 0 };
}

interface Filler {
  index: number;
  offset: number;
  skip: number;
  weight: number;
  /** Grows with every slot taken; a light backend waits until its turns have caught up. */
  target: number;
  next: number;
}

/** Owner of each slot, an index into `backends`; `size` is a prime. Empty when no backend has weight. */
export function buildMaglevTable(backends: readonly Pick<Backend, 'address' | 'weight'>[], size: number): Uint16Array {
  return runAtOnce(maglevTableInSlices(backends, size));
}

function* maglevTableInSlices(
  backends: readonly Pick<Backend, 'address' | 'weight'>[],
  size: number,
): Slices<Uint16Array> {
  const fillers = fillersOf(backends, size);
  if (fillers.length === 0) return new Uint16Array();
  const table = new Uint16Array(size).fill(FREE);
  const heaviest = Math.max(...fillers.map(({ weight }) => weight));
  let filled = 0;
  let turns = 0;
  for (let round = 1; filled < size; round++) {
    for (const filler of fillers) {
      if (filled === size) break;
      if (++turns % TURNS_PER_SLICE === 0) yield;
      if (round * filler.weight < filler.target) continue;
      filler.target += heaviest;
      takeSlot(table, filler);
      filled++;
    }
  }
  return table;
}

function fillersOf(backends: readonly Pick<Backend, 'address' | 'weight'>[], size: number): Filler[] {
  const shares = normalisedWeights(backends);
  return backends
    .map(({ address }, index) => ({
      index,
      address,
      offset: remainder(xxHash64Text(address), size),
      skip: remainder(xxHash64Text(address, 1), size - 1) + 1,
      weight: shares[index] as number,
      target: 0,
      next: 0,
    }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => (a.address < b.address ? -1 : 1));
}

function takeSlot(table: Uint16Array, filler: Filler): void {
  let slot: number;
  do slot = (filler.offset + filler.skip * filler.next++) % table.length;
  while (table[slot] !== FREE);
  table[slot] = filler.index;
}
