/** Times that are 0, which targets take for something else: none, or at once. */

/** As long as every target takes: 24 days. */
const NEVER_MS = 24 * 86_400_000;

/** Of a pool: 0 is none. */
export function boundOf(ms: number): number {
  return ms === 0 ? NEVER_MS : ms;
}

/** The later of two bounds. */
export function laterOf(one: number, other: number): number {
  return Math.max(boundOf(one), boundOf(other));
}

/** Of a listener: deadlines are met within that time. */
const SHORTEST_MS = 100;

export function deadlineOf(ms: number): number {
  return Math.max(SHORTEST_MS, ms);
}
