import { afterEach, expect, it, vi } from 'vitest';
import { systemClock } from '../proxy-engine/clock.ts';

const DAY_MS = 24 * 3_600_000;

afterEach(() => void vi.useRealTimers());

it.each([1, 24, 25, 90])('waits %i days, of which a timer of Node bears 24', (days) => {
  vi.useFakeTimers();
  let calls = 0;
  systemClock.after(days * DAY_MS, () => calls++);
  vi.advanceTimersByTime(days * DAY_MS - 1);
  expect(calls).toBe(0);
  vi.advanceTimersByTime(1);
  expect(calls).toBe(1);
  vi.advanceTimersByTime(100 * DAY_MS);
  expect(calls).toBe(1);
});

it('waits no longer when it is stopped, before and after the first timer', () => {
  vi.useFakeTimers();
  const stops = [0, 30].map((days) => {
    const stop = systemClock.after(60 * DAY_MS, () => expect.unreachable());
    vi.advanceTimersByTime(days * DAY_MS);
    return stop;
  });
  for (const stop of stops) stop();
  vi.advanceTimersByTime(100 * DAY_MS);
  expect(vi.getTimerCount()).toBe(0);
});
