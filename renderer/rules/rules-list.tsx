import { ChevronDown, ChevronRight, Plus } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { EngineState } from '../../proxy-engine/contract/state.ts';
import { useApp, useEngine, useMessages } from '../app-context.tsx';
import { runCommand } from '../commands/run-commands.ts';
import { Button } from '../ui/button.tsx';
import { Switch } from '../ui/switch.tsx';
import { entriesOf } from './document.ts';
import { type Doubt, findDoubts } from './doubts.ts';
import { RoutesList } from './routes-list.tsx';
import { RuleRow } from './rule-row.tsx';
import { useMoves } from './use-moves.ts';

type RuleState = EngineState['rules'][number];

export function RulesList() {
  const app = useApp();
  const { rules: texts, transfer } = useMessages();
  const text = useStore(app.config.store, (state) => state.text);
  const doubts = useMemo(() => findDoubts(text), [text]);
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
      <RoutesList doubts={doubts.routes} />
      <div className="list-heading">
        <h2>{texts.rules}</h2>
      </div>
      <p className="list-hint">{texts.rulesHint}</p>
      <OrderedRules doubts={doubts.rules} />
    </nav>
  );
}

/** The rules, moved by drag or keyboard; each move is told to screen readers. */
function OrderedRules({ doubts }: { doubts: ReadonlyMap<string, Doubt> }) {
  const app = useApp();
  const rules = useEngine((view) => view.state?.rules) ?? [];
  const text = useStore(app.config.store, (state) => state.text);
  const { groups } = useMemo(() => entriesOf(text), [text]);
  const { placeOf, move, said } = useMoves('rules');

  return (
    <>
      {runsOfGroups(rules).map(({ group, members }) => (
        <RuleGroup key={`${group} ${members[0]?.name}`} group={group} select={groups[group ?? '']?.select}>
          {members.map((rule) => (
            <RuleRow
              key={rule.name}
              rule={rule}
              place={placeOf(rule.name)}
              doubt={doubts.get(rule.name)}
              first={placeOf(rule.name) === 0}
              onMove={move}
            />
          ))}
        </RuleGroup>
      ))}
      <div className="visually-hidden" role="status">
        {said}
      </div>
    </>
  );
}

interface RuleGroupProps {
  group: string | undefined;
  select: string | undefined;
  children: React.ReactNode;
}

/** Rules that fold together; with `select: one`, one of them acts. */
function RuleGroup({ group, select, children }: RuleGroupProps) {
  const app = useApp();
  const { ruleActions: texts } = useMessages();
  const [open, setOpen] = useState(true);
  if (group === undefined) return children;
  const Icon = open ? ChevronDown : ChevronRight;
  return (
    <>
      <div className="group-head">
        <button type="button" className="group-name" aria-expanded={open} onClick={() => setOpen(!open)}>
          <Icon size={12} aria-hidden />
          <span className="truncate">{group}</span>
        </button>
        <span className="group-one">{texts.one}</span>
        <Switch
          checked={select === 'one'}
          label={texts.oneOf(group)}
          onChange={(one) => app.setGroupSelect(group, one ? 'one' : 'many')}
        />
      </div>
      {open ? children : null}
    </>
  );
}

/** Neighbouring rules of one group together: the order of the document is the order in which rules act. */
export function runsOfGroups(rules: readonly RuleState[]): { group: string | undefined; members: RuleState[] }[] {
  const runs: { group: string | undefined; members: RuleState[] }[] = [];
  for (const rule of rules) {
    const last = runs.at(-1);
    if (last && last.group === rule.group) last.members.push(rule);
    else runs.push({ group: rule.group, members: [rule] });
  }
  return runs;
}
