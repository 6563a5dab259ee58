import { useEffect, useMemo, useState } from 'react';
import { useMessages } from '../../../app-context.tsx';
import { runInSlices } from '../../../ui/slices.ts';
import { xmlText } from '../../xml-lines.ts';
import { CharsetNotes, TextBox } from './text-viewer.tsx';
import { type BodyViewer, mediaType, type ShownBody, textOf } from './viewer.ts';

/** A line an element. What begins in the middle is indented from there. */
function View({ body }: { body: ShownBody }) {
  const { common } = useMessages();
  const read = useMemo(() => textOf(body), [body]);
  const [shown, setShown] = useState<{ of: string; text: string } | null>(null);
  useEffect(() => {
    let current = true;
    const indent = async (): Promise<void> => {
      const text = await runInSlices(xmlText(read.text), () => current);
      if (text !== undefined) setShown({ of: read.text, text });
    };
    void indent();
    return () => {
      current = false;
    };
  }, [read.text]);
  return (
    <>
      <CharsetNotes read={read} />
      {shown?.of === read.text ? (
        <TextBox text={shown.text} language="xml" />
      ) : (
        <p className="muted">{common.loading}</p>
      )}
    </>
  );
}

export const xmlViewer: BodyViewer = {
  kind: 'xml',
  fits: ({ contentType, bytes, offset }) =>
    /[/+]xml$/.test(mediaType(contentType)) ||
    (offset === 0 && !contentType && new TextDecoder().decode(bytes.subarray(0, 64)).trimStart().startsWith('<?xml')),
  View,
};
