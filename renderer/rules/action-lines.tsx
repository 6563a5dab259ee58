import { clsx } from 'clsx';
import { Plus, X } from 'lucide-react';
import { useMessages } from '../app-context.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { FieldError, Input } from '../ui/field.tsx';
import {
  addHeaderLine,
  changeOperation,
  type DraftAction,
  HEADER_OPERATIONS,
  type HeaderOperation,
  type Phase,
} from './rule-draft.ts';

interface ActionLinesProps {
  phase: Phase;
  title: string;
  lines: readonly DraftAction[];
  /** What is wrong with a field, such as `request.0.name`. */
  problem: (field: string) => string | undefined;
  onChange: (lines: DraftAction[]) => void;
}

/** The header actions of one phase; other actions stand between them as they are, because order matters. */
export function ActionLines({ phase, title, lines, problem, onChange }: ActionLinesProps) {
  const { rules: texts } = useMessages();
  const phaseProblem = problem(phase);
  return (
    <fieldset className="actions">
      <legend className="field-label">{title}</legend>
      {lines.map((line, index) =>
        line.kind === 'other' ? (
          <div key={index} className="other-action" title={texts.otherActions}>
            {actionText(line.action)}
          </div>
        ) : (
          <HeaderLine
            key={index}
            line={line}
            problem={problem(`${phase}.${index}.name`) ?? problem(`${phase}.${index}.value`)}
            onOperation={(operation) => onChange(changeOperation(lines, index, operation))}
            onLine={(part) =>
              onChange(lines.map((one, at) => (at === index && one.kind === 'header' ? { ...one, ...part } : one)))
            }
            onRemove={() => onChange(lines.filter((_, at) => at !== index))}
          />
        ),
      )}
      {phaseProblem ? <FieldError>{phaseProblem}</FieldError> : null}
      <div>
        <Button size="small" onClick={() => onChange(addHeaderLine(lines))}>
          <Plus size={12} aria-hidden />
          {texts.addHeader}
        </Button>
      </div>
    </fieldset>
  );
}

interface HeaderLineProps {
  line: Extract<DraftAction, { kind: 'header' }>;
  problem: string | undefined;
  onOperation: (operation: HeaderOperation) => void;
  onLine: (part: { name?: string; value?: string }) => void;
  onRemove: () => void;
}

function HeaderLine({ line, problem, onOperation, onLine, onRemove }: HeaderLineProps) {
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
      <IconButton tone="quiet" size="small" label={texts.removeAction} onClick={onRemove}>
        <X size={13} aria-hidden />
      </IconButton>
      {problem ? (
        <span className="action-error">
          <FieldError>{problem}</FieldError>
        </span>
      ) : null}
    </div>
  );
}

function actionText(action: unknown): string {
  return JSON.stringify(action)
    .replaceAll(/^\{|\}$|"/g, '')
    .replaceAll(/([:,])(?=\S)/g, '$1 ');
}
