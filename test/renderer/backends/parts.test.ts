import { describe, expect, test } from 'vitest';
import { poolCommands } from '../../../proxy-engine/contract/pool-commands.ts';
import type { Fault } from '../../../proxy-engine/contract/state.ts';
import { badFields, draftOf, faultOf, NO_FAULT, PRESETS } from '../../../renderer/backends/fault-draft.ts';
import { faultWords } from '../../../renderer/backends/fault-words.ts';
import { runsOf } from '../../../renderer/backends/history-runs.ts';
import { namesThatFit } from '../../../renderer/backends/legend-width.ts';
import { listsBackends, policyEdits } from '../../../renderer/backends/pool-calls.ts';
import { arcPath, arcsOf, pointAt } from '../../../renderer/backends/ring-arcs.ts';
import { draggedWeight, parseWeight, steppedWeight } from '../../../renderer/backends/weights.ts';
import { backendUrl } from '../../../renderer/format/backend-url.ts';
import { en } from '../../../renderer/i18n/en.ts';
import { zhTw } from '../../../renderer/i18n/zh-tw.ts';
import { exampleConfig } from '../examples.ts';

describe('weights', () => {
  test.each([
    ['0', 0],
    ['256', 256],
    ['257', null],
    ['1.5', null],
    ['', null],
    ['-1', null],
  ])('typed %j', (text, expected) => {
    expect(parseWeight(text)).toBe(expected);
  });

  test.each([
    { start: 1, pixels: 0, heaviest: 1, expected: 1 },
    { start: 1, pixels: 20, heaviest: 1, expected: 3 },
    { start: 1, pixels: -40, heaviest: 1, expected: 0 },
    { start: 100, pixels: 80, heaviest: 100, expected: 200 },
    { start: 250, pixels: 80, heaviest: 250, expected: 256 },
  ])('dragged from $start by $pixels px where the heaviest is $heaviest', ({ start, pixels, heaviest, expected }) => {
    expect(draggedWeight(start, pixels, heaviest)).toBe(expected);
  });

  test.each([
    ['ArrowRight', 6],
    ['ArrowDown', 4],
    ['PageDown', 0],
    ['Home', 0],
    ['End', 256],
    ['a', null],
  ])('key %s on 5', (key, expected) => {
    expect(steppedWeight(5, key)).toBe(expected);
  });
});

describe('ring', () => {
  test('neighbours of one owner are one arc', () => {
    expect(arcsOf([0, 0, 1, 0])).toEqual([
      { owner: 0, from: 0, to: 0.5 },
      { owner: 1, from: 0.5, to: 0.75 },
      { owner: 0, from: 0.75, to: 1 },
    ]);
  });

  test('positions go clockwise from the top', () => {
    expect(pointAt(0, 2)).toEqual([0, -2]);
    expect(pointAt(0.25, 2)[0]).toBeCloseTo(2);
    expect(arcPath({ from: 0, to: 0.25 }, 1)).toMatch(/^M 0.000 -1.000 A 1 1 0 0 1 1.000 -?0.000$/);
    expect(arcPath({ from: 0, to: 0.75 }, 1)).toContain('0 1 1');
    expect(arcPath({ from: 0, to: 1 }, 1).match(/A/g)).toHaveLength(2);
  });
});

describe('faults', () => {
  const command = poolCommands['backend.setFault'];
  const parse = (fault: unknown): Fault => command.parse({ pool: 'p', backend: 'b', fault }).fault as Fault;

  test.each(Object.entries(PRESETS))('the preset %s is one that the engine takes and gives back', (_, preset) => {
    expect(badFields(preset)).toEqual([]);
    expect(draftOf(parse(faultOf(preset)))).toEqual(preset);
  });

  test('everything at once', () => {
    const draft = { ...NO_FAULT, ...PRESETS.slow, status: '500', errorPercent: '5', bandwidth: '64', percent: '30' };
    expect(draftOf(parse(faultOf({ ...draft, reset: 'body' })))).toEqual({ ...draft, reset: 'body' });
  });

  test('nothing, or only a share of nothing, is no fault', () => {
    expect(faultOf({ ...NO_FAULT, percent: '50' })).toBeNull();
    expect(draftOf(undefined)).toEqual(NO_FAULT);
  });

  test.each([
    ['latency', 'soon'],
    ['status', '99'],
    ['percent', '101'],
    ['bandwidth', '0'],
  ] as const)('%s of %s is none', (field, text) => {
    expect(badFields({ ...NO_FAULT, [field]: text })).toEqual([field]);
  });

  test.each<[Fault, string]>([
    [{ blackhole: true }, 'never answers'],
    [{ latencyMs: 200, jitterMs: 50, status: 503, errorPercent: 30 }, '+200 ± 50 ms, 30 % 503'],
    [{ status: 404, percent: 10 }, '100 % 404, on 10 % of requests'],
    [{ reset: 'body', truncate: true }, 'resets in the body, cuts bodies short'],
    [{ bandwidthBytesPerSecond: 8000 }, '64 kbit/s'],
  ])('%j in words', (fault, words) => {
    expect(faultWords(fault, en.pools)).toBe(words);
    expect(faultWords(fault, zhTw.pools)).not.toBe('');
  });
});

test('a policy that goes by keys gets one where the config has none', () => {
  const policy = { path: ['pools', 'api', 'policy'], value: 'maglev' };
  expect(policyEdits({ name: 'api' }, 'maglev')).toEqual([
    { path: ['pools', 'api', 'hash'], value: { on: 'uri' } },
    policy,
  ]);
  expect(policyEdits({ name: 'api', hash: { on: 'path' } }, 'maglev')).toEqual([policy]);
  expect(policyEdits({ name: 'api' }, 'first')).toHaveLength(1);
});

test('backends can be added where the config lists them', () => {
  expect(listsBackends(exampleConfig, 'api')).toBe(true);
  expect(listsBackends(exampleConfig, 'nowhere')).toBe(false);
  expect(listsBackends(null, 'api')).toBe(false);
});

test.each([
  ['http://127.0.0.1:3000', 'http://127.0.0.1:3000'],
  [' https://[::1] ', 'https://[::1]'],
  ['127.0.0.1:3000', 'http://127.0.0.1:3000'],
  ['localhost:3000/v1', 'http://localhost:3000/v1'],
  ['[::1]:3000', 'http://[::1]:3000'],
  [':3000', 'http://127.0.0.1:3000'],
  ['3000', 'http://127.0.0.1:3000'],
  ['http://', null],
  ['localhost', null],
  ['', null],
  ['ftp://a', null],
  ['70000', null],
])('%j is the URL of a backend: %s', (text, expected) => {
  expect(backendUrl(text)).toBe(expected);
});

describe('a history in runs', () => {
  test.each([
    { of: [], runs: [{ kind: 'none', cells: 4 }] },
    {
      of: ['ok', 'ok', 'fail'] as const,
      runs: [
        { kind: 'none', cells: 1 },
        { kind: 'ok', cells: 2 },
        { kind: 'fail', cells: 1 },
      ],
    },
    {
      of: ['fail', 'ok', 'slow', 'slow', 'ok'] as const,
      runs: [
        { kind: 'ok', cells: 1 },
        { kind: 'slow', cells: 2 },
        { kind: 'ok', cells: 1 },
      ],
    },
  ])('$of', ({ of, runs }) => {
    expect(runsOf([...of], 4)).toEqual(runs);
  });
});

describe('names that fit into a legend', () => {
  const eight = Array.from({ length: 8 }, (_, n) => `b0-${n}`);
  test.each([
    { names: eight, width: 220, shown: 3 },
    { names: eight, width: 600, shown: 8 },
    { names: eight, width: 60, shown: 0 },
    { names: ['a', 'b', 'c'], width: 99, shown: 3 },
    { names: ['a', 'b', 'c'], width: 98, shown: 2 },
    { names: ['payments-api-blue-17.cluster.local'], width: 110, shown: 1 },
  ])('$names.length in $width', ({ names, width, shown }) => {
    expect(namesThatFit(names, width)).toBe(shown);
  });
});
