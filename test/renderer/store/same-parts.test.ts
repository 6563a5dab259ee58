import { describe, expect, test } from 'vitest';
import { apply, initialView } from '../../../renderer/store/engine-store.ts';
import { withSameParts } from '../../../renderer/store/same-parts.ts';
import { exampleState } from '../examples.ts';

describe('withSameParts', () => {
  test.each([
    { name: 'numbers', before: 1, now: 2 },
    { name: 'another kind', before: { a: 1 }, now: [1] },
    { name: 'nothing before', before: null, now: { a: [1] } },
    { name: 'nothing now', before: { a: 1 }, now: null },
    { name: 'a key more', before: { a: 1 }, now: { a: 1, b: 2 } },
    { name: 'a key less', before: { a: 1, b: undefined }, now: { a: 1 } },
    { name: 'another key', before: { a: 1 }, now: { b: 1 } },
    { name: 'a longer list', before: [1], now: [1, 2] },
    { name: 'a shorter list', before: [1, 2], now: [1] },
  ])('is equal to what is new: $name', ({ before, now }) => {
    expect(withSameParts(before, now)).toStrictEqual(now);
  });

  test('what is equal is the object that was there', () => {
    const before = { pools: [{ name: 'a' }, { name: 'b', rate: 1 }], rules: [] };
    const now = withSameParts(before, { pools: [{ name: 'a' }, { name: 'b', rate: 2 }], rules: [] });
    expect(now.pools[0]).toBe(before.pools[0]);
    expect(now.rules).toBe(before.rules);
    expect(now.pools[1]).toEqual({ name: 'b', rate: 2 });
    expect(withSameParts(before, structuredClone(before))).toBe(before);
  });

  test('of the state of the engine, what has not changed stays', () => {
    const info = { version: '1', host: 'headless' as const, platform: 'linux' };
    const open = apply(initialView, { type: 'snapshot', info, state: exampleState, recorded: 5 });
    const state = { ...structuredClone(exampleState), revision: exampleState.revision + 1 };
    const view = apply(open, { type: 'events', events: [{ type: 'state', state }] });
    expect(view.state).toEqual(state);
    expect(view.state?.listeners).toBe(exampleState.listeners);
    expect(view.state?.pools).toBe(exampleState.pools);
  });
});
