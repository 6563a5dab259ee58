import { type KeyboardEvent, type RefObject, useId, useLayoutEffect, useRef, useState } from 'react';
import type { Scope } from '../../proxy-engine/contract/expression/fields.ts';
import { useEngine, useMessages } from '../app-context.tsx';
import { ExpressionInput, type ExpressionInputProps } from './expression-input.tsx';
import { completeExpression, type Suggestion } from './expression-suggestions.ts';
import { useSeenValues } from './use-seen-values.ts';

interface SuggestingInputProps extends ExpressionInputProps {
  ref?: RefObject<HTMLInputElement | null>;
  /** What may be asked here, and is offered. */
  scope: Scope;
  onText: (text: string) => void;
  /** Enter, when no suggestion is chosen; absent: the form around it is sent. */
  onCommit?: () => void;
  /** Escape, unless a suggestion is chosen; absent: it closes the suggestions first, then the focus goes. */
  onLeave?: () => void;
}

/** The input of an expression: what may come next is offered, ↑ ↓ choose, Tab or Enter take it. */
export function SuggestingInput({ ref, scope, value, onText, onCommit, onLeave, ...rest }: SuggestingInputProps) {
  const { traffic } = useMessages();
  const own = useRef<HTMLInputElement>(null);
  const input = ref ?? own;
  const [caret, setCaret] = useState(0);
  const [open, setOpen] = useState(false);
  const state = useEngine((view) => (open ? view.state : null));
  const [chosen, setChosen] = useState(-1);
  const listId = useId();
  const wantedCaret = useRef<number | null>(null);

  // Before the next key is handled: React put the caret at the end of the new text.
  useLayoutEffect(() => {
    if (wantedCaret.current !== null) input.current?.setSelectionRange(wantedCaret.current, wantedCaret.current);
    wantedCaret.current = null;
  }, [value, input]);

  const seen = useSeenValues(value, caret, open);
  const completion = completeExpression(value, caret, state, scope, seen);
  const shown = open ? completion.suggestions : [];

  function accept(suggestion: Suggestion): void {
    onText(value.slice(0, completion.from) + suggestion.insert + value.slice(completion.to).trimStart());
    const position = completion.from + suggestion.insert.length;
    setCaret(position);
    setChosen(-1);
    wantedCaret.current = position;
  }

  function onKeyDown(event: KeyboardEvent): void {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const suggestion = shown[chosen] ?? (event.key === 'Tab' ? shown[0] : undefined);
    if (step !== 0) {
      setOpen(true);
      setChosen((chosen + step + shown.length + 1) % (shown.length + 1 || 1));
    } else if ((event.key === 'Enter' || event.key === 'Tab') && suggestion) {
      if (event.key === 'Tab' && (value === '' || event.shiftKey)) return;
      accept(suggestion);
    } else if (event.key === 'Enter') {
      setOpen(false);
      if (!onCommit) return;
      onCommit();
    } else if (event.key === 'Escape') {
      if (shown[chosen] || (shown.length > 0 && !onLeave)) setOpen(false);
      else if (onLeave) onLeave();
      else input.current?.blur();
    } else return;
    event.preventDefault();
  }

  return (
    <div className="suggesting">
      <ExpressionInput
        {...rest}
        ref={input}
        role="combobox"
        aria-expanded={shown.length > 0}
        aria-controls={listId}
        aria-activedescendant={chosen >= 0 && shown[chosen] ? `${listId}-${chosen}` : undefined}
        aria-autocomplete="list"
        value={value}
        onChange={(event) => {
          setOpen(true);
          setChosen(-1);
          setCaret(event.target.selectionStart ?? event.target.value.length);
          onText(event.target.value);
        }}
        onSelect={(event) => setCaret(event.currentTarget.selectionStart ?? 0)}
        onKeyDown={onKeyDown}
        onBlur={() => setOpen(false)}
      />
      <Suggestions id={listId} label={traffic.suggestions} shown={shown} chosen={chosen} onAccept={accept} />
    </div>
  );
}

interface SuggestionsProps {
  id: string;
  label: string;
  shown: readonly Suggestion[];
  chosen: number;
  onAccept: (suggestion: Suggestion) => void;
}

function Suggestions({ id, label, shown, chosen, onAccept }: SuggestionsProps) {
  const { traffic } = useMessages();
  return (
    <div id={id} role="listbox" aria-label={label} className={shown.length > 0 ? 'popup suggestions' : ''}>
      {shown.map((suggestion, index) => (
        <div
          key={suggestion.label}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === chosen}
          className="menu-item suggestion"
          // Before the input loses its focus.
          onMouseDown={(event) => {
            event.preventDefault();
            onAccept(suggestion);
          }}
        >
          <span className="mono">{suggestion.label}</span>
          <span className="suggestion-kind">{traffic.suggestionKind[suggestion.kind]}</span>
        </div>
      ))}
    </div>
  );
}
