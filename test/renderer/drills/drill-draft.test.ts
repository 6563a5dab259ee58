import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type DrillDocument, drillSchema } from '../../../proxy-engine/contract/drill.ts';
import {
  type DrillDraft,
  documentOf,
  draftOfDocument,
  moved,
  printDuration,
  readDuration,
  spansOf,
  withoutSteps,
  withStep,
} from '../../../renderer/drills/drill-draft.ts';
import { printDrill } from '../../../renderer/drills/drill-text.ts';
import { issueLines } from '../../../renderer/drills/issue-lines.ts';
import { faultOfInput } from '../../../renderer/drills/step-words.ts';
import { draftFrom, TEMPLATES } from '../../../renderer/drills/templates.ts';
import { exampleState } from '../examples.ts';

const [pool] = exampleState.pools;
if (!pool) throw new Error('the example has a pool');

const EMPTY: DrillDraft = {
  name: 'Try',
  url: '/',
  rate: '10/s',
  connections: '4',
  duration: '10s',
  steps: [],
  expect: [],
  rest: {},
};

describe('durations', () => {
  test.each([
    ['0s', 0],
    ['250ms', 250],
    ['2.5s', 2500],
    ['60s', 60_000],
  ])('%s', (text, ms) => {
    expect(readDuration(text)).toBe(ms);
    expect(printDuration(ms)).toBe(text);
  });

  test.each(['', '5', 's', '1 day', '-1s'])('%j is none', (text) => expect(readDuration(text)).toBeNull());
});

describe('templates', () => {
  test.each(TEMPLATES)('%s is a drill that the engine takes, and so is its text', (template) => {
    const document = documentOf(draftFrom(template, 'Try', pool));
    const read = drillSchema.parse(parse(printDrill(document)));
    expect(read).toEqual(drillSchema.parse(document));
    const names = read.timeline.flatMap((step) => ('backend' in step ? [step.backend] : []));
    expect(pool.backends.map(({ name }) => `${pool.name}/${name}`)).toEqual(expect.arrayContaining(names));
  });

  test('everything that one takes away comes back before the end', () => {
    for (const template of TEMPLATES) {
      const { steps, duration } = draftFrom(template, 'Try', pool);
      for (const { name } of pool.backends)
        for (const { end } of spansOf(steps, `${pool.name}/${name}`, readDuration(duration) ?? 0))
          expect(end).not.toBeNull();
    }
  });
});

test('a document keeps what the form does not show', () => {
  const document: DrillDocument = {
    version: 1,
    name: 'All',
    config: 'demo.yaml',
    load: { url: '/x', rate: '5/s', connections: 2, method: 'POST', headers: { a: 'b' }, body: '{}', timeout: '3s' },
    timeline: [
      { at: '1s', backend: 'api/a', fault: { latency: '5ms', bandwidth: '80kbps', percent: 50 } },
      { at: '2s', process: { port: 3003, signal: 'SIGTERM' } },
      { at: '3s', backend: 'api/a', fault: null },
    ],
    duration: '4s',
    expect: ['failed = 0'],
  };
  expect(documentOf(draftOfDocument(document))).toEqual(document);
});

test('what is wrong with a file: a mistake a line, each in the words of the window', () => {
  const issue = (line: number, path: string) => ({ line, column: 1, path, message: 'missing; expected a string' });
  const said = (text: string) => text.toUpperCase();
  expect(issueLines([issue(1, 'load'), issue(3, '')], said)).toBe(
    '1: load: MISSING; EXPECTED A STRING\n3: MISSING; EXPECTED A STRING',
  );
  const many = Array.from({ length: 9 }, (_, index) => issue(index + 1, 'a'));
  expect(issueLines(many, said).split('\n').slice(4)).toEqual(['5: a: MISSING; EXPECTED A STRING', '…']);
});

test('a step a line in the text', () => {
  const { draft } = withStep(EMPTY, { kind: 'state', backend: 'api/a', state: 'maint' }, 2000);
  expect(printDrill(documentOf({ ...draft, expect: ['failed = 0'] }))).toBe(`version: 1
name: Try
load: { url: /, rate: 10/s, connections: 4 }
timeline:
  - { at: 2s, backend: api/a, state: maint }
  - { at: 4s, backend: api/a, state: ready }
duration: 10s
expect:
  - failed = 0
`);
});

describe('steps', () => {
  const maint = { kind: 'state', backend: 'api/a', state: 'maint' } as const;

  test('one that takes a backend away gets its end, unless something ends it already', () => {
    const first = withStep(EMPTY, maint, 6040).draft;
    expect(first.steps.map(({ atMs }) => atMs)).toEqual([6000, 8000]);
    const second = withStep(first, maint, 1000).draft;
    expect(second.steps.map(({ atMs }) => atMs)).toEqual([1000, 6000, 8000]);
    expect(withStep(EMPTY, maint, 9500).draft.steps.map(({ atMs }) => atMs)).toEqual([9500, 10_000]);
    expect(withStep(EMPTY, { ...maint, state: 'ready' }, 1000).draft.steps).toHaveLength(1);
  });

  test('are moved together, and never out of the drill', () => {
    const { draft, id } = withStep(EMPTY, maint, 6000);
    const ids = draft.steps.map((step) => step.id);
    expect(moved(draft, ids, 1000).steps.map(({ atMs }) => atMs)).toEqual([7000, 9000]);
    expect(moved(draft, ids, 9999).steps.map(({ atMs }) => atMs)).toEqual([8000, 10_000]);
    expect(moved(draft, ids, Number.NEGATIVE_INFINITY).steps.map(({ atMs }) => atMs)).toEqual([0, 2000]);
    expect(moved(draft, [id], 3000).steps.map((step) => [step.id, step.atMs])).toEqual([
      [id + 1, 8000],
      [id, 9000],
    ]);
    expect(withoutSteps(draft, [id]).steps.map((step) => step.id)).toEqual([id + 1]);
  });

  test('of one kind end each other: drain by maint, a fault by no fault', () => {
    const { steps } = draftFrom('rolling', 'Try', pool);
    const spans = spansOf(steps, `${pool.name}/${pool.backends[0]?.name}`, 11_000);
    expect(spans.map(({ begin, toMs }) => [begin.kind === 'state' && begin.state, begin.atMs, toMs])).toEqual([
      ['drain', 1000, 1500],
      ['maint', 1500, 3500],
    ]);
  });
});

test('a fault with units as the engine tells of it', () => {
  expect(faultOfInput({ latency: '2s', jitter: '50ms', bandwidth: '1.5Mbps', reset: 'head', percent: 5 })).toEqual({
    latencyMs: 2000,
    jitterMs: 50,
    bandwidthBytesPerSecond: 187_500,
    reset: 'head',
    percent: 5,
  });
});
