import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Dropper } from '../../../proxy-engine/store/disk/dropper.ts';

let now = 0;
beforeEach(() => {
  now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** Each step takes longer than a turn. */
function* slowSteps(count: number): Generator<readonly number[], void> {
  for (let step = 1; step <= count; step++) {
    now += 30;
    yield [step];
  }
}

it('lets others have their turn between two steps, and tells each', async () => {
  const gone: number[] = [];
  const dropper = new Dropper((ids) => gone.push(...ids));
  const done = dropper.run(slowSteps(5));
  const seen: number[] = [];
  for (let turn = 0; turn < 3; turn++) {
    seen.push(gone.length);
    await setImmediate();
  }
  expect(await dropper.run(slowSteps(1))).toBe(false);
  expect(await done).toBe(true);
  expect(seen[0]).toBe(1);
  expect(seen.at(-1)).toBeLessThan(5);
  expect(gone).toEqual([1, 2, 3, 4, 5]);
  expect(await dropper.run(slowSteps(0))).toBe(false);
});

it('ends where it is when it is told so', async () => {
  const gone: number[] = [];
  const dropper = new Dropper((ids) => gone.push(...ids));
  const done = dropper.run(slowSteps(5));
  dropper.stop();
  const next = dropper.run(slowSteps(2));
  expect([await done, await next, gone.length]).toEqual([true, true, 3]);
});

it('says why nothing can be removed, until something can', async () => {
  const dropper = new Dropper(() => {});
  const failing = (function* (): Generator<readonly number[], void> {
    yield [1];
    throw new Error('disk I/O error');
  })();
  await dropper.run(failing);
  expect(dropper.problem).toBe('old recordings cannot be removed: disk I/O error');
  await dropper.run(slowSteps(1));
  expect(dropper.problem).toBeNull();
});
