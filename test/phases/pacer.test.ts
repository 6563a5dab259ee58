import { describe, expect, it } from 'vitest';
import { Pacer } from '../../proxy-engine/phases/pacer.ts';
import { FakeClock } from '../support/fake-clock.ts';

function setUp(bytesPerSecond: number) {
  const clock = new FakeClock();
  const seen = { bytes: 0, rooms: 0, done: 0, takes: true };
  const pacer = new Pacer(clock, bytesPerSecond, {
    write(chunk) {
      seen.bytes += chunk.length;
      return seen.takes;
    },
    onRoom: () => void seen.rooms++,
    onDone: () => void seen.done++,
  });
  return { clock, seen, pacer };
}

describe('a pacer', () => {
  it.each([
    [1000, 1000, 20, 20],
    [1000, 1000, 500, 500],
    [1000, 1000, 1000, 1000],
    [50, 1000, 1000, 50],
    [3, 1000, 1000, 3],
    [1_000_000, 50_000, 40, 40_000],
  ])('at %i bytes a second, of %i bytes has let %# through after %i ms: %i', (rate, length, ms, bytes) => {
    const { clock, seen, pacer } = setUp(rate);
    pacer.push(Buffer.alloc(length));
    clock.advance(ms);
    expect(seen.bytes).toBe(bytes);
  });

  it('tells the source to stop at 64 KiB and to go on below', () => {
    const { clock, seen, pacer } = setUp(1_000_000);
    expect([pacer.push(Buffer.alloc(60_000)), pacer.push(Buffer.alloc(20_000))]).toEqual([true, false]);
    clock.advance(20);
    expect([seen.bytes, seen.rooms]).toEqual([20_000, 1]);
  });

  it('keeps a fast rate although its source stops at once when it is told to', () => {
    const { clock, seen, pacer } = setUp(100_000_000);
    while (pacer.push(Buffer.alloc(64 * 1024)));
    clock.advance(20);
    expect(seen.bytes).toBe(2_000_000);
    while (pacer.push(Buffer.alloc(64 * 1024)));
    clock.advance(20);
    expect(seen.bytes).toBe(4_000_000);
  });

  it('waits for a sink that is full', () => {
    const { clock, seen, pacer } = setUp(1000);
    seen.takes = false;
    pacer.push(Buffer.alloc(100));
    clock.advance(1000);
    expect(seen.bytes).toBe(20);
    seen.takes = true;
    pacer.drained();
    clock.advance(1000);
    expect(seen.bytes).toBe(100);
  });

  it('goes on with what a piece had left, as soon as the sink takes more', () => {
    const { clock, seen, pacer } = setUp(1000);
    seen.takes = false;
    pacer.push(Buffer.alloc(5));
    pacer.push(Buffer.alloc(100));
    clock.advance(20);
    expect(seen.bytes).toBe(5);
    pacer.drained();
    expect(seen.bytes).toBe(20);
    pacer.drained();
    expect(seen.bytes).toBe(20);
  });

  it('saves up nothing while nothing waits, and sets no timer then', () => {
    const { clock, seen, pacer } = setUp(1000);
    pacer.push(Buffer.alloc(10));
    clock.advance(10_000);
    expect([seen.bytes, clock.timers]).toEqual([10, 0]);
    pacer.push(Buffer.alloc(1000));
    clock.advance(20);
    expect(seen.bytes).toBe(30);
  });

  it.each([
    ['after the last byte', 100],
    ['at once when nothing waits', 0],
  ])('is done %s, once', (_when, length) => {
    const { clock, seen, pacer } = setUp(1000);
    if (length > 0) pacer.push(Buffer.alloc(length));
    pacer.end();
    expect(seen.done).toBe(length > 0 ? 0 : 1);
    clock.advance(10_000);
    expect([seen.bytes, seen.done, clock.timers]).toEqual([length, 1, 0]);
  });
});
