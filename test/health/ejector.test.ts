import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { Backend } from '../../proxy-engine/balancer/backend.ts';
import { ProxyError } from '../../proxy-engine/errors.ts';
import { Ejector } from '../../proxy-engine/health/ejector.ts';
import { backendAt } from '../support/backends.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { freePort, OWN_HOST } from '../support/free-port.ts';
import { until } from '../support/until.ts';

const CONFIG = { consecutiveFailures: 3, baseTime: 2000, maxTime: 30_000, maxPercent: 50 };

async function setUp({ hasCheck = false, listens = false } = {}) {
  const clock = new FakeClock();
  const port = await freePort(OWN_HOST);
  const backends = [port, 9].map((at, i) => backendAt(`http://${OWN_HOST}:${at}`, { name: 'ab'[i] as string }, clock));
  const [a, b] = backends;
  if (!a || !b) throw new Error('two backends');
  const log: string[] = [];
  const ejector = new Ejector({
    clock,
    config: CONFIG,
    hasCheck,
    backends: () => backends,
    onChange: ({ name }, reason) => log.push(`${name}: ${reason}`),
  });
  ejector.start();
  onTestFinished(() => ejector.stop());
  const listen = async () => {
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(port, OWN_HOST, resolve));
    onTestFinished(() => void server.close());
  };
  if (listens) await listen();
  const fail = (backend = a, times = 1) => {
    for (let i = 0; i < times; i++) {
      backend.record.failedAgain();
      ejector.attemptFailed(backend, new ProxyError('CONNECT_REFUSED', 'connection refused'));
    }
  };
  /** Until the look that is under way has ended: it sets the timer of the next, or lets the backend return. */
  const looked = () => until(() => clock.timers > 0 || !a.ejected);
  return { clock, a, b, backends, log, ejector, listen, fail, looked };
}

test('one that was down returns as soon as it answers, its time over or not', async () => {
  const { clock, a, log, listen, fail, looked } = await setUp();
  fail(a, 3);
  expect(a.reason).toBe('ejected 2 s: 3× connection refused');
  await looked();
  expect(a.reason).toBe('ejected until it answers: 3× connection refused');
  clock.advance(60_000);
  await looked();
  expect(a.available).toBe(false);
  await listen();
  clock.advance(1000);
  await until(() => a.available);
  expect(log).toEqual(['a: ejected 2 s: 3× connection refused', 'a: answers again']);
  expect(a.record.consecutiveFailures).toBe(0);
});

test('one that accepts connections all along has to wait until its time is over', async () => {
  const { clock, a, fail, looked } = await setUp({ listens: true });
  fail(a, 3);
  await looked();
  clock.advance(1000);
  await looked();
  expect(a.ejected).toBe(true);
  clock.advance(1000);
  await until(() => !a.ejected);
});

test('the next ejection is longer; a while in is forgiven', async () => {
  const { clock, a, fail } = await setUp({ hasCheck: true });
  for (const seconds of [2, 4, 6]) {
    fail(a, 3);
    expect(a.reason).toBe(`ejected ${seconds} s: 3× connection refused`);
    clock.advance(seconds * 1000);
    expect(a.ejected).toBe(false);
  }
  clock.advance(20_000);
  fail(a, 3);
  expect(a.reason).toBe('ejected 4 s: 3× connection refused');
  expect(a.record.ejectionsTotal).toBe(4);
});

test('with a check no connect is tried: time, or a probe that passes, lets it return', async () => {
  const { a, log, fail, ejector, clock } = await setUp({ hasCheck: true });
  fail(a, 3);
  ejector.readmit(a, 'passed a check');
  expect(a.available).toBe(true);
  expect(log).toEqual(['a: ejected 2 s: 3× connection refused', 'a: passed a check']);
  clock.advance(5000);
  expect(log).toHaveLength(2);
});

test('the last one stays, however often it fails', async () => {
  const { a, b, fail } = await setUp({ hasCheck: true });
  fail(a, 3);
  fail(b, 30);
  expect([a.available, b.available]).toEqual([false, true]);
});

test('a success in between starts the count anew', async () => {
  const { a, fail } = await setUp();
  fail(a, 2);
  a.attemptStarted();
  a.attemptEnded({ ok: true, latencyMs: 1, headMs: 1, error: null });
  fail(a, 2);
  expect(a.ejected).toBe(false);
});

test('the next config goes on watching', async () => {
  const { clock, a, fail, ejector } = await setUp({ hasCheck: true });
  fail(a, 3);
  ejector.stop();
  expect(clock.timers).toBe(0);
  clock.advance(1500);
  ejector.start();
  clock.advance(500);
  expect(a.ejected).toBe(false);
});

test('one that left is looked for no longer, and not ejected for what it still had', async () => {
  const { clock, a, b, backends, ejector, fail, looked } = await setUp();
  fail(a, 3);
  await looked();
  backends.splice(0, 1, backendAt('http://127.0.0.1:10', { name: 'c' }, clock));
  ejector.backendsChanged();
  expect(clock.timers).toBe(0);
  backends.splice(1, 1);
  fail(b, 3);
  expect(b.ejected).toBe(false);
});

test('one that goes on as another object is looked for as that', async () => {
  const { clock, a, backends, ejector, listen, fail, looked } = await setUp();
  fail(a, 3);
  await looked();
  const renamed = new Backend(
    { ...a.entry, name: 'x' },
    { clock, bounds: { maxInFlight: 0 }, slowStartMs: 0 },
    a.record,
  );
  backends.splice(0, 1, renamed);
  ejector.backendsChanged();
  await looked();
  await listen();
  clock.advance(1000);
  await until(() => renamed.available);
  expect(clock.timers).toBe(0);
});
