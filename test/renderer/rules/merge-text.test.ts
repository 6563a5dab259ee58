import { expect, test } from 'vitest';
import { mergeText } from '../../../renderer/rules/merge-text.ts';

const BASE = 'a\nb\nc\nd\n';

test.each<[what: string, mine: string, theirs: string, merged: string | null]>([
  ['only mine', 'a\nB\nc\nd\n', BASE, 'a\nB\nc\nd\n'],
  ['only theirs', BASE, 'a\nB\nc\nd\n', 'a\nB\nc\nd\n'],
  ['the same', 'a\nB\nc\nd\n', 'a\nB\nc\nd\n', 'a\nB\nc\nd\n'],
  ['other lines', 'A\nb\nc\nd\n', 'a\nb\nc\nD\n', 'A\nb\nc\nD\n'],
  ['neighbouring lines', 'a\nB\nc\nd\n', 'a\nb\nC\nd\n', 'a\nB\nC\nd\n'],
  ['one line in two ways', 'a\nB\nc\nd\n', 'a\nX\nc\nd\n', null],
  ['a line that the other took out', 'a\nB\nc\nd\n', 'a\nc\nd\n', null],
  ['something put into what the other took out', 'a\nb\nnew\nc\nd\n', 'a\nd\n', null],
  ['two things put into one gap', 'a\nnew\nb\nc\nd\n', 'a\nother\nb\nc\nd\n', null],
  ['something put behind what the other changed', 'a\nb\nnew\nc\nd\n', 'a\nB\nc\nd\n', 'a\nB\nnew\nc\nd\n'],
  ['mine taken out, theirs added behind it', 'a\nb\nc\n', 'a\nb\nc\nd\ne\n', 'a\nb\nc\ne\n'],
  ['a last line without an end', 'a\nb\nc\nd', 'A\nb\nc\nd\n', 'A\nb\nc\nd'],
  ['everything', '', 'a\nb\nc\nd\n', ''],
])('%s', (_what, mine, theirs, merged) => {
  expect(mergeText(BASE, mine, theirs)).toBe(merged);
});
