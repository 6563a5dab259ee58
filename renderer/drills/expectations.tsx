import { clsx } from 'clsx';
import { Circle, CircleCheck, CircleDashed, CircleX, Plus, X } from 'lucide-react';
import { useId } from 'react';
import type { DrillReport, DrillVerdict } from '../../proxy-engine/contract/drill.ts';
import { parseExpectation } from '../../proxy-engine/contract/drill-expectation.ts';
import { useMessages } from '../app-context.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { FieldError, Input } from '../ui/field.tsx';
import { Menu, MenuItem } from '../ui/menu.tsx';
import { Section } from '../ui/section.tsx';
import { type DrillDraft, lengthOf, printDuration } from './drill-draft.ts';
import type { DraftProps } from './drill-head.tsx';
import { issueAt } from './use-issues.ts';

interface ExpectationsProps extends DraftProps {
  report: DrillReport | null;
  compared: DrillReport | null;
}

/** What is expected, each with what was measured. */
export function Expectations({ draft, onChange, issues, report, compared }: ExpectationsProps) {
  const { drills } = useMessages();
  const change = (expect: readonly string[]) => onChange({ ...draft, expect });
  return (
    <div className="card">
      <Section
        title={drills.expect}
        extra={<AddExpectation draft={draft} onAdd={(text) => change([...draft.expect, text])} />}
      >
        {draft.expect.length === 0 ? <p className="muted">{drills.expectNothing}</p> : null}
        <ul className="expectations">
          {draft.expect.map((text, index) => (
            <Expectation
              key={index}
              text={text}
              problem={problemOf(text) ?? issueAt(issues, `expect[${index}]`)}
              verdict={verdictOf(report, text)}
              isFinal={report?.outcome !== 'running'}
              compared={verdictOf(compared, text)}
              onChange={(next) => change(draft.expect.with(index, next))}
              onRemove={() => change(draft.expect.toSpliced(index, 1))}
            />
          ))}
        </ul>
      </Section>
    </div>
  );
}

function problemOf(text: string): string | undefined {
  const parsed = parseExpectation(text);
  return parsed.ok ? undefined : parsed.message;
}

/** Of a run that expected the same; what was changed since has none. */
function verdictOf(report: DrillReport | null, text: string): DrillVerdict | undefined {
  return report?.verdicts.find((verdict) => verdict.text === text.trim());
}

interface ExpectationProps {
  text: string;
  problem: string | undefined;
  verdict: DrillVerdict | undefined;
  /** False while the drill runs: what is not met yet may be met in the end. */
  isFinal: boolean;
  compared: DrillVerdict | undefined;
  onChange(text: string): void;
  onRemove(): void;
}

function Expectation({ text, problem, verdict, isFinal, compared, onChange, onRemove }: ExpectationProps) {
  const { drills, engine } = useMessages();
  const noteId = useId();
  const told = isFinal ? drills.measured : drills.measuredSoFar;
  return (
    <li className={clsx('expectation', verdict && isFinal && !verdict.passed && 'expectation-unmet')}>
      <VerdictMark verdict={verdict} isFinal={isFinal} />
      <Input
        mono
        aria-label={drills.expectation}
        aria-describedby={noteId}
        invalid={problem !== undefined}
        value={text}
        onChange={(event) => onChange(event.target.value)}
      />
      <IconButton label={drills.removeExpectation(text)} tone="quiet" size="small" onClick={onRemove}>
        <X size={13} aria-hidden />
      </IconButton>
      <div className="expectation-note" id={noteId}>
        {problem === undefined ? null : <FieldError>{problem}</FieldError>}
        {verdict ? <span>{told(engine(verdict.measured))}</span> : null}
        {compared ? <span className="muted">{drills.measuredBefore(engine(compared.measured))}</span> : null}
      </div>
    </li>
  );
}

function VerdictMark({ verdict, isFinal }: { verdict: DrillVerdict | undefined; isFinal: boolean }) {
  const { drills } = useMessages();
  if (!verdict) return <Circle size={14} className="tone-faint" role="img" aria-label={drills.notMeasured} />;
  if (verdict.passed) return <CircleCheck size={14} className="tone-ok" role="img" aria-label={drills.met} />;
  if (!isFinal) return <CircleDashed size={14} className="tone-warn" role="img" aria-label={drills.unmetSoFar} />;
  return <CircleX size={14} className="tone-bad" role="img" aria-label={drills.unmet} />;
}

function AddExpectation({ draft, onAdd }: { draft: DrillDraft; onAdd: (text: string) => void }) {
  const { drills } = useMessages();
  return (
    <Menu
      align="end"
      trigger={
        <Button size="small" tone="quiet">
          <Plus size={12} aria-hidden />
          {drills.addExpectation}
        </Button>
      }
    >
      {examplesFor(draft).map((text) => (
        <MenuItem key={text} onSelect={() => onAdd(text)}>
          <span className="mono">{text}</span>
        </MenuItem>
      ))}
    </Menu>
  );
}

/** What can be expected, with the drill's own backends and times. */
function examplesFor(draft: DrillDraft): string[] {
  const step = draft.steps.find((one) => one.kind !== 'process');
  const backend = step?.backend ?? 'api/a';
  const from = printDuration((step?.atMs ?? 0) + 1000);
  const to = printDuration(lengthOf(draft));
  return [
    'failed = 0',
    'failed < 1%',
    'retries = 0',
    'p99 < 250ms',
    `max(${from}..) < 1s`,
    `share(${backend}, ${from}..${to}) = 0`,
    `recovered(${backend}) < 2s`,
    'count(status = 5xx) = 0',
    `rate > ${Math.floor(Number.parseFloat(draft.rate) * 0.95) || 1}/s`,
  ];
}
