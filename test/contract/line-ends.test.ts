import { expect, test } from 'vitest';
import { withLineEnds } from '../../proxy-engine/contract/line-ends.ts';

test.each([
  ['a\r\nb\r\nc', 'a\nB\nc', 'a\r\nB\r\nc'],
  ['a\r\nb', 'a\nnew\nb', 'a\r\nnew\r\nb'],
  ['--x\r\n\r\none\ntwo\r\n--x--', '--x\n\none\ntwo!\n--x--', '--x\r\n\r\none\ntwo!\r\n--x--'],
  ['a\rb', 'a\nb!', 'a\rb!'],
  ['a\r\nb', 'a\nb', 'a\r\nb'],
  ['a\nb', 'a\n\nb', 'a\n\nb'],
  ['aaa\r\naaa', 'aaa\naaaa', 'aaa\r\naaaa'],
])('line ends stay where a text field would change them: %j edited as %j', (before, edited, after) => {
  expect(withLineEnds(before, edited)).toBe(after);
});
