import { describe, expect, it } from 'vitest';
import { parseExpectation } from '../../proxy-engine/contract/drill-expectation.ts';

const parsed = (text: string) => {
  const result = parseExpectation(text);
  if (!result.ok) throw new Error(result.message);
  return result.expectation;
};

const ALL = { window: null };
const window = (fromMs: number, toMs: number) => ({ window: { fromMs, toMs } });

describe('an expectation of a drill', () => {
  it.each([
    ['failed = 0', { kind: 'failed', ...ALL }, '=', 0, 'count'],
    ['failed <= 0.5%', { kind: 'failed', ...ALL }, '<=', 0.005, 'share'],
    ['failed(2s..4s)=0', { kind: 'failed', ...window(2000, 4000) }, '=', 0, 'count'],
    ['requests >= 1000', { kind: 'requests', ...ALL }, '>=', 1000, 'count'],
    ['retries(..1m) != 3', { kind: 'retries', ...window(0, 60_000) }, '!=', 3, 'count'],
    ['rate > 190.5/s', { kind: 'rate', ...ALL }, '>', 190.5, 'rate'],
    ['p99 < 250ms', { kind: 'latency', of: 'p99', ...ALL }, '<', 250, 'ms'],
    ['P50(1.5s..) < 2s', { kind: 'latency', of: 'p50', ...window(1500, Number.POSITIVE_INFINITY) }, '<', 2000, 'ms'],
    ['share(api/a, 3s..8s) = 0', { kind: 'share', backend: 'api/a', ...window(3000, 8000) }, '=', 0, 'share'],
    ['share( my pool/a b ) > 30 %', { kind: 'share', backend: 'my pool/a b', ...ALL }, '>', 0.3, 'share'],
    ['share(api/a) < 0.4', { kind: 'share', backend: 'api/a', ...ALL }, '<', 0.4, 'share'],
    ['recovered(api/a) < 2s', { kind: 'recovered', backend: 'api/a' }, '<', 2000, 'ms'],
    ['count(status = 5xx) = 0', { kind: 'count', expression: 'status = 5xx', ...ALL }, '=', 0, 'count'],
    [
      'count(path = "/a)" and not (method in (GET, PUT)), 1s..2s) < 1%',
      { kind: 'count', expression: 'path = "/a)" and not (method in (GET, PUT))', ...window(1000, 2000) },
      '<',
      0.01,
      'share',
    ],
  ])('%s', (text, measure, operator, value, unit) => {
    expect(parsed(text)).toEqual({ text, measure, operator, value, unit });
  });

  it.each([
    ['', 0, 'expected one of failed, requests'],
    ['fialed = 0', 0, 'nothing that is measured is called "fialed"'],
    ['failed', 6, 'expected =, !=, <'],
    ['failed == 0', 8, 'expected a whole number'],
    ['failed = 1.5', 8, 'expected a whole number, or a part of all requests'],
    ['failed = 101%', 8, 'expected a whole number'],
    ['failed(8s..3s) = 0', 7, 'ends before it begins'],
    ['failed(..) = 0', 7, 'expected a time such as 3s..8s'],
    ['failed(soon) = 0', 7, 'found "soon"'],
    ['p99 < 250', 5, 'expected a duration such as 250ms or 2s, found "250"'],
    ['share(api) = 0', 6, 'expected a backend as POOL/NAME'],
    ['share = 0', 0, 'expected a backend as POOL/NAME'],
    ['share(api/a) = 33', 14, 'a percentage such as 33%'],
    ['recovered(api/a) < 2', 18, 'expected a duration'],
    ['rate > 190', 6, 'expected a rate such as 190/s'],
    ['count = 0', 0, 'expected an expression, such as count(status = 5xx)'],
    ['count(status = 5yx) = 0', 15, 'expected a status'],
    ['count(body *= secret) = 0', 6, 'body is not known to drills'],
    ['count(status = 5xx = 0', 5, 'this parenthesis is never closed'],
  ])('%s is refused', (text, from, message) => {
    const result = parseExpectation(text);
    expect(result).toMatchObject({ ok: false, from });
    expect(result.ok ? '' : result.message).toContain(message);
  });
});
