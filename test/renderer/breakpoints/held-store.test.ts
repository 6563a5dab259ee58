import { beforeEach, describe, expect, test } from 'vitest';
import type { HeldDetail, HeldRow } from '../../../proxy-engine/contract/breakpoint.ts';
import type { EngineApi } from '../../../renderer/api/engine-api.ts';
import { createHeldStore, heldKey, untouched } from '../../../renderer/breakpoints/held-store.ts';
import { createEngineStore } from '../../../renderer/store/engine-store.ts';
import { exampleState } from '../examples.ts';

const rowOf = (id: number): HeldRow => ({ id, phase: 'request', method: 'GET', url: 'http://a/', heldAt: 5, until: 9 });
const detailOf = (id: number): HeldDetail => ({
  ...rowOf(id),
  request: { method: 'GET', target: '/', headers: [['Host', 'a']] },
  body: '',
  bodyComplete: true,
});

const REFUSED = 99;
let sent: unknown[];
let stays: number[];
let engine: ReturnType<typeof createEngineStore>;
let store: ReturnType<typeof createHeldStore>;

function hold(...ids: number[]): void {
  engine.setState({ state: { ...exampleState, breakpoints: { held: ids.map(rowOf), next: null, holdMs: 1000 } } });
}

/** As if somebody typed into the form of that message. */
function type(id: number, part: Partial<ReturnType<typeof untouched>['drafts']['continue']>): void {
  const form = untouched(detailOf(id));
  store.keep({ ...form, drafts: { ...form.drafts, continue: { ...form.drafts.continue, ...part } } });
}

beforeEach(() => {
  sent = [];
  stays = [];
  engine = createEngineStore();
  const call = async (_command: string, input: { id: number }) => {
    if (input.id === REFUSED) throw new Error('refused');
    sent.push(input);
  };
  const api = { call } as unknown as EngineApi;
  store = createHeldStore(api, engine, { failure: () => {}, stays: (count) => stays.push(count) });
  hold(1, 2, 3);
});

describe('what is typed into held messages', () => {
  test('is kept for each while others are looked at', () => {
    type(1, { target: '/a' });
    type(2, { target: '/b' });
    expect(store.typed.getState()[heldKey(rowOf(1))]?.drafts.continue.target).toBe('/a');
    expect(Object.keys(store.typed.getState())).toEqual([1, 2].map((id) => heldKey(rowOf(id))));
  });

  test('is nothing when it is again as it came', () => {
    type(1, { target: '/a' });
    type(1, {});
    expect(store.typed.getState()).toEqual({});
  });

  test('goes with the message', () => {
    type(1, { target: '/a' });
    type(2, { target: '/b' });
    hold(2, 3);
    expect(Object.keys(store.typed.getState())).toEqual([heldKey(rowOf(2))]);
  });

  test('is told to be gone when the message went away by itself, and not when it was sent or left', async () => {
    const isLost = () => store.lost.getState();
    store.editing(rowOf(1));
    hold(1, 3);
    expect(isLost()).toBe(false);
    hold(3);
    expect(isLost()).toBe(true);
    store.editing(rowOf(3));
    store.forget();
    await store.resume({ id: 3, action: 'continue' });
    hold(4);
    expect(isLost()).toBe(false);
    store.editing(rowOf(4));
    store.editing(null);
    hold();
    expect(isLost()).toBe(false);
  });

  test('is told to be gone where its sending was refused before', async () => {
    store.editing(rowOf(2));
    await expect(store.resume({ id: REFUSED, action: 'continue' })).rejects.toThrow();
    hold(3);
    expect(store.lost.getState()).toBe(true);
  });

  test('is sent when all go on; what cannot be sent stays', () => {
    type(1, { target: '/a' });
    type(2, { headers: 'no colon' });
    store.continueAll();
    expect(sent).toEqual([
      { id: 1, action: 'continue', edits: { target: '/a' } },
      { id: 3, action: 'continue' },
    ]);
    expect(stays).toEqual([1]);
  });

  test('an answer that was begun is what is sent', () => {
    const form = untouched(detailOf(3));
    store.keep({
      ...form,
      mode: 'respond',
      drafts: { ...form.drafts, respond: { ...form.drafts.respond, status: '418' } },
    });
    hold(3);
    store.continueAll();
    expect(sent).toMatchObject([{ id: 3, action: 'respond', edits: { status: 418 } }]);
  });
});
