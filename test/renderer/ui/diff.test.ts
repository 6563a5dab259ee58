import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diffLines as slicedDiff, withoutLongRuns } from '../../../renderer/ui/diff-lines.ts';
import { runAtOnce } from '../../../renderer/ui/slices.ts';

const diffLines = (before: readonly string[], after: readonly string[]) => runAtOnce(slicedDiff(before, after));

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

test('any two texts come out of their diff again, and what is equal is not told as changed', () => {
  const line = fc.constantFrom('a', 'b', 'c', 'd');
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), fc.array(line, { maxLength: 12 }), (before, after) => {
      const lines = diffLines(before, after);
      const without = (kind: string) => lines.filter((one) => one.kind !== kind).map(({ text }) => text);
      expect([without('added'), without('deleted')]).toEqual([before, after]);
      expect(lines.filter(({ kind }) => kind === 'same')).toHaveLength(longestCommon(before, after));
    }),
    { seed: 20_261_129 },
  );
});

function longestCommon(before: string[], after: string[]): number {
  const [first, ...rest] = before;
  if (first === undefined || after.length === 0) return 0;
  const at = after.indexOf(first);
  const without = longestCommon(rest, after);
  return at < 0 ? without : Math.max(without, 1 + longestCommon(rest, after.slice(at + 1)));
}

test('texts that have nothing in common are not searched for long', () => {
  const lines = (name: string) => Array.from({ length: 30_000 }, (_, index) => `${name} ${index}`);
  const diff = diffLines(['same', ...lines('a')], ['same', ...lines('b')]);
  expect(diff.slice(0, 2)).toEqual([
    { kind: 'same', text: 'same' },
    { kind: 'deleted', text: 'a 0' },
  ]);
  expect(diff).toHaveLength(60_001);
});

test('long runs of equal lines are counted', () => {
  const before = Array.from({ length: 20 }, (_, index) => String(index));
  const after = before.with(10, 'new');
  expect(runAtOnce(withoutLongRuns(diffLines(before, after), 1))).toEqual([
    { kind: 'left-out', count: 9 },
    { kind: 'same', text: '9' },
    { kind: 'deleted', text: '10' },
    { kind: 'added', text: 'new' },
    { kind: 'same', text: '11' },
    { kind: 'left-out', count: 8 },
  ]);
});
