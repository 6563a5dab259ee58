import './tree.css';
import { clsx } from 'clsx';
import { ChevronDown, ChevronRight } from 'lucide-react';
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { useApp, useMessages } from '../../app-context.tsx';
import { formatCount } from '../../format/quantities.ts';
import { Told } from '../../ui/told.tsx';
import { VirtualList, type VirtualListHandle } from '../../ui/virtual-list.tsx';
import { moveInTree } from './tree-keys.ts';
import { keyOf, type TreeRow, treeRows } from './tree-rows.ts';

const ROW_HEIGHT = 24;
const rowId = (index: number): string => `place-${index}`;

/** Hosts and paths of what was recorded, with how many exchanges there are; one that is chosen is the only one listed. */
export function TreePanel() {
  const app = useApp();
  const { tree: texts } = useMessages();
  const { tree, error } = useStore(app.tree.store, (state) => state);
  const applied = useStore(app.traffic.store, (state) => state.applied);
  const rows = useMemo(() => (tree ? treeRows(tree) : []), [tree]);

  useEffect(() => app.tree.watch(), [app]);
  // Counted with the filter that is in force.
  useEffect(() => app.tree.now(), [app, applied]);

  return (
    <nav className="tree" aria-label={texts.label}>
      <div className="tree-head">
        {texts.title}
        {tree ? <span className="tree-count">{formatCount(tree.total)}</span> : null}
      </div>
      {error ? (
        <p className="note tree-note">
          <Told>{error}</Told>
        </p>
      ) : null}
      {tree && rows.length === 0 ? <p className="muted tree-note">{texts.empty}</p> : null}
      {rows.length > 0 ? <TreeList rows={rows} /> : null}
    </nav>
  );
}

function TreeList({ rows }: { rows: readonly TreeRow[] }) {
  const app = useApp();
  const { tree: texts } = useMessages();
  const list = useRef<VirtualListHandle>(null);
  const scope = useStore(app.traffic.store, (state) => state.scope);
  const [active, setActive] = useState<string | null>(null);
  const chosen = scope && keyOf(scope);
  const activeIndex = rows.findIndex(({ key }) => key === (active ?? chosen));

  function onKeyDown(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const row = rows[activeIndex];
    const move = moveInTree(event.key, rows, activeIndex);
    if (move?.kind === 'go') {
      setActive(rows[move.index]?.key ?? null);
      list.current?.scrollToRow(move.index);
    } else if (move?.kind === 'toggle' && row?.kind === 'node') app.tree.toggle(row);
    else if ((event.key === 'Enter' || event.key === ' ') && row?.kind === 'node') choose(row);
    else if (event.key === 'Escape') app.traffic.setScope(null);
    else return;
    event.preventDefault();
  }

  function choose(row: TreeRow & { kind: 'node' }): void {
    setActive(row.key);
    app.traffic.setScope(chosen === row.key ? null : row);
  }

  return (
    <VirtualList
      handle={list}
      className="tree-rows"
      role="tree"
      aria-label={texts.label}
      tabIndex={0}
      total={rows.length}
      rowHeight={ROW_HEIGHT}
      activeRow={activeIndex < 0 ? null : activeIndex}
      rowId={rowId}
      onKeyDown={onKeyDown}
      renderRow={(index) => {
        const row = rows[index];
        if (!row) return null;
        return (
          <TreeLine
            key={row.key}
            row={row}
            id={rowId(index)}
            isChosen={row.key === chosen}
            isActive={index === activeIndex}
            onChoose={choose}
          />
        );
      }}
    />
  );
}

interface TreeLineProps {
  row: TreeRow;
  id: string;
  isChosen: boolean;
  isActive: boolean;
  onChoose: (row: TreeRow & { kind: 'node' }) => void;
}

function TreeLine({ row, id, isChosen, isActive, onChoose }: TreeLineProps) {
  const app = useApp();
  const { tree: texts } = useMessages();
  const indent = { paddingLeft: 6 + row.depth * 14 };
  if (row.kind === 'rest')
    return (
      <div
        id={id}
        role="treeitem"
        aria-level={row.depth + 1}
        aria-selected={false}
        className="tree-row tree-rest"
        style={indent}
      >
        {texts.rest(row.rest.names)}
        <span className="tree-count">{formatCount(row.rest.count)}</span>
      </div>
    );
  const Icon = row.isOpen ? ChevronDown : ChevronRight;
  return (
    <div
      id={id}
      role="treeitem"
      aria-level={row.depth + 1}
      aria-selected={isChosen}
      aria-expanded={row.hasMore ? row.isOpen : undefined}
      className={clsx('tree-row', isActive && 'tree-row-active')}
      style={indent}
      title={row.host + row.path}
      onClick={() => onChoose(row)}
      onDoubleClick={() => row.hasMore && app.tree.toggle(row)}
    >
      <span
        className="tree-toggle"
        aria-hidden
        onClick={(event) => {
          event.stopPropagation();
          if (row.hasMore) app.tree.toggle(row);
        }}
      >
        {row.hasMore ? <Icon size={12} /> : null}
      </span>
      <span className="truncate">{row.name}</span>
      <span className="tree-count">{formatCount(row.count)}</span>
    </div>
  );
}
