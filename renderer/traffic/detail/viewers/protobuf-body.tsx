import { useMemo } from 'react';
import { useMessages } from '../../../app-context.tsx';
import { delimitedFrames, isDelimited } from '../../protobuf/delimited-frames.ts';
import { TypeChoice } from '../../protobuf/type-choice.tsx';
import { useMessageTypes } from '../../protobuf/use-message-types.ts';
import { wireRows } from '../../protobuf/wire-rows.ts';
import { FrameList } from './frame-list.tsx';
import type { ShownBody } from './viewer.ts';
import { WireLines } from './wire-lines.tsx';

/** Loaded when the first such body is looked at. */
export function ProtobufBody({ body }: { body: ShownBody }) {
  const { detail } = useMessages();
  const chosen = useMessageTypes(body);
  const { types } = chosen;
  const frames = useMemo(() => (isDelimited(body.contentType) ? delimitedFrames(body.bytes) : null), [body]);
  const rows = useMemo(() => (frames ? null : wireRows(body.bytes, types, body.partial)), [body, frames, types]);
  if (body.offset > 0) return <p className="note">{detail.protobufWithin}</p>;
  return (
    <>
      <TypeChoice {...chosen} />
      {frames ? <FrameList frames={frames} types={types} /> : null}
      {rows ? <WireLines rows={rows} /> : null}
      {frames || rows ? null : <p className="note">{detail.protobufBroken}</p>}
    </>
  );
}
