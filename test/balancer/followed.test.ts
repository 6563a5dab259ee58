import { expect, onTestFinished, test } from 'vitest';
import { createPool } from '../../proxy-engine/balancer/pool.ts';
import { poolConfig, seededRandom } from '../support/backends.ts';
import { FakeClock } from '../support/fake-clock.ts';

test('why a pool is empty is told by all threads', async () => {
  const config = poolConfig({ backends: undefined, discover: { file: 'nowhere/backends.json' } });
  const deps = { clock: new FakeClock(), random: seededRandom(1) };
  const told = Promise.withResolvers<void>();
  const leading = createPool('p', config, { ...deps, onChange: () => told.resolve() });
  onTestFinished(() => leading.stop());
  const following = createPool('p', config, {
    ...deps,
    onChange: () => {},
    lead: { ...leading.facts(), attemptEnded: () => {}, readmitted: () => {} },
  });
  expect(following.unavailableReasons()).toBe('no backend was discovered yet');
  leading.start();
  await told.promise;
  following.follow(leading.facts());
  expect(following.unavailableReasons()).toContain('there is no such file');
  expect(following.unavailableReasons()).toBe(leading.unavailableReasons());
});
