import { expect, test } from 'vitest';
import { diffLines } from '../../../renderer/ui/diff.tsx';

function signs(before: string[], after: string[]): string[] {
  return diffLines(before, after).map(({ kind, text }) => `${{ same: ' ', added: '+', deleted: '-' }[kind]}${text}`);
}

test.each([
  { before: [], after: [], expected: [] },
  { before: ['a'], after: ['a'], expected: [' a'] },
  { before: ['a', 'b', 'c'], after: ['a', 'c'], expected: [' a', '-b', ' c'] },
  { before: ['a', 'c'], after: ['a', 'b', 'c'], expected: [' a', '+b', ' c'] },
  { before: ['host: x', 'ua: curl'], after: ['host: x', 'ua: mine'], expected: [' host: x', '-ua: curl', '+ua: mine'] },
])('$before → $after', ({ before, after, expected }) => {
  expect(signs(before, after)).toEqual(expected);
});
