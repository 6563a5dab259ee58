import { ChevronDown, ChevronRight } from 'lucide-react';
import { useMemo, useState } from 'react';
import { framingOf } from '../../../../proxy-engine/contract/body-framing.ts';
import { useMessages } from '../../../app-context.tsx';
import { decodeText, looksBinary } from '../../body-bytes.ts';
import { type JsonRow, jsonRow, visibleNodes } from '../../json/json-rows.ts';
import { isJsonLines, listOfLines } from '../../json/one-a-line.ts';
import { useJsonTree } from '../../json/use-json-tree.ts';
import { BodyLines } from './body-lines.tsx';
import { CharsetNotes, TextBox } from './text-viewer.tsx';
import { type BodyViewer, mediaType, type ShownBody, textOf } from './viewer.ts';

function View({ body }: { body: ShownBody }) {
  const { detail } = useMessages();
  const read = useMemo(() => textOf(body), [body]);
  const json = useMemo(() => {
    const isList = isJsonLines(mediaType(body.contentType));
    return isList ? listOfLines(read.text, body.partial) : read.text;
  }, [body, read]);
  // What begins in the middle has no root.
  const isMiddle = body.offset > 0;
  return (
    <>
      <CharsetNotes read={read} />
      {isMiddle ? (
        <>
          <p className="note">{detail.jsonPartial}</p>
          <TextBox text={read.text} />
        </>
      ) : (
        <JsonTree text={json} written={read.text} mayBeCut={body.partial} isGuess={!isJson(body.contentType)} />
      )}
    </>
  );
}

interface JsonTreeProps {
  text: string;
  /** What is shown when it is no JSON. Default: `text`. */
  written?: string;
  mayBeCut?: boolean;
  /** It only looks like JSON: when it is none, that is no mistake. */
  isGuess?: boolean;
}

export function JsonTree({ text, written = text, mayBeCut = false, isGuess = false }: JsonTreeProps) {
  const { detail, common } = useMessages();
  const [toggled, setToggled] = useState<ReadonlySet<number>>(new Set());
  const tree = useJsonTree(text, mayBeCut);
  const visible = useMemo(() => (tree ? visibleNodes(tree, toggled) : new Int32Array()), [tree, toggled]);
  if (tree === undefined) return <p className="muted">{common.loading}</p>;
  if (tree === null)
    return (
      <>
        {isGuess ? null : <p className="note">{detail.jsonBroken}</p>}
        <TextBox text={written} />
      </>
    );
  const toggle = (node: number): void => {
    const next = new Set(toggled);
    if (!next.delete(node)) next.add(node);
    setToggled(next);
  };
  return (
    <>
      {tree.cut ? <p className="note">{detail.jsonCut}</p> : null}
      <BodyLines label={detail.view.json} total={visible.length}>
        {(index) => {
          const node = visible[index];
          if (node === undefined) return null;
          return <JsonLine key={index} row={jsonRow(tree, node, toggled)} onToggle={() => toggle(node)} />;
        }}
      </BodyLines>
    </>
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
        <span className={`json-${row.kind}`}>{row.text}</span>
      )}
    </div>
  );
}

function isJson(contentType: string | undefined): boolean {
  const type = mediaType(contentType);
  return /[/+]json$/.test(type) || isJsonLines(type);
}

export const jsonViewer: BodyViewer = {
  kind: 'json',
  fits({ bytes, contentType }) {
    if (framingOf(contentType) !== null) return false;
    if (isJson(contentType)) return true;
    const type = mediaType(contentType);
    if (/^(text|image|multipart)\//.test(type) || type === 'application/x-www-form-urlencoded') return false;
    return !looksBinary(bytes) && /^\s*[[{]/.test(decodeText(bytes.subarray(0, 64), undefined));
  },
  View,
};
