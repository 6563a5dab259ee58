import type { AttemptResult, Backend } from './backend.ts';

export type Eligible = (backend: Backend) => boolean;

/**
 * How a pool picks among the backends it was made for. One policy, one file; a policy remembers what it must between picks
 * and nothing else. Asking again with the tried backends no longer eligible yields the next distinct candidate.
 */
export interface Policy {
  /** The next backend among the eligible ones; null: there is none. `key`: what keyed policies hash, null when the request has none. */
  next(eligible: Eligible, key: string | null): Backend | null;
  /** Whom of the eligible ones `next` names by the key (or by their order) alone; null: they take turns, or are drawn. Counts nothing; absent: that is always so. */
  named?(eligible: Eligible, key: string | null): Backend | null;
  /** How an attempt went, for policies that learn from it. */
  ended?(backend: Backend, result: AttemptResult): void;
  /** How keyed policies divide the keys; absent: there is nothing to be drawn. */
  circle?: Circle;
}

/** Hashes as a circle from 0 to 1, and who owns which part of it. */
export interface Circle {
  /** null: it is empty. */
  ownerAt(position: number): Backend | null;
  positionOf(key: string): number;
}
