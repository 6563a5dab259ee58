import { ListFilter, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { useApp, useMessages, useUi } from '../../app-context.tsx';
import { IconButton } from '../../ui/button.tsx';
import { SuggestingInput } from '../../ui/suggesting-input.tsx';
import { FiltersMenu } from './filters-menu.tsx';

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
  const begun = useUi((state) => state.filterDraft);
  const text = begun?.text ?? draft ?? active;
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const input = useRef<HTMLInputElement>(null);

  useEffect(() => {
    if (!begun) return;
    input.current?.focus();
    input.current?.setSelectionRange(begun.caret, begun.caret);
  }, [begun]);

  function apply(next: string, afterMs: number): void {
    setDraft(next);
    if (begun) app.ui.setState({ filterDraft: null });
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
        ref={input}
        className="filter-bar-input"
        data-filter
        aria-label={traffic.filterLabel}
        placeholder={traffic.filterPlaceholder}
        scope="exchange"
        value={text}
        invalid={invalid}
        mistake={draft === null ? mistake : undefined}
        onText={(next) => apply(next, SETTLE_MS)}
        onCommit={() => apply(text, 0)}
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
      <FiltersMenu />
    </div>
  );
}
