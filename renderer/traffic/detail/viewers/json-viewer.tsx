import { ChevronDown, ChevronRight } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useMessages } from '../../../app-context.tsx';
import { decodeText, looksBinary } from '../../body-bytes.ts';
import { type JsonRow, jsonRows, parseJson } from '../../json-rows.ts';
import { BodyLines } from './body-lines.tsx';
import { CharsetNotes, TextBox } from './text-viewer.tsx';
import { type BodyViewer, mediaType, type ShownBody, textOf } from './viewer.ts';

const LONGEST_VALUE = 10_000;
/** A tree of more text than this would take too long to make at once. */
const MOST_TEXT = 4 * 1024 ** 2;

function View({ body }: { body: ShownBody }) {
  const { detail } = useMessages();
  const read = useMemo(() => textOf(body), [body]);
  const reason = body.partial ? detail.jsonPartial : read.text.length > MOST_TEXT ? detail.jsonLong : null;
  return (
    <>
      <CharsetNotes read={read} />
      {reason === null ? (
        <JsonTree text={read.text} />
      ) : (
        <>
          <p className="note">{reason}</p>
          <TextBox text={read.text} />
        </>
      )}
    </>
  );
}

export function JsonTree({ text }: { text: string }) {
  const { detail } = useMessages();
  const [toggled, setToggled] = useState<ReadonlySet<number>>(new Set());
  const root = useMemo(() => parseJson(text), [text]);
  const rows = useMemo(() => (root ? jsonRows(root, text, toggled) : []), [root, text, toggled]);
  if (!root)
    return (
      <>
        <p className="note">{detail.jsonBroken}</p>
        <TextBox text={text} />
      </>
    );
  const toggle = (offset: number): void => {
    const next = new Set(toggled);
    if (!next.delete(offset)) next.add(offset);
    setToggled(next);
  };
  return (
    <BodyLines label={detail.view.json} total={rows.length}>
      {(index) => {
        const row = rows[index];
        return row ? <JsonLine key={index} row={row} onToggle={() => toggle(row.offset)} /> : null;
      }}
    </BodyLines>
  );
}

function JsonLine({ row, onToggle }: { row: JsonRow; onToggle: () => void }) {
  const { detail } = useMessages();
  const Icon = row.open ? ChevronDown : ChevronRight;
  const container = row.kind === 'object' || row.kind === 'array';
  const count = row.kind === 'object' ? detail.keys(row.children) : detail.items(row.children);
  return (
    <div className="body-line" style={{ paddingLeft: 6 + row.depth * 14 }}>
      {row.children > 0 ? (
        <button
          type="button"
          className="json-toggle"
          aria-expanded={row.open}
          aria-label={row.key ?? detail.body}
          onClick={onToggle}
        >
          <Icon size={11} aria-hidden />
        </button>
      ) : (
        <span className="json-leaf" />
      )}
      {row.key === undefined ? null : <span className="json-key">{row.key}: </span>}
      {container ? (
        <span className="json-count">
          {row.kind === 'object' ? '{' : '['} {count} {row.kind === 'object' ? '}' : ']'}
        </span>
      ) : (
        <span className={`json-${row.kind}`}>{row.text.slice(0, LONGEST_VALUE)}</span>
      )}
    </div>
  );
}

export const jsonViewer: BodyViewer = {
  kind: 'json',
  fits({ bytes, contentType }) {
    const type = mediaType(contentType);
    if (/[/+]json$/.test(type) || type === 'application/x-ndjson') return true;
    if (/^(text|image|multipart)\//.test(type) || type === 'application/x-www-form-urlencoded') return false;
    return !looksBinary(bytes) && /^\s*[[{]/.test(decodeText(bytes.subarray(0, 64), undefined));
  },
  View,
};
