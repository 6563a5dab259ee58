import { describe, expect, test } from 'vitest';
import { PoolLoad } from '../../proxy-engine/balancer/pool-load.ts';
import { WaitQueue } from '../../proxy-engine/balancer/wait-queue.ts';
import { SharedBells } from '../../proxy-engine/threads/shared-bells.ts';
import { SharedCounter } from '../../proxy-engine/threads/shared-counter.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { until } from '../support/until.ts';

function setUp(timeoutMs = 2000) {
  const clock = new FakeClock();
  const log: string[] = [];
  let room = 0;
  const load = new PoolLoad();
  const { queued } = load;
  const queue = new WaitQueue({ clock, random: () => 0, load });
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
  const makeRoom = (free: number) => void (room = free);
  return { clock, log, queue, queued, join, wake, makeRoom };
}

test('as many go as there is room for, in the order in which they came', async () => {
  const { log, queued, join, wake } = setUp();
  for (const name of ['a', 'b', 'c']) join(name);
  expect(queued.value).toBe(3);
  await wake(0);
  expect(log).toEqual([]);
  await wake(2);
  expect(log).toEqual(['a goes', 'b goes']);
  expect(queued.value).toBe(1);
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

test('who has waited too long goes where there is room of which nobody has told yet', () => {
  const { clock, log, queued, join, makeRoom } = setUp();
  for (const name of ['a', 'b']) join(name);
  makeRoom(1);
  clock.advance(2000);
  expect(log).toEqual(['a goes', 'b gives up']);
  expect(queued.value).toBe(0);
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

describe('in several threads', () => {
  function setUpThreads(workers: number) {
    const clock = new FakeClock();
    const [bells, count] = [new SharedArrayBuffer(4 * workers), new SharedCounter()];
    const queues = Array.from({ length: workers }, (_, worker) => {
      const load = {
        queued: new SharedCounter(count.memory),
        bells: new SharedBells(bells, 0, { worker, workers }),
      };
      return new WaitQueue({ clock, random: () => 0, load });
    });
    const room = new SharedCounter();
    const log: string[] = [];
    const join = (worker: number, name: string) => {
      const leave = (queues[worker] as WaitQueue).join({
        hasRoom: () => room.value > 0,
        timeoutMs: 0,
        onTurn: () => {
          room.add(-1);
          leave();
          log.push(name);
        },
        onTimeout: () => {},
      });
    };
    const makeRoom = (worker: number) => {
      room.add(1);
      queues[worker]?.madeRoom();
    };
    const setInUse = (isInUse: boolean) => queues.forEach((queue) => queue.setInUse(isInUse));
    return { log, join, makeRoom, setInUse, listeners: () => Atomics.notify(new Int32Array(bells), 1) };
  }

  test.each([
    [0, 1],
    [1, 0],
    [2, 1],
  ])(
    'room that is made in thread %i is taken by who waits in thread %i, whatever config runs',
    async (maker, waiting) => {
      const { log, join, makeRoom, setInUse } = setUpThreads(3);
      for (const name of ['a', 'b', 'c', 'd']) join(waiting, name);
      for (const [taken, isInUse] of [true, false, true, false].entries()) {
        setInUse(isInUse);
        makeRoom(maker);
        await until(() => log.length === taken + 1);
      }
      expect(log).toEqual(['a', 'b', 'c', 'd']);
    },
  );

  test('listens while somebody waits, or may come, and no longer', async () => {
    const { log, join, makeRoom, setInUse, listeners } = setUpThreads(2);
    setInUse(true);
    join(1, 'a');
    makeRoom(0);
    await until(() => log.length === 1);
    await until(() => listeners() === 1);
    setInUse(false);
    await until(silence(listeners));
    join(1, 'b');
    makeRoom(1);
    await until(() => log.length === 2);
    await until(silence(listeners));
  });

  /** Twenty looks in a row, each of which would have called a listener. */
  function silence(listeners: () => number): () => boolean {
    let looks = 0;
    return () => {
      looks = listeners() === 0 ? looks + 1 : 0;
      return looks === 20;
    };
  }
});
