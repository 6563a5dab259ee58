import { ListFilter, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { useApp, useMessages, useUi } from '../../app-context.tsx';
import { focusList } from '../../commands/walk.ts';
import { IconButton } from '../../ui/button.tsx';
import { SuggestingInput } from '../../ui/suggesting-input.tsx';
import { FiltersMenu } from './filters-menu.tsx';

const SETTLE_MS = 120;

/** The filter as it is typed; it takes effect when typing pauses, and at once with Enter or when the focus leaves. */
export function FilterBar() {
  const app = useApp();
  const { traffic } = useMessages();
  const active = useStore(app.traffic.store, (state) => state.filter);
  const invalid = useStore(app.traffic.store, (state) => state.filterError !== null);
  const mistake = useStore(app.traffic.store, (state) => state.mistake);
  // Null while the filter in force is what stands here.
  const [draft, setDraft] = useState<string | null>(null);
  const begun = useUi((state) => state.filterDraft);
  const text = begun?.text ?? draft ?? active;
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const input = useRef<HTMLInputElement>(null);

  useEffect(() => {
    if (!begun) return;
    input.current?.focus();
    input.current?.setSelectionRange(begun.caret, begun.caret);
  }, [begun]);

  function type(next: string): void {
    setDraft(next);
    if (begun) app.ui.setState({ filterDraft: null });
    clearTimeout(timer.current);
    timer.current = setTimeout(() => apply(next), SETTLE_MS);
  }

  function apply(next: string): void {
    clearTimeout(timer.current);
    setDraft(null);
    app.ui.setState({ filterDraft: null });
    if (app.traffic.store.getState().filter !== next) app.traffic.setFilter(next);
  }

  /** To the list, whose keys come next; where there is none, it takes the focus when it comes. */
  function leave(): void {
    if (!focusList()) input.current?.blur();
  }

  function commit(): void {
    apply(text);
    if (app.traffic.store.getState().filterError === null) leave();
  }

  return (
    <div className="filter-bar" role="search" onBlur={() => (draft === null ? undefined : apply(draft))}>
      <ListFilter size={14} className="filter-bar-icon" aria-hidden />
      <SuggestingInput
        ref={input}
        className="filter-bar-input"
        data-filter
        aria-label={traffic.filterLabel}
        placeholder={traffic.filterPlaceholder}
        scope="exchange"
        value={text}
        invalid={invalid}
        mistake={draft === null ? mistake : undefined}
        onText={type}
        onCommit={commit}
        onLeave={leave}
      />
      {text ? (
        <IconButton
          tone="quiet"
          size="small"
          className="filter-bar-clear"
          label={traffic.clearFilter}
          onClick={() => {
            apply('');
            input.current?.focus();
          }}
        >
          <X size={13} aria-hidden />
        </IconButton>
      ) : null}
      <FiltersMenu />
    </div>
  );
}
