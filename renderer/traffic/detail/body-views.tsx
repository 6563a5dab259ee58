import { ChevronDown, ChevronRight } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { useMessages } from '../../app-context.tsx';
import { VirtualList } from '../../ui/virtual-list.tsx';
import { hexLine } from '../body-bytes.ts';
import { type JsonRow, jsonRows, parseJson } from '../json-rows.ts';

const LINE_HEIGHT = 20;
const MOST_LINES = 24;
/** A text up to this long is laid out whole and wraps; beyond it only what is on screen exists. */
const WHOLE_TEXT = 20_000;
const LONGEST_LINE = 10_000;

function boxHeight(lines: number): number {
  return Math.min(lines, MOST_LINES) * LINE_HEIGHT + 2;
}

export function JsonView({ text }: { text: string }) {
  const { detail } = useMessages();
  const [toggled, setToggled] = useState<ReadonlySet<number>>(new Set());
  const root = useMemo(() => parseJson(text), [text]);
  const rows = useMemo(() => (root ? jsonRows(root, text, toggled) : []), [root, text, toggled]);
  if (!root)
    return (
      <>
        <p className="note">{detail.jsonBroken}</p>
        <TextView text={text} />
      </>
    );
  const toggle = (offset: number): void => {
    const next = new Set(toggled);
    if (!next.delete(offset)) next.add(offset);
    setToggled(next);
  };
  return (
    <div className="body-box" style={{ height: boxHeight(rows.length) }}>
      <VirtualList
        total={rows.length}
        rowHeight={LINE_HEIGHT}
        tabIndex={0}
        aria-label={detail.view.json}
        role="group"
        renderRow={(index) => {
          const row = rows[index];
          return row ? <JsonLine key={index} row={row} onToggle={() => toggle(row.offset)} /> : null;
        }}
      />
    </div>
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
        <span className={`json-${row.kind}`}>{row.text.slice(0, LONGEST_LINE)}</span>
      )}
    </div>
  );
}

export function TextView({ text }: { text: string }) {
  const { detail } = useMessages();
  const lines = useMemo(() => (text.length > WHOLE_TEXT ? text.split('\n') : []), [text]);
  if (text.length <= WHOLE_TEXT)
    return (
      // A scrolled box must be reachable by keyboard.
      <pre className="body-box body-text" tabIndex={0} aria-label={detail.view.text}>
        {text}
      </pre>
    );
  return (
    <div className="body-box" style={{ height: boxHeight(lines.length) }}>
      <VirtualList
        total={lines.length}
        rowHeight={LINE_HEIGHT}
        tabIndex={0}
        role="group"
        aria-label={detail.view.text}
        renderRow={(index) => (
          <div key={index} className="body-line">
            {lines[index]?.slice(0, LONGEST_LINE)}
          </div>
        )}
      />
    </div>
  );
}

export function HexView({ bytes }: { bytes: Uint8Array }) {
  const { detail } = useMessages();
  const lines = Math.ceil(bytes.length / 16);
  return (
    <div className="body-box" style={{ height: boxHeight(lines) }}>
      <VirtualList
        total={lines}
        rowHeight={LINE_HEIGHT}
        tabIndex={0}
        role="group"
        aria-label={detail.view.hex}
        renderRow={(index) => {
          const { offset, hex, ascii } = hexLine(bytes, index);
          return (
            <div key={index} className="body-line">
              <span className="hex-offset">{offset}</span> {hex} <span className="hex-ascii">{ascii}</span>
            </div>
          );
        }}
      />
    </div>
  );
}

export function FormView({ text }: { text: string }) {
  const { detail } = useMessages();
  return (
    <table className="header-table" aria-label={detail.view.form}>
      <tbody>
        {[...new URLSearchParams(text)].map(([name, value], index) => (
          <tr key={index}>
            <th scope="row">{name}</th>
            <td>{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function ImageView({ bytes, contentType }: { bytes: Uint8Array<ArrayBuffer>; contentType: string }) {
  const { detail } = useMessages();
  const url = useMemo(() => URL.createObjectURL(new Blob([bytes], { type: contentType })), [bytes, contentType]);
  useEffect(() => () => URL.revokeObjectURL(url), [url]);
  return (
    <div className="body-box">
      <img className="body-image" src={url} alt={detail.body} />
    </div>
  );
}
