import { expect, it } from 'vitest';
import { captureLevel } from '../../../proxy-engine/store/thread/capture-level.ts';

const MIB = 1024 ** 2;
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
