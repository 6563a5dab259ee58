/** Line ends of a text that is edited where there are none but `\n`. */

export function plainLineEnds(text: string): string {
  return text.replaceAll(/\r\n?/g, '\n');
}

/** `edited` is what became of `before` with plain line ends: the lines that were not edited keep theirs, new ones get what is usual there. */
export function withLineEnds(before: string, edited: string): string {
  const plain = plainLineEnds(before);
  if (plain === before) return edited;
  const shorter = Math.min(plain.length, edited.length);
  let start = 0;
  while (start < shorter && plain[start] === edited[start]) start++;
  let end = 0;
  while (end < shorter - start && plain.at(-1 - end) === edited.at(-1 - end)) end++;
  const lineEnd = before.includes('\r\n') ? '\r\n' : '\n';
  const middle = edited.slice(start, edited.length - end).replaceAll('\n', lineEnd);
  return before.slice(0, placeIn(before, start)) + middle + before.slice(placeIn(before, plain.length - end));
}

/** Where the character `index` of the text with plain line ends stands in `text`. */
function placeIn(text: string, index: number): number {
  let at = 0;
  for (let i = 0; i < index; i++) at += text.startsWith('\r\n', at) ? 2 : 1;
  return at;
}
