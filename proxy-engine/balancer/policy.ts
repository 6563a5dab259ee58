import type { Backend } from './backend.ts';

/** How a pool picks. One policy, one file. A policy holds what it must remember between picks and nothing else. */
export interface Policy {
  /** The next backend among those that `eligible` lets through; null: there is none. `key` is the hash key, when the policy uses one. */
  next(backends: readonly Backend[], eligible: (backend: Backend) => boolean, key: string | null): Backend | null;
}
