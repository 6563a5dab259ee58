import { expect, test } from 'vitest';
import type { LiveExchange } from '../../proxy-engine/exchange.ts';
import { composeRequest } from '../../proxy-engine/replay/compose-request.ts';
import type { OwnClient } from '../../proxy-engine/replay/own-client.ts';
import { type PlannedRequest, Sending } from '../../proxy-engine/replay/sending.ts';
import { heldMessage } from '../support/exchanges.ts';
import { FakeClock } from '../support/fake-clock.ts';

function planned(atMs: number): PlannedRequest {
  const parts = { method: 'GET', url: 'http://a.test/', headers: [], body: Buffer.alloc(0), trailers: [] };
  const composed = composeRequest({ ...parts, protocol: 'HTTP/1.1' });
  return { ...composed, listener: 'gateway', forward: false, straightTo: null, atMs, note: null };
}

/** Exchanges that end when the test says so. */
function setUp(atMs: readonly number[], concurrency: number) {
  const clock = new FakeClock();
  const underway: { client: OwnClient; exchange: LiveExchange; begunAt: number }[] = [];
  const begunAt: number[] = [];
  let peak = 0;
  const sending = new Sending(1, { requests: atMs.map(planned), concurrency }, clock, (_request, client) => {
    const { exchange } = heldMessage();
    underway.push({ client, exchange, begunAt: clock.now() });
    begunAt.push(clock.now());
    peak = Math.max(peak, underway.length);
    return exchange;
  });
  const endOne = async () => {
    underway.shift()?.client.end();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { clock, sending, begunAt, endOne, peak: () => peak };
}

test('so many at once, the next when one has ended', async () => {
  const { sending, endOne, peak } = setUp([0, 0, 0, 0, 0], 2);
  expect(sending.progress(0)).toMatchObject({ begun: 2, ended: 0, state: 'running', total: 5 });
  for (let i = 0; i < 5; i++) await endOne();
  await sending.over;
  expect(sending.progress(3)).toMatchObject({ begun: 5, ended: 5, state: 'done', answers: [{}, {}] });
  expect([peak(), sending.report().ids.length]).toEqual([2, 5]);
});

test('none before its time, however early those before it have ended', async () => {
  const { clock, sending, begunAt, endOne } = setUp([0, 0, 300, 1000], 8);
  for (let i = 0; i < 2; i++) await endOne();
  clock.advance(299);
  expect(begunAt).toEqual([0, 0]);
  clock.advance(1);
  await endOne();
  clock.advance(700);
  await endOne();
  await sending.over;
  expect([begunAt, clock.timers]).toEqual([[0, 0, 300, 1000], 0]);
});

test('cancelled: what waits is never sent, and no timer is left', async () => {
  const { clock, sending } = setUp([0, 500], 1);
  sending.cancel();
  await sending.over;
  clock.advance(1000);
  expect(sending.report()).toMatchObject({ state: 'cancelled', begun: 1, total: 2 });
  expect(clock.timers).toBe(0);
});
