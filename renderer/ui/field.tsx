import { clsx } from 'clsx';
import { CircleAlert } from 'lucide-react';
import { type InputHTMLAttributes, type ReactNode, type Ref, useId } from 'react';
import { Told } from './told.tsx';

export interface InputProps extends InputHTMLAttributes<HTMLInputElement> {
  mono?: boolean;
  invalid?: boolean;
  ref?: Ref<HTMLInputElement>;
}

export function Input({ mono, invalid, className, ...rest }: InputProps) {
  return (
    <input
      className={clsx('input', mono && 'input-mono', className)}
      aria-invalid={invalid || undefined}
      autoComplete="off"
      autoCapitalize="off"
      spellCheck={false}
      {...rest}
    />
  );
}

interface FieldProps {
  label: string;
  hint?: ReactNode;
  error?: string;
  children: (props: {
    id: string;
    'aria-describedby': string | undefined;
    'aria-invalid': true | undefined;
  }) => ReactNode;
}

/** Label, control, and under it what is wrong or, when nothing is, a hint. */
export function Field({ label, hint, error, children }: FieldProps) {
  const id = useId();
  const noteId = `${id}-note`;
  const note = error ? <FieldError>{error}</FieldError> : hint ? <span className="field-hint">{hint}</span> : null;
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      {children({
        id,
        'aria-describedby': note ? noteId : undefined,
        'aria-invalid': error === undefined ? undefined : true,
      })}
      {note ? <div id={noteId}>{note}</div> : null}
    </div>
  );
}

/** What the engine says is shown in the language of the window. */
export function FieldError({ children }: { children: ReactNode }) {
  return (
    <span className="field-error">
      <CircleAlert size={13} aria-hidden style={{ flex: 'none', marginTop: 2 }} />
      <span>{typeof children === 'string' ? <Told>{children}</Told> : children}</span>
    </span>
  );
}

/** What the engine says is shown in the language of the window. */
export function ErrorBox({ children }: { children: ReactNode }) {
  return (
    <div className="error-box" role="alert">
      <CircleAlert size={14} aria-hidden />
      <div>{typeof children === 'string' ? <Told>{children}</Told> : children}</div>
    </div>
  );
}

interface CheckFieldProps {
  label: string;
  checked: boolean;
  /** Of several things some are, some are not. */
  isMixed?: boolean;
  onChange: (checked: boolean) => void;
}

export function CheckField({ label, checked, isMixed = false, onChange }: CheckFieldProps) {
  return (
    <label className="check-field">
      <input
        type="checkbox"
        checked={checked}
        ref={(input) => {
          if (input) input.indeterminate = isMixed;
        }}
        onChange={(event) => onChange(event.target.checked)}
      />
      {label}
    </label>
  );
}
