import { ListFilter, X } from 'lucide-react';
import { type KeyboardEvent, type RefObject, useId, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { useApp, useEngine, useMessages } from '../app-context.tsx';
import { IconButton } from '../ui/button.tsx';
import { ExpressionInput } from '../ui/expression-input.tsx';
import { completeFilter, type Suggestion } from './filter-suggestions.ts';

const SETTLE_MS = 120;

/** The filter as it is typed; it takes effect when typing pauses, and at once with Enter. */
export function FilterBar() {
  const app = useApp();
  const { traffic } = useMessages();
  const active = useStore(app.traffic.store, (state) => state.filter);
  const invalid = useStore(app.traffic.store, (state) => state.filterError !== null);
  const mistake = useStore(app.traffic.store, (state) => state.mistake);
  // Null while the filter in force is what stands here.
  const [draft, setDraft] = useState<string | null>(null);
  const text = draft ?? active;
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const input = useRef<HTMLInputElement>(null);

  function apply(next: string, afterMs: number): void {
    setDraft(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      setDraft(null);
      if (app.traffic.store.getState().filter !== next) app.traffic.setFilter(next);
    }, afterMs);
  }

  return (
    <div className="filter-bar" role="search">
      <ListFilter size={14} className="filter-bar-icon" aria-hidden />
      <SuggestingInput
        input={input}
        text={text}
        invalid={invalid}
        mistake={draft === null ? mistake : undefined}
        onText={apply}
      />
      {text ? (
        <IconButton
          tone="quiet"
          size="small"
          className="filter-bar-clear"
          label={traffic.clearFilter}
          onClick={() => {
            apply('', 0);
            input.current?.focus();
          }}
        >
          <X size={13} aria-hidden />
        </IconButton>
      ) : null}
    </div>
  );
}

interface SuggestingInputProps {
  input: RefObject<HTMLInputElement | null>;
  text: string;
  invalid: boolean;
  mistake: { from: number; to: number } | undefined;
  onText: (text: string, afterMs: number) => void;
}

function SuggestingInput({ input, text, invalid, mistake, onText }: SuggestingInputProps) {
  const { traffic } = useMessages();
  const state = useEngine((view) => view.state);
  const [caret, setCaret] = useState(0);
  const [open, setOpen] = useState(false);
  const [chosen, setChosen] = useState(-1);
  const listId = useId();
  const completion = completeFilter(text, caret, state);
  const shown = open ? completion.suggestions : [];

  function accept(suggestion: Suggestion): void {
    const next = text.slice(0, completion.from) + suggestion.insert + text.slice(completion.to).trimStart();
    onText(next, SETTLE_MS);
    const position = completion.from + suggestion.insert.length;
    setCaret(position);
    setChosen(-1);
    requestAnimationFrame(() => input.current?.setSelectionRange(position, position));
  }

  function onKeyDown(event: KeyboardEvent): void {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const suggestion = shown[chosen] ?? (event.key === 'Tab' ? shown[0] : undefined);
    if (step !== 0) {
      setOpen(true);
      setChosen((chosen + step + shown.length + 1) % (shown.length + 1 || 1));
    } else if ((event.key === 'Enter' || event.key === 'Tab') && suggestion && text.length + chosen >= 0) {
      if (event.key === 'Tab' && text === '') return;
      accept(suggestion);
    } else if (event.key === 'Enter') {
      setOpen(false);
      onText(text, 0);
    } else if (event.key === 'Escape') {
      if (shown.length > 0) setOpen(false);
      else input.current?.blur();
    } else return;
    event.preventDefault();
  }

  return (
    <>
      <ExpressionInput
        ref={input}
        className="filter-bar-input"
        mistake={mistake}
        data-filter
        role="combobox"
        aria-label={traffic.filterLabel}
        aria-expanded={shown.length > 0}
        aria-controls={listId}
        aria-activedescendant={chosen >= 0 && shown[chosen] ? `${listId}-${chosen}` : undefined}
        aria-autocomplete="list"
        placeholder={traffic.filterPlaceholder}
        invalid={invalid}
        value={text}
        onChange={(event) => {
          setOpen(true);
          setChosen(-1);
          setCaret(event.target.selectionStart ?? event.target.value.length);
          onText(event.target.value, SETTLE_MS);
        }}
        onSelect={(event) => setCaret(event.currentTarget.selectionStart ?? 0)}
        onKeyDown={onKeyDown}
        onBlur={() => setOpen(false)}
      />
      <div
        id={listId}
        role="listbox"
        aria-label={traffic.suggestions}
        className={shown.length > 0 ? 'popup filter-suggestions' : ''}
      >
        {shown.map((suggestion, index) => (
          <div
            key={suggestion.label}
            id={`${listId}-${index}`}
            role="option"
            aria-selected={index === chosen}
            className="menu-item filter-suggestion"
            // Before the input loses its focus.
            onMouseDown={(event) => {
              event.preventDefault();
              accept(suggestion);
            }}
          >
            <span className="mono">{suggestion.label}</span>
            <span className="filter-suggestion-kind">{traffic.suggestionKind[suggestion.kind]}</span>
          </div>
        ))}
      </div>
    </>
  );
}
