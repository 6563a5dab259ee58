import { CircleCheck, CircleX, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { useMessages } from '../app-context.tsx';
import { SegmentedControl } from '../ui/segmented-control.tsx';
import { countOf, OUTCOMES, type Outcome, type ReportEntry } from './report.ts';

const ICONS = { mapped: CircleCheck, approximated: TriangleAlert, unmapped: CircleX };

/** Longer lists are cut; the command line tells everything. */
const MOST_SHOWN = 500;

/** Each thing with a mark, a word, its place and the reason; all of them, or those of one outcome. */
export function ReportList({ entries }: { entries: readonly ReportEntry[] }) {
  const { transfer } = useMessages();
  const [only, setOnly] = useState<Outcome | 'all'>('all');
  const shown = entries.filter(({ outcome }) => only === 'all' || outcome === only);
  const options = [
    {
      value: 'all' as const,
      label: `${transfer.all} ${OUTCOMES.reduce((sum, one) => sum + countOf(entries, one), 0)}`,
    },
    ...OUTCOMES.map((value) => ({ value, label: `${transfer.outcome[value]} ${countOf(entries, value)}` })),
  ];
  return (
    <section className="report" aria-label={transfer.report}>
      <SegmentedControl size="small" label={transfer.report} value={only} options={options} onChange={setOnly} />
      {shown.length === 0 ? <p className="report-none muted">{transfer.nothing}</p> : null}
      {/* Scrolls by keys, too. */}
      <ul className="report-list" tabIndex={0} aria-label={transfer.report}>
        {shown.slice(0, MOST_SHOWN).map((entry, i) => (
          <ReportRow key={i} entry={entry} />
        ))}
        {shown.length > MOST_SHOWN ? (
          <li className="muted">{transfer.furthermore(shown.length - MOST_SHOWN)}</li>
        ) : null}
      </ul>
    </section>
  );
}

function ReportRow({ entry: { outcome, at, what, why, isName } }: { entry: ReportEntry }) {
  const { engine, transfer } = useMessages();
  const Icon = ICONS[outcome];
  return (
    <li className="report-row" data-outcome={outcome}>
      <span className="report-outcome">
        <Icon size={13} aria-hidden />
        {transfer.outcome[outcome]}
      </span>
      <span className="report-text">
        <span className="report-what">{isName ? what : engine(what)}</span>{' '}
        <span className="report-at mono">{engine(at)}</span>
        {why === undefined ? null : <span className="report-why">{engine(why)}</span>}
      </span>
    </li>
  );
}
