import { GripVertical } from 'lucide-react';
import type { EngineState } from '../../proxy-engine/contract/state.ts';
import { useApp, useMessages, useUi } from '../app-context.tsx';
import { Switch } from '../ui/switch.tsx';
import type { Entry } from './document.ts';
import type { Doubt } from './doubts.ts';
import { EntryRow, type RowDrag } from './entry-row.tsx';

interface RuleRowProps {
  rule: EngineState['rules'][number];
  entry: Entry | undefined;
  doubt: Doubt | undefined;
  /** Whether its form is shown while none was chosen. */
  first: boolean;
  drag: RowDrag;
  onStep: (step: -1 | 1) => void;
}

export function RuleRow({ rule, entry, doubt, first, drag, onStep }: RuleRowProps) {
  const app = useApp();
  const { rules: texts } = useMessages();
  const selected = useUi(
    (state) => state.openRoute === null && (state.openRule === null ? first : state.openRule === rule.name),
  );
  return (
    <EntryRow
      list="rules"
      name={rule.name}
      match={rule.match}
      hits={rule.hits}
      doubt={doubt}
      selected={selected}
      off={!rule.enabled}
      grouped={rule.group !== undefined}
      grip={entry ? <GripVertical size={13} aria-hidden /> : null}
      drag={drag}
      onOpen={() => app.ui.setState({ openRule: rule.name, openRoute: null, rulesView: 'form' })}
      onStep={onStep}
    >
      <Switch
        checked={rule.enabled}
        label={texts.enabled(rule.name)}
        onChange={(on) => app.setRuleEnabled(rule.name, on)}
      />
    </EntryRow>
  );
}
