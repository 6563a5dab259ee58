import { clsx } from 'clsx';
import { GripVertical } from 'lucide-react';
import { type DragEvent, type KeyboardEvent, useState } from 'react';
import type { EngineState } from '../../proxy-engine/contract/state.ts';
import { useApp, useMessages, useUi } from '../app-context.tsx';
import { formatCount } from '../format/quantities.ts';
import { Switch } from '../ui/switch.tsx';
import { DoubtMark } from './doubt-mark.tsx';
import type { Doubt } from './doubts.ts';

const DRAG_TYPE = 'application/x-switchyard-rule';

interface RuleRowProps {
  rule: EngineState['rules'][number];
  /** Its index in the document; -1 when it comes from an included file. */
  place: number;
  doubt: Doubt | undefined;
  onMove: (name: string, to: number) => void;
}

export function RuleRow({ rule, place, doubt, onMove }: RuleRowProps) {
  const app = useApp();
  const { rules: texts } = useMessages();
  const selected = useUi((state) => state.openRule) === rule.name;
  const [drop, setDrop] = useState<'before' | 'after' | null>(null);

  function onKeyDown(event: KeyboardEvent): void {
    const step = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0;
    if (!event.altKey || step === 0) return;
    event.preventDefault();
    onMove(rule.name, place + step);
  }

  function onDrop(event: DragEvent): void {
    event.preventDefault();
    const [name = '', from = ''] = event.dataTransfer.getData(DRAG_TYPE).split('\n');
    setDrop(null);
    const gap = drop === 'after' ? place + 1 : place;
    onMove(name, Number(from) < gap ? gap - 1 : gap);
  }

  return (
    <div
      className={clsx('rule-row', !rule.enabled && 'rule-off')}
      data-selected={selected || undefined}
      data-drop={drop ?? undefined}
      draggable={place >= 0}
      onDragStart={(event) => event.dataTransfer.setData(DRAG_TYPE, `${rule.name}\n${place}`)}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes(DRAG_TYPE)) return;
        event.preventDefault();
        const box = event.currentTarget.getBoundingClientRect();
        setDrop(event.clientY < box.top + box.height / 2 ? 'before' : 'after');
      }}
      onDragLeave={() => setDrop(null)}
      onDrop={onDrop}
    >
      <span className="rule-grip" title={texts.moveHint}>
        {place >= 0 ? <GripVertical size={13} aria-hidden /> : null}
      </span>
      <button
        type="button"
        className="rule-open"
        aria-current={selected || undefined}
        aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown"
        title={rule.match}
        onClick={() => app.ui.setState({ openRule: rule.name, rulesView: 'form' })}
        onKeyDown={onKeyDown}
      >
        <span className="rule-title">
          <span className="rule-name truncate">{rule.name}</span>
          <DoubtMark doubt={doubt} />
        </span>
        <span className="rule-match truncate">{rule.match ?? texts.always}</span>
      </button>
      <span className="rule-hits" title={texts.hits(rule.hits)}>
        {formatCount(rule.hits)}
      </span>
      <Switch
        checked={rule.enabled}
        label={texts.enabled(rule.name)}
        onChange={(on) => app.setRuleEnabled(rule.name, on)}
      />
    </div>
  );
}
