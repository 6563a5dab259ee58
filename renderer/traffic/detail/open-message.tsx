import { useMemo } from 'react';
import type { Exchange, WebSocketMessage } from '../../../proxy-engine/contract/exchange.ts';
import { useMessages } from '../../app-context.tsx';
import { formatSize } from '../../format/quantities.ts';
import { bytesFromBase64 } from '../body-bytes.ts';
import { messageText } from './message-text.ts';
import type { BodyKind, ShownBody } from './viewers/viewer.ts';
import { ViewerFrame } from './viewers/viewer-frame.tsx';
import { viewerOf, viewersForMessage } from './viewers/viewers.ts';

interface OpenMessageProps {
  exchange: Exchange;
  message: WebSocketMessage;
  /** How those of its type are shown; null: as fits best. */
  chosen: BodyKind | null;
  onChoose: (kind: BodyKind) => void;
}

/** All that is kept of one message of a WebSocket. */
export function OpenMessage({ exchange, message, chosen, onChoose }: OpenMessageProps) {
  const { detail } = useMessages();
  const { type, sizeBytes, fragments, wireBytes, compressed, truncated } = message;
  const body = useMessageBody(message, exchange);
  const viewers = useMemo(() => viewersForMessage(body, type), [body, type]);
  const isContent = (type === 'text' || type === 'binary') && body.bytes.length > 0;
  return (
    <div className="message-open">
      {isContent ? (
        <ViewerFrame body={body} viewers={viewers} viewer={viewerOf(viewers, chosen)} onChoose={onChoose} />
      ) : (
        <pre>{messageText(message)}</pre>
      )}
      <p className="muted">{detail.messageFrame(fragments, formatSize(wireBytes), compressed)}</p>
      {truncated ? <p className="note">{detail.messageCut(formatSize(sizeBytes))}</p> : null}
    </div>
  );
}

/** The same for as long as the message says the same: it is given anew whenever another one passes. */
function useMessageBody({ type, data, from, truncated }: WebSocketMessage, { id, host, path }: Exchange): ShownBody {
  return useMemo(
    () => ({
      bytes: type === 'text' ? new TextEncoder().encode(data) : type === 'close' ? NONE : bytesFromBase64(data),
      contentType: undefined,
      partial: truncated,
      offset: 0,
      goesOn: false,
      origin: { id, decoded: true, side: from === 'client' ? 'request' : 'response', host, path },
    }),
    [type, data, from, truncated, id, host, path],
  );
}

const NONE = new Uint8Array();
