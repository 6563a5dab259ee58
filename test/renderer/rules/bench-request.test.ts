import { expect, it } from 'vitest';
import { benchRequestOf } from '../../../renderer/rules/bench-request.ts';
import { exampleExchange } from '../examples.ts';

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
  expect(tried.response).toEqual({ status: 201, headers: [['server', 'x']] });
});

it('an answer that no rule changed is the one that the client got', () => {
  const { received: _, ...exchange } = exampleExchange(3);
  expect(benchRequestOf(exchange).response?.status).toBe(exchange.response?.status);
});
