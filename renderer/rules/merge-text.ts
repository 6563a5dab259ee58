import { type DiffLine, diffLines } from '../ui/diff-lines.ts';
import { runAtOnce } from '../ui/slices.ts';

/** Lines of the base from `from` up to, not including, `to` that became others. */
interface Hunk {
  from: number;
  to: number;
  lines: string[];
}

/** `base` with both what `mine` and what `theirs` changed in it; null when both changed the same lines in different ways. */
export function mergeText(base: string, mine: string, theirs: string): string | null {
  if (theirs === base) return mine;
  if (mine === base || mine === theirs) return theirs;
  const lines = linesOf(base);
  const hunks = united(hunksBetween(lines, linesOf(mine)), hunksBetween(lines, linesOf(theirs)));
  if (!hunks) return null;
  let at = 0;
  let merged = '';
  for (const { from, to, lines: instead } of hunks) {
    merged += lines.slice(at, from).join('') + instead.join('');
    at = to;
  }
  return merged + lines.slice(at).join('');
}

/** With their ends, so that a last line without one is another line. */
function linesOf(text: string): string[] {
  return text.split(/(?<=\n)/);
}

function hunksBetween(before: readonly string[], after: readonly string[]): Hunk[] {
  const hunks: Hunk[] = [];
  let at = 0;
  let open: Hunk | null = null;
  for (const { kind, text } of runAtOnce<DiffLine[]>(diffLines(before, after))) {
    if (kind === 'same') open = null;
    else if (!open) hunks.push((open = { from: at, to: at, lines: [] }));
    if (kind === 'added') open?.lines.push(text);
    else at++;
    if (kind === 'deleted' && open) open.to = at;
  }
  return hunks;
}

/** In order; what both did alike is there once. null: some of them exclude each other. */
function united(mine: readonly Hunk[], theirs: readonly Hunk[]): Hunk[] | null {
  const own = mine.filter((hunk) => !theirs.some((other) => isSame(hunk, other)));
  if (own.some((hunk) => theirs.some((other) => excludes(hunk, other)))) return null;
  return [...own, ...theirs].sort((a, b) => a.from - b.from || a.to - b.to);
}

function isSame(a: Hunk, b: Hunk): boolean {
  return a.from === b.from && a.to === b.to && a.lines.join('') === b.lines.join('');
}

/** They change the same lines, or put other ones into the same gap. */
function excludes(a: Hunk, b: Hunk): boolean {
  return (a.from < b.to && b.from < a.to) || (a.from === b.from && (a.from === a.to) === (b.from === b.to));
}
