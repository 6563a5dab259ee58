import { useState } from 'react';
import { Field, Input } from '../ui/field.tsx';

interface NumberFieldProps {
  label: string;
  value: number;
  most: number;
  onChange: (value: number) => void;
}

/** A whole number from 1; what is none stands there until the field is left. */
export function NumberField({ label, value, most, onChange }: NumberFieldProps) {
  const [text, setText] = useState<string | null>(null);
  return (
    <Field label={label}>
      {(props) => (
        <Input
          {...props}
          inputMode="numeric"
          invalid={text !== null && numberOf(text, most) === null}
          value={text ?? String(value)}
          onBlur={() => setText(null)}
          onChange={(event) => {
            const next = numberOf(event.target.value, most);
            setText(event.target.value);
            if (next !== null) onChange(next);
          }}
        />
      )}
    </Field>
  );
}

function numberOf(text: string, most: number): number | null {
  if (!/^\d+$/.test(text.trim())) return null;
  const number = Number(text);
  return number >= 1 && number <= most ? number : null;
}
