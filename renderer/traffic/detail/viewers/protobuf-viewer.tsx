import { useMemo } from 'react';
import { useMessages } from '../../../app-context.tsx';
import { wireRows } from '../../protobuf-wire.ts';
import { type BodyViewer, mediaType, type ShownBody } from './viewer.ts';
import { WireLines } from './wire-lines.tsx';

function View({ body }: { body: ShownBody }) {
  const { detail } = useMessages();
  const rows = useMemo(() => wireRows(body.bytes), [body]);
  return rows ? <WireLines rows={rows} /> : <p className="note">{detail.protobufBroken}</p>;
}

export const protobufViewer: BodyViewer = {
  kind: 'protobuf',
  fits: ({ contentType }) =>
    /^application\/(x-protobuf|protobuf|vnd\.google\.protobuf|x-google-protobuf|proto)$/.test(mediaType(contentType)),
  View,
};
