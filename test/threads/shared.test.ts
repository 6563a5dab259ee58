/** What threads have in common: ids, counters, rows of counts. */
import { expect, it, test } from 'vitest';
import { systemClock } from '../../proxy-engine/clock.ts';
import { configSchema } from '../../proxy-engine/contract/config.ts';
import { ExchangeCounters, sumOfCounts } from '../../proxy-engine/metrics/exchange-counters.ts';
import { ExchangeIds } from '../../proxy-engine/threads/exchange-ids.ts';
import { clockSince, zeroOf } from '../../proxy-engine/threads/shared-clock.ts';
import { SharedCounter } from '../../proxy-engine/threads/shared-counter.ts';
import { unsupportedIn } from '../../proxy-engine/workers/unsupported.ts';

test('ids go on where the other thread is, also beyond 32 bits', () => {
  const ids = ExchangeIds.from(2 ** 32);
  const same = ExchangeIds.sharing(ids.memory);
  expect([ids.next(), same.next(), ids.next()]).toEqual([2 ** 32, 2 ** 32 + 1, 2 ** 32 + 2]);
});

test('of two threads that replace the same value one is told so', () => {
  const counter = new SharedCounter();
  const same = new SharedCounter(counter.memory);
  counter.value = 5;
  expect([same.replace(5, 0), counter.replace(5, 0), counter.value]).toEqual([true, false, 0]);
  expect([counter.add(2), same.value]).toEqual([0, 2]);
});

test('threads that count within a bound never make more of it', () => {
  const counter = new SharedCounter();
  const same = new SharedCounter(counter.memory);
  expect([counter.addWithin(2), same.addWithin(2), counter.addWithin(2)]).toEqual([true, true, false]);
  same.add(-1);
  expect([counter.addWithin(2), same.addWithin(2), same.value]).toEqual([true, false, 2]);
});

test('a clock is set to that of another thread', () => {
  const ahead = { ...systemClock, now: () => systemClock.now() + 5000 };
  const zero = zeroOf(ahead);
  const before = systemClock.now();
  const told = clockSince(zero).now() - 5000;
  const after = systemClock.now();
  expect(told).toBeGreaterThan(before - 1000);
  expect(told).toBeLessThan(after + 1000);
});

test('counts of the same listener, route and pool are one row', () => {
  const passed = { status: 200, durationMs: 3, attempts: 2, error: undefined, faulted: false };
  const exchange = { listener: 'l', route: 'r', pool: 'p', ...passed };
  const [one, other] = [new ExchangeCounters(), new ExchangeCounters()];
  one.record(exchange);
  other.record({ ...exchange, status: 502, error: 'RESET', faulted: true });
  other.record({ ...exchange, pool: 'q' });
  const rows = sumOfCounts([one.read(), structuredClone(other.read())]);
  expect(rows.map(({ pool, statuses, retries }) => [pool, statuses, retries])).toEqual([
    ['p', [0, 0, 1, 0, 0, 1], 2],
    ['q', [0, 0, 1, 0, 0, 0], 1],
  ]);
  expect(rows[0]?.faulted).toEqual([0, 0, 0, 0, 0, 1]);
  expect(rows[0]?.errors).toEqual(new Map([['RESET', 1]]));
  expect([rows[0]?.duration.count, rows[0]?.duration.sumMs]).toEqual([2, 6]);
});

it.each([
  [1, []],
  [2, []],
  [3, ['pools.p.connections.perBackend']],
])('%i threads: refused is %j', (workers, paths) => {
  const pools = { p: { backends: [{ url: 'http://127.0.0.1:1' }], connections: { perBackend: 2 } } };
  const config = configSchema.parse({ version: 1, pools });
  expect(unsupportedIn(config, workers).map(({ path }) => path)).toEqual(paths);
});
