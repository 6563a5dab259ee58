import type { Clock } from '../clock.ts';
import type { Backend } from './backend.ts';
import type { Latency } from './backend-record.ts';
import type { Eligible, Policy } from './policy.ts';

/** Time constant of the average, and of forgetting it while nothing is sent. */
const DECAY_MS = 10_000;
/** What a backend without any sample is taken to need: little, so that it is tried soon (Envoy). */
const UNKNOWN_LATENCY_MS = 10;

/**
 * Two different eligible backends drawn at random, the cheaper one wins. Cost: moving average of the latency, times
 * requests in flight + 1, over the weight. The average jumps up to a peak at once and comes down slowly (Finagle), and
 * fades while a backend gets nothing, so that a slow one is tried again; while it only fails quickly nothing fades. It stands
 * in the backend's record: a changed weight forgets nothing. `random` answers in [0, 1).
 */
export function peakEwma(backends: readonly Backend[], random: () => number, clock: Clock): Policy {
  const cost = (backend: Backend, now: number) =>
    ((fadedMs(backend.record.latency, now) ?? UNKNOWN_LATENCY_MS) * (backend.inFlight + 1)) / backend.effectiveWeight;
  return {
    next(eligible) {
      const pair = drawTwo(backends, eligible, random);
      if (pair === null) return null;
      const now = clock.now();
      return cost(pair[1], now) < cost(pair[0], now) ? pair[1] : pair[0];
    },
    ended({ record }, { ok, headMs, error }) {
      const averageMs = record.latency?.averageMs ?? UNKNOWN_LATENCY_MS;
      const now = clock.now();
      if (error === null || headMs >= averageMs) record.latency = nextLatency(record.latency, headMs, now);
      // A refused connection is quick, but no reason to send more, nor to forget. A client that left tells nothing.
      else if (!ok) record.latency = { averageMs, at: now };
    },
  };
}

function fadedMs(latency: Latency | null, now: number): number | null {
  return latency && latency.averageMs * Math.exp(-(now - latency.at) / DECAY_MS);
}

/** The average after one more sample. */
export function nextLatency(before: Latency | null, sampleMs: number, now: number): Latency {
  if (!before || sampleMs >= before.averageMs) return { averageMs: sampleMs, at: now };
  const share = 1 - Math.exp(-(now - before.at) / DECAY_MS);
  return { averageMs: before.averageMs + share * (sampleMs - before.averageMs), at: now };
}

/** Two different ones, or the only one twice. */
function drawTwo(backends: readonly Backend[], eligible: Eligible, random: () => number): [Backend, Backend] | null {
  const candidates = backends.filter(eligible);
  const count = candidates.length;
  if (count === 0) return null;
  const first = Math.floor(random() * count);
  const second = count === 1 ? first : (first + 1 + Math.floor(random() * (count - 1))) % count;
  return [candidates[first] as Backend, candidates[second] as Backend];
}
