import { ChevronDown, Download, Undo2 } from 'lucide-react';
import type { CSSProperties } from 'react';
import type { DrillReport } from '../../proxy-engine/contract/drill.ts';
import { DRILL_FORMAT_NAMES, type DrillFormat } from '../../proxy-engine/contract/drill-formats.ts';
import { shownBackends } from '../../proxy-engine/contract/drill-view.ts';
import { useApp, useEngine, useMessages } from '../app-context.tsx';
import { formatCount, formatLatency, formatRate, formatShare } from '../format/quantities.ts';
import { formatDay } from '../format/time.ts';
import { saveText } from '../transfer/save-text.ts';
import { Button } from '../ui/button.tsx';
import { Menu, MenuItem } from '../ui/menu.tsx';
import { showToast } from '../ui/toast.tsx';
import { Told } from '../ui/told.tsx';
import { BackendName } from './backend-name.tsx';
import { colorOf } from './backend-names.ts';
import { fileName } from './drill-head.tsx';
import { issueLines } from './issue-lines.ts';
import { OutcomeMark } from './outcome-mark.tsx';
import { showSeconds } from './step-words.ts';

interface ReportHeadProps {
  report: DrillReport;
  compared: DrillReport | null;
}

/** How the run on view ended, in words and numbers, beside those of another run. */
export function ReportHead({ report, compared }: ReportHeadProps) {
  const { drills, engine } = useMessages();
  const { outcome, problem, elapsedMs, durationMs, restored } = report;
  const isRunning = outcome === 'running';
  return (
    <section className="card drill-card" aria-label={drills.verdict}>
      <h2 className="drill-outcome">
        <OutcomeMark outcome={outcome} size={18} />
        <span role="status">{drills.outcome[outcome]}</span>
        <span className="muted">
          {isRunning
            ? drills.progress(showSeconds(Math.min(elapsedMs, durationMs)), showSeconds(durationMs))
            : formatDay(report.startedAt)}
        </span>
      </h2>
      <p className="muted truncate" title={report.name}>
        {report.name}
      </p>
      {problem === undefined ? null : (
        <p className="outcome-problem">
          <Told>{problem}</Told>
        </p>
      )}
      <Totals report={report} compared={compared} />
      <BackendShares report={report} />
      {restored.length > 0 ? <p className="muted">{drills.restored(restored.map(engine).join(', '))}</p> : null}
      {isRunning ? null : <ReportActions report={report} />}
    </section>
  );
}

function Totals({ report, compared }: ReportHeadProps) {
  const { drills } = useMessages();
  const rows = [
    [
      drills.total.requests,
      (one: DrillReport) => `${formatCount(one.totals.requests)} · ${formatRate(one.totals.rate)}`,
    ],
    [drills.total.failed, (one: DrillReport) => formatCount(one.totals.failed)],
    [drills.total.retries, (one: DrillReport) => formatCount(one.totals.retries)],
    [drills.total.p50, (one: DrillReport) => formatLatency(one.totals.p50Ms)],
    [drills.total.p99, (one: DrillReport) => formatLatency(one.totals.p99Ms)],
    [drills.total.max, (one: DrillReport) => formatLatency(one.totals.maxMs)],
  ] as const;
  return (
    <dl className="drill-totals">
      {rows.map(([label, of]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>
            {of(report)}
            {compared ? <small title={drills.comparedTitle}>{of(compared)}</small> : null}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function BackendShares({ report }: { report: DrillReport }) {
  const { drills } = useMessages();
  const state = useEngine((view) => view.state);
  return (
    <table className="drill-backends">
      <thead>
        <tr>
          <th scope="col">{drills.backend}</th>
          <th scope="col">{drills.share}</th>
          <th scope="col">{drills.failedAttempts}</th>
        </tr>
      </thead>
      <tbody>
        {shownBackends(report.backends).map(({ name, attempts, share, failures }) => (
          <tr key={name}>
            <td>
              <span className="backend-chip" style={{ '--series': colorOf(state, name) } as CSSProperties}>
                <i className="swatch" />
                <BackendName name={name} />
              </span>
            </td>
            <td>{attempts === 0 ? '–' : formatShare(share, 1)}</td>
            <td>{drills.ofAttempts(formatCount(failures), formatCount(attempts))}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const EXTENSIONS: Record<DrillFormat, string> = { html: 'html', junit: 'xml', json: 'json', text: 'txt' };

function ReportActions({ report }: { report: DrillReport }) {
  const app = useApp();
  const { drills, engine } = useMessages();

  async function save(format: DrillFormat): Promise<void> {
    saveText(await app.drills.exportReport(report.id, format), `${fileName(report.name)}.${EXTENSIONS[format]}`);
  }

  async function take(): Promise<void> {
    const issues = await app.drills.open(report.document);
    if (issues) showToast('error', issueLines(issues, engine), true);
  }

  return (
    <div className="drill-actions">
      <Menu
        trigger={
          <Button size="small">
            <Download size={12} aria-hidden />
            {drills.exportReport}
            <ChevronDown size={12} aria-hidden />
          </Button>
        }
      >
        {DRILL_FORMAT_NAMES.map((format) => (
          <MenuItem key={format} onSelect={() => app.attempt(save(format))}>
            {drills.format[format]}
          </MenuItem>
        ))}
      </Menu>
      <Button size="small" title={drills.takeHint} onClick={() => app.attempt(take())}>
        <Undo2 size={12} aria-hidden />
        {drills.take}
      </Button>
    </div>
  );
}
