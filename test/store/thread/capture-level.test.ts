import { expect, it } from 'vitest';
import { captureLevel, withRecorders } from '../../../proxy-engine/store/thread/capture-level.ts';
import { exampleState } from '../../renderer/examples.ts';

const MIB = 1024 ** 2;
const ahead = { underway: 0, skipped: 0, withoutBodies: 0 };
const fine = { level: 'full', problem: null } as const;
const full = { level: 'heads', problem: 'no space' } as const;

it.each<
  [what: string, state: Partial<Parameters<typeof captureLevel>[0]>, disk: typeof fine | typeof full, level: string]
>([
  ['all is well', {}, fine, 'full'],
  ['recording is paused', { recording: false }, fine, 'off'],
  ['the thread ended', { failure: 'it ended' }, fine, 'off'],
  ['the disk is full', {}, full, 'heads'],
  ['the disk is slow', { underway: 34 * MIB }, fine, 'heads'],
  ['one large body waits', { underway: 34 * MIB, bodies: 10 * MIB }, fine, 'full'],
  ['the disk hangs', { underway: 66 * MIB }, fine, 'sampled'],
  ['the disk is full and hangs', { underway: 66 * MIB }, full, 'sampled'],
])('%s', (_, state, disk, level) => {
  const usual = { recording: true, failure: null, underway: 0, bodies: MIB };
  const { reason, ...told } = captureLevel({ ...usual, ...state }, disk);
  expect([told.level, reason === undefined]).toEqual([level, level === 'full']);
});

it.each<[what: string, own: 'full' | 'off', underway: readonly number[], level: string]>([
  ['no thread is behind', 'full', [0, 1], 'full'],
  ['the one that is farthest behind tells', 'full', [0, 40 * MIB, 1], 'heads'],
  ['one that hangs tells', 'full', [66 * MIB, 40 * MIB], 'sampled'],
  ['what the store says comes first', 'off', [66 * MIB], 'off'],
])('of several threads: %s', (_, own, underway, level) => {
  const others = underway.map((bytes) => ({ ...ahead, underway: bytes }));
  expect(withRecorders({ ...exampleState.capture, level: own }, others, MIB).level).toBe(level);
});

it('what several threads leave out is added up', () => {
  const state = { ...exampleState.capture, notRecorded: 1, withoutBodies: 10 };
  const others = [
    { ...ahead, skipped: 2, withoutBodies: 20 },
    { ...ahead, skipped: 4, withoutBodies: 40 },
  ];
  expect(withRecorders(state, others, MIB)).toMatchObject({ notRecorded: 7, withoutBodies: 70 });
});
