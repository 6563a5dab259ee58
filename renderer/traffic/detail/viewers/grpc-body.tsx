import { useMemo } from 'react';
import { useMessages } from '../../../app-context.tsx';
import { grpcFrames } from '../../protobuf/grpc-frames.ts';
import { TypeChoice } from '../../protobuf/type-choice.tsx';
import { useMessageTypes } from '../../protobuf/use-message-types.ts';
import { FrameList } from './frame-list.tsx';
import type { ShownBody } from './viewer.ts';

/** Loaded when the first such body is looked at. */
export function GrpcBody({ body }: { body: ShownBody }) {
  const { detail } = useMessages();
  const chosen = useMessageTypes(body);
  const frames = useMemo(() => grpcFrames(body.bytes), [body]);
  if (body.offset > 0) return <p className="note">{detail.protobufWithin}</p>;
  if (!frames) return <p className="note">{detail.grpcBroken}</p>;
  return (
    <>
      <TypeChoice {...chosen} />
      <FrameList frames={frames} types={chosen.types} />
    </>
  );
}
