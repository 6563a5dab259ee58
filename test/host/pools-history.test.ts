import { expect, onTestFinished, test } from 'vitest';
import { HISTORY_SECONDS } from '../../proxy-engine/contract/pool-commands.ts';
import { PoolsHistoryKeeper } from '../../proxy-engine/host/pools-history.ts';
import { exampleState } from '../renderer/examples.ts';
import { answeredBy, startBackend } from '../support/backend.ts';
import { startHost } from '../support/engine-host.ts';
import { FakeClock } from '../support/fake-clock.ts';

const [pool] = exampleState.pools;
const [a, b] = pool?.backends ?? [];
if (!pool || !a || !b) throw new Error('the example has a pool with backends');

const poolsWith = (...backends: (typeof a)[]) => [{ ...pool, backends }];

test('one sample a second, five minutes in all, oldest first', () => {
  const keeper = new PoolsHistoryKeeper();
  for (let second = 1; second <= HISTORY_SECONDS + 20; second++)
    for (const rate of [second, -1]) keeper.sample(second, poolsWith({ ...a, requests: 1, rate }));
  const { times, backends } = keeper.read();
  expect([times.length, times[0], times.at(-1)]).toEqual([HISTORY_SECONDS, 21, HISTORY_SECONDS + 20]);
  expect(backends.map(({ pool, backend }) => `${pool}/${backend}`)).toEqual(['api/a']);
  expect(backends[0]?.rate).toEqual(times);
});

test('a clock that is set back begins it anew, and does not stop it', () => {
  const keeper = new PoolsHistoryKeeper();
  for (const second of [5000, 5001, 4999, 10, 11])
    keeper.sample(second, poolsWith({ ...a, requests: 1, rate: second }));
  expect(keeper.read()).toMatchObject({ times: [10, 11], backends: [{ rate: [10, 11] }] });
});

test('what has had no requests takes no room; its first failures stand out from none', () => {
  const keeper = new PoolsHistoryKeeper();
  keeper.sample(1, poolsWith({ ...a, requests: 0 }));
  expect(keeper.read()).toEqual({ times: [1], backends: [] });
  keeper.sample(2, poolsWith({ ...a, requests: 9, failures: 3, p95Ms: 12.345 }));
  expect(keeper.read().backends).toMatchObject([{ backend: 'a', failures: [0, 3], p95Ms: [0, 12.3] }]);
});

test('a backend that goes is forgotten', () => {
  const keeper = new PoolsHistoryKeeper();
  keeper.sample(1, poolsWith({ ...a, requests: 1 }, { ...b, requests: 1 }));
  keeper.sample(2, poolsWith({ ...b, requests: 1 }));
  expect(keeper.read().backends.map(({ backend }) => backend)).toEqual(['b']);
});

test('a host that was told to keeps it: what went by before a window is there', async () => {
  const backend = await startBackend('a');
  onTestFinished(() => backend.close());
  const { host, call, address } = await startHost({
    listeners: { gateway: { address: '127.0.0.1:0' } },
    routes: [{ name: 'all', pool: 'api' }],
    pools: { api: { backends: [{ name: 'a', url: backend.url }] } },
  });
  expect(await call('pools.history', {})).toEqual({ times: [], backends: [] });
  const clock = new FakeClock();
  const stop = host.history.start(clock, () => host.engine.state());
  await answeredBy(address('gateway'), 2);
  clock.advance(3000);
  stop();
  clock.advance(3000);
  const { times, backends } = await call('pools.history', {});
  expect(times).toHaveLength(3);
  expect(backends).toMatchObject([{ pool: 'api', backend: 'a', failures: [0, 0, 0] }]);
  expect(backends[0]?.rate[2]).toBeGreaterThan(0);
});
