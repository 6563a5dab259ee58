import { useMemo } from 'react';
import { useMessages } from '../app-context.tsx';
import { type DiffLine, diffLines, withoutLongRuns } from './diff-lines.ts';

const SIGNS = { same: ' ', added: '+', deleted: '−' } as const;
/** More than this is not read, and slow to lay out. */
const MOST_LINES = 2000;

interface DiffProps {
  before: readonly string[];
  after: readonly string[];
  addedLabel: string;
  deletedLabel: string;
  /** Equal lines that stay beside a change; left out: all. */
  context?: number;
}

export function Diff({ before, after, addedLabel, deletedLabel, context }: DiffProps) {
  const { compare } = useMessages();
  const lines = useMemo(() => {
    const all = diffLines(before, after);
    return context === undefined ? all : withoutLongRuns(all, context);
  }, [before, after, context]);
  return (
    <div className="diff">
      {lines.slice(0, MOST_LINES).map((line, index) =>
        // Lines repeat and never move: their place is their identity.
        line.kind === 'left-out' ? (
          <div key={index} className="diff-left-out">
            {compare.equalLines(line.count)}
          </div>
        ) : (
          <Line key={index} line={line} label={line.kind === 'added' ? addedLabel : deletedLabel} />
        ),
      )}
      {lines.length > MOST_LINES ? (
        <div className="diff-left-out">{compare.moreLines(lines.length - MOST_LINES)}</div>
      ) : null}
    </div>
  );
}

function Line({ line: { kind, text }, label }: { line: DiffLine; label: string }) {
  return (
    <div className={`diff-line diff-${kind}`}>
      <span className="diff-sign" aria-hidden>
        {SIGNS[kind]}
      </span>
      <span>
        {kind === 'same' ? null : <span className="visually-hidden">{label}: </span>}
        {text}
      </span>
    </div>
  );
}
