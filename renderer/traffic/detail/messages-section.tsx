import './messages-section.css';
import { clsx } from 'clsx';
import { ArrowDownLeft, ArrowUpRight } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { Exchange, WebSocketMessage } from '../../../proxy-engine/contract/exchange.ts';
import { useApp, useMessages } from '../../app-context.tsx';
import { formatCount, formatDuration, formatSize } from '../../format/quantities.ts';
import { Button } from '../../ui/button.tsx';
import { Section } from '../../ui/section.tsx';
import { bytesFromBase64, hexLine } from '../body-bytes.ts';

/** So many are shown at a time. */
const SHOWN = 200;
const LONGEST_LINE = 200;
const HEX_BYTES = 16;

interface Shown {
  /** The newest first. */
  messages: readonly WebSocketMessage[];
  /** Index of the first message that is still kept. */
  firstKept: number;
}

/** The messages of a WebSocket, the newest first, while they pass, and older ones in parts. */
export function MessagesSection({ exchange }: { exchange: Exchange }) {
  const app = useApp();
  const { detail, engine } = useMessages();
  const [{ messages, firstKept }, setShown] = useState<Shown>({ messages: [], firstKept: 0 });
  // Index of the first one that is shown; null: the newest are.
  const [from, setFrom] = useState<number | null>(null);
  const { id } = exchange;
  const { total, notes } = exchange.messages ?? { total: 0, notes: [] };

  const news = from === null ? total : 0;

  useEffect(() => {
    let current = true;
    app.detail.messages(id, from ?? -SHOWN, SHOWN).then(
      (window) => current && setShown({ messages: window.messages.toReversed(), firstKept: window.firstKept }),
      () => {}, // the exchange is gone, which its page says
    );
    return () => {
      current = false;
    };
    // `news`: asked again for every message that has passed, while the newest are shown.
  }, [app, id, from, news]);

  const first = messages.at(-1);
  return (
    <Section title={detail.messages} extra={formatCount(total)}>
      {notes.map((note) => (
        <p key={note} className="note">
          {detail.messagesStopped(engine(note))}
        </p>
      ))}
      {total === 0 ? <p className="muted">{detail.noMessages}</p> : null}
      {total > SHOWN && first ? (
        <div className="body-toolbar body-pager">
          {detail.someMessages(first.index + messages.length, first.index + 1, total)}
          <span>
            <Button size="small" disabled={from === null} onClick={() => setFrom(newer(first.index, total))}>
              {detail.newerMessages}
            </Button>{' '}
            <Button
              size="small"
              disabled={first.index <= firstKept}
              onClick={() => setFrom(Math.max(firstKept, first.index - SHOWN))}
            >
              {detail.olderMessages}
            </Button>
          </span>
        </div>
      ) : null}
      <ol className="messages" aria-label={detail.messages}>
        {messages.map((message) => (
          <MessageItem key={message.index} message={message} />
        ))}
      </ol>
      {firstKept > 0 ? <p className="note">{detail.firstKept(firstKept)}</p> : null}
    </Section>
  );
}

/** Index of the first message of the part after the one that begins at `first`; null: these are the newest. */
function newer(first: number, total: number): number | null {
  return first + 2 * SHOWN >= total ? null : first + SHOWN;
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
