import { expect, test } from 'vitest';
import { WaitQueue } from '../../proxy-engine/balancer/wait-queue.ts';
import { SharedCounter } from '../../proxy-engine/shared-counter.ts';
import { FakeClock } from '../support/fake-clock.ts';

function setUp(timeoutMs = 2000) {
  const clock = new FakeClock();
  const log: string[] = [];
  let room = 0;
  const queued = new SharedCounter();
  const queue = new WaitQueue(clock, queued);
  const hasRoom = () => room > 0;
  const join = (name: string, isThere = hasRoom) => {
    const leave = queue.join({
      hasRoom: isThere,
      timeoutMs,
      onTurn: () => {
        room--;
        leave();
        log.push(`${name} goes`);
      },
      onTimeout: () => log.push(`${name} gives up`),
    });
    return leave;
  };
  const wake = async (free: number) => {
    room = free;
    queue.wake();
    await Promise.resolve();
  };
  return { clock, log, queue, queued, join, wake };
}

test('as many go as there is room for, in the order in which they came', async () => {
  const { log, queue, queued, join, wake } = setUp();
  for (const name of ['a', 'b', 'c']) join(name);
  expect(queued.value).toBe(3);
  await wake(0);
  expect(log).toEqual([]);
  await wake(2);
  expect(log).toEqual(['a goes', 'b goes']);
  expect([queue.length, queued.value]).toEqual([1, 1]);
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
  const { log, join, wake } = setUp();
  let isThere = false;
  join('own', () => isThere);
  join('a');
  await wake(1);
  expect(log).toEqual(['a goes']);
  isThere = true;
  await wake(0);
  expect(log).toEqual(['a goes', 'own goes']);
});

test('who has its turn in vain, since another thread was faster, keeps its place and its timeout', async () => {
  const { clock, log, queue, join, wake } = setUp(2000);
  let turns = 0;
  const first = { hasRoom: () => true, timeoutMs: 2000, onTurn: () => turns++, onTimeout: () => log.push('in vain') };
  queue.join(first);
  clock.advance(1000);
  join('b');
  await wake(0);
  await wake(1);
  expect([turns, log]).toEqual([2, ['b goes']]);
  clock.advance(1000);
  expect(log).toEqual(['b goes', 'in vain']);
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
