import { EventEmitter } from 'node:events';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { WebSocket } from 'ws';
import type { ToWindow } from '../../proxy-engine/contract/channel.ts';
import type { ChangeBy } from '../../proxy-engine/contract/state.ts';
import { Channels } from '../../proxy-engine/host/channel.ts';
import type { EngineHost } from '../../proxy-engine/host/engine-host.ts';
import { webSocketPort } from '../../proxy-engine/host/web-channel.ts';
import { exampleState } from '../renderer/examples.ts';
import { send, startBackend } from '../support/backend.ts';
import { recorded, startEngine } from '../support/engine.ts';
import { FakeClock } from '../support/fake-clock.ts';

/** Channels of a host that changes when it is told to. */
function channelsOver(clock: FakeClock) {
  const store = { newestId: 0, changes: 0, marks: 0, recorded: 0 };
  let change: (by: ChangeBy) => void = () => {};
  let runsOutAt = 0;
  const figures = () => exampleState.pools.map((pool) => ({ ...pool, backends: pool.backends.map(quiet) }));
  const quiet = <B extends { rate: number }>(backend: B): B => ({
    ...backend,
    rate: clock.now() < runsOutAt ? backend.rate : 0,
  });
  const host = {
    info: {},
    state: () => ({ ...exampleState, pools: figures() }),
    engine: { store },
    onNotice: () => () => {},
    onChange(listener: typeof change) {
      change = listener;
      return () => {};
    },
  };
  const channels = new Channels(host as unknown as EngineHost, clock);
  const record = (count: number): void => {
    for (let i = 0; i < count; i++) {
      store.newestId = store.recorded = ++store.changes;
      change('traffic');
    }
  };
  return { channels, record, decide: () => change('decision'), runOut: (at: number) => (runsOutAt = at) };
}

/** What a window got, and when. */
function openWindow(channels: Channels, clock: FakeClock, congested: () => boolean = () => false) {
  const got: { at: number; message: ToWindow }[] = [];
  channels.open({
    post: (message) => void got.push({ at: clock.now(), message }),
    onMessage() {},
    onClose() {},
    congested,
  });
  got.length = 0;
  return { got, times: () => got.map(({ at }) => at) };
}

function setUp() {
  const clock = new FakeClock();
  clock.advance(1000);
  const over = channelsOver(clock);
  return { clock, ...over, ...openWindow(over.channels, clock) };
}

describe('events of a channel', () => {
  test('single exchanges are told at once, at most twenty times a second', () => {
    const { clock, record, times } = setUp();
    for (let i = 0; i < 20; i++) {
      record(1);
      clock.advance(10);
    }
    expect(times()).toEqual([1000, 1050, 1100, 1150, 1200]);
  });

  test('the figures of the state are told four times a second, and their last', () => {
    const { clock, record, got } = setUp();
    for (let i = 0; i < 20; i++) {
      record(1);
      clock.advance(10);
    }
    clock.advance(1000);
    const told = got.map(({ at, message }) => [
      at,
      message.type === 'events' && message.events.map(({ type }) => type),
    ]);
    const list = [1050, 1100, 1150, 1200].map((at) => [at, ['exchanges']]);
    expect(told).toEqual([[1000, ['state', 'exchanges']], ...list, [1250, ['state']]]);
  });

  test('a flood is told four times a second, and its end', () => {
    const { clock, record, got, times } = setUp();
    for (let i = 0; i < 100; i++) {
      record(100);
      clock.advance(10);
    }
    clock.advance(1000);
    expect(times()).toEqual([1000, 1250, 1500, 1750, 2000]);
    expect(got.at(-1)?.message).toMatchObject({ events: [{ type: 'state' }, { type: 'exchanges', newestId: 10_000 }] });
  });

  test('what was decided is told at once in the middle of a flood', () => {
    const { clock, record, decide, times } = setUp();
    for (let i = 0; i < 50; i++) {
      record(100);
      if (i === 30) decide();
      clock.advance(10);
    }
    expect(times()).toEqual([1000, 1250, 1300]);
  });

  test('who does not keep up is told the latest when it does, and nobody else hears of it', () => {
    const { clock, channels, record, times } = setUp();
    let isCongested = true;
    const slow = openWindow(channels, clock, () => isCongested);
    record(1);
    clock.advance(500);
    expect(times()).toEqual([1000]);
    expect(slow.times()).toEqual([]);
    isCongested = false;
    clock.advance(50);
    expect(slow.times()).toEqual([1550]);
    expect(times()).toEqual([1000]);
  });
});

describe('figures that run out', () => {
  test('are told every second until they are gone: nothing else happens', () => {
    const { clock, record, runOut, got, times } = setUp();
    runOut(4500);
    record(1);
    clock.advance(60_000);
    expect(times()).toEqual([1000, 2000, 3000, 4000, 5000]);
    expect(got.at(-1)?.message).toMatchObject({
      events: [
        { type: 'state', state: { pools: [{ backends: [{ rate: 0 }, { rate: 0 }, { rate: 0 }, { rate: 0 }] }] } },
      ],
    });
  });

  test('also to a window that has opened meanwhile, and to nobody when the last has closed', () => {
    const { clock, channels, runOut } = setUp();
    runOut(3500);
    const late = openWindow(channels, clock);
    clock.advance(60_000);
    expect(late.times()).toEqual([2000, 3000, 4000]);
    runOut(100_000);
    openWindow(channels, clock);
    channels.close();
    expect(clock.timers).toBe(0);
  });
});

test('who asks and takes no answers, or asks very much at once, is read on when it takes them', async () => {
  const flags = { isPaused: false, bufferedAmount: 0, readyState: 1, OPEN: 1 };
  const sent: (() => void)[] = [];
  const socket = Object.assign(new EventEmitter(), flags, {
    send: (_: string, done: () => void) => void sent.push(done),
    pause: () => void (socket.isPaused = true),
    resume: () => void (socket.isPaused = false),
  });
  const port = webSocketPort(socket as unknown as WebSocket);
  const answers: (() => void)[] = [];
  port.onMessage(() => new Promise((resolve) => answers.push(resolve)));
  for (let i = 0; i < 63; i++) socket.emit('message', '{}', false);
  expect(socket.isPaused).toBe(false);
  socket.emit('message', '{}', false);
  expect(socket.isPaused).toBe(true);
  answers.pop()?.();
  await vi.waitFor(() => expect(socket.isPaused).toBe(false));
  port.post({ type: 'events', events: [] });
  socket.bufferedAmount = 2 * 1024 ** 2;
  socket.emit('message', '{}', false);
  expect(socket.isPaused).toBe(true);
  socket.bufferedAmount = 0;
  sent.pop()?.();
  expect(socket.isPaused).toBe(true);
  answers.pop()?.();
  await vi.waitFor(() => expect(socket.isPaused).toBe(false));
});

test('an engine tells exchanges from what was decided', async () => {
  const backend = await startBackend('a');
  const { engine, port, close } = await startEngine([backend.port]);
  onTestFinished(async () => {
    await close();
    await backend.close();
  });
  const changes: ChangeBy[] = [];
  engine.onChange((by) => changes.push(by));
  await send(`127.0.0.1:${port}`, '/');
  await recorded(engine);
  expect(new Set(changes)).toEqual(new Set(['traffic']));
  engine.setBackendState('p', 'a', 'maint', 'you');
  expect(changes.at(-1)).toBe('decision');
});
