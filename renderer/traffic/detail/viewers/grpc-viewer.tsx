import { useMemo } from 'react';
import { useMessages } from '../../../app-context.tsx';
import { formatSize } from '../../../format/quantities.ts';
import { type GrpcFrame, grpcFrames } from '../../grpc-frames.ts';
import { wireRows } from '../../protobuf-wire.ts';
import { type BodyViewer, mediaType, type ShownBody } from './viewer.ts';
import { WireLines } from './wire-lines.tsx';

function View({ body }: { body: ShownBody }) {
  const { detail } = useMessages();
  const frames = useMemo(() => grpcFrames(body.bytes), [body]);
  if (!frames) return <p className="note">{detail.grpcBroken}</p>;
  return (
    <ol>
      {frames.map((frame, index) => (
        <li key={index}>
          <Frame frame={frame} number={index + 1} />
        </li>
      ))}
    </ol>
  );
}

function Frame({ frame, number }: { frame: GrpcFrame; number: number }) {
  const { detail } = useMessages();
  const rows = useMemo(() => (frame.compressed ? null : wireRows(frame.bytes)), [frame]);
  const cut = frame.bytes.length < frame.sizeBytes;
  return (
    <>
      <p className="muted body-caption">{detail.grpcMessage(number, formatSize(frame.sizeBytes))}</p>
      {rows ? (
        <WireLines rows={rows} />
      ) : (
        <p className="note">
          {frame.compressed ? detail.grpcCompressed : cut ? detail.grpcCut : detail.protobufBroken}
        </p>
      )}
    </>
  );
}

export const grpcViewer: BodyViewer = {
  kind: 'grpc',
  fits: ({ contentType }) => /^application\/grpc(\+proto)?$/.test(mediaType(contentType)),
  View,
};
