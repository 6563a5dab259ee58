import { clsx } from 'clsx';
import { type KeyboardEvent, useMemo, useRef, useState } from 'react';
import { useMessages } from '../../../app-context.tsx';
import { onPress } from '../../../ui/on-press.ts';
import { VirtualList, type VirtualListHandle } from '../../../ui/virtual-list.tsx';
import { rowAfterKey } from '../../list-keys.ts';
import { readEvents, type SseEvent } from '../../sse-events.ts';
import { JsonTree } from './json-viewer.tsx';
import { CharsetNotes, TextBox } from './text-viewer.tsx';
import { type BodyViewer, mediaType, type ShownBody, textOf } from './viewer.ts';

const ROW_HEIGHT = 22;
const MOST_ROWS = 14;
const LONGEST_LINE = 300;
const rowId = (index: number): string => `event-${index}`;

/** Server-sent events, the newest at the end; it follows them while they come. */
function View({ body }: { body: ShownBody }) {
  const { detail } = useMessages();
  const read = useMemo(() => textOf(body), [body]);
  const events = useMemo(() => readEvents(read.text, body.offset > 0), [read, body.offset]);
  const [chosen, setChosen] = useState<number | null>(null);
  const event = chosen === null ? undefined : events[chosen];
  return (
    <>
      <CharsetNotes read={read} />
      {events.length === 0 ? (
        <p className="muted">{detail.noEvents}</p>
      ) : (
        <EventList events={events} goesOn={body.goesOn} chosen={chosen} onChoose={setChosen} />
      )}
      {event ? <EventData event={event} /> : null}
    </>
  );
}

interface EventListProps {
  events: readonly SseEvent[];
  goesOn: boolean;
  chosen: number | null;
  onChoose: (index: number) => void;
}

function EventList({ events, goesOn, chosen, onChoose }: EventListProps) {
  const { detail } = useMessages();
  const list = useRef<VirtualListHandle>(null);
  const [follow, setFollow] = useState(goesOn);

  function onKeyDown(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const next = rowAfterKey(event.key, chosen, events.length, list.current?.pageRows() ?? 10);
    if (next === null) return;
    event.preventDefault();
    setFollow(false);
    list.current?.scrollToRow(next);
    onChoose(next);
  }

  return (
    <>
      <p className="muted events-count" role="status">
        {detail.events(events.length)}
      </p>
      <div className="body-box" style={{ height: Math.min(events.length, MOST_ROWS) * ROW_HEIGHT + 2 }}>
        <VirtualList
          handle={list}
          total={events.length}
          rowHeight={ROW_HEIGHT}
          follow={follow}
          onScrolled={setFollow}
          tabIndex={0}
          role="listbox"
          aria-label={detail.view.events}
          activeRow={chosen}
          rowId={rowId}
          onKeyDown={onKeyDown}
          renderRow={(index) => {
            const event = events[index];
            if (!event) return null;
            return (
              <div
                key={index}
                id={rowId(index)}
                role="option"
                aria-selected={index === chosen}
                className={clsx('event-line', index === chosen && 'event-chosen')}
                {...onPress(() => {
                  setFollow(false);
                  onChoose(index);
                })}
              >
                <span className="event-id">{event.id}</span>
                <span className="event-type">{event.type}</span>
                <span className="truncate">{event.data.slice(0, LONGEST_LINE)}</span>
              </div>
            );
          }}
        />
      </div>
    </>
  );
}

function EventData({ event: { data } }: { event: SseEvent }) {
  const { detail } = useMessages();
  return (
    <>
      <p className="body-caption muted">{detail.eventData}</p>
      {/^\s*[[{]/.test(data) ? <JsonTree key={data} text={data} isGuess /> : <TextBox text={data} />}
    </>
  );
}

export const eventsViewer: BodyViewer = {
  kind: 'events',
  fits: ({ contentType }) => mediaType(contentType) === 'text/event-stream',
  View,
};
