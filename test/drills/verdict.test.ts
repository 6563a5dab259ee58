import { describe, expect, it } from 'vitest';
import { parseExpectation } from '../../proxy-engine/contract/drill-expectation.ts';
import { DrillLog } from '../../proxy-engine/drills/drill-log.ts';
import { type Evidence, judge } from '../../proxy-engine/drills/verdict.ts';

/** Ten requests a second for 4 s that took 1, 2, … 40 ms; every tenth failed. a and b take turns; a is away from 1 s to 3 s. */
function evidence(): Evidence {
  const log = new DrillLog(['api/a', 'api/b', 'other/a'], ['status = 5xx']);
  for (let number = 0; number < 40; number++) {
    const at = number * 100;
    log.addRequest({ number, dueMs: at, tookMs: number + 1, failure: number % 10 === 9 ? 'ECONNRESET' : null });
    const isAway = at >= 1000 && at < 3000;
    log.addAttempt({
      at: at + 1,
      backend: number % 2 === 0 && !isAway ? 'api/a' : 'api/b',
      failed: false,
      retry: false,
    });
  }
  log.addAttempt({ at: 3050, backend: 'api/a', failed: true, retry: true });
  log.addAttempt({ at: 500, backend: 'other/a', failed: false, retry: false });
  log.counted[0]?.at.push(150, 2500);
  return { log, returns: [{ backend: 'api/a', fromMs: 2990, toMs: 4000 }], lastedMs: 4000 };
}

function verdict(text: string, of = evidence()) {
  const parsed = parseExpectation(text);
  if (!parsed.ok) throw new Error(parsed.message);
  return judge(parsed.expectation, of);
}

describe('the verdict on an expectation', () => {
  it.each([
    ['requests = 40', true, '40'],
    ['requests(..1s) = 10', true, '10'],
    ['failed = 0', false, '4'],
    ['failed(1s..2s) = 1', true, '1'],
    ['failed <= 10%', true, '10 % (4 of 40)'],
    ['failed < 5%', false, '10 % (4 of 40)'],
    ['retries = 1', true, '1'],
    ['rate = 10/s', true, '10/s'],
    ['rate(3s..10s) = 10/s', true, '10/s'],
    ['rate(..20ms) = 50/s', true, '50/s'],
    ['p50 = 20ms', true, '20 ms'],
    ['p99 < 40ms', false, '40 ms'],
    ['p90 <= 36ms', true, '36 ms'],
    ['max(..1s) = 10ms', true, '10 ms'],
    ['mean > 20ms', true, '21 ms'],
    ['share(api/a, 1s..3s) = 0', true, '0 %'],
    ['share(api/a, 0s..1s) = 50%', true, '50 %'],
    ['share(api/b) > 0.7', true, '73.2 %'],
    ['share(other/a) = 100%', true, '100 %'],
    ['share(other/a, 1s..2s) = 0', false, 'no request of its pool'],
    ['recovered(api/a) <= 11ms', true, '11 ms'],
    ['recovered(api/b) < 1s', false, 'not brought back yet'],
    ['count(status = 5xx) = 2', true, '2'],
    ['count(status = 5xx, 1s..) != 1', false, '1'],
    ['count(status = 5xx) <= 5%', true, '5 % (2 of 40)'],
  ])('%s: %s, %s', (text, passed, measured) => {
    expect(verdict(text)).toEqual({ text, passed, measured });
  });

  it('a backend that never served again has not recovered, however much time is allowed', () => {
    const back = { ...evidence(), returns: [{ backend: 'api/a', fromMs: 1000, toMs: 2000 }] };
    expect(verdict('recovered(api/a) < 1h', back)).toMatchObject({ passed: false, measured: 'never' });
  });

  it('the slowest of several returns counts', () => {
    const returns = [
      { backend: 'api/a', fromMs: 0, toMs: 1000 },
      { backend: 'api/a', fromMs: 2900, toMs: 4000 },
    ];
    expect(verdict('recovered(api/a) < 100ms', { ...evidence(), returns })).toMatchObject({ measured: '101 ms' });
  });

  it.each(['failed = 0', 'failed <= 10%', 'count(status = 5xx) = 0', 'p99 < 1s', 'share(api/a) = 0'])(
    'without a request nothing is met: %s',
    (text) => {
      const empty = { log: new DrillLog(['api/a']), returns: [], lastedMs: 0 };
      expect(verdict(text, empty)).toMatchObject({ passed: false, measured: expect.stringContaining('no request') });
    },
  );
});
