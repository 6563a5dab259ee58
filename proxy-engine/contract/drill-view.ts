/** How a report is shown: long drills in longer parts than seconds, and only the backends that it is about. */
import type { DrillBackendReport, DrillSecond } from './drill.ts';

export interface DrillPart extends DrillSecond {
  atMs: number;
  widthMs: number;
}

/** At most `most` parts of whole seconds, the last as long as is left of `endMs`. Counts add up, latencies are those of the slowest second. */
export function partsOf(seconds: readonly DrillSecond[], endMs: number, most: number): DrillPart[] {
  const size = Math.max(1, Math.ceil(seconds.length / most));
  return Array.from({ length: Math.ceil(seconds.length / size) }, (_, index) => {
    const atMs = index * size * 1000;
    const together = seconds.slice(index * size, (index + 1) * size).reduce(add);
    return { ...together, atMs, widthMs: Math.max(0, Math.min(size * 1000, endMs - atMs)) };
  });
}

function add(a: DrillSecond, b: DrillSecond): DrillSecond {
  return {
    requests: a.requests + b.requests,
    failed: a.failed + b.failed,
    retries: a.retries + b.retries,
    attempts: a.attempts.map((count, place) => count + (b.attempts[place] ?? 0)),
    failures: a.failures.map((count, place) => count + (b.failures[place] ?? 0)),
    ...slowest(a, b),
  };
}

function slowest(a: DrillSecond, b: DrillSecond): Pick<DrillSecond, 'p50Ms' | 'p99Ms'> {
  if (a.p99Ms === undefined) return { p50Ms: b.p50Ms, p99Ms: b.p99Ms };
  const { p50Ms = 0, p99Ms = 0 } = b;
  return { p50Ms: Math.max(a.p50Ms ?? 0, p50Ms), p99Ms: Math.max(a.p99Ms, p99Ms) };
}

export interface ShownBackend extends DrillBackendReport {
  /** In the report's backends, and so in its seconds. */
  place: number;
}

/** The backends of pools that got something; those of other pools say nothing about the drill. */
export function shownBackends(backends: readonly DrillBackendReport[]): ShownBackend[] {
  const poolOf = (name: string): string => name.slice(0, name.indexOf('/'));
  const asked = new Set(backends.flatMap(({ name, attempts }) => (attempts > 0 ? [poolOf(name)] : [])));
  return backends.flatMap((backend, place) => (asked.has(poolOf(backend.name)) ? [{ ...backend, place }] : []));
}
