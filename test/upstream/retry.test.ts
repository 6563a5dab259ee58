import { expect, test } from 'vitest';
import { configSchema } from '../../proxy-engine/contract/config.ts';
import { backoffMs, mayRetry, type RetryQuestion, withinBudget } from '../../proxy-engine/upstream/retry.ts';

function retryConfig(given: object) {
  const backends = [{ url: 'http://127.0.0.1:1' }];
  return configSchema.parse({ version: 1, pools: { p: { backends, retry: given } } }).pools.p!.retry;
}

const ASKED: RetryQuestion = {
  code: 'RESET',
  status: 0,
  method: 'GET',
  sent: true,
  attempts: 1,
  refusals: 0,
  replayable: true,
};

test.each([
  ['GET whose connection died', {}, {}, true],
  ['POST whose connection died', { method: 'POST' }, {}, false],
  ['POST of which nothing was sent', { method: 'POST', sent: false, code: 'CONNECT_REFUSED' }, {}, true],
  ['POST when it is allowed', { method: 'POST' }, { nonIdempotent: true }, true],
  ['PUT is idempotent', { method: 'PUT' }, {}, true],
  ['a method nobody knows', { method: 'SLUDGE' }, {}, false],
  ['the last attempt', { attempts: 3 }, {}, false],
  ['a body that is gone', { replayable: false }, {}, false],
  ['a timeout is not in `on`', { code: 'HEAD_TIMEOUT' }, {}, false],
  ['a timeout when it is', { code: 'HEAD_TIMEOUT' }, { on: ['timeout'] }, true],
  ['garbage', { code: 'BAD_RESPONSE' }, {}, false],
  ['503 is passed on', { code: 'RETRY_STATUS', status: 503 }, {}, false],
  ['503 when it is in `on`', { code: 'RETRY_STATUS', status: 503 }, { on: [503] }, true],
  ['a stream that nobody looked at', { code: 'REFUSED_STREAM', method: 'POST', attempts: 3 }, { on: [] }, true],
  ['a stream refused too often', { code: 'REFUSED_STREAM', method: 'POST', attempts: 3, refusals: 5 }, {}, false],
  ['the same with attempts left', { code: 'REFUSED_STREAM', method: 'POST', refusals: 5 }, {}, true],
  ['a stream whose body is gone', { code: 'REFUSED_STREAM', replayable: false }, {}, false],
  ['a name that is not known', { code: 'DNS_FAILED', sent: false }, {}, true],
  ['a connection that did not open in time', { code: 'CONNECT_TIMEOUT', sent: false }, {}, true],
  ['a connection that cannot be made', { code: 'CONNECT_FAILED', sent: false }, {}, true],
  ['a TLS handshake that failed', { code: 'TLS_FAILED', sent: false }, {}, true],
  ['a refused connection when `on` is empty', { code: 'CONNECT_REFUSED', sent: false }, { on: [] }, false],
] as const)('%s', (_name, question, config, expected) => {
  expect(mayRetry({ ...ASKED, ...question }, retryConfig(config))).toBe(expected);
});

test.each([
  [2, 2, true],
  [2, 3, false],
  [100, 19, true],
  [100, 20, false],
])('budget of 20 %% for %i exchanges and %i retries: %s', (exchanges, retries, expected) => {
  const load = { exchanges: { value: exchanges }, retries: { value: retries } };
  expect(withinBudget(load, retryConfig({}))).toBe(expected);
});

test.each([
  [1, 25],
  [2, 75],
  [3, 175],
  [4, 250],
  [9, 250],
])('back-off before retry %d stays below %d ms', (retry, ms) => {
  expect(backoffMs(retry, retryConfig({}), () => 1)).toBe(ms);
});

test.each([
  [0, 0],
  [0.2, 15],
  [0.9, 67.5],
])('the back-off before retry 2 is anywhere below that: at random %d it is %d ms', (random, ms) => {
  expect(backoffMs(2, retryConfig({}), () => random)).toBeCloseTo(ms);
});
