import { ChevronFirst, ChevronLast, ChevronLeft, ChevronRight } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useMessages } from '../../app-context.tsx';
import { IconButton } from '../../ui/button.tsx';
import { FieldError, Input } from '../../ui/field.tsx';

export interface MessagePlaces {
  /** Index of the first one that is shown, and how many are. */
  first: number;
  count: number;
  /** Index of the first there is, and the end of all. */
  from: number;
  to: number;
}

interface MessagePagerProps extends MessagePlaces {
  step: number;
  /** null: the newest, also as they come. */
  onGo: (first: number | null) => void;
  /** Absent: what is found has no numbers to go to. */
  onNumber?: (number: number) => void;
}

/** Which messages are shown, the newest first, and the ways to the others. */
export function MessagePager({ first, count, from, to, step, onGo, onNumber }: MessagePagerProps) {
  const { detail } = useMessages();
  const isNewest = first + count >= to;
  const isOldest = first <= from;
  const go = (label: string, icon: typeof ChevronLeft, target: number | null, disabled: boolean) => {
    const Icon = icon;
    return (
      <IconButton tone="quiet" size="small" label={label} disabled={disabled} onClick={() => onGo(target)}>
        <Icon size={14} aria-hidden />
      </IconButton>
    );
  };
  return (
    <div className="body-toolbar body-pager">
      {detail.someMessages(first + count, first + 1, to)}
      <span>
        {go(detail.newestMessages, ChevronFirst, null, isNewest)}
        {go(detail.newerMessages, ChevronLeft, first + 2 * step >= to ? null : first + step, isNewest)}
        {go(detail.olderMessages, ChevronRight, Math.max(from, first - step), isOldest)}
        {go(detail.oldestMessages, ChevronLast, from, isOldest)}
      </span>
      {onNumber ? <NumberForm from={from} to={to} onNumber={onNumber} /> : null}
    </div>
  );
}

function NumberForm({
  from,
  to,
  onNumber,
}: Pick<MessagePagerProps, 'from' | 'to'> & { onNumber: (number: number) => void }) {
  const { detail } = useMessages();
  const [text, setText] = useState('');
  const number = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  const isThere = number > from && number <= to;
  function submit(event: FormEvent): void {
    event.preventDefault();
    if (isThere) onNumber(number);
  }
  return (
    <form className="message-number-form" onSubmit={submit}>
      <Input
        inputMode="numeric"
        aria-label={detail.messageNumber}
        placeholder={detail.messageNumber}
        title={detail.messageNumbers(from + 1, to)}
        invalid={text !== '' && !isThere}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      {text === '' || isThere ? null : (
        <span role="status">
          <FieldError>
            {number > 0 && number <= from
              ? detail.messageNotKept(number, from + 1, to)
              : detail.noSuchMessage(from + 1, to)}
          </FieldError>
        </span>
      )}
    </form>
  );
}
