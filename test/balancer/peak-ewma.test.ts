import { expect, test } from 'vitest';
import type { AttemptResult, Backend } from '../../proxy-engine/balancer/backend.ts';
import { nextLatency, peakEwma } from '../../proxy-engine/balancer/peak-ewma.ts';
import { ProxyError } from '../../proxy-engine/errors.ts';
import { backendsOf, seededRandom } from '../support/backends.ts';
import { FakeClock } from '../support/fake-clock.ts';

test.each([
  ['the first sample is the average', null, 20, 0, 20],
  ['a peak counts at once', { averageMs: 10, at: 0 }, 500, 1, 500],
  ['it comes down by 1 - 1/e in ten seconds', { averageMs: 100, at: 0 }, 0, 10_000, 100 / Math.E],
  ['and hardly at all at once', { averageMs: 100, at: 5 }, 0, 5, 100],
] as const)('%s', (_name, before, sampleMs, now, expected) => {
  expect(nextLatency(before, sampleMs, now).averageMs).toBeCloseTo(expected, 9);
});

function answered(headMs: number): AttemptResult {
  return { ok: true, latencyMs: headMs, headMs, error: null };
}

function shares(learn: Record<string, number>, weights = [1, 1, 1]): Record<string, number> {
  const clock = new FakeClock();
  const backends = backendsOf(weights, clock);
  const policy = peakEwma(backends, seededRandom(7), clock);
  for (const backend of backends) policy.ended?.(backend, answered(learn[backend.name] ?? 10));
  const counts: Record<string, number> = { a: 0, b: 0, c: 0 };
  for (let i = 0; i < 9000; i++) {
    const { name = '' } = policy.next(() => true, null) ?? {};
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

test('the dearest of three loses every draw that it is in, the cheapest wins its own', () => {
  const { a = 0, b = 0, c = 0 } = shares({ a: 10, b: 20, c: 300 });
  expect(c).toBe(0);
  // a is in two of the three possible pairs.
  expect(a / (a + b)).toBeGreaterThan(0.64);
  expect(a / (a + b)).toBeLessThan(0.69);
});

test('twice the weight bears twice the latency', () => {
  const { a = 0 } = shares({ a: 19, b: 10, c: 10 }, [2, 1, 1]);
  expect(a / 9000).toBeGreaterThan(0.64);
  const heavier = shares({ a: 21, b: 10, c: 10 }, [2, 1, 1]);
  expect(heavier.a).toBe(0);
});

test('requests in flight make it dearer', () => {
  const clock = new FakeClock();
  const [a, b] = backendsOf([1, 1], clock);
  const policy = peakEwma(
    [a, b].filter((one) => one !== undefined),
    seededRandom(1),
    clock,
  );
  a?.attemptStarted();
  expect(Array.from({ length: 20 }, () => policy.next(() => true, null)?.name)).toEqual(Array(20).fill('b'));
});

test('a slow one is tried again when it has had nothing for a while', () => {
  const clock = new FakeClock();
  const [a, b] = backendsOf([1, 1], clock);
  const policy = peakEwma(
    [a, b].filter((one) => one !== undefined),
    seededRandom(1),
    clock,
  );
  if (a) policy.ended?.(a, answered(1000));
  expect(policy.next(() => true, null)?.name).toBe('b');
  clock.advance(50_000);
  if (b) policy.ended?.(b, answered(10));
  expect(policy.next(() => true, null)?.name).toBe('a');
});

const REFUSED = { ok: false, latencyMs: 0.3, headMs: 0.3, error: new ProxyError('CONNECT_REFUSED', 'refused') };
const LEFT = { ...REFUSED, ok: true, error: new ProxyError('CLIENT_GONE', 'gone') };

test.each<[string, AttemptResult[], number, 'a' | 'b']>([
  ['failing quickly makes nothing cheaper', [answered(30), REFUSED], 0, 'b'],
  ['nor what nobody knows yet', [REFUSED], 0, 'b'],
  ['nor does failing for a while', [answered(30), ...Array(60).fill(REFUSED)], 1000, 'b'],
  ['a client that leaves at once is nothing to go by', [answered(30), ...Array(60).fill(LEFT)], 1000, 'a'],
])('%s', (_name, ofA, everyMs, cheaper) => {
  const clock = new FakeClock();
  const backends = backendsOf([1, 1], clock);
  const [a, b] = backends as [Backend, Backend];
  const policy = peakEwma(backends, seededRandom(1), clock);
  for (const result of ofA) {
    policy.ended?.(a, result);
    policy.ended?.(b, answered(9));
    clock.advance(everyMs);
  }
  expect(policy.next(() => true, null)?.name).toBe(cheaper);
});

test('one that is out is never drawn; the only one is; nobody: no pick', () => {
  const clock = new FakeClock();
  const policy = peakEwma(backendsOf([1, 1, 1], clock), seededRandom(3), clock);
  const names = new Set(Array.from({ length: 100 }, () => policy.next(({ name }) => name !== 'b', null)?.name));
  expect([...names].toSorted()).toEqual(['a', 'c']);
  expect(policy.next(({ name }) => name === 'c', null)?.name).toBe('c');
  expect(policy.next(() => false, null)).toBeNull();
});
