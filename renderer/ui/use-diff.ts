import { useEffect, useMemo, useState } from 'react';
import { diffLines, type ShownLine, withoutLongRuns } from './diff-lines.ts';
import { runAtOnce, runInSlices, type Sliced } from './slices.ts';

/** Texts of fewer lines are compared before anything is shown. */
const AT_ONCE = 2000;

type Lines = readonly string[];

/** null: they are still being compared. `context`: equal lines that stay beside a change; undefined: all. */
export function useDiff(before: Lines, after: Lines, context: number | undefined): readonly ShownLine[] | null {
  const isShort = before.length + after.length < AT_ONCE;
  const atOnce = useMemo(
    () => (isShort ? runAtOnce(shownLines(before, after, context)) : null),
    [isShort, before, after, context],
  );
  const [found, setFound] = useState<{ before: Lines; after: Lines; lines: ShownLine[] } | null>(null);
  useEffect(() => {
    if (isShort) return undefined;
    let wanted = true;
    void runInSlices(shownLines(before, after, context), () => wanted).then((lines) => {
      if (lines) setFound({ before, after, lines });
    });
    return () => {
      wanted = false;
    };
  }, [isShort, before, after, context]);
  if (isShort) return atOnce;
  return found?.before === before && found.after === after ? found.lines : null;
}

function* shownLines(before: Lines, after: Lines, context: number | undefined): Sliced<ShownLine[]> {
  const all = yield* diffLines(before, after);
  return context === undefined ? all : yield* withoutLongRuns(all, context);
}
