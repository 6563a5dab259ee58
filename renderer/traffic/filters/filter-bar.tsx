import { ListFilter, X } from 'lucide-react';
import { useLayoutEffect, useRef } from 'react';
import { useStore } from 'zustand';
import { useApp, useMessages, useUi } from '../../app-context.tsx';
import { focusList } from '../../commands/walk.ts';
import { IconButton } from '../../ui/button.tsx';
import { SuggestingInput } from '../../ui/suggesting-input.tsx';
import { withoutEmptySearch } from './body-search.ts';
import { FiltersMenu } from './filters-menu.tsx';

const SETTLE_MS = 120;

/** The filter as it is typed; it takes effect when typing pauses, and at once with Enter or when the focus leaves. */
export function FilterBar() {
  const app = useApp();
  const { traffic } = useMessages();
  const active = useStore(app.traffic.store, (state) => state.filter);
  const invalid = useStore(app.traffic.store, (state) => state.filterError !== null);
  const mistake = useStore(app.traffic.store, (state) => state.mistake);
  const draft = useUi((state) => state.filterDraft);
  const text = draft?.text ?? active;
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const input = useRef<HTMLInputElement>(null);
  const selected = draft?.selected;

  useLayoutEffect(() => {
    if (!selected) return;
    input.current?.focus();
    input.current?.setSelectionRange(selected.from, selected.to);
  }, [selected]);

  function type(next: string): void {
    app.ui.setState({ filterDraft: { text: next } });
    clearTimeout(timer.current);
    timer.current = setTimeout(tryOut, SETTLE_MS);
  }

  /** What is looked for in bodies may be still to come: it stays to be written. */
  function tryOut(): void {
    const next = app.ui.getState().filterDraft?.text;
    if (next === undefined) return;
    if (withoutEmptySearch(next) === next) apply(next);
    else show(withoutEmptySearch(next));
  }

  function apply(next: string): void {
    clearTimeout(timer.current);
    app.ui.setState({ filterDraft: null });
    show(withoutEmptySearch(next));
  }

  function show(filter: string): void {
    if (app.traffic.store.getState().filter !== filter) app.traffic.setFilter(filter);
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
    <div className="filter-bar" role="search" onBlur={() => (draft === null ? undefined : apply(draft.text))}>
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
