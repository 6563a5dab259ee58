import './messages-section.css';
import { clsx } from 'clsx';
import { ArrowDownLeft, ArrowUpRight } from 'lucide-react';
import { type ComponentProps, useEffect, useState } from 'react';
import type { Exchange, WebSocketMessage } from '../../../proxy-engine/contract/exchange.ts';
import { useApp, useEngine, useMessages } from '../../app-context.tsx';
import { formatCount, formatDuration, formatSize } from '../../format/quantities.ts';
import { Input } from '../../ui/field.tsx';
import { onPress } from '../../ui/on-press.ts';
import { Section } from '../../ui/section.tsx';
import { MessagePager } from './message-pager.tsx';
import { messageText } from './message-text.ts';
import { OpenMessage } from './open-message.tsx';
import type { BodyKind } from './viewers/viewer.ts';

/** So many are shown at a time. */
const SHOWN = 200;
const LONGEST_LINE = 200;

interface Shown {
  /** The newest first. */
  messages: readonly WebSocketMessage[];
  /** Index of the first message that is still kept. */
  firstKept: number;
  /** What was looked for; '' nothing. */
  contains: string;
  /** Of what was found: how many, and which is the first that is shown. */
  found: number;
  foundFrom: number;
}

const NOTHING: Shown = { messages: [], firstKept: 0, contains: '', found: 0, foundFrom: 0 };

/** The messages of a WebSocket, the newest first, while they pass, and older ones in parts. */
export function MessagesSection({ exchange }: { exchange: Exchange }) {
  const { detail, engine } = useMessages();
  const [contains, setContains] = useState('');
  // Index of the first one that is shown; null: the newest are.
  const [from, setFrom] = useState<number | null>(null);
  // How open messages are shown, by their type.
  const [views, setViews] = useState<Partial<Record<WebSocketMessage['type'], BodyKind>>>({});
  const { total, notes } = exchange.messages ?? { total: 0, notes: [] };
  const shown = useShown(exchange.id, from, contains, total);
  const { messages, firstKept } = shown;
  return (
    <Section
      title={detail.messages}
      extra={firstKept > 0 ? detail.messagesKept(total - firstKept, total) : formatCount(total)}
    >
      {notes.map((note) => (
        <p key={note} className="note">
          {detail.messagesStopped(engine(note))}
        </p>
      ))}
      {total === 0 ? <p className="muted">{detail.noMessages}</p> : null}
      {total > 1 ? (
        <Input
          type="search"
          className="message-search"
          aria-label={detail.findMessages}
          placeholder={detail.findMessages}
          maxLength={200}
          value={contains}
          onChange={(event) => {
            setContains(event.target.value);
            setFrom(null);
          }}
        />
      ) : null}
      {shown.contains === '' ? null : (
        <p className="muted" role="status">
          {detail.messagesFound(shown.found)}
        </p>
      )}
      {firstKept > 0 ? <p className="note">{detail.firstKept(firstKept, firstKept + 1, total)}</p> : null}
      <Pages shown={shown} total={total} onGo={setFrom} />
      <ol className="messages" aria-label={detail.messages}>
        {messages.map((message) => (
          <MessageItem
            key={message.index}
            exchange={exchange}
            message={message}
            chosen={views[message.type] ?? null}
            onChoose={(kind) => setViews({ ...views, [message.type]: kind })}
          />
        ))}
      </ol>
    </Section>
  );
}

/** Asked again for every message that has passed, while the newest are shown, and when the engine is back. */
function useShown(id: number, from: number | null, contains: string, total: number): Shown {
  const app = useApp();
  const generation = useEngine((view) => view.generation);
  const [shown, setShown] = useState(NOTHING);
  const news = from === null ? total : 0;
  useEffect(() => {
    let current = true;
    app.detail.messages(id, from ?? -SHOWN, SHOWN, contains).then(
      ({ messages, firstKept, found = 0, foundFrom = 0 }) =>
        current && setShown({ messages: messages.toReversed(), firstKept, contains, found, foundFrom }),
      () => {}, // the exchange is gone, which its page says
    );
    return () => {
      current = false;
    };
  }, [app, id, from, contains, news, generation]);
  return shown;
}

interface PagesProps {
  shown: Shown;
  total: number;
  onGo: (first: number | null) => void;
}

function Pages({ shown: { messages, firstKept, contains, found, foundFrom }, total, onGo }: PagesProps) {
  const first = messages.at(-1);
  const count = messages.length;
  if (!first) return null;
  if (contains !== '')
    return found > SHOWN ? (
      <MessagePager first={foundFrom} count={count} from={0} to={found} step={SHOWN} onGo={onGo} />
    ) : null;
  if (total <= SHOWN) return null;
  const places = { first: first.index, count, from: firstKept, to: total };
  // The one that was asked for comes first, which is the last of its part.
  const toNumber = (number: number): void => onGo(Math.max(firstKept, number - SHOWN));
  return <MessagePager {...places} step={SHOWN} onGo={onGo} onNumber={toNumber} />;
}

function MessageItem(props: ComponentProps<typeof OpenMessage>) {
  const { message } = props;
  const { detail } = useMessages();
  const [open, setOpen] = useState(false);
  const { from, type, atMs, sizeBytes } = message;
  const Arrow = from === 'client' ? ArrowUpRight : ArrowDownLeft;
  return (
    <li className={clsx('message', `message-from-${from}`)}>
      <button type="button" className="message-line" aria-expanded={open} {...onPress(() => setOpen(!open))}>
        <Arrow size={13} aria-label={detail.messageFrom[from]} />
        <span className="message-number">{formatCount(message.index + 1)}</span>
        <span className="message-type">{type === 'ping' || type === 'pong' ? type : detail.messageType[type]}</span>
        <span className="truncate">{beginningOf(message)}</span>
        <span className="cell-end">{formatSize(sizeBytes)}</span>
        <span className="cell-end">+{formatDuration(atMs)}</span>
      </button>
      {open ? <OpenMessage {...props} /> : null}
    </li>
  );
}

/** For a line: the whole of a long message in hex takes longer than anybody waits for 200 lines. */
function beginningOf(message: WebSocketMessage): string {
  return messageText({ ...message, data: message.data.slice(0, LONGEST_LINE) }).slice(0, LONGEST_LINE);
}
