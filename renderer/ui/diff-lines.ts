import type { Sliced } from './slices.ts';

export type DiffLine = { kind: 'same' | 'added' | 'deleted'; text: string };

/** Texts that differ in more lines than this are shown as wholly different: finding out how costs its square. */
const MOST_EDITS = 2000;

/** Lines between two places where the work may rest. */
const STRETCH = 4096;

/** Lines of `before` and `after` as one text, deletions before additions (Myers, "An O(ND) difference algorithm", 1986). */
export function* diffLines(before: readonly string[], after: readonly string[]): Sliced<DiffLine[]> {
  const start = commonStart(before, after);
  const end = commonEnd(before, after, start);
  yield;
  const left = before.slice(start, before.length - end);
  const right = after.slice(start, after.length - end);
  const lines: DiffLine[] = [];
  yield* append(lines, before.slice(0, start), 'same');
  const found = yield* edits(left, right);
  if (found) yield* appendDeletionsFirst(lines, found);
  else {
    yield* append(lines, left, 'deleted');
    yield* append(lines, right, 'added');
  }
  yield* append(lines, before.slice(before.length - end), 'same');
  return lines;
}

function* append(to: DiffLine[], lines: readonly string[], kind: DiffLine['kind']): Sliced<void> {
  for (const text of lines) if (to.push({ kind, text }) % STRETCH === 0) yield;
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
function* edits(before: readonly string[], after: readonly string[]): Sliced<DiffLine[] | null> {
  const most = Math.min(MOST_EDITS, before.length + after.length);
  // How far into `before` each diagonal reaches; the diagonal is the place in `before` less that in `after`.
  const reach = new Int32Array(2 * most + 3);
  const trace: Int32Array[] = [];
  for (let count = 0; count <= most; count++) {
    yield;
    trace.push(reach.slice(most - count, most + count + 3));
    for (let diagonal = -count; diagonal <= count; diagonal += 2) {
      const at = most + 1 + diagonal;
      const isDown = diagonal === -count || (diagonal !== count && at1(reach, at - 1) < at1(reach, at + 1));
      let x = isDown ? at1(reach, at + 1) : at1(reach, at - 1) + 1;
      while (x < before.length && x - diagonal < after.length && before[x] === after[x - diagonal]) x++;
      reach[at] = x;
      if (x >= before.length && x - diagonal >= after.length) return yield* backtrack(before, after, trace);
    }
  }
  return null;
}

function* backtrack(
  before: readonly string[],
  after: readonly string[],
  trace: readonly Int32Array[],
): Sliced<DiffLine[]> {
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
      if (lines.push({ kind: 'same', text: before[--x] as string }) % STRETCH === 0) yield;
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

function* appendDeletionsFirst(to: DiffLine[], lines: readonly DiffLine[]): Sliced<void> {
  let added: DiffLine[] = [];
  // One by one: what is spread into a call must fit on the stack.
  const flush = (): void => {
    for (const line of added) to.push(line);
    added = [];
  };
  for (const line of lines) {
    if (line.kind === 'same') flush();
    if (line.kind === 'added') added.push(line);
    else if (to.push(line) % STRETCH === 0) yield;
  }
  flush();
}

/** A line, or in place of a long run of equal ones their number. */
export type ShownLine = DiffLine | { kind: 'left-out'; count: number };

/** `context`: how many equal lines stay beside a change. */
export function* withoutLongRuns(lines: readonly DiffLine[], context: number): Sliced<ShownLine[]> {
  const shown: ShownLine[] = [];
  /** Equal lines since the last change. */
  let run: DiffLine[] = [];
  const end = (before: number, after: number): void => {
    const hidden = run.length - before - after;
    const kept = hidden > 0 ? [...run.slice(0, before), { kind: 'left-out' as const, count: hidden }] : run;
    for (const line of kept) shown.push(line);
    if (hidden > 0) shown.push(...run.slice(run.length - after));
    run = [];
  };
  for (const [index, line] of lines.entries()) {
    if (index % STRETCH === 0) yield;
    if (line.kind === 'same') run.push(line);
    else {
      end(shown.length === 0 ? 0 : context, context);
      shown.push(line);
    }
  }
  end(shown.length === 0 ? 0 : context, 0);
  return shown;
}
