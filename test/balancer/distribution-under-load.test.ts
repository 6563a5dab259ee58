/**
 * 100,000 picks with requests that stay for a while, in simulated time: policies that go by load and latency keep to what theory
 * says of them. As many clients as are told always wait for an answer (a closed system), so that what is in flight is known.
 */
import { describe, expect, test } from 'vitest';
import type { Backend } from '../../proxy-engine/balancer/backend.ts';
import { createPolicy } from '../../proxy-engine/balancer/create-policy.ts';
import type { PolicyName } from '../../proxy-engine/contract/config.ts';
import { backendsOf, seededRandom } from '../support/backends.ts';
import { FakeClock } from '../support/fake-clock.ts';

const PICKS = 100_000;

interface System {
  policy: PolicyName;
  weights: readonly number[];
  /** Mean time that each backend needs, milliseconds. */
  serviceMs: readonly number[];
  /** How often a request takes how long: as long as the mean, or exponentially spread around it. */
  spread: 'none' | 'exponential';
  clients: number;
  /** At each pick, before it counts. */
  onPick?(picked: Backend, backends: readonly Backend[]): void;
}

/** Picks per backend, once every client has something in flight. */
function simulate({ policy: name, weights, serviceMs, spread, clients, onPick }: System): number[] {
  const [clock, random] = [new FakeClock(), seededRandom(7)];
  const backends = backendsOf(weights, clock);
  const policy = createPolicy(name, backends, { random: seededRandom(2026), clock });
  const underWay: { backend: Backend; begunAt: number; endsAt: number }[] = [];
  const totals = weights.map(() => 0);
  const begin = (): number => {
    const backend = policy.next(() => true, null) as Backend;
    onPick?.(backend, backends);
    backend.attemptStarted();
    const at = backends.indexOf(backend);
    const tookMs = (serviceMs[at] as number) * (spread === 'none' ? 1 : -Math.log(1 - random()));
    underWay.push({ backend, begunAt: clock.now(), endsAt: clock.now() + tookMs });
    return at;
  };
  for (let i = 0; i < clients; i++) begin();
  for (let i = 0; i < PICKS; i++) {
    const first = underWay.reduce((one, other) => (other.endsAt < one.endsAt ? other : one));
    underWay.splice(underWay.indexOf(first), 1);
    clock.advance(first.endsAt - clock.now());
    const headMs = clock.now() - first.begunAt;
    first.backend.attemptEnded({ ok: true, latencyMs: headMs, headMs, error: null });
    policy.ended?.(first.backend, { ok: true, latencyMs: headMs, headMs, error: null });
    const at = begin();
    totals[at] = (totals[at] as number) + 1;
  }
  return totals;
}

/** Five standard deviations of a binomial count. */
function fiveSigma(share: number): number {
  return 5 * Math.sqrt(PICKS * share * (1 - share));
}

function sharesOf(parts: readonly number[]): number[] {
  const sum = parts.reduce((total, part) => total + part, 0);
  return parts.map((part) => part / sum);
}

describe('least_request', () => {
  /*
   * With clients in proportion to the weights, each backend holds exactly its part of them: whoever ends one has the least and
   * gets the next. So a backend of weight w that needs s ends w/s, and by exponential times the picks are a binomial.
   */
  test.each([
    [[1, 1, 1], [10, 10, 10], 12],
    [[1, 1, 1], [10, 20, 80], 12],
    [[5, 1, 1], [10, 10, 10], 14],
    [[1, 2, 5], [30, 10, 20], 16],
    [[3, 1], [100, 1], 40],
  ])('weights %j that need %j ms, %i clients: shares are weight by time', (weights, serviceMs, clients) => {
    const totals = simulate({ policy: 'least_request', weights, serviceMs, spread: 'exponential', clients });
    const shares = sharesOf(weights.map((weight, i) => weight / (serviceMs[i] as number)));
    for (const [i, share] of shares.entries())
      expect(Math.abs((totals[i] as number) - PICKS * share)).toBeLessThan(fiveSigma(share));
  });

  test('never one that has more in flight for its weight than another', () => {
    let wrong = 0;
    const loadOf = ({ inFlight, weight }: Backend) => inFlight / weight;
    const totals = simulate({
      policy: 'least_request',
      weights: [3, 2, 7, 1],
      serviceMs: [10, 50, 5, 200],
      spread: 'exponential',
      clients: 23,
      onPick: (picked, backends) => {
        if (backends.some((backend) => loadOf(backend) < loadOf(picked))) wrong++;
      },
    });
    expect(wrong).toBe(0);
    expect(totals.reduce((sum, count) => sum + count, 0)).toBe(PICKS);
  });
});

describe('peak_ewma', () => {
  /*
   * Of two backends both are always drawn, and the cheaper one is picked: latency × (in flight + 1) ÷ weight is the same at both,
   * give or take one in flight. Where each needs a constant time s its latency is s, so that (n₁ + 1) s₁ / w₁ = (n₂ + 1) s₂ / w₂
   * and n₁ + n₂ = clients; n in flight end n / s.
   */
  test.each([
    [[1, 1], [10, 10], 20],
    [[1, 1], [10, 40], 34],
    [[1, 1], [5, 100], 50],
    [[3, 1], [20, 20], 40],
    [[1, 4], [10, 40], 30],
  ])('weights %j that need %j ms, %i clients: latency times load is even', (weights, serviceMs, clients) => {
    const totals = simulate({ policy: 'peak_ewma', weights, serviceMs, spread: 'none', clients });
    const [w1 = 1, w2 = 1] = weights;
    const [s1 = 1, s2 = 1] = serviceMs;
    const second = (clients + 2) / (1 + (s2 * w1) / (s1 * w2)) - 1;
    const shareOf = (inFlight: number) => inFlight / s2 / (inFlight / s2 + (clients - inFlight) / s1);
    const share = (totals[1] as number) / PICKS;
    expect(share).toBeGreaterThan(shareOf(Math.max(0, second - 1)));
    expect(share).toBeLessThan(shareOf(second + 1));
  });

  /*
   * Without load all costs are 10 ms ÷ weight: of the pairs of three, the heaviest is in two and wins both; the others share the third
   * by the order in which they are drawn.
   */
  test('idle, weights 5, 1, 1: the heaviest wins its two pairs of three', () => {
    const backends = backendsOf([5, 1, 1]);
    const policy = createPolicy('peak_ewma', backends, { random: seededRandom(2026), clock: new FakeClock() });
    const totals = [0, 0, 0];
    for (let i = 0; i < PICKS; i++) {
      const at = backends.indexOf(policy.next(() => true, null) as Backend);
      totals[at] = (totals[at] as number) + 1;
    }
    for (const [i, share] of [2 / 3, 1 / 6, 1 / 6].entries())
      expect(Math.abs((totals[i] as number) - PICKS * share)).toBeLessThan(fiveSigma(share));
  });

  test.each([
    [[10, 10, 40], 30],
    [[10, 20, 200], 24],
    [[5, 5, 5, 500], 40],
  ])(
    'times of %j ms that vary, %i clients: the slowest gets less than least_request gives it, and is not starved',
    (serviceMs, clients) => {
      const weights = serviceMs.map(() => 1);
      const totals = simulate({ policy: 'peak_ewma', weights, serviceMs, spread: 'exponential', clients });
      const least = sharesOf(serviceMs.map((ms) => 1 / ms)).at(-1) as number;
      expect(totals.at(-1)).toBeLessThan(PICKS * least);
      expect(totals.at(-1)).toBeGreaterThan(0);
      const faster = totals.slice(0, -1);
      expect(Math.min(...faster)).toBeGreaterThan(totals.at(-1) as number);
    },
  );

  test('never the dearer of the two that were drawn: a pick costs at most what the second cheapest would', () => {
    let dearest = 0;
    simulate({
      policy: 'peak_ewma',
      weights: [1, 1, 1, 1],
      serviceMs: [10, 20, 40, 80],
      spread: 'none',
      clients: 24,
      onPick: (picked, backends) => {
        const costOf = ({ record, inFlight }: Backend) => (record.latency?.averageMs ?? 10) * (inFlight + 1);
        if (backends.every((backend) => backend === picked || costOf(backend) < costOf(picked) * 0.9)) dearest++;
      },
    });
    // It would have had to be drawn against itself.
    expect(dearest).toBe(0);
  });
});
