import type { Backend } from './backend.ts';
import type { Policy } from './policy.ts';

/** The first eligible backend in the order of the config: all traffic in one place, the next takes over when it fails. */
export function firstAvailable(backends: readonly Backend[]): Policy {
  const next: Policy['next'] = (eligible) => backends.find(eligible) ?? null;
  return { next, named: next };
}
