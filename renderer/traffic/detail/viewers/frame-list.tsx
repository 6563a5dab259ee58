import { useMemo } from 'react';
import { useMessages } from '../../../app-context.tsx';
import { formatSize } from '../../../format/quantities.ts';
import { type GrpcFrame, MOST_FRAMES } from '../../protobuf/grpc-frames.ts';
import { type MessageTypes, wireRows } from '../../protobuf/wire-rows.ts';
import { WireLines } from './wire-lines.tsx';

interface FrameListProps {
  frames: readonly GrpcFrame[];
  types: MessageTypes | undefined;
}

/** Protobuf messages one after the other, each with its size. */
export function FrameList({ frames, types }: FrameListProps) {
  const { detail } = useMessages();
  return (
    <>
      {frames.length === MOST_FRAMES ? <p className="note">{detail.firstMessages(MOST_FRAMES)}</p> : null}
      <ol>
        {frames.map((frame, index) => (
          <li key={index}>
            <Frame frame={frame} types={types} number={index + 1} />
          </li>
        ))}
      </ol>
    </>
  );
}

function Frame({ frame, types, number }: { frame: GrpcFrame; types: MessageTypes | undefined; number: number }) {
  const { detail } = useMessages();
  const cut = frame.bytes.length < frame.sizeBytes;
  const rows = useMemo(() => (frame.compressed ? null : wireRows(frame.bytes, types, cut)), [frame, types, cut]);
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
