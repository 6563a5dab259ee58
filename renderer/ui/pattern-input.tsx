import { useId } from 'react';
import { findPatternMistake } from '../../proxy-engine/contract/expression/pattern-syntax.ts';
import { tellIssue } from '../../proxy-engine/contract/expression/syntax.ts';
import { paintPattern } from './expression-paint.ts';
import { FieldError } from './field.tsx';
import { PaintedInput } from './painted-input.tsx';

interface PatternInputProps {
  placeholder: string | undefined;
  value: string;
  onValue: (value: string) => void;
}

/** The input of an RE2 pattern: a mistake is underlined while it is typed, and told under it. */
export function PatternInput({ placeholder, value, onValue }: PatternInputProps) {
  const noteId = useId();
  const mistake = findPatternMistake(value);
  return (
    <div className="pattern-input">
      <PaintedInput
        parts={paintPattern(value, mistake)}
        placeholder={placeholder}
        value={value}
        aria-invalid={mistake ? true : undefined}
        aria-describedby={mistake ? noteId : undefined}
        onChange={(event) => onValue(event.target.value)}
      />
      {mistake ? (
        <div id={noteId}>
          <FieldError>{tellIssue(mistake)}</FieldError>
        </div>
      ) : null}
    </div>
  );
}
