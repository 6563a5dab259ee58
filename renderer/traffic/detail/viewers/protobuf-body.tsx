import { framingOf } from '../../../../proxy-engine/contract/body-framing.ts';
import { useMessages } from '../../../app-context.tsx';
import { TypeChoice } from '../../protobuf/type-choice.tsx';
import { useMessageTypes } from '../../protobuf/use-message-types.ts';
import { FramedBody } from './framed-body.tsx';
import { ProtobufFields } from './protobuf-fields.tsx';
import type { ShownBody } from './viewer.ts';

/** Loaded when the first such body is looked at. */
export function ProtobufBody({ body }: { body: ShownBody }) {
  return framingOf(body.contentType) === null ? <OneMessage body={body} /> : <FramedBody body={body} />;
}

function OneMessage({ body }: { body: ShownBody }) {
  const { detail } = useMessages();
  const chosen = useMessageTypes(body);
  if (body.offset > 0) return <p className="note">{detail.protobufWithin}</p>;
  return (
    <>
      <TypeChoice {...chosen} />
      <ProtobufFields bytes={withoutMagic(body.bytes)} types={chosen.types} isPartial={body.partial} />
    </>
  );
}

/** Kubernetes writes "k8s" and a zero in front of its messages. */
function withoutMagic(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return KUBERNETES.every((byte, at) => bytes[at] === byte) ? bytes.subarray(KUBERNETES.length) : bytes;
}

const KUBERNETES = [0x6b, 0x38, 0x73, 0];
