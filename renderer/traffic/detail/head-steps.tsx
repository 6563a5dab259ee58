import { ArrowUpRight, ChevronRight } from 'lucide-react';
import { useState } from 'react';
import type { HeadStep, OwnStep, TracedHead } from '../../../proxy-engine/contract/head-step.ts';
import { wireText } from '../../../proxy-engine/contract/wire-text.ts';
import { useApp, useMessages } from '../../app-context.tsx';
import type { Messages } from '../../i18n/messages.ts';
import { Button } from '../../ui/button.tsx';
import { Chip } from '../../ui/chip.tsx';
import { Diff } from '../../ui/diff.tsx';
import { headerTexts } from '../heads.ts';
import { stepGroups } from './step-groups.ts';

/** Each rule that acted, each of its actions, and what it changed of the head: the changed lines, or the whole of it. */
export function HeadSteps({ steps }: { steps: readonly HeadStep[] }) {
  return stepGroups(steps).map((group, index) => <Group key={index} {...group} />);
}

interface GroupProps {
  rule: string | undefined;
  phase: HeadStep['phase'];
  steps: readonly HeadStep[];
}

function Group({ rule, phase, steps }: GroupProps) {
  const app = useApp();
  const { detail } = useMessages();
  return (
    <div className="trace">
      <div className="trace-head">
        <span className="truncate">{rule ?? detail.ownSteps}</span>
        <Chip>{detail.phase[phase]}</Chip>
        {rule === undefined ? null : (
          <Button
            tone="quiet"
            size="small"
            onClick={() => app.ui.setState({ page: 'rules', rulesView: 'form', openRule: rule, openRoute: null })}
          >
            {detail.openRule}
            <ArrowUpRight size={12} aria-hidden />
          </Button>
        )}
      </div>
      {steps.map((step, index) => (
        <Step key={index} step={step} />
      ))}
    </div>
  );
}

function Step({ step }: { step: HeadStep }) {
  const { detail } = useMessages();
  const [isWhole, setWhole] = useState(false);
  const { rule, action, before, after } = step;
  const words = rule === undefined ? detail.ownStep[action as OwnStep] : ruleWords(action, detail);
  if (!before || !after) return <div className="trace-step trace-step-plain">{words}</div>;
  return (
    <div className="trace-step">
      <button type="button" className="trace-step-action" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
        <ChevronRight size={12} className="trace-step-mark" aria-hidden />
        <span>{words}</span>
        <span className="trace-step-hint">{isWhole ? detail.changedLines : detail.wholeHead}</span>
      </button>
      <Diff
        before={lines(before)}
        after={lines(after)}
        addedLabel={detail.added}
        deletedLabel={detail.deleted}
        {...(!isWhole && { context: 0 })}
      />
    </div>
  );
}

/** Actions are told as the config writes them; that a script ran is no action of it. */
function ruleWords(action: string, { ranScript }: Messages['detail']): string {
  const script = /^ran (.+)$/.exec(action)?.[1];
  return script === undefined ? action : ranScript(script);
}

function lines({ line, headers }: TracedHead): string[] {
  return [wireText(line), ...headerTexts(headers)];
}
