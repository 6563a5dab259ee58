import { ArrowDownToLine, Columns3 } from 'lucide-react';
import { useStore } from 'zustand';
import { parseExpression } from '../../proxy-engine/contract/expression/parse.ts';
import { sentence } from '../../proxy-engine/contract/expression/sentence.ts';
import { useApp, useMessages, useUi } from '../app-context.tsx';
import { Button } from '../ui/button.tsx';
import { Menu, MenuCheck } from '../ui/menu.tsx';
import { COLUMNS, FIXED_COLUMNS } from './columns.ts';
import { FilterBar } from './filter-bar.tsx';
import { SelectionBar } from './selection-bar.tsx';

export function Toolbar() {
  const app = useApp();
  const several = useStore(app.traffic.store, (state) => state.chosen.size > 1);
  return (
    <>
      <div className="traffic-toolbar">
        <FilterBar />
        <FollowButton />
        <ColumnsMenu />
      </div>
      {several ? <SelectionBar /> : <TotalLine />}
    </>
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
      {traffic.follow}
    </Button>
  );
}

function ColumnsMenu() {
  const app = useApp();
  const { traffic } = useMessages();
  const hidden = useUi((state) => state.hiddenColumns);
  const trigger = (
    <Button className="button-icon" aria-label={traffic.columns} title={traffic.columns}>
      <Columns3 size={14} aria-hidden />
    </Button>
  );
  return (
    <Menu trigger={trigger} align="end">
      {COLUMNS.filter((column) => !FIXED_COLUMNS.has(column.id)).map(({ id }) => (
        <MenuCheck
          key={id}
          checked={!hidden.includes(id)}
          onChange={(on) =>
            app.ui.setState({ hiddenColumns: on ? hidden.filter((one) => one !== id) : [...hidden, id] })
          }
        >
          {id === 'number' ? '#' : traffic.column[id]}
        </MenuCheck>
      ))}
    </Menu>
  );
}

/** How many rows there are, and in words of what; the engine's objection when the filter is wrong. */
function TotalLine() {
  const app = useApp();
  const { traffic } = useMessages();
  const language = useUi((state) => state.language);
  const { total, recorded, applied, filterError } = useStore(app.traffic.store, (state) => state);
  const parsed = applied.trim() ? parseExpression(applied) : null;
  const meaning = parsed?.ok ? sentence(parsed.expression, language) : traffic.everything;
  if (filterError)
    return (
      <div className="traffic-say traffic-say-error" role="status">
        <span className="truncate" title={filterError}>
          {filterError}
        </span>
      </div>
    );
  return (
    <div className="traffic-say" role="status">
      <b>{parsed ? traffic.count(total, recorded) : traffic.all(total)}</b>
      <span className="truncate" title={meaning}>
        · {meaning}
      </span>
    </div>
  );
}
