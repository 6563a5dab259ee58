import { useMemo } from 'react';
import type { BodyMessage } from '../../../../proxy-engine/contract/body-commands.ts';
import { codecOf, framingOf } from '../../../../proxy-engine/contract/body-framing.ts';
import { useMessages } from '../../../app-context.tsx';
import { formatCount, formatSize } from '../../../format/quantities.ts';
import { bytesFromBase64, decodeText } from '../../body-bytes.ts';
import type { MessageTypes } from '../../protobuf/wire-rows.ts';
import { LinesTable } from '../lines-section.tsx';
import { HexLines } from './hex-viewer.tsx';
import { JsonTree } from './json-viewer.tsx';
import { ProtobufFields } from './protobuf-fields.tsx';

interface FramedMessageProps {
  message: BodyMessage;
  /** Of the body. */
  contentType: string | undefined;
  types: MessageTypes | undefined;
}

/** One message of a body, under a line that says which. */
export function FramedMessage(props: FramedMessageProps) {
  const { message } = props;
  const { detail, engine } = useMessages();
  const { index, sizeBytes, totalBytes, encoding, decodeError, isCut, isEnd } = message;
  const bytes = useMemo(() => bytesFromBase64(message.data), [message.data]);
  const unpacked =
    encoding === undefined || decodeError !== undefined ? '' : detail.unpacked(encoding, formatSize(totalBytes));
  const what = isEnd ? detail.endOfMessages : detail.messageOf(formatCount(index + 1));
  return (
    <>
      <p className="muted body-caption">{[what, formatSize(sizeBytes), unpacked].filter(Boolean).join(' · ')}</p>
      {decodeError === undefined ? null : <p className="note">{detail.decodeFailed(engine(decodeError))}</p>}
      {isCut ? <p className="note">{detail.grpcCut}</p> : null}
      {!isCut && bytes.length < totalBytes ? (
        <p className="note">{detail.messageBeginning(formatSize(bytes.length), formatSize(totalBytes))}</p>
      ) : null}
      <MessageContent {...props} bytes={bytes} isPartial={isCut === true || bytes.length < totalBytes} />
    </>
  );
}

interface MessageContentProps extends FramedMessageProps {
  bytes: Uint8Array<ArrayBuffer>;
  isPartial: boolean;
}

function MessageContent({ message, contentType, types, bytes, isPartial }: MessageContentProps) {
  const { detail } = useMessages();
  const { decodeError, isEnd } = message;
  if (decodeError !== undefined) return <HexLines bytes={bytes} />;
  const text = decodeText(bytes, undefined);
  if (isEnd && framingOf(contentType) !== 'connect')
    return <LinesTable label={detail.trailers} lines={trailerLines(text)} />;
  const codec = isEnd ? 'json' : codecOf(contentType);
  if (codec === 'json') return <JsonTree text={text} mayBeCut={isPartial} />;
  return codec === 'other' ? (
    <HexLines bytes={bytes} />
  ) : (
    <ProtobufFields bytes={bytes} types={types} isPartial={isPartial} />
  );
}

/** As HTTP/1.1 has them. */
function trailerLines(text: string): [string, string][] {
  const lines = text.split(/\r?\n/).filter((line) => line !== '');
  return lines.map((line) => {
    const colon = line.indexOf(':');
    return colon < 0 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
}
