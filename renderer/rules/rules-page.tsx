import './rules.css';
import { Redo2, Split, Undo2 } from 'lucide-react';
import { Group, Panel, Separator, useDefaultLayout } from 'react-resizable-panels';
import { useStore } from 'zustand';
import { useApp, useMessages, useUi } from '../app-context.tsx';
import { displayKeys } from '../commands/registry.ts';
import { runCommand } from '../commands/run-commands.ts';
import type { RulesView } from '../store/ui-store.ts';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { SegmentedControl } from '../ui/segmented-control.tsx';
import { Tooltip } from '../ui/tooltip.tsx';
import { useWidth } from '../ui/use-width.ts';
import { type Entry, entryNamed, namesOf } from './document.ts';
import { OrphanedDrafts } from './orphaned-drafts.tsx';
import { RouteForm } from './route-form.tsx';
import { RuleForm } from './rule-form.tsx';
import { RulesList } from './rules-list.tsx';
import { TestBench } from './test-bench.tsx';
import { useDoubts } from './use-doubts.ts';
import { YamlPane } from './yaml-pane.tsx';

/** The least that the list, the form and the text have side by side. */
const THREE_COLUMNS_PX = 820;

/** Routes and rules in their order, the form of one rule, and the whole document, all over the same text. */
export function RulesPage() {
  const { rules } = useMessages();
  const [measure, widthPx] = useWidth();
  return (
    <div ref={measure} className="rules-page">
      <h1 className="visually-hidden">{rules.title}</h1>
      {widthPx < THREE_COLUMNS_PX ? <TwoColumns /> : <ThreeColumns />}
    </div>
  );
}

function ThreeColumns() {
  const { rules } = useMessages();
  const { defaultLayout, onLayoutChanged } = useDefaultLayout({ id: 'switchyard.rules', storage: localStorage });
  return (
    <Group
      orientation="horizontal"
      className="rules-body"
      defaultLayout={defaultLayout}
      onLayoutChanged={onLayoutChanged}
    >
      <Panel id="rules" defaultSize="27%" minSize="240px">
        <RulesList />
      </Panel>
      <Separator className="split-handle" aria-label={rules.resizeList} />
      <Panel id="form" defaultSize="37%" minSize="320px">
        <EditorPane views={['form', 'test']} />
      </Panel>
      <Separator className="split-handle" aria-label={rules.resizeForm} />
      <Panel id="yaml" defaultSize="36%" minSize="260px">
        <YamlPane />
      </Panel>
    </Group>
  );
}

/** Little room, as at 200 %: the text is one of the views. */
function TwoColumns() {
  const { rules } = useMessages();
  return (
    <Group orientation="horizontal" className="rules-body">
      <Panel id="rules" defaultSize="36%" minSize="180px">
        <RulesList />
      </Panel>
      <Separator className="split-handle" aria-label={rules.resizeList} />
      <Panel id="form" minSize="320px">
        <EditorPane views={['form', 'test', 'yaml']} />
      </Panel>
    </Group>
  );
}

function EditorPane({ views }: { views: readonly RulesView[] }) {
  const app = useApp();
  const { rules } = useMessages();
  const chosen = useUi((state) => state.rulesView);
  const view = views.includes(chosen) ? chosen : 'form';
  return (
    <section className="pane pane-panel" aria-label={rules[view]}>
      <header className="pane-head">
        <SegmentedControl
          size="small"
          label={rules.views}
          value={view}
          options={views.map((value) => ({ value, label: rules[value] }))}
          onChange={(rulesView) => app.ui.setState({ rulesView })}
        />
        <span className="pane-space" />
        <StepButton way="undo" />
        <StepButton way="redo" />
      </header>
      <OrphanedDrafts />
      {view === 'yaml' ? (
        <YamlPane />
      ) : (
        <div className="pane-scroll">{view === 'form' ? <ChosenEntry /> : <TestBench />}</div>
      )}
    </section>
  );
}

const STEPS = {
  undo: { command: 'config.undo', list: 'past', keys: '$mod+z', icon: Undo2 },
  redo: { command: 'config.redo', list: 'future', keys: '$mod+Shift+z', icon: Redo2 },
} as const;

function StepButton({ way }: { way: keyof typeof STEPS }) {
  const app = useApp();
  const { rules, commands } = useMessages();
  const { command, list, keys, icon: Icon } = STEPS[way];
  // What is asked for while a change is under way is done after it.
  const none = useStore(app.config.store, (state) => state[list].length === 0 && state.underWay === 0);
  return (
    <Tooltip text={commands[command]} keys={displayKeys(keys, app.mac)}>
      <Button size="small" tone="quiet" disabled={none} onClick={() => runCommand(app, command)}>
        <Icon size={13} aria-hidden />
        {rules[way]}
      </Button>
    </Tooltip>
  );
}

function ChosenEntry() {
  const route = useUi((state) => state.openRoute);
  return route === null ? <ChosenRule /> : <ChosenRoute name={route} />;
}

function ChosenRoute({ name }: { name: string }) {
  const app = useApp();
  const routes = useStore(app.config.store, (state) => state.entries.routes);
  const doubts = useDoubts();
  const entry = useOpenEntry(routes, name);
  if (entry) return <RouteForm key={entry.name} entry={entry} doubt={doubts.routes.get(entry.name)} />;
  return <Gone name={name} />;
}

/** The form of the rule that is open; the first one when none was chosen yet. */
function ChosenRule() {
  const app = useApp();
  const rules = useStore(app.config.store, (state) => state.entries.rules);
  const open = useUi((state) => state.openRule);
  const doubts = useDoubts();
  const entry = useOpenEntry(rules, open ?? rules[0]?.name ?? '');
  if (!entry) return rules.length > 0 && open !== null ? <Gone name={open} /> : <NoRules />;
  return <RuleForm key={entry.name} entry={entry} names={namesOf(rules)} doubt={doubts.rules.get(entry.name)} />;
}

/** Also while it is being renamed: its form stays, and hears what becomes of it. */
function useOpenEntry(entries: readonly Entry[], name: string): Entry | undefined {
  const to = useUi(({ renaming }) => (renaming?.from === name ? renaming.to : name));
  return entryNamed(entries, name) ?? entryNamed(entries, to);
}

function Gone({ name }: { name: string }) {
  const { rules: texts } = useMessages();
  return (
    <EmptyState icon={Split} title={name}>
      <p className="empty-text">{texts.gone}</p>
    </EmptyState>
  );
}

function NoRules() {
  const app = useApp();
  const { rules: texts } = useMessages();
  return (
    <EmptyState icon={Split} title={texts.emptyTitle}>
      <p className="empty-text">{texts.emptyText}</p>
      <Button tone="primary" onClick={() => runCommand(app, 'rules.new')}>
        {texts.newRule}
      </Button>
    </EmptyState>
  );
}
