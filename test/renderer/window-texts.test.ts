import { describe, expect, test } from 'vitest';
import { axisWidth } from '../../renderer/backends/axis-width.ts';
import {
  failedAttempts,
  isWhole,
  poolLatencies,
  poolRates,
  stackedShares,
} from '../../renderer/backends/chart-data.ts';
import { type CommandDefinition, commandDefinitions, displayKeys } from '../../renderer/commands/registry.ts';
import { firstPoolEdits, withOrWithout } from '../../renderer/first-run/first-pool-edits.ts';
import {
  formatDuration,
  formatLatency,
  formatLatencyStep,
  formatRate,
  formatShare,
  formatSize,
} from '../../renderer/format/quantities.ts';
import { en } from '../../renderer/i18n/en.ts';
import { zhTw } from '../../renderer/i18n/zh-tw.ts';
import { addSample, emptySeries } from '../../renderer/store/series.ts';
import { exampleState } from './examples.ts';

describe('quantities', () => {
  test.each([
    [formatDuration(0), '0.00 ms'],
    [formatDuration(0.4), '0.40 ms'],
    [formatDuration(41.84), '41.8 ms'],
    [formatDuration(941.8), '942 ms'],
    [formatDuration(1240), '1.24 s'],
    [formatDuration(9.997), '10.0 ms'],
    [formatDuration(999.7), '1.00 s'],
    [formatDuration(59_980), '1 min 0 s'],
    [formatDuration(119_800), '2 min 0 s'],
    [formatDuration(125_000), '2 min 5 s'],
    [formatDuration(-1), '–'],
    [formatLatency(0), '–'],
    [formatLatency(38.2), '38 ms'],
    [formatLatency(999.7), '1.0 s'],
    [formatLatency(1722), '1.7 s'],
    [formatLatencyStep(0), '0 ms'],
    [formatLatencyStep(2.5), '2.5 ms'],
    [formatLatencyStep(500), '500 ms'],
    [formatLatencyStep(1500), '1.5 s'],
    [formatLatencyStep(60_000), '60 s'],
    [formatLatencyStep(150_000), '2.5 min'],
    [formatSize(0), '0 B'],
    [formatSize(1023), '1023 B'],
    [formatSize(1_048_200), '1.0 MiB'],
    [formatSize(18_637), '18.2 KiB'],
    [formatSize(2 * 1024 ** 3), '2.0 GiB'],
    [formatRate(0), '0 /s'],
    [formatRate(1.24), '1.2 /s'],
    [formatRate(20_000), '20,000 /s'],
    [formatShare(1, 250), '0.4 %'],
    [formatShare(2, 3), '67 %'],
    [formatShare(0, 0), '–'],
  ])('%s', (text, expected) => {
    expect(text).toBe(expected);
  });
});

describe('texts', () => {
  type Table = { [key: string]: unknown };
  const sameInBoth =
    /^(palette\..*|.*\.(url|tls|yaml|p50|p95|p99|junit|cookies|testUrl|number|percentiles|dns|json|graphql|grpc|protobuf|xml|headless|websocket)|engine)$/;
  /** Of a text that is made of something: what it makes of numbers, or of words. */
  const made = (text: (...args: unknown[]) => unknown): string[] =>
    [2, 'x'].flatMap((value) => {
      try {
        const result = text(...Array<unknown>(8).fill(value));
        return typeof result === 'string' ? [result] : [];
      } catch {
        return []; // it takes something else
      }
    });

  function untranslated(english: Table, other: Table, path = ''): string[] {
    return Object.entries(english).flatMap(([key, value]) => {
      const at = path ? `${path}.${key}` : key;
      const translated = other[key];
      if (sameInBoth.test(at)) return [];
      if (typeof value === 'function')
        return made(value as () => unknown).some(
          (text, i) => /[a-z]{2}/i.test(text.replaceAll('NaN', '')) && text === made(translated as () => unknown)[i],
        )
          ? [at]
          : [];
      if (typeof value === 'object' && value !== null) return untranslated(value as Table, translated as Table, at);
      return typeof value === 'string' && value !== '' && value === translated ? [at] : [];
    });
  }

  test('every text is translated', () => {
    expect(untranslated(en as unknown as Table, zhTw as unknown as Table)).toEqual([]);
  });
});

describe('one word per concept in Chinese', () => {
  const texts = JSON.stringify(zhTw, (_key, value: unknown) => (typeof value === 'function' ? String(value) : value));

  test.each([
    ['本文', '主體'],
    ['後端池', '集區'],
    ['錄製', '記錄'],
    ['通訊協定', '協定'],
    ['憑證機構', '憑證授權單位'],
    ['指令面板', '命令面板'],
    ['您', '你'],
  ])('%s is called %s', (other) => {
    expect(texts).not.toContain(other);
  });
});

describe('commands', () => {
  test('ids and keys are unique', () => {
    const keys = (commandDefinitions as readonly CommandDefinition[]).flatMap(({ key, otherKey }) =>
      [key, otherKey].filter((one) => one !== undefined),
    );
    expect(new Set(keys).size).toBe(keys.length);
    expect(new Set(commandDefinitions.map((one) => one.id)).size).toBe(commandDefinitions.length);
  });

  test.each([
    ['$mod+k', true, '⌘K'],
    ['$mod+Shift+z', false, 'Ctrl Shift Z'],
    ['g t', false, 'G T'],
    ['$mod+Backspace', true, '⌘⌫'],
    ['Shift+?', false, '?'],
  ])('%s on a mac: %s is shown as %s', (key, mac, expected) => {
    expect(displayKeys(key, mac)).toBe(expected);
  });
});

describe('charts', () => {
  const [pool] = exampleState.pools;
  if (!pool) throw new Error('the example has a pool');
  const series = addSample(emptySeries, exampleState, 1);

  test('a young window does not say what it has not seen', () => {
    expect([299, 300].map((seconds) => isWhole(Array(seconds).fill(0)))).toEqual([false, true]);
  });

  test('the axis of values is as wide as its longest label, and leaves the font as it was', () => {
    const canvas = { font: 'of uPlot', measureText: (text: string) => ({ width: text.length * 7.2 }) as TextMetrics };
    expect([null, ['0 ms', '5 ms'], ['0 ms', '1,000,000']].map((labels) => axisWidth(canvas, labels))).toEqual([
      42, 42, 71,
    ]);
    expect(canvas.font).toBe('of uPlot');
  });

  test('shares stack up to one', () => {
    const [, ...columns] = stackedShares(series, pool);
    expect(columns.map((column) => column[0])).toEqual([0, 27 / 41, 1, 1]);
  });

  test('failures are told by the second; a counter that fell began anew', () => {
    const later = (failures: number) => ({ ...pool, backends: pool.backends.map((one) => ({ ...one, failures })) });
    const states = [pool, later(60), later(3)].map((one) => ({ ...exampleState, pools: [one] }));
    const three = states.reduce((all, state, i) => addSample(all, state, i), emptySeries);
    expect(failedAttempts(three, pool)[1]).toEqual([null, 46, 3]);
  });

  test('rates add up; the middle of latencies is weighted by them, the tail is that of the slowest', () => {
    expect(poolRates(series, pool)[1]).toEqual([41]);
    const [a, b] = pool.backends.filter(({ rate }) => rate > 0).map(({ p50Ms }) => p50Ms);
    expect(poolLatencies(series, pool)[1]?.[0]).toBeCloseTo((27 * (a ?? 0) + 14 * (b ?? 0)) / 41);
    expect(poolLatencies(series, pool)[2]).toEqual([41]);
    const quiet = { ...pool, backends: pool.backends.map((one) => ({ ...one, rate: 0 })) };
    expect(poolLatencies(addSample(emptySeries, { ...exampleState, pools: [quiet] }, 1), quiet)[1]).toEqual([null]);
  });
});

describe('first run', () => {
  test('a few URLs become a pool', () => {
    expect(
      firstPoolEdits('http://127.0.0.1:1\n\nhttp://127.0.0.1:2 ', ' 127.0.0.1:0', { listeners: [], routes: [] })?.[1],
    ).toEqual({
      path: ['pools', 'api'],
      value: {
        backends: [
          { name: 'a', url: 'http://127.0.0.1:1' },
          { name: 'b', url: 'http://127.0.0.1:2' },
        ],
      },
    });
    expect(firstPoolEdits(' \n', '127.0.0.1:0', { listeners: [], routes: [] })).toBeNull();
  });

  test.each([
    ['', 'http://a:1', 'http://a:1'],
    ['http://a:1\n', 'http://b:2', 'http://a:1\nhttp://b:2'],
    ['http://a:1\nhttp://b:2', 'http://a:1', 'http://b:2'],
    ['a:1\nb:2', 'http://a:1', 'http://b:2'],
  ])('%j with or without %s', (urls, url, expected) => {
    expect(withOrWithout(urls, url)).toBe(expected);
  });
});
