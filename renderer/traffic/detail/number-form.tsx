import { type FormEvent, useState } from 'react';
import { useMessages } from '../../app-context.tsx';
import { FieldError, Input } from '../../ui/field.tsx';

interface NumberFormProps {
  /** Index of the first message there is, and the end of all. */
  from: number;
  to: number;
  onNumber: (number: number) => void;
}

/** Goes to the message of a number, counted from 1. */
export function NumberForm({ from, to, onNumber }: NumberFormProps) {
  const { detail } = useMessages();
  const [text, setText] = useState('');
  const number = /^\d+$/.test(text.trim()) ? Number(text.trim()) : Number.NaN;
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
