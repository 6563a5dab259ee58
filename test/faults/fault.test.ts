import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fault } from '../../proxy-engine/contract/state.ts';
import { cutPoint, decideFault, describeFault, type FaultDecision } from '../../proxy-engine/faults/fault.ts';

/** Gives these numbers in turn, then 0.5. */
function numbers(...values: number[]): () => number {
  return () => values.shift() ?? 0.5;
}

const SPARED: FaultDecision = { delayMs: 0, failWith: null, cutBody: null, bytesPerSecond: Number.POSITIVE_INFINITY };

// The numbers are asked for: percent, jitter, error percent, cut.
describe('decides', () => {
  it.each<[fault: Fault, random: number[], decision: Partial<FaultDecision> | null]>([
    [{}, [], null],
    [{ latencyMs: 200 }, [], { delayMs: 200 }],
    [{ latencyMs: 200, jitterMs: 50 }, [0, 0], { delayMs: 150 }],
    [{ latencyMs: 200, jitterMs: 50 }, [0, 0.75], { delayMs: 225 }],
    [{ latencyMs: 10, jitterMs: 50 }, [0, 0], null],
    [{ percent: 30, latencyMs: 5 }, [0.29], { delayMs: 5 }],
    [{ percent: 30, latencyMs: 5 }, [0.3], null],
    [{ percent: 0, blackhole: true }, [0], null],
    [{ errorPercent: 50 }, [0, 0, 0.49], { failWith: { kind: 'status', status: 503 } }],
    [{ errorPercent: 50 }, [0, 0, 0.5], null],
    [{ errorPercent: 50, status: 500 }, [0, 0, 0], { failWith: { kind: 'status', status: 500 } }],
    [{ status: 429 }, [0, 0, 0.999], { failWith: { kind: 'status', status: 429 } }],
    [{ errorPercent: 0, status: 429 }, [0, 0, 0], null],
    [{ reset: 'connect' }, [], { failWith: { kind: 'reset-connect' } }],
    [{ reset: 'head' }, [], { failWith: { kind: 'reset-head' } }],
    [{ reset: 'body' }, [0, 0, 0, 0], { cutBody: { afterBytes: 1, how: 'reset' } }],
    [{ truncate: true }, [0, 0, 0, 0.5], { cutBody: { afterBytes: 128, how: 'close' } }],
    [{ truncate: true }, [0, 0, 0, 0.999_999], { cutBody: { afterBytes: 16_383, how: 'close' } }],
    [{ truncate: true, status: 500 }, [], { failWith: { kind: 'status', status: 500 } }],
    [{ blackhole: true, reset: 'connect', status: 500 }, [], { failWith: { kind: 'blackhole' } }],
    [{ reset: 'connect', status: 500 }, [], { failWith: { kind: 'reset-connect' } }],
    [{ reset: 'head', status: 500 }, [], { failWith: { kind: 'status', status: 500 } }],
    [{ reset: 'head', errorPercent: 10 }, [0, 0, 0.5], { failWith: { kind: 'reset-head' } }],
    [{ bandwidthBytesPerSecond: 1000 }, [], { bytesPerSecond: 1000 }],
  ])('%j with %j', (fault, random, decision) => {
    expect(decideFault(fault, numbers(...random))).toEqual(decision && { ...SPARED, ...decision });
  });

  it('hits the share that it is told to', () => {
    const percents = fc.record({
      percent: fc.integer({ min: 0, max: 100 }),
      errorPercent: fc.integer({ min: 0, max: 100 }),
    });
    fc.assert(
      fc.property(percents, (fault) => {
        // Every pair of hundredths once: shares are exact, not probable.
        let hit = 0;
        let failed = 0;
        for (let i = 0; i < 10_000; i++) {
          const decision = decideFault(
            { ...fault, latencyMs: 1 },
            numbers(Math.floor(i / 100) / 100, 0.5, (i % 100) / 100, 0),
          );
          if (decision) hit++;
          if (decision?.failWith) failed++;
        }
        expect(hit).toBe(fault.percent * 100);
        expect(failed).toBe(fault.percent * fault.errorPercent);
      }),
      { numRuns: 20, seed: 20_261_129 },
    );
  });
});

it.each<[afterBytes: number, lengthBytes: number, point: number]>([
  [100, -1, 100],
  [100, 1000, 100],
  [100, 100, 50],
  [100, 3, 1],
  [100, 1, 0],
  [100, 0, 0],
])('a cut after %i bytes of %i is after %i', (afterBytes, lengthBytes, point) =>
  expect(cutPoint(afterBytes, lengthBytes)).toBe(point),
);

it.each<[fault: Fault, words: string]>([
  [{}, 'nothing'],
  [{ latencyMs: 200, jitterMs: 50, errorPercent: 30 }, '+200 ± 50 ms, 30 % 503'],
  [{ jitterMs: 50 }, 'up to 50 ms'],
  [{ status: 500, percent: 10 }, '100 % 500 (10 % of requests)'],
  [{ reset: 'head' }, 'resets before the head'],
  [{ blackhole: true }, 'never answers'],
  [{ truncate: true, bandwidthBytesPerSecond: 1024 }, 'cuts bodies short, 1024 bytes/s'],
])('%j is told as %s', (fault, words) => expect(describeFault(fault)).toBe(words));
