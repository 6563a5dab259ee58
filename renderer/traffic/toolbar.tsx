import { ArrowDownToLine, Columns3, FolderTree, X } from 'lucide-react';
import { useStore } from 'zustand';
import { parseExpression } from '../../proxy-engine/contract/expression/parse.ts';
import { sentence } from '../../proxy-engine/contract/expression/sentence.ts';
import { useApp, useMessages, useUi } from '../app-context.tsx';
import { displayKeys } from '../commands/registry.ts';
import { runCommand } from '../commands/run-commands.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { Told } from '../ui/told.tsx';
import { FilterBar } from './filters/filter-bar.tsx';
import { PinnedChip } from './marks/pinned-chip.tsx';
import { SelectionBar } from './selection-bar.tsx';

export function Toolbar() {
  const app = useApp();
  const several = useStore(app.traffic.store, (state) => state.chosen.size > 1);
  return (
    <>
      <div className="traffic-toolbar">
        <TreeButton />
        <FilterBar />
        <FollowButton />
        <ColumnsButton />
      </div>
      {several ? <SelectionBar /> : <TotalLine />}
    </>
  );
}

function TreeButton() {
  const app = useApp();
  const { tree } = useMessages();
  const open = useUi((state) => state.treeOpen);
  return (
    <IconButton
      className={open ? 'button-on' : ''}
      aria-pressed={open}
      label={tree.label}
      title={`${tree.label} (${displayKeys('h', app.mac)})`}
      onClick={() => runCommand(app, 'traffic.tree')}
    >
      <FolderTree size={14} aria-hidden />
    </IconButton>
  );
}

function FollowButton() {
  const app = useApp();
  const { traffic } = useMessages();
  const follow = useStore(app.traffic.store, (state) => state.follow);
  return (
    <Button
      aria-pressed={follow}
      className={follow ? 'button-on' : ''}
      title={traffic.followHint}
      onClick={() => app.traffic.setFollow(!follow)}
    >
      <ArrowDownToLine size={13} aria-hidden />
      <span className="button-label">{traffic.follow}</span>
    </Button>
  );
}

function ColumnsButton() {
  const app = useApp();
  const { traffic } = useMessages();
  const hidden = useUi((state) => state.hiddenColumns);
  const open = (): void => runCommand(app, 'traffic.columns');
  if (hidden > 0)
    return (
      <Button
        aria-label={`${traffic.columns}, ${traffic.hidden(hidden)}`}
        title={traffic.columnsHidden(hidden)}
        onClick={open}
      >
        <Columns3 size={14} aria-hidden />
        {traffic.hidden(hidden)}
      </Button>
    );
  return (
    <IconButton label={traffic.columns} onClick={open}>
      <Columns3 size={14} aria-hidden />
    </IconButton>
  );
}

/** How many rows there are, and in words of what; the engine's objection when the filter is wrong. */
function TotalLine() {
  const app = useApp();
  const { traffic, engine } = useMessages();
  const language = useUi((state) => state.language);
  const applied = useStore(app.traffic.store, (state) => state.applied);
  const scope = useStore(app.traffic.store, (state) => state.scope);
  const filterError = useStore(app.traffic.store, (state) => state.filterError);
  const parsed = applied.trim() ? parseExpression(applied) : null;
  const meaning = parsed?.ok ? sentence(parsed.expression, language) : traffic.everything;
  if (filterError)
    return (
      <div className="traffic-say traffic-say-error" role="status">
        <span className="truncate" title={engine(filterError)}>
          <Told>{filterError}</Told>
        </span>
      </div>
    );
  return (
    <div className="traffic-say">
      {scope ? <ScopeChip /> : null}
      <div className="traffic-total" role="status">
        <Count isPart={parsed !== null || scope !== null} />
        <span className="truncate" title={meaning}>
          · {meaning}
        </span>
      </div>
      <PinnedChip />
    </div>
  );
}

/** Of what is listed now, and never of what was listed before: while it is looked for, how far that is. */
function Count({ isPart }: { isPart: boolean }) {
  const app = useApp();
  const { traffic, filters } = useMessages();
  const { total, recorded, loading, searched, ordered } = useStore(app.traffic.store, (state) => state);
  if (loading) return <b className="traffic-soon">{filters.searching}</b>;
  if (searched !== null) return <b>{filters.searchedSoFar(searched, total)}</b>;
  if (ordered !== null) return <b>{filters.orderedSoFar(ordered, total)}</b>;
  return <b>{isPart ? traffic.count(total, recorded) : traffic.all(total)}</b>;
}

/** The place in the tree that is listed, and the way back to everything. */
function ScopeChip() {
  const app = useApp();
  const { tree } = useMessages();
  const scope = useStore(app.traffic.store, (state) => state.scope);
  if (!scope) return null;
  const place = scope.host + scope.path;
  return (
    <span className="scope-chip">
      <span className="truncate" title={place}>
        {place}
      </span>
      <IconButton tone="quiet" size="small" label={tree.leave(place)} onClick={() => app.traffic.setScope(null)}>
        <X size={12} aria-hidden />
      </IconButton>
    </span>
  );
}
