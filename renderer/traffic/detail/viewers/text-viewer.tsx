import { useMemo } from 'react';
import { useMessages } from '../../../app-context.tsx';
import type { ReadText } from '../../body-bytes.ts';
import { BodyLines, LINE_HEIGHT_PX } from './body-lines.tsx';
import { type BodyViewer, type ShownBody, textOf } from './viewer.ts';

/** A text up to this long is laid out whole and wraps; beyond it only what is on screen exists. */
const WHOLE_TEXT = 20_000;
/** Longer lines go on in the next row. */
const LONGEST_ROW = 2000;

function View({ body }: { body: ShownBody }) {
  const read = useMemo(() => textOf(body), [body]);
  return (
    <>
      <CharsetNotes read={read} />
      <TextBox text={read.text} />
    </>
  );
}

/** What was wrong with the bytes of a text. */
export function CharsetNotes({ read }: { read: ReadText }) {
  const { detail } = useMessages();
  return (
    <>
      {read.unknownCharset ? <p className="note">{detail.unknownCharset(read.unknownCharset)}</p> : null}
      {read.invalid ? <p className="note">{detail.invalidText(read.charset)}</p> : null}
    </>
  );
}

export function TextBox({ text }: { text: string }) {
  const { detail } = useMessages();
  const lines = useMemo(() => (text.length > WHOLE_TEXT ? textRows(text) : []), [text]);
  if (text.length <= WHOLE_TEXT)
    return (
      // A scrolled box must be reachable by keyboard.
      <pre className="body-box body-text" tabIndex={0} aria-label={detail.view.text}>
        {text}
      </pre>
    );
  return (
    <BodyLines label={detail.view.text} total={lines.length}>
      {(index) => (
        <div key={index} className="body-line" style={{ height: LINE_HEIGHT_PX }}>
          {lines[index]}
        </div>
      )}
    </BodyLines>
  );
}

function textRows(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    if (line.length <= LONGEST_ROW) return [line];
    const pieces = Math.ceil(line.length / LONGEST_ROW);
    return Array.from({ length: pieces }, (_, piece) => line.slice(piece * LONGEST_ROW, (piece + 1) * LONGEST_ROW));
  });
}

export const textViewer: BodyViewer = { kind: 'text', fits: () => true, View };
