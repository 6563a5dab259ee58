import { expect, test } from 'vitest';
import { type EngineChild, EngineSupervisor, MAX_RESTARTS, restartDelayMs } from '../../electron/engine-supervisor.ts';
import type { FromEngineProcess, ToEngineProcess } from '../../proxy-engine/host/process-messages.ts';
import type { EngineProcessStatus } from '../../renderer/api/desktop.ts';

interface FakeChild extends EngineChild<string> {
  sent: { message: ToEngineProcess; ports: string[] }[];
  killed: boolean;
  say(message: FromEngineProcess): void;
  end(how: string): void;
}

function fakeChild(): FakeChild {
  const messageListeners: ((message: FromEngineProcess) => void)[] = [];
  const exitListeners: ((how: string) => void)[] = [];
  return {
    sent: [],
    killed: false,
    send(message, ports = []) {
      this.sent.push({ message, ports });
    },
    onMessage: (listener) => void messageListeners.push(listener),
    onExit: (listener) => void exitListeners.push(listener),
    kill() {
      this.killed = true;
    },
    say: (message) => messageListeners.forEach((listener) => listener(message)),
    end: (how) => exitListeners.forEach((listener) => listener(how)),
  };
}

function supervised() {
  const children: FakeChild[] = [];
  const told: EngineProcessStatus[] = [];
  const timers: { delayMs: number; run: () => void; cancelled: boolean }[] = [];
  let readyCount = 0;
  const supervisor = new EngineSupervisor<string>({
    launch() {
      const child = fakeChild();
      children.push(child);
      return child;
    },
    startMessage: (channel) => ({ type: 'start', version: '1', webSocket: false, ...(channel && { channel }) }),
    after(delayMs, run) {
      const timer = { delayMs, run, cancelled: false };
      timers.push(timer);
      return () => (timer.cancelled = true);
    },
    onStatus: (status) => void told.push(status),
    onReady: () => void readyCount++,
  });
  supervisor.start();
  const newest = (): FakeChild => children.at(-1) as FakeChild;
  /** Runs what was scheduled last and not called off. */
  const elapse = (): void => timers.findLast((timer) => !timer.cancelled)?.run();
  return { supervisor, children, told, timers, newest, elapse, ready: () => readyCount };
}

test('the first message is start; ready is told and asks for ports', () => {
  const { newest, told, ready } = supervised();
  expect(newest().sent).toEqual([{ message: { type: 'start', version: '1', webSocket: false }, ports: [] }]);
  newest().say({ type: 'ready' });
  expect(told).toEqual([{ state: 'running' }]);
  expect(ready()).toBe(1);
});

test('a port goes to a running engine only', () => {
  const { supervisor, newest } = supervised();
  expect(supervisor.connect('early')).toBe(false);
  newest().say({ type: 'ready' });
  expect(supervisor.connect('port')).toBe(true);
  expect(newest().sent.at(-1)).toEqual({ message: { type: 'port' }, ports: ['port'] });
});

test(`an engine that dies is started again ${MAX_RESTARTS} times, then no more`, () => {
  const { children, told, newest, elapse } = supervised();
  for (let attempt = 1; attempt <= MAX_RESTARTS; attempt++) {
    newest().say({ type: 'ready' });
    newest().end('SIGKILL');
    expect(told.at(-1)).toMatchObject({ state: 'restarting', attempt });
    elapse();
    expect(children).toHaveLength(attempt + 1);
  }
  newest().end('SIGKILL');
  expect(told.at(-1)).toEqual({
    state: 'stopped',
    reason: 'the engine process ended (SIGKILL); it was restarted 5 times',
  });
  expect(children).toHaveLength(MAX_RESTARTS + 1);
});

test('delays double and are bounded', () => {
  expect([1, 2, 3, 4, 5].map(restartDelayMs)).toEqual([250, 500, 1000, 2000, 4000]);
  expect(restartDelayMs(9)).toBe(4000);
});

test('an engine that ran long was sound: the count begins anew', () => {
  const { told, newest, elapse } = supervised();
  newest().say({ type: 'ready' });
  newest().end('');
  elapse();
  newest().say({ type: 'ready' });
  elapse();
  newest().end('');
  expect(told.at(-1)).toMatchObject({ state: 'restarting', attempt: 1 });
});

test('an engine that says why it cannot run is not started again', () => {
  const { children, told, newest } = supervised();
  newest().say({ type: 'failed', message: 'a.yaml:3:1: unknown key' });
  newest().end('code 2');
  expect(told).toEqual([{ state: 'stopped', reason: 'a.yaml:3:1: unknown key' }]);
  expect(children).toHaveLength(1);
});

test('the next process takes the channel of the one before', () => {
  const { supervisor, newest, elapse } = supervised();
  const channel = { url: 'ws://127.0.0.1:4000/channel', token: 't' };
  newest().say({ type: 'ready', channel });
  newest().end('code 1');
  expect(supervisor.channel).toEqual(channel);
  elapse();
  expect(newest().sent[0]?.message).toMatchObject({ type: 'start', channel });
});

test('stopping lets the engine drain, kills it when it does not end, and restarts nothing', async () => {
  const { supervisor, children, newest, elapse } = supervised();
  newest().say({ type: 'ready' });
  const stopped = supervisor.stop();
  expect(newest().sent.at(-1)?.message).toEqual({ type: 'stop' });
  elapse();
  expect(newest().killed).toBe(true);
  newest().end('SIGKILL');
  await stopped;
  expect(children).toHaveLength(1);
});

test('stopping while a restart is due calls it off', async () => {
  const { supervisor, timers, newest } = supervised();
  newest().end('code 1');
  await supervisor.stop();
  expect(timers.every(({ cancelled }) => cancelled)).toBe(true);
});

test('a restart that a person asks for begins the count anew', async () => {
  const { supervisor, children, told, newest, elapse } = supervised();
  newest().end('code 1');
  elapse();
  const restarted = supervisor.restart();
  newest().end('code 0');
  await restarted;
  expect(children).toHaveLength(3);
  newest().end('code 1');
  expect(told.at(-1)).toMatchObject({ state: 'restarting', attempt: 1 });
});

test('restarts that a person asks for twice are one: there is never a second engine', async () => {
  const { supervisor, children, newest } = supervised();
  newest().say({ type: 'ready' });
  const [first] = children;
  const restarted = Promise.all([supervisor.restart(), supervisor.restart()]);
  expect(children).toHaveLength(1);
  first?.end('code 0');
  await restarted;
  expect(children).toHaveLength(2);
});

test('who stops while it is being restarted waits for its end, and nothing is started after that', async () => {
  const { supervisor, children, newest } = supervised();
  newest().say({ type: 'ready' });
  const restarted = supervisor.restart();
  let isStopped = false;
  const stopped = supervisor.stop().then(() => (isStopped = true));
  await new Promise(setImmediate);
  expect(isStopped).toBe(false);
  newest().end('code 0');
  await Promise.all([restarted, stopped]);
  expect(children).toHaveLength(1);
});
