import { expect, test } from 'vitest';
import { Backend } from '../../proxy-engine/balancer/backend.ts';
import { slowStartShare } from '../../proxy-engine/balancer/slow-start.ts';
import { smoothWeighted } from '../../proxy-engine/balancer/smooth-weighted.ts';
import { FakeClock } from '../support/fake-clock.ts';

test.each([
  [0, 0.1],
  [500, 0.1],
  [5000, 0.5],
  [9000, 0.9],
  [10_000, 1],
  [99_000, 1],
])('%d ms after it came back a window of 10 s gives %d of the weight', (sinceMs, share) => {
  expect(slowStartShare(sinceMs, 10_000)).toBe(share);
});

test('one that comes back gets its part bit by bit; one that was never away gets it at once', () => {
  const clock = new FakeClock();
  const options = { clock, bounds: { maxInFlight: 0 }, slowStartMs: 10_000 };
  const backends = ['a', 'b'].map(
    (name, i) =>
      new Backend({ name, url: `http://127.0.0.1:${3001 + i}`, weight: 10, state: 'ready', backup: false }, options),
  );
  const policy = smoothWeighted(backends);
  const countA = () =>
    Array.from({ length: 110 }, () => policy.next(() => true, null)?.name).filter((name) => name === 'a').length;
  expect(countA()).toBe(55);
  const [a] = backends;
  if (a) a.record.returnedAt = clock.now();
  expect(a?.reason).toBe('slow start: 10 % of its weight');
  expect(countA()).toBe(10);
  clock.advance(5000);
  expect(countA()).toBeGreaterThanOrEqual(36);
  clock.advance(5000);
  expect(countA()).toBe(55);
  expect(a?.reason).toBe('ready');
});
