import { Plus } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { useApp, useEngine, useMessages, useUi } from '../app-context.tsx';
import { runCommand } from '../commands/run-commands.ts';
import { Button } from '../ui/button.tsx';
import { UnevenList, type UnevenListHandle } from '../ui/uneven-list.tsx';
import { GroupHead, ListHeading, SourceHead } from './list-heads.tsx';
import { ITEM_HEIGHTS, itemKey, type ListItem, listItems } from './list-items.ts';
import { RouteRow, useDestinations } from './route-row.tsx';
import { RuleRow } from './rule-row.tsx';
import { useDoubts } from './use-doubts.ts';
import { type Moves, useMoves } from './use-moves.ts';
import { type RowDrags, useRowDrag } from './use-row-drag.ts';

export function RulesList() {
  const app = useApp();
  const { rules: texts, transfer } = useMessages();
  return (
    <nav className="rules-list" aria-label={texts.title}>
      <header className="pane-head">
        <span className="pane-title">{texts.title}</span>
        <span className="pane-space" />
        <Button size="small" tone="quiet" onClick={() => runCommand(app, 'rules.import')}>
          {transfer.import}
        </Button>
        <Button size="small" tone="quiet" onClick={() => runCommand(app, 'rules.export')}>
          {transfer.export}
        </Button>
        <Button size="small" onClick={() => runCommand(app, 'rules.new')}>
          <Plus size={13} aria-hidden />
          {texts.newRule}
        </Button>
      </header>
      <Entries />
    </nav>
  );
}

/** Routes and rules, moved by drag or keyboard; each move is told to screen readers. */
function Entries() {
  const { items, folds } = useListItems();
  const moves = useMoves();
  const drags = useRowDrag(moves);
  const heights = useMemo(() => items.map(({ kind }) => ITEM_HEIGHTS[kind]), [items]);
  const keys = useMemo(() => items.map(itemKey), [items]);
  const [focused, setFocused] = useState<string | null>(null);
  const list = useRef<UnevenListHandle>(null);
  const open = useOpenKey();
  const openAt = open === null ? -1 : keys.indexOf(open);

  useEffect(() => list.current?.showItem(openAt), [openAt]);

  const dragged = drags.dragged && `${drags.dragged.list === 'rules' ? 'rule' : 'route'} ${drags.dragged.name}`;
  const kept = [focused, dragged].flatMap((key) => (key === null ? [] : [keys.indexOf(key)]));
  const renderItem = useItems({ items, folds, moves, drags });
  return (
    <>
      <div
        className="rules-entries"
        data-walked
        onKeyDown={walkRows}
        onFocus={(event) =>
          setFocused((event.target as HTMLElement).closest<HTMLElement>('[data-key]')?.dataset.key ?? null)
        }
      >
        <UnevenList
          handle={list}
          heights={heights}
          kept={kept}
          keyOf={(index) => keys[index] ?? ''}
          renderItem={renderItem}
        />
      </div>
      <div className="visually-hidden" role="status">
        {moves.said}
      </div>
    </>
  );
}

/** J, K and the arrows go from row to row. */
function walkRows(event: KeyboardEvent<HTMLElement>): void {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const step = WALK_STEPS[event.key];
  if (step === undefined) return;
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('.rule-open')];
  const at = rows.findIndex((row) => row.closest('.rule-row')?.contains(document.activeElement));
  const open = rows.findIndex((row) => row.ariaCurrent !== null);
  rows[at < 0 ? Math.max(0, open) : at + step]?.focus();
  event.preventDefault();
}

const WALK_STEPS: Partial<Record<string, number>> = { j: 1, J: 1, ArrowDown: 1, k: -1, K: -1, ArrowUp: -1 };

function useOpenKey(): string | null {
  return useUi(({ openRoute, openRule }) =>
    openRoute !== null ? `route ${openRoute}` : openRule === null ? null : `rule ${openRule}`,
  );
}

interface Folds {
  toggle: (id: string) => void;
}

const NONE: never[] = [];

function useListItems(): { items: readonly ListItem[]; folds: Folds } {
  const app = useApp();
  const routes = useEngine((view) => view.state?.routes) ?? NONE;
  const rules = useEngine((view) => view.state?.rules) ?? NONE;
  const entries = useStore(app.config.store, (state) => state.entries);
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const items = useMemo(() => listItems({ routes, rules }, entries, folded), [routes, rules, entries, folded]);
  const toggle = (id: string): void =>
    setFolded((now) => new Set(now.has(id) ? [...now].filter((one) => one !== id) : [...now, id]));
  return { items, folds: { toggle } };
}

interface ItemsInput {
  items: readonly ListItem[];
  folds: Folds;
  moves: Moves;
  drags: RowDrags;
}

/** What each item of the list looks like. */
function useItems({ items, folds, moves, drags }: ItemsInput): (index: number) => ReactNode {
  const doubts = useDoubts();
  const destinations = useDestinations();
  const firstRule = items.find((item) => item.kind === 'rule')?.state.name;
  return (index) => {
    const item = items[index];
    switch (item?.kind) {
      case undefined:
        return null;
      case 'heading':
        return <ListHeading {...item} />;
      case 'source':
        return <SourceHead {...item} />;
      case 'group':
        return <GroupHead {...item} onToggle={() => folds.toggle(item.id)} />;
      case 'route':
        return (
          <RouteRow
            route={item.state}
            number={item.number}
            to={destinations.get(item.state.name)}
            doubt={doubts.routes.get(item.state.name)}
            drag={drags.of('routes', item.entry)}
            onStep={(step) => moves.step('routes', item.state.name, step)}
          />
        );
      case 'rule':
        return (
          <RuleRow
            rule={item.state}
            entry={item.entry}
            doubt={doubts.rules.get(item.state.name)}
            first={item.state.name === firstRule}
            drag={drags.of('rules', item.entry)}
            onStep={(step) => moves.step('rules', item.state.name, step)}
          />
        );
    }
  };
}
