import { describe, expect, test } from 'vitest';
import type { Backend } from '../../proxy-engine/balancer/backend.ts';
import { Picker } from '../../proxy-engine/balancer/picker.ts';
import type { BackendConfig } from '../../proxy-engine/contract/config.ts';
import { backendAt, seededRandom } from '../support/backends.ts';
import { FakeClock } from '../support/fake-clock.ts';

interface Setting {
  backends: (Partial<BackendConfig> & { out?: 'unhealthy' | 'ejected' })[];
  panicThreshold?: number;
  policy?: 'round_robin' | 'first';
  queue?: number;
}

function pickerOf({ backends: entries, panicThreshold = 0, policy = 'round_robin', queue = 0 }: Setting) {
  const clock = new FakeClock();
  const backends = entries.map(({ out, ...entry }, i) => {
    const backend = backendAt(`http://127.0.0.1:${3001 + i}`, { name: 'abcdef'[i] as string, ...entry }, clock);
    if (out === 'unhealthy') backend.record.health = 'unhealthy';
    if (out === 'ejected') backend.record.ejection = { until: 2000, cause: '3× reset', seenDown: false };
    return backend;
  });
  const readmitted: string[] = [];
  const picker = new Picker(
    { policy, connections: { queue }, panicThreshold },
    { clock, random: seededRandom(1) },
    (backend) => {
      backend.record.ejection = null;
      readmitted.push(backend.name);
    },
  );
  picker.setBackends(backends);
  const named = (names: string) => backends.filter(({ name }) => names.includes(name));
  return { picker, backends, readmitted, named };
}

/** The names of `count` picks. */
function picks(picker: Picker, count: number, tried: readonly Backend[] | null = null): string {
  return Array.from({ length: count }, () => picker.pick(null, tried)?.backend.name ?? '-').join('');
}

test.each<[string, Setting, string]>([
  ['all ready', { backends: [{}, {}, {}] }, 'abcabc'],
  ['one in maintenance', { backends: [{}, { state: 'maint' }, {}] }, 'acacac'],
  ['one draining', { backends: [{}, { state: 'drain' }, {}] }, 'acacac'],
  ['one of weight 0', { backends: [{}, { weight: 0 }, {}] }, 'acacac'],
  ['one unhealthy', { backends: [{}, { out: 'unhealthy' }, {}] }, 'acacac'],
  ['one ejected', { backends: [{}, { out: 'ejected' }, {}] }, 'acacac'],
  ['nobody wanted', { backends: [{ state: 'maint' }, { weight: 0 }] }, '--'],
  ['all unhealthy', { backends: [{ out: 'unhealthy' }, { out: 'unhealthy' }] }, '--'],
  ['nobody at all', { backends: [] }, '-'],
  ['first', { policy: 'first', backends: [{ state: 'maint' }, {}, {}] }, 'bbb'],
  ['a backup waits', { backends: [{}, {}, { backup: true }] }, 'abab'],
  ['a backup takes over', { backends: [{ state: 'maint' }, { out: 'unhealthy' }, { backup: true }] }, 'ccc'],
  ['backups share', { backends: [{ state: 'maint' }, { backup: true }, { backup: true }] }, 'bcbc'],
])('%s', (_name, setting, expected) => {
  expect(picks(pickerOf(setting).picker, expected.length)).toBe(expected);
});

test.each<[string, Setting, string, { name: string; why: string }]>([
  ['the plain case', { backends: [{}, {}] }, '', { name: 'a', why: 'round_robin' }],
  ['the tried one is left out', { backends: [{}, {}] }, 'a', { name: 'b', why: 'round_robin, a already tried' }],
  [
    'both tried: again',
    { backends: [{}, {}] },
    'ab',
    { name: 'a', why: 'round_robin, a, b already tried, no other is available' },
  ],
  [
    'one that was tried twice is named once',
    { backends: [{}] },
    'aa',
    { name: 'a', why: 'round_robin, a already tried, no other is available' },
  ],
  [
    'an ejected one before one that has just failed',
    { backends: [{}, { out: 'ejected' }, { out: 'unhealthy' }] },
    'a',
    { name: 'b', why: 'round_robin, a already tried, ejected but not tried' },
  ],
  [
    'both tried, one of them ejected meanwhile: the other again',
    { backends: [{}, { out: 'ejected' }] },
    'ab',
    { name: 'a', why: 'round_robin, a, b already tried, no other is available' },
  ],
  [
    'a backup before one that was tried',
    { backends: [{}, { backup: true }] },
    'a',
    { name: 'b', why: 'round_robin, a already tried, backup: no other is available' },
  ],
  [
    'a panic',
    { backends: [{}, { out: 'unhealthy' }, { out: 'unhealthy' }], panicThreshold: 50 },
    'a',
    { name: 'b', why: 'round_robin, panic: health ignored, a already tried' },
  ],
])('why: %s', (_name, setting, tried, { name, why }) => {
  const { picker, named } = pickerOf(setting);
  const pick = picker.pick(null, tried === '' ? null : named(tried));
  expect({ name: pick?.backend.name, why: pick?.why }).toEqual({ name, why });
});

test('ejecting never empties a pool: the last resort is let back in', () => {
  const { picker, readmitted } = pickerOf({ backends: [{ out: 'ejected' }, { out: 'unhealthy' }] });
  expect(picker.pick(null, null)).toMatchObject({
    backend: { name: 'a' },
    why: 'round_robin, ejected but no other is left',
  });
  expect(readmitted).toEqual(['a']);
});

describe('panic', () => {
  test.each<[string, number, Setting['backends'], string]>([
    ['off: health rules', 0, [{}, { out: 'unhealthy' }, { out: 'unhealthy' }], 'aaa'],
    ['33 % sound of 50 %: all', 50, [{}, { out: 'unhealthy' }, { out: 'ejected' }], 'abcabc'],
    ['50 % sound of 50 %: health rules', 50, [{}, { out: 'unhealthy' }], 'aa'],
    [
      'what the operator took out stays out',
      50,
      [{ state: 'maint' }, {}, { out: 'unhealthy' }, { out: 'unhealthy' }],
      'bcd',
    ],
    ['nobody sound, but a backup is', 50, [{ out: 'unhealthy' }, { backup: true }], 'bb'],
    ['nobody sound at all: all', 50, [{ out: 'unhealthy' }, { out: 'unhealthy' }], 'abab'],
  ])('%s', (_name, panicThreshold, backends, expected) => {
    expect(picks(pickerOf({ backends, panicThreshold }).picker, expected.length)).toBe(expected);
  });
});

test('one that is full is passed over until it has room', () => {
  const { picker, backends } = pickerOf({ backends: [{}, {}] });
  const [a] = backends as [Backend];
  Object.defineProperty(a, 'maxInFlight', { value: 1 });
  a.attemptStarted();
  expect(a.reason).toBe('full: 1 of 1 in flight');
  expect(picks(picker, 3)).toBe('bbb');
  a.attemptEnded({ ok: true, latencyMs: 1, headMs: 1, error: null });
  expect(picks(picker, 2)).toContain('a');
});

describe('waits for', () => {
  test.each<[string, Setting['backends'], tried: string, full: string, picked: string, hasRoom: boolean]>([
    ['who has tried a: b, which is busy', [{}, {}], 'a', 'b', '-', false],
    ['who has tried a: b, which is busy, and a is as well', [{}, {}], 'a', 'ab', '-', false],
    ['who has tried a: a backup that is busy', [{}, { backup: true }], 'a', 'b', '-', false],
    [
      'who has tried a: b, which is busy, rather than c, which is ejected',
      [{}, {}, { out: 'ejected' }],
      'a',
      'b',
      '-',
      false,
    ],
    ['who has tried a: nobody when b is free', [{}, {}], 'a', '', 'b', true],
    ['who has tried a: nobody when c is free', [{}, {}, {}], 'a', 'b', 'c', true],
    ['who has tried a: nobody when b is out of order, too', [{}, { out: 'unhealthy' }], 'a', 'b', 'a', true],
    ['who has tried a: nobody when b is in maintenance, too', [{}, { state: 'maint' }], 'a', 'b', 'a', true],
    ['who has tried a: nobody when there is no other', [{}], 'a', '', 'a', true],
    ['who has tried a: a itself when there is no other', [{}], 'a', 'a', '-', false],
    ['a new one: b, which is busy, rather than a, which is ejected', [{ out: 'ejected' }, {}], '', 'b', '-', false],
    ['a new one: nobody when b is ejected, too', [{ out: 'ejected' }, { out: 'ejected' }], '', 'b', 'a', true],
    ['a new one: nobody when b has room', [{ out: 'ejected' }, {}], '', '', 'b', true],
    ['a new one: b, which is ejected and busy', [{ out: 'unhealthy' }, { out: 'ejected' }], '', 'b', '-', false],
  ])('%s', (_name, entries, tried, full, picked, hasRoom) => {
    const { picker, named } = pickerOf({ backends: entries });
    for (const backend of named(full)) backend.useConnections(1, 1);
    expect(picker.hasRoom(tried === '' ? null : named(tried))).toBe(hasRoom);
    expect(picks(picker, 1, tried === '' ? null : named(tried))).toBe(picked);
  });

  test('nobody in a panic, when one has room whatever its health', () => {
    const { picker, named } = pickerOf({
      backends: [{}, { out: 'unhealthy' }, { out: 'unhealthy' }],
      panicThreshold: 50,
    });
    for (const backend of named('a')) backend.useConnections(1, 1);
    expect(picker.hasRoom(null)).toBe(true);
    expect(picks(picker, 2)).toBe('bc');
  });

  test.each<[string, Setting, full: string, mayWait: boolean]>([
    ['one that is busy', { backends: [{}, {}] }, 'ab', true],
    ['one that is busy beside one that is ejected', { backends: [{}, { out: 'ejected' }] }, 'ab', true],
    ['not one that is unhealthy', { backends: [{ out: 'unhealthy' }] }, 'a', false],
    ['one that is unhealthy, in a panic', { backends: [{ out: 'unhealthy' }], panicThreshold: 50 }, 'a', true],
    ['one that is ejected, when no other is left', { backends: [{ out: 'ejected' }, { state: 'maint' }] }, 'a', true],
    ['not one in maintenance', { backends: [{ state: 'maint' }], panicThreshold: 50 }, 'a', false],
    ['one that had room a moment later, where there is a queue', { backends: [{}], queue: 5 }, '', true],
    ['not for more in flight, where there is no queue', { backends: [{}] }, '', false],
  ])('%s', (_name, setting, full, mayWait) => {
    const { picker, named } = pickerOf(setting);
    for (const backend of named(full)) backend.useConnections(1, 1);
    expect(picker.mayWait).toBe(mayWait);
  });
});

test.each([
  ['ab', {}, 'a'],
  ['ba', {}, 'b'],
  ['abab', {}, 'a'],
  ['ba', { state: 'maint' }, 'a'],
  ['b', { state: 'maint' }, 'a'],
] as const)('%s were tried, in that order: the last one is asked again only when it is alone', (order, ofB, picked) => {
  const { picker, backends } = pickerOf({ policy: 'first', backends: [{}, ofB] });
  const tried = [...order].map((name) => backends['ab'.indexOf(name)] as Backend);
  expect(picks(picker, 1, tried)).toBe(picked);
});

describe('in every combination of two primaries and a backup, tried or not, with a queue or without', () => {
  const KINDS = ['free', 'out of connections', 'full', 'ejected', 'ejected and full', 'unhealthy', 'maint'] as const;
  type Kind = (typeof KINDS)[number];
  const isSound = (kind: Kind) => kind === 'free' || kind === 'out of connections' || kind === 'full';
  const isEjected = (kind: Kind) => kind === 'ejected' || kind === 'ejected and full';

  /** One request: what each backend is, which were tried, and who got it. */
  interface Case {
    kinds: Kind[];
    tried: string;
    queue: number;
    picked: string;
    readmitted: string;
    hasRoom: boolean;
  }

  function decide(kinds: Kind[], tried: string, queue: number): Case {
    const { picker, named, readmitted } = pickerOf({
      backends: kinds.map((kind, i) => ({
        backup: i === 2,
        state: kind === 'maint' ? 'maint' : 'ready',
        ...(isEjected(kind) && { out: 'ejected' as const }),
        ...(kind === 'unhealthy' && { out: 'unhealthy' as const }),
      })),
      queue,
    });
    for (const [i, kind] of kinds.entries()) {
      const [backend] = named('abc'[i] as string);
      if (kind === 'out of connections' || kind === 'ejected and full') backend?.useConnections(1, 1);
      if (kind === 'full') Object.defineProperty(backend, 'full', { value: true });
    }
    const before = tried === '' ? null : named(tried);
    const hasRoom = picker.hasRoom(before);
    const picked = picker.pick(null, before)?.backend.name ?? '-';
    return { kinds, tried, queue, picked, readmitted: readmitted.join(''), hasRoom };
  }

  const cases = KINDS.flatMap((a) => KINDS.flatMap((b) => KINDS.map((c) => [a, b, c]))).flatMap((kinds) =>
    ['', 'a', 'b', 'ab', 'c', 'abc'].flatMap((tried) => [0, 5].map((queue) => decide(kinds, tried, queue))),
  );
  const namesOf = ({ kinds }: Case, is: (kind: Kind) => boolean) => [...'abc'].filter((_, i) => is(kinds[i] as Kind));
  const isFresh =
    ({ tried }: Case) =>
    (name: string) =>
      !tried.includes(name);
  const kindOf = ({ kinds }: Case, name: string) => kinds['abc'.indexOf(name)] as Kind;

  /** Those that break the rule. */
  const against = (rule: (one: Case) => boolean) => cases.filter((one) => !rule(one));

  test('who has no room, is unhealthy or in maintenance gets nothing', () => {
    const mayGet = ['free', 'ejected'];
    expect(against((one) => one.picked === '-' || mayGet.includes(kindOf(one, one.picked)))).toEqual([]);
  });

  test('a free one that was not tried gets it, a primary before the backup', () => {
    const wins = (one: Case) => {
      const fresh = namesOf(one, (kind) => kind === 'free').filter(isFresh(one));
      const primaries = fresh.filter((name) => name !== 'c');
      return fresh.length === 0 || (primaries.length > 0 ? primaries : fresh).includes(one.picked);
    };
    expect(against(wins)).toEqual([]);
  });

  test('an ejection ends only when no backend is left that nothing speaks against', () => {
    expect(against((one) => one.readmitted === '' || namesOf(one, isSound).length === 0)).toEqual([]);
    expect(cases.some(({ readmitted }) => readmitted !== '')).toBe(true);
  });

  test('a new request gets an ejected one only so', () => {
    const isEjectedPick = (one: Case) => one.tried === '' && one.picked !== '-' && isEjected(kindOf(one, one.picked));
    expect(against((one) => !isEjectedPick(one) || one.readmitted === one.picked)).toEqual([]);
  });

  test('neither an ejected nor a tried one gets it while one that was not tried may be waited for', () => {
    const isBusy = (one: Case) => (kind: Kind) => kind === 'out of connections' || (kind === 'full' && one.queue > 0);
    const waits = (one: Case) =>
      namesOf(one, isBusy(one)).some(isFresh(one)) && !namesOf(one, (kind) => kind === 'free').some(isFresh(one));
    expect(against((one) => !waits(one) || one.picked === '-')).toEqual([]);
  });

  test('a pool is never emptied by ejections: nobody gets it only where nobody has room, or others are full', () => {
    const hasReason = (one: Case) =>
      namesOf(one, (kind) => kind === 'free' || kind === 'ejected').length === 0 ||
      namesOf(one, (kind) => isSound(kind) && kind !== 'free').length > 0;
    expect(against((one) => one.picked !== '-' || hasReason(one))).toEqual([]);
  });

  test('who waits is woken exactly when it would get one', () => {
    expect(against((one) => one.hasRoom === (one.picked !== '-'))).toEqual([]);
  });
});
