import { clsx } from 'clsx';
import { ArrowDown, ArrowUp, ChevronDown, Plus, X } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { useMessages } from '../app-context.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { FieldError } from '../ui/field.tsx';
import { Menu, MenuItem } from '../ui/menu.tsx';
import { ActionCard } from './action-card.tsx';
import { hasPatternMistake, kindsOf } from './action-kinds.ts';
import { HeaderLine } from './header-line.tsx';
import { addAction, addHeaderLine, changeOperation, type DraftAction, moveLine, type Phase } from './rule-draft.ts';

interface ActionLinesProps {
  phase: Phase;
  title: string;
  lines: readonly DraftAction[];
  /** What is wrong with a field, such as `request.0.name`. */
  problem: (field: string) => string | undefined;
  onChange: (lines: DraftAction[]) => void;
}

/** The actions of one phase in their order. */
export function ActionLines({ phase, title, lines, problem, onChange }: ActionLinesProps) {
  const { rules: texts, ruleActions } = useMessages();
  const isTold = lines.some((line) => line.kind === 'fields' && hasPatternMistake(line.id, line.fields));
  const phaseProblem = isTold ? undefined : problem(phase);
  const { list, focusLast } = useLastFocus(lines.length);
  const add = (more: DraftAction[]): void => {
    focusLast();
    onChange(more);
  };
  const replace = (index: number, line: DraftAction) => onChange(lines.map((one, at) => (at === index ? line : one)));
  return (
    <fieldset className="actions" ref={list}>
      <legend className="field-label">{title}</legend>
      {lines.map((line, index) => (
        <ActionRow key={index} index={index} line={line} lines={lines} onChange={onChange}>
          {line.kind === 'header' ? (
            <HeaderLine
              line={line}
              problem={problem(`${phase}.${index}.name`) ?? problem(`${phase}.${index}.value`)}
              onOperation={(operation) => onChange(changeOperation(lines, index, operation))}
              onLine={(part) => replace(index, { ...line, ...part })}
            />
          ) : line.kind === 'fields' ? (
            <ActionCard
              id={line.id}
              fields={line.fields}
              problem={(field) => problem(`${phase}.${index}.${field}`)}
              onFields={(fields) => replace(index, { ...line, fields })}
            />
          ) : (
            <textarea
              className="input input-mono"
              aria-label={texts.otherActions}
              spellCheck={false}
              value={line.text}
              onChange={(event) => replace(index, { ...line, text: event.target.value })}
            />
          )}
        </ActionRow>
      ))}
      {phaseProblem ? <FieldError>{phaseProblem}</FieldError> : null}
      <div className="action-add">
        <Button size="small" onClick={() => add(addHeaderLine(lines))}>
          <Plus size={12} aria-hidden />
          {texts.addHeader}
        </Button>
        <Menu
          // A choice leads into the new action, Escape back to the button.
          finalFocus={() => !document.activeElement?.closest('.action-row')}
          trigger={
            <Button size="small">
              {ruleActions.add}
              <ChevronDown size={12} aria-hidden />
            </Button>
          }
        >
          {kindsOf(phase).map((id) => (
            <MenuItem key={id} onSelect={() => add(addAction(lines, id))}>
              {ruleActions.kind[id]}
            </MenuItem>
          ))}
        </Menu>
      </div>
    </fieldset>
  );
}

/** An action that is added is typed into at once. */
function useLastFocus(count: number) {
  const list = useRef<HTMLFieldSetElement>(null);
  const awaited = useRef(false);
  useEffect(() => {
    const rows = list.current?.querySelectorAll('.action-row');
    if (awaited.current) rows?.[count - 1]?.querySelector<HTMLElement>('input, textarea')?.focus();
    awaited.current = false;
  }, [count]);
  const focusLast = (): void => {
    awaited.current = true;
  };
  return { list, focusLast };
}

interface ActionRowProps {
  index: number;
  line: DraftAction;
  lines: readonly DraftAction[];
  onChange: (lines: DraftAction[]) => void;
  children: ReactNode;
}

/** What every action has: its name, its place among the others, its end. Alt ↑ ↓ move it from anywhere inside. */
function ActionRow({ index, line, lines, onChange, children }: ActionRowProps) {
  const { rules: texts, ruleActions } = useMessages();
  const name = line.kind === 'fields' ? ruleActions.kind[line.id] : line.kind === 'json' ? 'JSON' : null;
  const move = (step: -1 | 1): void => onChange(moveLine(lines, index, step));
  return (
    <div
      className={clsx('action-row', name === null && 'action-row-header')}
      role="group"
      aria-label={name ?? texts.operation}
      onKeyDown={(event) => {
        if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
        event.preventDefault();
        move(event.key === 'ArrowUp' ? -1 : 1);
      }}
    >
      {name === null ? null : <span className="action-kind">{name}</span>}
      {children}
      <span className="action-tools">
        <IconButton
          tone="quiet"
          size="small"
          label={ruleActions.moveUp}
          disabled={index === 0}
          onClick={() => move(-1)}
        >
          <ArrowUp size={12} aria-hidden />
        </IconButton>
        <IconButton
          tone="quiet"
          size="small"
          label={ruleActions.moveDown}
          disabled={index === lines.length - 1}
          onClick={() => move(1)}
        >
          <ArrowDown size={12} aria-hidden />
        </IconButton>
        <IconButton
          tone="quiet"
          size="small"
          label={texts.removeAction}
          onClick={() => onChange(lines.filter((_, at) => at !== index))}
        >
          <X size={13} aria-hidden />
        </IconButton>
      </span>
    </div>
  );
}
