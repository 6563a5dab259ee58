import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, it, test } from 'vitest';
import * as units from '../../proxy-engine/contract/units.ts';
import { Limiter, type LimitState, takeLimit, thousandths } from '../../proxy-engine/rules/limit.ts';
import { type LimitStates, OwnLimitStates, SharedLimitStates } from '../../proxy-engine/rules/limit-states.ts';
import { subject } from '../match/subjects.ts';

/** `null`: refused. */
function run(rate: number, burst: number, times: number[]): (number | null)[] {
  let state: LimitState | undefined;
  return times.map((now) => {
    const decision = takeLimit(state, now, { rate: rate * 1000, burst: burst * 1000 });
    if (!decision.allowed) return null;
    state = decision.state;
    return decision.delayMs;
  });
}

describe('nginx limit_req', () => {
  it.each<[rate: number, burst: number, times: number[], delays: (number | null)[]]>([
    // nginx 1.22, rate=2r/s burst=3, six at once
    [2, 3, [0, 0, 0, 0, 0, 0], [0, 500, 1000, 1500, null, null]],
    [2, 0, [0, 0, 499, 500, 999, 1000], [0, null, null, 0, null, 0]],
    [10, 1, [0, 50, 100], [0, 50, 100]],
    [10, 1, [0, 50, 60, 150], [0, 50, null, 50]],
    // Refused requests change nothing.
    [1, 0, [0, 400, 800, 1000], [0, null, null, 0]],
    // A clock that goes back is no time; by more than a minute, one millisecond.
    [10, 5, [1000, 500, 500], [0, 100, 200]],
    [10, 5, [1000, 950, 1000], [0, 100, 200]],
    [1000, 0, [100_000, 0], [0, 0]],
    [2, 0, [100_000, 0], [0, null]],
  ])('%i/s burst %i at %j', (rate, burst, times, delays) => expect(run(rate, burst, times)).toEqual(delays));

  it('keeps the time of the last request when no time has passed', () => {
    const decision = takeLimit({ excess: 0, last: 70 }, 70, { rate: 1000, burst: 5000 });
    expect(decision).toEqual({ allowed: true, delayMs: 1000, state: { excess: 1000, last: 70 } });
  });

  it('says when there is room again', () => {
    const decision = takeLimit({ excess: 0, last: 0 }, 0, { rate: 2000, burst: 0 });
    expect(decision).toEqual({ allowed: false, retryAfterMs: 500 });
  });
});

test('rates are the whole thousandths that nginx counts in', () => {
  const unlike: string[] = [];
  for (let n = 1; n <= 200_000; n++) {
    for (const [unit, scale] of [
      ['s', 1],
      ['m', 60],
    ] as const) {
      const inNginx = Number((BigInt(n) * 1000n) / BigInt(scale));
      if (thousandths(units.rate.parse(`${n}/${unit}`)) !== inNginx) unlike.push(`${n}/${unit}`);
    }
  }
  expect(unlike).toEqual([]);
});

describe.each<[string, () => LimitStates]>([
  ['of one thread', () => new OwnLimitStates()],
  ['of several threads', () => new SharedLimitStates(SharedLimitStates.memory())],
])('keys, %s', (_name, states) => {
  const config = { requests: 1, burst: 0, key: 'client_ip', status: 429 };
  const at = (clientIp: string) => subject({ clientIp });

  it('are limited by themselves', () => {
    const limiter = new Limiter(config, states());
    expect(limiter.take(at('a'), 0).allowed).toBe(true);
    expect(limiter.take(at('b'), 0).allowed).toBe(true);
    expect(limiter.take(at('a'), 0).allowed).toBe(false);
    expect(limiter.take(at('a'), 1000).allowed).toBe(true);
  });

  it('that are empty are not counted, as nginx does not', () => {
    const limiter = new Limiter({ ...config, key: 'header[x-user]' }, states());
    const anonymous = subject();
    for (let i = 0; i < 3; i++) expect(limiter.take(anonymous, 0)).toMatchObject({ allowed: true, delayMs: 0 });
    const known = subject({ requestHeaders: { 'x-user': 'a' } });
    expect([limiter.take(known, 0).allowed, limiter.take(known, 0).allowed]).toEqual([true, false]);
  });

  it('wait, and are refused, as the arithmetic says', () => {
    const kept = states();
    const rate = { rate: 2000, burst: 2000 };
    const times = [0, 0, 0, 0, 500, 100_000];
    let state: LimitState | undefined;
    for (const now of times) {
      const expected = takeLimit(state, now, rate);
      expect(kept.take('key', now, rate)).toEqual(expected);
      if (expected.allowed) state = expected.state;
    }
  });
});

test('keys are forgotten when there are too many, the quietest first', () => {
  const rate = { rate: 1000, burst: 0 };
  const states = new OwnLimitStates(null, 2);
  for (const [key, now] of [
    ['a', 0],
    ['b', 0],
    ['a', 1000],
    ['c', 1000],
  ] as const)
    states.take(key, now, rate);
  expect(states.size).toBe(2);
  expect(states.take('a', 1000, rate).allowed).toBe(false);
  expect(states.take('b', 1000, rate).allowed).toBe(true);
});

test('in a table that is full the quietest of the places makes room', () => {
  const rate = { rate: 1000, burst: 0 };
  const states = new SharedLimitStates(SharedLimitStates.memory(8));
  for (let i = 0; i < 8; i++) states.take(`key ${i}`, i, rate);
  states.take('one more', 10, rate);
  // Of the eight only that one is free again; asking for it takes the place of the next.
  expect(states.take('key 7', 10, rate).allowed).toBe(false);
  expect(states.take('one more', 10, rate).allowed).toBe(false);
  expect(states.take('key 0', 10, rate).allowed).toBe(true);
});

test('keys outlive a new config', () => {
  const rate = { rate: 1000, burst: 0 };
  const before = new OwnLimitStates();
  before.take('a', 0, rate);
  expect(new OwnLimitStates(before).take('a', 0, rate).allowed).toBe(false);
});

test('threads that count in the same memory at the same time let no more through than one would', async () => {
  const memory = SharedLimitStates.memory();
  const threads = Array.from(
    { length: 3 },
    () => new Worker(new URL('../support/limited-thread.mjs', import.meta.url), { workerData: memory }),
  );
  const allowed = await Promise.all(threads.map(async (thread) => Number((await once(thread, 'message'))[0])));
  expect(allowed.reduce((sum, count) => sum + count, 0)).toBe(1001);
});
