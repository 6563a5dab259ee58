import { GripVertical } from 'lucide-react';
import type { EngineState } from '../../proxy-engine/contract/state.ts';
import { useApp, useMessages, useUi } from '../app-context.tsx';
import { Switch } from '../ui/switch.tsx';
import type { Doubt } from './doubts.ts';
import { EntryRow } from './entry-row.tsx';
import { shortSource } from './short-source.ts';

interface RuleRowProps {
  rule: EngineState['rules'][number];
  place: number;
  doubt: Doubt | undefined;
  /** Whether its form is shown while none was chosen. */
  first: boolean;
  onMove: (name: string, to: number) => void;
}

export function RuleRow({ rule, place, doubt, first, onMove }: RuleRowProps) {
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
      place={place}
      doubt={doubt}
      selected={selected}
      off={!rule.enabled}
      to={
        rule.source === undefined ? null : (
          <span className="route-to" title={texts.includedFrom(rule.source)}>
            {' '}
            · {shortSource(rule.source)}
          </span>
        )
      }
      grip={place >= 0 ? <GripVertical size={13} aria-hidden /> : null}
      onOpen={() => app.ui.setState({ openRule: rule.name, openRoute: null, rulesView: 'form' })}
      onMove={onMove}
    >
      <Switch
        checked={rule.enabled}
        label={texts.enabled(rule.name)}
        onChange={(on) => app.setRuleEnabled(rule.name, on)}
      />
    </EntryRow>
  );
}
