export type DiffLine = { kind: 'same' | 'added' | 'deleted'; text: string };

/** Texts that differ in more lines than this are shown as wholly different: finding out how costs its square. */
const MOST_EDITS = 2000;

/** Lines of `before` and `after` as one text, deletions before additions (Myers, "An O(ND) difference algorithm", 1986). */
export function diffLines(before: readonly string[], after: readonly string[]): DiffLine[] {
  const start = commonStart(before, after);
  const end = commonEnd(before, after, start);
  const left = before.slice(start, before.length - end);
  const right = after.slice(start, after.length - end);
  const middle = deletionsFirst(edits(left, right) ?? [...as('deleted', left), ...as('added', right)]);
  return [...as('same', before.slice(0, start)), ...middle, ...as('same', before.slice(before.length - end))];
}

function as(kind: DiffLine['kind'], lines: readonly string[]): DiffLine[] {
  return lines.map((text) => ({ kind, text }));
}

function commonStart(before: readonly string[], after: readonly string[]): number {
  let length = 0;
  while (length < before.length && length < after.length && before[length] === after[length]) length++;
  return length;
}

function commonEnd(before: readonly string[], after: readonly string[], start: number): number {
  const most = Math.min(before.length, after.length) - start;
  let length = 0;
  while (length < most && before.at(-1 - length) === after.at(-1 - length)) length++;
  return length;
}

/** null: too different. */
function edits(before: readonly string[], after: readonly string[]): DiffLine[] | null {
  const most = Math.min(MOST_EDITS, before.length + after.length);
  // How far into `before` each diagonal reaches; the diagonal is the place in `before` less that in `after`.
  const reach = new Int32Array(2 * most + 3);
  const trace: Int32Array[] = [];
  for (let count = 0; count <= most; count++) {
    trace.push(reach.slice(most - count, most + count + 3));
    for (let diagonal = -count; diagonal <= count; diagonal += 2) {
      const at = most + 1 + diagonal;
      const isDown = diagonal === -count || (diagonal !== count && at1(reach, at - 1) < at1(reach, at + 1));
      let x = isDown ? at1(reach, at + 1) : at1(reach, at - 1) + 1;
      while (x < before.length && x - diagonal < after.length && before[x] === after[x - diagonal]) x++;
      reach[at] = x;
      if (x >= before.length && x - diagonal >= after.length) return backtrack(before, after, trace);
    }
  }
  return null;
}

function backtrack(before: readonly string[], after: readonly string[], trace: readonly Int32Array[]): DiffLine[] {
  const lines: DiffLine[] = [];
  let x = before.length;
  let y = after.length;
  for (let count = trace.length - 1; count >= 0; count--) {
    const reach = trace[count] as Int32Array;
    const diagonal = x - y;
    const at = count + 1 + diagonal;
    const isDown = diagonal === -count || (diagonal !== count && at1(reach, at - 1) < at1(reach, at + 1));
    const fromX = count === 0 ? 0 : isDown ? at1(reach, at + 1) : at1(reach, at - 1);
    const fromY = count === 0 ? 0 : fromX - (diagonal + (isDown ? 1 : -1));
    while (x > fromX && y > fromY && before[x - 1] === after[y - 1]) {
      lines.push({ kind: 'same', text: before[--x] as string });
      y--;
    }
    if (count === 0) break;
    if (isDown) lines.push({ kind: 'added', text: after[--y] as string });
    else lines.push({ kind: 'deleted', text: before[--x] as string });
  }
  return lines.reverse();
}

function at1(numbers: Int32Array, index: number): number {
  return numbers[index] ?? 0;
}

function deletionsFirst(lines: readonly DiffLine[]): DiffLine[] {
  const ordered: DiffLine[] = [];
  let added: DiffLine[] = [];
  for (const line of lines) {
    if (line.kind === 'added') added.push(line);
    else {
      if (line.kind === 'same') ordered.push(...added.splice(0));
      ordered.push(line);
    }
  }
  ordered.push(...added);
  return ordered;
}

/** Lines, and in place of long runs of equal ones their number; `context`: how many equal ones stay beside a change. */
export function withoutLongRuns(
  lines: readonly DiffLine[],
  context: number,
): (DiffLine | { kind: 'left-out'; count: number })[] {
  const near = new Uint8Array(lines.length);
  lines.forEach(({ kind }, index) => {
    if (kind !== 'same') near.fill(1, Math.max(0, index - context), index + context + 1);
  });
  const shown: (DiffLine | { kind: 'left-out'; count: number })[] = [];
  lines.forEach((line, index) => {
    const last = shown.at(-1);
    if (near[index]) shown.push(line);
    else if (last?.kind === 'left-out') last.count++;
    else shown.push({ kind: 'left-out', count: 1 });
  });
  return shown;
}
