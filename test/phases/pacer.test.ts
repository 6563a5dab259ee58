import { describe, expect, it } from 'vitest';
import { Pacer } from '../../proxy-engine/phases/pacer.ts';
import { Link } from '../../proxy-engine/rules/link.ts';
import { FakeClock } from '../support/fake-clock.ts';

function setUp(bytesPerSecond: number, clock = new FakeClock(), link = new Link(bytesPerSecond)) {
  const seen = { bytes: 0, rooms: 0, done: 0, takes: true };
  const pacer = new Pacer(clock, [link], {
    write(chunk) {
      seen.bytes += chunk.length;
      return seen.takes;
    },
    onRoom: () => void seen.rooms++,
    onDone: () => void seen.done++,
  });
  return { clock, link, seen, pacer };
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

describe('pacers of one link', () => {
  function two() {
    const one = setUp(1000);
    const other = setUp(1000, one.clock, one.link);
    one.pacer.push(Buffer.alloc(1000));
    other.pacer.push(Buffer.alloc(100));
    return {
      one,
      other,
      advance: (ms: number) => one.clock.advance(ms),
      bytes: () => [one.seen.bytes, other.seen.bytes],
    };
  }

  it('share it, and who is alone has all of it', () => {
    const { one, advance, bytes } = two();
    advance(100);
    expect(bytes()).toEqual([50, 50]);
    advance(1000);
    expect(bytes()).toEqual([1000, 100]);
    expect(one.link.busy).toBe(0);
  });

  it.each<[string, (paced: ReturnType<typeof setUp>) => void]>([
    ['whose client takes no more', ({ seen }) => (seen.takes = false)],
    ['that is stopped', ({ pacer }) => pacer.stop()],
  ])('do not wait for one %s', (_what, end) => {
    const { one, other, advance } = two();
    end(other);
    advance(100);
    const before = one.seen.bytes;
    advance(100);
    expect(one.seen.bytes - before).toBe(100);
  });

  it('go on together when a client takes more', () => {
    const { one, other, advance } = two();
    one.seen.takes = false;
    advance(20);
    one.seen.takes = true;
    one.pacer.drained();
    expect(one.link.busy).toBe(2);
    other.pacer.stop();
    one.pacer.stop();
    one.pacer.stop();
    expect(one.link.busy).toBe(0);
  });
});
