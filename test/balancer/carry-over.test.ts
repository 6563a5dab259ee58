import { expect, test } from 'vitest';
import type { Backend } from '../../proxy-engine/balancer/backend.ts';
import { carryOver, updateBackends } from '../../proxy-engine/balancer/carry-over.ts';
import type { BackendConfig, PoolConfig } from '../../proxy-engine/contract/config.ts';
import { poolConfig } from '../support/backends.ts';
import { FakeClock } from '../support/fake-clock.ts';

const OPTIONS = { clock: new FakeClock(), bounds: { maxInFlight: 0 }, slowStartMs: 0 };
const A = { name: 'a', url: 'http://127.0.0.1:3001' };
const B = { name: 'b', url: 'http://127.0.0.1:3002' };

/** Backends of `before`, changed by `during`, then those of `after`. */
function over(before: object[], during: (backends: Backend[]) => void, after: object[]): Backend[] {
  const config = poolConfig({ backends: before });
  const backends = carryOver(config, OPTIONS);
  during(backends);
  return carryOver(poolConfig({ backends: after }), OPTIONS, { config, backends });
}

const observe = ([a]: Backend[]) => {
  if (!a) return;
  a.record.health = 'unhealthy';
  a.record.ejection = { until: 9, cause: '3× reset', seenDown: false };
  a.record.attempts.add(2);
};

test.each<[string, object[], number, boolean]>([
  ['nothing changed', [A, B], 0, true],
  ['another weight', [{ ...A, weight: 7 }, B], 0, true],
  ['another name', [{ ...A, name: 'renamed' }, B], 0, true],
  ['another order', [B, A], 1, true],
  ['the same address written differently', [{ name: 'a', url: 'http://127.0.0.1:3001/' }], 0, true],
  ['another address', [{ name: 'a', url: 'http://127.0.0.1:3003' }, B], 0, false],
])('%s: what was observed of a goes on: %s', (_name, after, index, kept) => {
  const backend = over([A, B], observe, after)[index];
  expect(backend?.record.health).toBe(kept ? 'unhealthy' : 'unknown');
  expect(backend?.ejected).toBe(kept);
  expect(backend?.inFlight).toBe(kept ? 2 : 0);
});

test.each<[string, object, object, Partial<Backend>]>([
  ['a state set by hand stays', A, A, { state: 'maint', stateBy: 'by you, 14:02', weight: 9 }],
  ['it stays under another name', A, { ...A, name: 'x' }, { state: 'maint', weight: 9 }],
  ['the config says another state now', A, { ...A, state: 'drain' }, { state: 'drain', stateBy: '', weight: 9 }],
  ['the config says another weight now', A, { ...A, weight: 4 }, { state: 'maint', weight: 4 }],
])('%s', (_name, before, after, expected) => {
  const [backend] = over(
    [before, B],
    ([a]) => {
      if (!a) return;
      a.state = 'maint';
      a.stateBy = 'by you, 14:02';
      a.weight = 9;
      a.fault = { latencyMs: 10 };
    },
    [after, B],
  );
  expect(backend).toMatchObject(expected);
  expect(backend?.fault).toEqual({ latencyMs: 10 });
});

const found = (url: string, more: Partial<BackendConfig> = {}): BackendConfig => ({
  url,
  weight: 1,
  state: 'ready',
  backup: false,
  ...more,
});

test('a discovery keeps the very objects of those that stay, with their new weight, and drops those that left', () => {
  const before = updateBackends([], [found('http://10.0.0.1:80'), found('http://10.0.0.2:80')], OPTIONS);
  const after = updateBackends(
    before,
    [found('http://10.0.0.2:80', { weight: 5 }), found('http://10.0.0.3:80')],
    OPTIONS,
  );
  expect(after[0]).toBe(before[1]);
  expect(after.map(({ address, weight }) => [address, weight])).toEqual([
    ['10.0.0.2:80', 5],
    ['10.0.0.3:80', 1],
  ]);
});

test('what a discovery says anew counts, what it repeats leaves alone what was set by hand', () => {
  const first = [found('http://10.0.0.1:80'), found('http://10.0.0.2:80')];
  const before = updateBackends([], first, OPTIONS);
  for (const backend of before) Object.assign(backend, { weight: 9, state: 'maint', stateBy: 'by you, 14:02' });
  const [a, b] = updateBackends(before, [found('http://10.0.0.1:80', { state: 'drain' }), first[1] as never], OPTIONS);
  expect(a).toMatchObject({ weight: 9, state: 'drain', stateBy: '' });
  expect(b).toMatchObject({ weight: 9, state: 'maint', stateBy: 'by you, 14:02' });
});

test('after another config the same discovery takes nothing back that was set by hand', () => {
  const config = poolConfig({ discover: { file: 'backends.json' } });
  const list = [found('http://10.0.0.1:80', { weight: 3, state: 'drain' })];
  const backends = updateBackends([], list, OPTIONS);
  Object.assign(backends[0] as Backend, { weight: 9, state: 'ready', stateBy: 'by you' });
  const next = carryOver(poolConfig({ discover: { file: 'backends.json' }, slowStart: '1s' }), OPTIONS, {
    config,
    backends,
  });
  expect(updateBackends(next, list, OPTIONS)[0]).toMatchObject({ weight: 9, state: 'ready', stateBy: 'by you' });
});

test('one that became a backup is another object with the same record', () => {
  const before = updateBackends([], [found('http://10.0.0.1:80')], OPTIONS);
  const [after] = updateBackends(before, [found('http://10.0.0.1:80', { backup: true })], OPTIONS);
  expect(after).not.toBe(before[0]);
  expect(after?.record).toBe(before[0]?.record);
});

test('a pool that discovers goes on with what was found, also by another discovery', () => {
  const config = poolConfig({ discover: { dns: 'api.test:80' } });
  const backends = updateBackends([], [found('http://10.0.0.1:80')], OPTIONS);
  for (const dns of ['api.test:80', 'other.test:80']) {
    const [kept] = carryOver(poolConfig({ discover: { dns } }), OPTIONS, { config, backends });
    expect(kept?.record).toBe(backends[0]?.record);
  }
});

test.each<[string, object, (backend: Backend) => void, Partial<Backend>]>([
  ['what is set by hand', A, (a) => setByHand(a, 'maint'), { state: 'maint', stateBy: 'by you, 14:03' }],
  ['what is undone by hand', A, (a) => setByHand(a, 'ready'), { state: 'ready', stateBy: 'by you, 14:03' }],
  ['a failure on purpose', A, (a) => (a.fault = { latencyMs: 10 }), { state: 'ready', fault: { latencyMs: 10 } }],
  ['not what a later config says', { ...A, state: 'drain' }, () => {}, { state: 'ready', stateBy: '', fault: null }],
])('who goes on with a backend of an earlier config obeys %s', (_name, later, act, expected) => {
  const configs = [A, B, later].map((entry) => poolConfig({ backends: entry === B ? [B, A] : [entry, B] }));
  let running = { config: configs[0] as PoolConfig, backends: carryOver(configs[0] as PoolConfig, OPTIONS) };
  const [first] = running.backends;
  for (const backend of running.backends) backend.succeed();
  for (const config of configs.slice(1)) {
    const backends = carryOver(config, OPTIONS, running);
    for (const backend of backends) backend.succeed();
    running = { config, backends };
  }
  // One that is prepared and does not run yet changes nothing, and nothing holds for it.
  const [prepared] = carryOver(poolConfig({ backends: [{ ...A, state: 'maint' }] }), OPTIONS, running);
  const newest = running.backends.find(({ name }) => name === 'a');
  expect(newest).not.toBe(first);
  act(newest as Backend);
  expect(first).toMatchObject(expected);
  expect(prepared).toMatchObject({ state: 'maint', stateBy: '' });
});

function setByHand(backend: Backend, state: BackendConfig['state']): void {
  backend.state = state;
  backend.stateBy = 'by you, 14:03';
}
