import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { useMessages } from '../../../app-context.tsx';
import { runInSlices } from '../../../ui/slices.ts';
import type { ReadText } from '../../body-bytes.ts';
import { BodyLines, LINE_HEIGHT_PX } from './body-lines.tsx';
import type { Painted } from './highlight.ts';
import { languageOf, type TextLanguage } from './text-language.ts';
import { type BodyViewer, type ShownBody, textOf } from './viewer.ts';

/** A text up to this long is laid out whole and wraps; beyond it only what is on screen exists. */
const WHOLE_TEXT = 20_000;
/** Longer lines go on in the next row: laying out much that is not seen takes long. */
const LONGEST_ROW = 500;
/** More than this takes too long to colour while a person waits. */
const PAINTED_TEXT = 300_000;

function View({ body }: { body: ShownBody }) {
  const read = useMemo(() => textOf(body), [body]);
  return (
    <>
      <CharsetNotes read={read} />
      <TextBox text={read.text} language={languageOf(body.contentType)} />
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

export function TextBox({ text, language = null }: { text: string; language?: TextLanguage | null }) {
  const { detail } = useMessages();
  const painted = usePainted(text, language);
  const plain = useMemo(() => (text.length > WHOLE_TEXT ? textRows(text) : []), [text]);
  if (text.length <= WHOLE_TEXT)
    return (
      // A scrolled box must be reachable by keyboard.
      <pre className="body-box body-text" tabIndex={0} aria-label={detail.view.text}>
        {painted ? painted.map((line, index) => [index > 0 ? '\n' : '', spansOf(line)]) : text}
      </pre>
    );
  const lines = painted ?? plain;
  return (
    <BodyLines label={detail.view.text} total={lines.length}>
      {(index) => (
        <div key={index} className="body-line" style={{ height: LINE_HEIGHT_PX }}>
          {painted ? spansOf(painted[index] ?? []) : plain[index]}
        </div>
      )}
    </BodyLines>
  );
}

function spansOf(line: readonly Painted[]): ReactNode {
  return line.map(({ text, classes }, index) =>
    classes === '' ? (
      text
    ) : (
      <span key={index} className={classes}>
        {text}
      </span>
    ),
  );
}

/** null: in one colour, or not painted yet. */
function usePainted(text: string, language: TextLanguage | null): Painted[][] | null {
  const [painted, setPainted] = useState<{ of: string; lines: Painted[][] } | null>(null);
  useEffect(() => {
    if (language === null || !canPaint(text)) return undefined;
    let current = true;
    const paint = async (): Promise<void> => {
      const { paintLines } = await import('./highlight.ts');
      const lines = await runInSlices(paintLines(text, language), () => current);
      if (lines) setPainted({ of: text, lines });
    };
    void paint();
    return () => {
      current = false;
    };
  }, [text, language]);
  return painted?.of === text ? painted.lines : null;
}

/** Lines that go on in the next row are left plain. */
function canPaint(text: string): boolean {
  return text.length <= PAINTED_TEXT && (text.length <= WHOLE_TEXT || longestLine(text) <= LONGEST_ROW);
}

function longestLine(text: string): number {
  return text.split('\n').reduce((longest, { length }) => Math.max(longest, length), 0);
}

function textRows(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    if (line.length <= LONGEST_ROW) return [line];
    const pieces = Math.ceil(line.length / LONGEST_ROW);
    return Array.from({ length: pieces }, (_, piece) => line.slice(piece * LONGEST_ROW, (piece + 1) * LONGEST_ROW));
  });
}

export const textViewer: BodyViewer = { kind: 'text', fits: () => true, View };
