import { clsx } from 'clsx';
import { useMessages } from '../app-context.tsx';
import { FieldError, Input } from '../ui/field.tsx';
import { type DraftAction, HEADER_OPERATIONS, type HeaderOperation } from './rule-draft.ts';

interface HeaderLineProps {
  line: Extract<DraftAction, { kind: 'header' }>;
  problem: string | undefined;
  onOperation: (operation: HeaderOperation) => void;
  onLine: (part: { name?: string; value?: string }) => void;
}

export function HeaderLine({ line, problem, onOperation, onLine }: HeaderLineProps) {
  const { rules: texts } = useMessages();
  return (
    <div className={clsx('action-line', line.operation === 'delete' && 'action-line-delete')}>
      <select
        className="input select-native"
        aria-label={texts.operation}
        value={line.operation}
        onChange={(event) => onOperation(event.target.value as HeaderOperation)}
      >
        {HEADER_OPERATIONS.map((operation) => (
          <option key={operation} value={operation}>
            {texts.operations[operation]}
          </option>
        ))}
      </select>
      <Input
        mono
        aria-label={texts.headerName}
        placeholder="x-header"
        invalid={problem !== undefined}
        value={line.name}
        onChange={(event) => onLine({ name: event.target.value })}
      />
      {line.operation === 'delete' ? null : (
        <Input
          mono
          aria-label={texts.headerValue}
          placeholder={texts.headerValue}
          value={line.value}
          onChange={(event) => onLine({ value: event.target.value })}
        />
      )}
      {problem ? (
        <span className="action-error">
          <FieldError>{problem}</FieldError>
        </span>
      ) : null}
    </div>
  );
}
