import { memo, useEffect, useMemo, useState } from 'react';
import { useMessages } from '../app-context.tsx';
import type { DiffLine, ShownLine } from './diff-lines.ts';
import { useDiff } from './use-diff.ts';

const SIGNS = { same: ' ', added: '+', deleted: '−' } as const;
/** More than this is not read, and slow to lay out. */
const MOST_LINES = 2000;
/** Laid out at a time. */
const CHUNK_LINES = 100;
const LINE_HEIGHT_PX = 20;
/** A longer one, as minified scripts have, is shown as far as this. */
const LONGEST_LINE = 5000;

const NONE: readonly ShownLine[] = [];

interface DiffProps {
  before: readonly string[];
  after: readonly string[];
  addedLabel: string;
  deletedLabel: string;
  /** Equal lines that stay beside a change; left out: all. */
  context?: number;
}

export function Diff({ before, after, context, ...labels }: DiffProps) {
  const { compare, common } = useMessages();
  const found = useDiff(before, after, context);
  const lines = found ?? NONE;
  const chunks = useMemo(() => chunksOf(lines.slice(0, MOST_LINES)), [lines]);
  const shown = useGrowing(chunks.length, chunks);
  if (found === null) return <p className="muted">{common.loading}</p>;
  return (
    <div className="diff">
      {chunks.slice(0, shown).map((chunk, index) => (
        <Chunk key={index} lines={chunk} {...labels} />
      ))}
      {lines.length > MOST_LINES ? (
        <div className="diff-left-out">{compare.moreLines(lines.length - MOST_LINES)}</div>
      ) : null}
    </div>
  );
}

function chunksOf(lines: readonly ShownLine[]): (readonly ShownLine[])[] {
  const count = Math.ceil(lines.length / CHUNK_LINES);
  return Array.from({ length: count }, (_, chunk) => lines.slice(chunk * CHUNK_LINES, (chunk + 1) * CHUNK_LINES));
}

/** One more with every frame, so that no frame has much to lay out; begins anew when `of` is another. */
function useGrowing(total: number, of: unknown): number {
  const [grown, setGrown] = useState({ of, count: 1 });
  const count = grown.of === of ? grown.count : 1;
  useEffect(() => {
    if (count >= total) return undefined;
    const frame = requestAnimationFrame(() => setGrown({ of, count: count + 1 }));
    return () => cancelAnimationFrame(frame);
  }, [of, count, total]);
  return count;
}

interface ChunkProps extends Pick<DiffProps, 'addedLabel' | 'deletedLabel'> {
  lines: readonly ShownLine[];
}

const Chunk = memo(function Chunk({ lines, addedLabel, deletedLabel }: ChunkProps) {
  const { compare } = useMessages();
  return (
    <div className="diff-chunk" style={{ containIntrinsicSize: `auto ${lines.length * LINE_HEIGHT_PX}px` }}>
      {lines.map((line, index) =>
        // Lines repeat and never move: their place is their identity.
        line.kind === 'left-out' ? (
          <div key={index} className="diff-left-out">
            {compare.equalLines(line.count)}
          </div>
        ) : (
          <Line key={index} line={line} label={line.kind === 'added' ? addedLabel : deletedLabel} />
        ),
      )}
    </div>
  );
});

function Line({ line: { kind, text }, label }: { line: DiffLine; label: string }) {
  const { compare } = useMessages();
  return (
    <div className={`diff-line diff-${kind}`}>
      <span className="diff-sign" aria-hidden>
        {SIGNS[kind]}
      </span>
      <span>
        {kind === 'same' ? null : <span className="visually-hidden">{label}: </span>}
        {text.slice(0, LONGEST_LINE)}
        {text.length > LONGEST_LINE ? <em className="muted"> {compare.longLine(text.length - LONGEST_LINE)}</em> : null}
      </span>
    </div>
  );
}
