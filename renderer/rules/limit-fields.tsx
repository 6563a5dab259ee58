import { useMessages } from '../app-context.tsx';
import { FieldError, Input } from '../ui/field.tsx';
import type { LimitDraft } from './rule-draft.ts';

interface LimitFieldsProps {
  limit: LimitDraft;
  error: string | undefined;
  onLimit: (limit: LimitDraft) => void;
}

const FIELDS = [
  { name: 'requests', example: '50/s' },
  { name: 'burst', example: '0' },
  { name: 'key', example: 'client_ip' },
  { name: 'status', example: '429' },
] as const;

/** `limit` of a rule. */
export function LimitFields({ limit, error, onLimit }: LimitFieldsProps) {
  const { ruleActions: texts } = useMessages();
  return (
    <fieldset className="actions">
      <legend className="field-label">{texts.limit}</legend>
      <div className="limit-fields">
        {FIELDS.map(({ name, example }) => (
          <label key={name} className="action-field">
            <span className="action-field-name">{texts.field[name]}</span>
            <Input
              mono
              placeholder={example}
              value={limit[name]}
              onChange={(event) => onLimit({ ...limit, [name]: event.target.value })}
            />
          </label>
        ))}
      </div>
      {error ? <FieldError>{error}</FieldError> : <span className="field-hint">{texts.limitHint}</span>}
    </fieldset>
  );
}
