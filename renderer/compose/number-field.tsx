import { useMessages } from '../app-context.tsx';
import { Field, Input } from '../ui/field.tsx';
import type { DraftMistake } from './draft-mistakes.ts';
import { mistakeText } from './mistake-text.ts';

interface NumberFieldProps {
  label: string;
  /** As it stands there, whether it is a number or not. */
  text: string;
  mistake: DraftMistake | undefined;
  onText: (text: string) => void;
}

/** A whole number; what is none stands there, with what is allowed. */
export function NumberField({ label, text, mistake, onText }: NumberFieldProps) {
  const { compose } = useMessages();
  return (
    <Field label={label} {...(mistake && { error: mistakeText(mistake, compose) })}>
      {(props) => (
        <Input {...props} inputMode="numeric" value={text} onChange={(event) => onText(event.target.value)} />
      )}
    </Field>
  );
}
