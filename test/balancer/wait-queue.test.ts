import { expect, test } from 'vitest';
import { WaitQueue } from '../../proxy-engine/balancer/wait-queue.ts';
import { SharedCounter } from '../../proxy-engine/shared-counter.ts';
import { FakeClock } from '../support/fake-clock.ts';

function setUp(timeoutMs = 2000) {
  const clock = new FakeClock();
  const log: string[] = [];
  let room = 0;
  const queue = new WaitQueue({ clock, queued: new SharedCounter(), limit: 2, timeoutMs, hasRoom: () => room > 0 });
  const join = (name: string) =>
    queue.join(
      () => {
        room--;
        log.push(`${name} goes`);
      },
      () => log.push(`${name} gives up`),
    );
  const wake = async (free: number) => {
    room = free;
    queue.wake();
    await Promise.resolve();
  };
  return { clock, log, queue, join, wake };
}

test('as many go as there is room for, in the order in which they came', async () => {
  const { log, queue, join, wake } = setUp();
  for (const name of ['a', 'b', 'c']) join(name);
  expect(queue.isFull).toBe(true);
  await wake(0);
  expect(log).toEqual([]);
  await wake(2);
  expect(log).toEqual(['a goes', 'b goes']);
  expect(queue.length).toBe(1);
});

test('who has waited too long gives up and is not called again', async () => {
  const { clock, log, join, wake } = setUp();
  join('a');
  clock.advance(1000);
  join('b');
  clock.advance(1000);
  expect(log).toEqual(['a gives up']);
  await wake(5);
  expect(log).toEqual(['a gives up', 'b goes']);
  clock.advance(10_000);
  expect(log).toHaveLength(2);
});

test('who waits for something of its own goes when that is there, whatever others wait for', async () => {
  const { log, queue, join, wake } = setUp();
  let isThere = false;
  queue.join(
    () => log.push('own goes'),
    () => {},
    () => isThere,
  );
  join('a');
  await wake(1);
  expect(log).toEqual(['a goes']);
  isThere = true;
  await wake(0);
  expect(log).toEqual(['a goes', 'own goes']);
});

test('who joins again when it has its turn waits for the next one', async () => {
  const { log, queue, wake } = setUp();
  const join = () =>
    void queue.join(
      () => {
        if (log.push('in vain') < 3) join();
      },
      () => {},
    );
  join();
  await wake(5);
  expect(log).toEqual(['in vain']);
  await wake(5);
  expect(log).toEqual(['in vain', 'in vain']);
});

test('who leaves is forgotten', async () => {
  const { clock, log, join, wake } = setUp();
  const leave = join('a');
  leave();
  clock.advance(5000);
  await wake(1);
  expect(log).toEqual([]);
});

test('without a timeout there is no timer', () => {
  const { clock, join } = setUp(0);
  join('a');
  expect(clock.timers).toBe(0);
});
