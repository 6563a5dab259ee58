import { expect, it } from 'vitest';
import { benchListener, benchRequestOf } from '../../../renderer/rules/bench-request.ts';
import { exampleExchange, exampleState } from '../examples.ts';

it('is tried as it came from the client and from its backend, before rules had acted', () => {
  const exchange = exampleExchange(3);
  const received = {
    status: 201,
    reason: 'Created',
    version: 'HTTP/1.1',
    headers: [['server', 'x']] as [string, string][],
  };
  const tried = benchRequestOf({ ...exchange, received });
  expect(tried.method).toBe(exchange.method);
  expect(tried.headers.split('\n')).toEqual(exchange.request.headers.map((line) => line.join(': ')));
  expect(tried).toMatchObject({
    listener: exchange.listener,
    clientIp: exchange.client.address,
    protocol: exchange.protocol,
  });
  expect(tried.response).toMatchObject({ status: 201, headers: [['server', 'x']], backend: exchange.backend });
});

it('an answer that no rule changed is the one that the client got', () => {
  const { received: _, ...exchange } = exampleExchange(3);
  expect(benchRequestOf(exchange).response?.status).toBe(exchange.response?.status);
});

it('its attempts are tried, too, and what went wrong if no backend answered', () => {
  const exchange = exampleExchange(3);
  const { response } = benchRequestOf(exchange);
  expect(response).toMatchObject({ attempts: 2, error: undefined });
  expect(response?.ttfbMs).toBeCloseTo(5.4 + 0.1 + 5.1 + 0.2 + 34.1);
  const error = { code: 'CONNECT_REFUSED', source: 'backend', message: 'connection refused' } as const;
  const attempts = exchange.attempts.slice(0, 1);
  expect(benchRequestOf({ ...exchange, error, attempts }).response).toMatchObject({ attempts: 1, error: error.code });
  expect(benchRequestOf({ ...exchange, error }).response?.error).toBeUndefined();
});

it.each<[listener: string | undefined, url: string, at: string]>([
  [undefined, 'http://api.test/', 'gateway'],
  [undefined, 'http://127.0.0.1:8888/x', 'proxy'],
  ['proxy', 'http://127.0.0.1:8080/', 'proxy'],
  ['of another config', '/', 'gateway'],
])('of %s, %s is tried at %s', (listener, url, at) => {
  expect(benchListener({ listener, url }, exampleState.listeners)).toBe(at);
});
