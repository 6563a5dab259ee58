export type DiffLine = { kind: 'same' | 'added' | 'deleted'; text: string };

/** Lines of `before` and `after` as one text, deletions before additions (longest common subsequence). */
export function diffLines(before: readonly string[], after: readonly string[]): DiffLine[] {
  const lengths = commonLengths(before, after);
  const lines: DiffLine[] = [];
  let left = 0;
  let right = 0;
  while (left < before.length || right < after.length) {
    const old = before[left];
    const fresh = after[right];
    if (old !== undefined && old === fresh) {
      lines.push({ kind: 'same', text: old });
      left++;
      right++;
    } else if (
      old !== undefined &&
      (fresh === undefined || common(lengths, left + 1, right) >= common(lengths, left, right + 1))
    ) {
      lines.push({ kind: 'deleted', text: old });
      left++;
    } else if (fresh !== undefined) {
      lines.push({ kind: 'added', text: fresh });
      right++;
    }
  }
  return lines;
}

function commonLengths(before: readonly string[], after: readonly string[]): number[][] {
  const table = Array.from({ length: before.length + 1 }, () => Array.from({ length: after.length + 1 }, () => 0));
  for (let left = before.length - 1; left >= 0; left--)
    for (let right = after.length - 1; right >= 0; right--)
      (table[left] as number[])[right] =
        before[left] === after[right]
          ? common(table, left + 1, right + 1) + 1
          : Math.max(common(table, left + 1, right), common(table, left, right + 1));
  return table;
}

function common(table: number[][], left: number, right: number): number {
  return table[left]?.[right] ?? 0;
}

const SIGNS = { same: ' ', added: '+', deleted: '−' } as const;

export function Diff({
  before,
  after,
  addedLabel,
  deletedLabel,
}: {
  before: readonly string[];
  after: readonly string[];
  addedLabel: string;
  deletedLabel: string;
}) {
  return (
    <div className="diff">
      {diffLines(before, after).map((line, index) => (
        // Lines repeat and never move: their place is their identity.
        <div key={index} className={`diff-line diff-${line.kind}`}>
          <span className="diff-sign" aria-hidden>
            {SIGNS[line.kind]}
          </span>
          <span>
            {line.kind === 'same' ? null : (
              <span className="visually-hidden">{line.kind === 'added' ? addedLabel : deletedLabel}: </span>
            )}
            {line.text}
          </span>
        </div>
      ))}
    </div>
  );
}
