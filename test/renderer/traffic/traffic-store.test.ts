import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { CommandError, createEngineApi, type EngineApi } from '../../../renderer/api/engine-api.ts';
import { createUiStore } from '../../../renderer/store/ui-store.ts';
import { showTraffic } from '../../../renderer/traffic/show-traffic.ts';
import { createTrafficStore } from '../../../renderer/traffic/traffic-store.ts';
import { exchangeRow } from '../examples.ts';
import { fakeEngine } from '../fake-engine.ts';
import { soon } from '../soon.ts';

function trafficOver(exchanges: number) {
  const engine = fakeEngine({ exchanges });
  const traffic = createTrafficStore(createEngineApi(engine.connection, () => {}));
  const queries = (): Record<string, unknown>[] =>
    engine.calls
      .filter((call) => call.command === 'exchanges.query')
      .map((call) => call.input as Record<string, unknown>);
  return { traffic, queries };
}

async function settled(traffic: ReturnType<typeof createTrafficStore>): Promise<void> {
  await soon(() => expect(traffic.store.getState().loading).toBe(false));
}

describe('the traffic list', () => {
  test('opens a view at its end and pages within it', async () => {
    const { traffic, queries } = trafficOver(48_201);
    traffic.reopen();
    await settled(traffic);
    expect(traffic.store.getState()).toMatchObject({ total: 48_201, recorded: 48_201 });
    expect(traffic.row(48_200)?.id).toBe(48_201);

    traffic.show(1000, 1020);
    await soon(() => expect(traffic.row(1010)?.id).toBe(1011));
    expect(queries().at(-1)).toMatchObject({ view: 1, filter: '', from: 1000, limit: 100 });
  });

  test('never holds the whole list', async () => {
    const { traffic } = trafficOver(100_000);
    traffic.reopen();
    await settled(traffic);
    traffic.setFollow(false);
    for (let from = 0; from < 20_000; from += 200) {
      traffic.show(from, from + 40);
      await soon(() => expect(traffic.row(from + 39)).toBeDefined(), 1);
    }
    expect(traffic.rowsHeld()).toBeLessThanOrEqual(4000);
  });

  test('a flood is followed in steps, and what came last is asked for in the end', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const { traffic, queries } = trafficOver(500);
    traffic.reopen();
    await vi.advanceTimersByTimeAsync(0);
    const opened = queries().length;
    for (let told = 0; told < 100; told++) {
      traffic.refresh();
      await vi.advanceTimersByTimeAsync(10);
    }
    await vi.advanceTimersByTimeAsync(100);
    expect(queries().length - opened).toBeGreaterThanOrEqual(9);
    expect(queries().length - opened).toBeLessThanOrEqual(11);
  });

  test('what goes on is asked for anew, unless it was read a moment ago', async () => {
    const asked: number[] = [];
    const total = 150;
    const open = new Set([20, 149]);
    const rowAt = (index: number) => ({ ...exchangeRow(index + 1), ...(open.has(index) && { durationMs: undefined }) });
    const call = async (_: string, { from = 0, limit = 0 }: { from?: number; limit?: number }) => {
      asked.push(from);
      const first = from < 0 ? Math.max(0, total + from) : from;
      const rows = Array.from({ length: Math.max(0, Math.min(limit, total - first)) }, (_, index) =>
        rowAt(first + index),
      );
      return { total, recorded: total, from: first, view: 1, rows };
    };
    const traffic = createTrafficStore({ call } as unknown as EngineApi);
    traffic.reopen();
    await settled(traffic);
    traffic.show(120, 150);
    traffic.setFollow(false);
    traffic.setFollow(true);
    await soon(() => expect(asked.at(-1)).toBe(-38));
    traffic.show(10, 40);
    traffic.refresh();
    await soon(() => expect(asked.at(-1)).toBe(0));
    expect(asked).toEqual([-200, -38, -38, 0]);
  });

  test('follows with one question for what there is room for, however many came', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const asked: { from: number; limit: number }[] = [];
    let total = 1000;
    const call = async (_: string, input: { from: number; limit: number }) => {
      asked.push({ from: input.from, limit: input.limit });
      const from = input.from < 0 ? Math.max(0, total + input.from) : input.from;
      const count = Math.max(0, Math.min(input.limit, total - from));
      const rows = Array.from({ length: count }, (_row, position) => exchangeRow(from + position + 1));
      return { total, recorded: total, from, view: 1, rows };
    };
    const traffic = createTrafficStore({ call } as unknown as EngineApi);
    traffic.reopen();
    await vi.advanceTimersByTimeAsync(100);
    traffic.show(970, 1000);
    for (let told = 0; told < 3; told++) {
      total += 5000;
      traffic.refresh();
      await vi.advanceTimersByTimeAsync(100);
      traffic.show(total - 30, total);
      expect(traffic.row(total - 1)?.id).toBe(total);
    }
    expect(asked.slice(1)).toEqual(Array.from({ length: 3 }, () => ({ from: -38, limit: 38 })));
  });

  test('asks only for the count while nobody follows', async () => {
    const { traffic, queries } = trafficOver(500);
    traffic.reopen();
    await settled(traffic);
    traffic.setFollow(false);
    traffic.refresh();
    await soon(() => expect(queries().at(-1)).toMatchObject({ view: 1, filter: '', from: 0, limit: 0 }));
  });

  test('sorts from the top, reads what is on screen anew, and follows again in the order in which they came', async () => {
    const { traffic, queries } = trafficOver(1000);
    traffic.setSort({ field: 'duration', order: 'desc' });
    await settled(traffic);
    expect(queries().at(-1)).toMatchObject({ sort: 'duration', order: 'desc', from: 0 });
    expect(traffic.store.getState()).toMatchObject({ follow: false, selectedIndex: null });
    traffic.select(3);
    traffic.show(0, 40);
    traffic.refresh();
    await soon(() => expect(queries().at(-1)).toMatchObject({ view: 1, sort: 'duration', from: 0, limit: 100 }));
    await soon(() => expect(traffic.store.getState().selectedIndex).toBe(3));
    traffic.setFilter('attempts > 1');
    await settled(traffic);
    expect(traffic.store.getState()).toMatchObject({ follow: false, sort: { field: 'duration' } });
    traffic.setFollow(true);
    await settled(traffic);
    expect(traffic.store.getState()).toMatchObject({ follow: true, sort: null });
    expect(queries().at(-1)).not.toHaveProperty('sort');
  });

  test('gives the filter once and tells what is wrong with it', async () => {
    const { traffic, queries } = trafficOver(500);
    traffic.setFilter('attempts > 1');
    await settled(traffic);
    expect(queries().at(-1)).toMatchObject({ filter: 'attempts > 1' });
    expect(traffic.store.getState().total).toBeLessThan(500);

    const asked = queries().length;
    traffic.setFilter('staus = 5');
    expect(traffic.store.getState()).toMatchObject({ applied: 'attempts > 1', mistake: { from: 0 } });
    expect(queries()).toHaveLength(asked);

    traffic.setFilter('"refused !!"');
    await soon(() => expect(traffic.store.getState().filterError).toMatch(/column 8/));
    traffic.setFilter('');
    await soon(() => expect(traffic.store.getState()).toMatchObject({ filterError: null, total: 500 }));
  });

  test('selects rows that are here and stops following the one that was clicked', async () => {
    const { traffic } = trafficOver(500);
    traffic.reopen();
    await settled(traffic);
    traffic.select(100_000);
    expect(traffic.store.getState().selectedId).toBeNull();
    traffic.pick(499);
    expect(traffic.store.getState()).toMatchObject({ selectedId: 500, follow: false });
  });

  test('selects a row that is still to come when it is here', async () => {
    const { traffic } = trafficOver(5000);
    traffic.reopen();
    await settled(traffic);
    traffic.select(4999);
    traffic.select(7);
    expect(traffic.store.getState().selectedId).toBe(5000);
    traffic.show(0, 20);
    await soon(() => expect(traffic.store.getState()).toMatchObject({ selectedIndex: 7, selectedId: 8 }));
  });

  test('asks on while a search goes on, and says how far it is', async () => {
    const answers = [{ total: 1, searched: 0.25 }, { total: 3, searched: 0.75 }, { total: 4 }];
    const told: (number | null)[] = [];
    const call = async (_: string, input: Record<string, unknown>) => {
      expect(input).toMatchObject({ patienceMs: 200, filter: 'body ~ "x"' });
      const answer = answers.shift() ?? { total: 4 };
      const rows = Array.from({ length: answer.total }, (_row, position) => exchangeRow(10 * answer.total + position));
      return { recorded: 100, from: 0, view: 1, rows, ...answer };
    };
    const traffic = createTrafficStore({ call } as unknown as EngineApi);
    traffic.store.subscribe(({ searched }) => told.at(-1) !== searched && told.push(searched));
    traffic.setFilter('body ~ "x"');
    expect(traffic.store.getState()).toMatchObject({ loading: true, searched: null });
    await soon(() => expect(traffic.store.getState()).toMatchObject({ total: 4, searched: null, loading: false }));
    expect(told).toEqual([null, 0.25, 0.75, null]);
    // What came while it was found moves rows: the last answer holds.
    expect(traffic.row(0)?.id).toBe(40);
  });

  test('asks on while rows are put in order, and says how far that is', async () => {
    const answers = [{ ordered: 0.25 }, { ordered: 0.75 }];
    const told: (number | null)[] = [];
    const call = async (_: string, input: Record<string, unknown>) => {
      expect(input).toMatchObject({ patienceMs: 200, sort: 'path', order: 'asc', from: 0 });
      const answer = answers.shift();
      const rows = answer ? [] : [exchangeRow(7), exchangeRow(3)];
      return { recorded: 100, total: 2, from: 0, view: 1, rows, ...answer };
    };
    const traffic = createTrafficStore({ call } as unknown as EngineApi);
    traffic.store.subscribe(({ ordered }) => told.at(-1) !== ordered && told.push(ordered));
    traffic.setSort({ field: 'path', order: 'asc' });
    await soon(() => expect(traffic.row(1)?.id).toBe(exchangeRow(3).id));
    expect(told).toEqual([null, 0.25, 0.75, null]);
    expect(traffic.store.getState()).toMatchObject({ total: 2, loading: false });
  });

  test('asks once of an engine that is away, whatever is missing', async () => {
    let isAway = false;
    let asked = 0;
    const call = async (_: string, { from = 0, limit = 0 }: { from?: number; limit?: number }) => {
      // One that asked for ever would leave no turn for anybody to say so.
      if (isAway && ++asked > 20) return new Promise(() => {});
      if (isAway) throw new CommandError({ code: 'DISCONNECTED', message: '' });
      const rows = Array.from({ length: limit }, (_row, index) => exchangeRow(index + 1));
      return { total: 1000, recorded: 1000, from: from < 0 ? 1000 + from : from, view: 1, rows };
    };
    const traffic = createTrafficStore({ call } as unknown as EngineApi);
    traffic.reopen();
    await settled(traffic);
    traffic.setFollow(false);
    isAway = true;
    traffic.show(0, 40);
    await new Promise(setImmediate);
    expect(asked).toBe(1);
  });

  test('is empty after clearing', async () => {
    const { traffic } = trafficOver(500);
    traffic.reopen();
    await settled(traffic);
    await traffic.clear();
    await soon(() => expect(traffic.store.getState()).toMatchObject({ total: 0, selectedId: null, loading: false }));
  });
});

test('traffic is shown by a filter wherever the list was narrowed to', async () => {
  const { traffic, queries } = trafficOver(10);
  const ui = createUiStore({ getItem: () => null, setItem: () => {} }, ['en']);
  ui.setState({ page: 'drills' });
  traffic.setScope({ host: 'api.test', path: '/v1', hasMore: false });
  await settled(traffic);
  expect(queries().at(-1)?.filter).toContain('api.test');
  showTraffic({ ui, traffic }, 'failed');
  await settled(traffic);
  expect(ui.getState().page).toBe('traffic');
  expect(traffic.store.getState()).toMatchObject({ scope: null, applied: 'failed' });
  expect(queries().at(-1)?.filter).toBe('failed');
});
