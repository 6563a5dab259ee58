import { describe, expect, test } from 'vitest';
import { backendColor, numberedBackends } from '../../../renderer/store/backend-color.ts';
import { apply, initialView, isInBanner } from '../../../renderer/store/engine-store.ts';
import { readPlace } from '../../../renderer/store/place.ts';
import { poolP95, poolRate, weightShare } from '../../../renderer/store/pool-totals.ts';
import { defaultPreferences, readPreferences } from '../../../renderer/store/preferences.ts';
import { addSample, emptySeries, recentRates, SERIES_CAPACITY, withHistory } from '../../../renderer/store/series.ts';
import { standingOf } from '../../../renderer/store/standing.ts';
import { createUiStore } from '../../../renderer/store/ui-store.ts';
import { exampleState } from '../examples.ts';

const [pool] = exampleState.pools;
if (!pool) throw new Error('the example has a pool');
const [a, b, , spare] = pool.backends;
if (!a || !b || !spare) throw new Error('the example has four backends');

describe('the mirror of the engine', () => {
  const info = { version: '1', host: 'headless' as const, platform: 'linux' };
  const open = apply(initialView, { type: 'snapshot', info, state: exampleState, recorded: 5 });

  test('a snapshot replaces everything and starts a generation', () => {
    expect(open).toMatchObject({ connection: 'open', recorded: 5, generation: 1 });
    expect(apply({ ...open, newestId: 9 }, { type: 'snapshot', info, state: exampleState, recorded: 0 })).toMatchObject(
      { recorded: 0, newestId: 0, generation: 2 },
    );
  });

  test('events apply in order', () => {
    const state = { ...exampleState, revision: 8 };
    const view = apply(open, {
      type: 'events',
      events: [
        { type: 'exchanges', recorded: 6, newestId: 6, marks: 0 },
        { type: 'state', state: exampleState },
        { type: 'state', state },
        { type: 'notice', level: 'warn', message: 'look' },
      ],
    });
    expect(view).toMatchObject({
      recorded: 6,
      newestId: 6,
      state: { revision: 8 },
      notices: [{ id: 1, level: 'warn' }],
    });
  });

  test('why the config does not run is in the banner while it does not, and not told beside it', () => {
    const told = {
      level: 'error' as const,
      message: 'a.yaml was not applied, the running config stays: a.yaml:1:1: no',
    };
    const broken = { ...exampleState, configProblems: [{ kind: 'config' as const, reason: 'a.yaml:1:1: no' }] };
    expect(isInBanner(told, broken)).toBe(true);
    expect(isInBanner({ ...told, level: 'info' }, broken)).toBe(false);
    expect(isInBanner({ ...told, message: 'the report of x could not be written: no' }, broken)).toBe(false);
    expect(isInBanner(told, exampleState)).toBe(false);
    expect(isInBanner(told, null)).toBe(false);
  });

  test('notices are bounded and numbered', () => {
    const events = Array.from({ length: 30 }, () => ({
      type: 'notice' as const,
      level: 'info' as const,
      message: 'x',
    }));
    const { notices } = apply(open, { type: 'events', events });
    expect(notices).toHaveLength(20);
    expect(notices.at(-1)?.id).toBe(30);
  });

  test.each([{ state: 'lost', reason: 'gone' }, { state: 'stopped' }, { state: 'refused', token: 'old' }] as const)(
    'a loss keeps what was known, and ends with the next snapshot: %j',
    (loss) => {
      const lost = apply(open, { type: 'lost', loss });
      expect(lost).toMatchObject({ connection: loss.state, loss, recorded: 5 });
      expect(apply(initialView, { type: 'lost', loss })).toMatchObject({ connection: loss.state, loss, state: null });
      const again = apply(lost, { type: 'snapshot', info, state: exampleState, recorded: 5 });
      expect(again).toMatchObject({ connection: 'open', loss: null });
    },
  );
});

describe('series', () => {
  test('one sample a second, five minutes in all', () => {
    let series = emptySeries;
    for (let second = 1; second <= SERIES_CAPACITY + 20; second++) series = addSample(series, exampleState, second);
    expect(addSample(series, exampleState, SERIES_CAPACITY + 20)).toBe(series);
    expect(series.times).toHaveLength(SERIES_CAPACITY);
    expect(series.times[0]).toBe(21);
    expect(recentRates(series, 'api', 'b')).toHaveLength(60);
    expect(addSample(series, exampleState, SERIES_CAPACITY)).toBe(series);
    expect(addSample(series, exampleState, 100).times).toEqual([100]);
  });

  test('a backend that came later has a gap, one that went is forgotten', () => {
    const without = { ...exampleState, pools: [{ ...pool, backends: [a] }] };
    const series = addSample(
      addSample(emptySeries, without, 1),
      { ...exampleState, pools: [{ ...pool, backends: [b] }] },
      2,
    );
    expect(series.backends.get('api/b')).toEqual([null, expect.objectContaining({ rate: b.rate })]);
    expect(series.backends.has('api/a')).toBe(false);
  });
});

describe('what the engine remembers', () => {
  const figures = (rate: number[]) => {
    const none = rate.map(() => 0);
    return { rate, p50Ms: none, p95Ms: none, p99Ms: none, failures: none };
  };
  const rates = (series: typeof emptySeries, key: string) => series.backends.get(key)?.map((one) => one?.rate ?? null);

  test('stands before the first sample of a window', () => {
    const history = { times: [7, 8, 9], backends: [{ pool: 'api', backend: 'b', ...figures([1, 2, 3]) }] };
    const series = withHistory(addSample(emptySeries, exampleState, 10), history);
    expect(series.times).toEqual([7, 8, 9, 10]);
    expect(rates(series, 'api/b')).toEqual([1, 2, 3, b.rate]);
    expect(rates(series, 'api/a')).toEqual([null, null, null, a.rate]);
    expect(withHistory(emptySeries, history).times).toEqual([7, 8, 9]);
  });

  test('fills what a window missed, and keeps what an engine that began anew does not know', () => {
    const own = addSample(addSample(emptySeries, exampleState, 1), exampleState, 9);
    const series = withHistory(own, { times: [4, 5], backends: [{ pool: 'api', backend: 'b', ...figures([1, 2]) }] });
    expect(series.times).toEqual([1, 4, 5, 9]);
    expect(rates(series, 'api/b')).toEqual([b.rate, 1, 2, b.rate]);
    expect(withHistory(own, { times: [], backends: [] })).toEqual(own);
  });

  test('is no longer than a chart', () => {
    const times = Array.from({ length: SERIES_CAPACITY }, (_, at) => at + 1);
    const history = { times, backends: [{ pool: 'api', backend: 'b', ...figures(times) }] };
    const series = withHistory(addSample(emptySeries, exampleState, SERIES_CAPACITY + 1), history);
    expect([series.times[0], series.times.length, series.backends.get('api/b')?.length]).toEqual([2, 300, 300]);
  });
});

describe('standingOf', () => {
  test.each([
    { name: 'operator first', backend: { ...a, state: 'maint' as const }, expected: { word: 'maint', shape: 'ring' } },
    { name: 'draining', backend: { ...b, state: 'drain' as const }, expected: { word: 'draining', shape: 'dashed' } },
    { name: 'ejected', backend: { ...a, ejectedUntil: 13_200 }, expected: { word: 'ejected', backInSeconds: 4 } },
    {
      name: 'ejection over, not back yet',
      backend: { ...a, ejectedUntil: 5 },
      expected: { word: 'ejected', backInSeconds: undefined },
    },
    {
      name: 'unhealthy',
      backend: { ...b, health: 'unhealthy' as const },
      expected: { word: 'unhealthy', shape: 'cross' },
    },
    { name: 'healthy', backend: b, expected: { word: 'healthy', shape: 'full' } },
    { name: 'unknown', backend: { ...b, health: 'unknown' as const }, expected: { word: 'unknown', tone: 'dim' } },
  ])('$name', ({ backend, expected }) => {
    expect(standingOf(backend, 10_000)).toMatchObject(expected);
  });
});

describe('colours and keys', () => {
  const two = { ...exampleState, pools: [pool, { ...pool, name: 'shop' }, { ...pool, name: 'third' }] };

  test('a colour follows the place of the backend among all', () => {
    expect(backendColor(two, 'api', 'b')).toBe('var(--series-1)');
    expect(backendColor(two, 'shop', 'b')).toBe('var(--series-5)');
    expect(backendColor(two, 'third', 'b')).toBe('var(--series-1)');
    expect(backendColor(two, 'api', 'gone')).toBe('var(--faint)');
    expect(backendColor(null, 'api', 'b')).toBe('var(--faint)');
  });

  test('the first nine have keys', () => {
    expect(numberedBackends(two).map((one) => one.key)).toEqual([
      1,
      2,
      3,
      4,
      5,
      6,
      7,
      8,
      9,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

test('totals of a pool', () => {
  expect(poolRate(pool)).toBe(41);
  expect(poolP95(pool)).toBe(41);
  expect(weightShare(pool, 'b')).toBe(0.5);
  expect(weightShare(pool, 'a')).toBe(0);
  const onlySpare = { ...pool, backends: [a, { ...spare, available: true }] };
  expect(weightShare(onlySpare, 'spare')).toBe(1);
});

describe('preferences', () => {
  const defaults = defaultPreferences(['en']);

  test.each([null, '', 'not json', '{"theme":"pink"}'])('%j gives the defaults', (text) => {
    expect(readPreferences(text, defaults)).toEqual(defaults);
  });

  test('what is no column or no saved filter is left out, and columns that must be there are there', () => {
    const kept = {
      columns: ['size', 'nothing', 'host', 'size'],
      savedFilters: [{ name: 'a', filter: 'b' }, { name: 1 }, null],
    };
    expect(readPreferences(JSON.stringify(kept), defaults)).toMatchObject({
      columns: ['size', 'host', 'path', 'status'],
      savedFilters: [{ name: 'a', filter: 'b' }],
    });
  });

  test('are kept, and the language of the system is the first one', () => {
    const kept = new Map<string, string>();
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    };
    const first = createUiStore(storage, ['zh-TW', 'en']);
    expect(first.getState().language).toBe('zh-TW');
    first.setState({ theme: 'light', page: 'rules' });
    expect(createUiStore(storage, ['en']).getState()).toMatchObject({
      theme: 'light',
      language: 'zh-TW',
      page: 'traffic',
    });
  });
});

describe('the place of a window', () => {
  test.each([
    { name: 'nothing kept', text: null, expected: {} },
    { name: 'no JSON', text: '{', expected: {} },
    { name: 'another kind of thing', text: 'null', expected: {} },
    {
      name: 'of an older window',
      text: '{"page":"attic","detailTab":"x","pool":3,"filter":"a"}',
      expected: { filter: 'a' },
    },
    {
      name: 'all of it',
      text: '{"page":"rules","detailTab":"raw","pool":"api","filter":"status = 500"}',
      expected: { page: 'rules', detailTab: 'raw', pool: 'api', filter: 'status = 500' },
    },
  ])('$name', ({ text, expected }) => {
    expect(readPlace(text)).toEqual(expected);
  });
});
