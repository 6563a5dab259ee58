import { describe, expect, it } from 'vitest';
import { Limiter, type LimitState, takeLimit } from '../../proxy-engine/rules/limit.ts';
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

describe('keys', () => {
  const config = { requests: 1, burst: 0, key: 'client_ip', status: 429 };
  const at = (clientIp: string) => subject({ clientIp });

  it('are limited by themselves', () => {
    const limiter = new Limiter(config);
    expect(limiter.take(at('a'), 0).allowed).toBe(true);
    expect(limiter.take(at('b'), 0).allowed).toBe(true);
    expect(limiter.take(at('a'), 0).allowed).toBe(false);
  });

  it('are forgotten when there are too many, the quietest first', () => {
    const limiter = new Limiter(config, null, 2);
    limiter.take(at('a'), 0);
    limiter.take(at('b'), 0);
    limiter.take(at('a'), 1000);
    limiter.take(at('c'), 1000);
    expect(limiter.size).toBe(2);
    expect(limiter.take(at('a'), 1000).allowed).toBe(false);
    expect(limiter.take(at('b'), 1000).allowed).toBe(true);
  });

  it('outlive a new config', () => {
    const before = new Limiter(config);
    before.take(at('a'), 0);
    expect(new Limiter(config, before).take(at('a'), 0).allowed).toBe(false);
  });
});
