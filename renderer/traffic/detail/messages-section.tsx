import './messages-section.css';
import { clsx } from 'clsx';
import { ArrowDownLeft, ArrowUpRight } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { Exchange, WebSocketMessage } from '../../../proxy-engine/contract/exchange.ts';
import { useApp, useMessages } from '../../app-context.tsx';
import { formatDuration, formatSize } from '../../format/quantities.ts';
import { Section } from '../../ui/section.tsx';
import { bytesFromBase64, hexLine } from '../body-bytes.ts';

/** The newest that are shown. */
const SHOWN = 200;
const LONGEST_LINE = 200;
const HEX_BYTES = 16;

/** The messages of a WebSocket, the newest first, while they pass. */
export function MessagesSection({ exchange }: { exchange: Exchange }) {
  const app = useApp();
  const { detail } = useMessages();
  const [messages, setMessages] = useState<readonly WebSocketMessage[]>([]);
  const { id } = exchange;
  const { total, notes } = exchange.messages ?? { total: 0, notes: [] };

  useEffect(() => {
    let current = true;
    app.detail.messages(id, -SHOWN, SHOWN).then(
      (window) => current && setMessages(window.messages.toReversed()),
      () => {}, // the exchange is gone, which its page says
    );
    return () => {
      current = false;
    };
    // `total`: asked again for every message that has passed.
  }, [app, id, total]);

  return (
    <Section title={detail.messages} extra={total}>
      {notes.map((note) => (
        <p key={note} className="note">
          {detail.messagesStopped(note)}
        </p>
      ))}
      {total === 0 ? <p className="muted">{detail.noMessages}</p> : null}
      <ol className="messages" aria-label={detail.messages}>
        {messages.map((message) => (
          <MessageItem key={message.index} message={message} />
        ))}
      </ol>
      {total > SHOWN ? <p className="muted">{detail.newestMessages(SHOWN, total)}</p> : null}
    </Section>
  );
}

function MessageItem({ message }: { message: WebSocketMessage }) {
  const { detail } = useMessages();
  const [open, setOpen] = useState(false);
  const { from, type, atMs, sizeBytes } = message;
  const Arrow = from === 'client' ? ArrowUpRight : ArrowDownLeft;
  const text = textOf(message);
  return (
    <li className={clsx('message', `message-from-${from}`)}>
      <button type="button" className="message-line" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Arrow size={13} aria-label={detail.messageFrom[from]} />
        <span className="message-type">{type}</span>
        <span className="truncate">{text.slice(0, LONGEST_LINE)}</span>
        <span className="cell-end">{formatSize(sizeBytes)}</span>
        <span className="cell-end">+{formatDuration(atMs)}</span>
      </button>
      {open ? (
        <div className="message-open">
          <pre>{text}</pre>
          <p className="muted">
            {detail.messageFrame(message.fragments, formatSize(message.wireBytes), message.compressed)}
          </p>
          {message.truncated ? <p className="note">{detail.messageCut(formatSize(sizeBytes))}</p> : null}
        </div>
      ) : null}
    </li>
  );
}

function textOf({ type, data, closeCode }: WebSocketMessage): string {
  if (type === 'text') return data;
  if (type === 'close') return `${closeCode} ${data}`.trim();
  const bytes = bytesFromBase64(data);
  const lines = Array.from({ length: Math.ceil(bytes.length / HEX_BYTES) }, (_, line) => hexLine(bytes, line));
  return lines.map(({ hex, ascii }) => `${hex} ${ascii}`).join('\n');
}
