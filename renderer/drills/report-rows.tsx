import type { ReactNode } from 'react';
import type { DrillReport } from '../../proxy-engine/contract/drill.ts';
import type { DrillPart } from '../../proxy-engine/contract/drill-view.ts';
import { useEngine, useMessages } from '../app-context.tsx';
import { formatCount, formatLatency } from '../format/quantities.ts';
import { colorOf } from './backend-names.ts';
import { type Bar, columnsOf, failureBars, linePoints, mostFailed, shareBars, slowest } from './report-shapes.ts';

interface RowsProps {
  report: DrillReport;
  compared: DrillReport | null;
  /** Of the axis, milliseconds. */
  length: number;
}

/** Share, latency and failures second by second, below the tracks, on their axis. */
export function ReportRows({ report, compared, length }: RowsProps) {
  const { drills } = useMessages();
  const { totals } = report;
  const columns = columnsOf(report);
  const others = compared ? columnsOf(compared) : [];
  const top = slowest([...columns, ...others]);
  return (
    <>
      <Row label={drills.share} detail="">
        <Plot label={drills.chart.share} length={length} height={96}>
          <Bars bars={shareBars(columns)} report={report} />
        </Plot>
      </Row>
      <Row label={drills.latency} detail={`p99 ≤ ${formatLatency(top)}`}>
        <Plot label={drills.chart.latency} length={length} height={72}>
          {compared ? <polyline className="line-p99 line-compared" points={linePoints(others, p99, top)} /> : null}
          <polyline className="line-p50" points={linePoints(columns, p50, top)} />
          <polyline className="line-p99" points={linePoints(columns, p99, top)} />
        </Plot>
      </Row>
      <Row
        label={drills.failedAttempts}
        detail={drills.failedOf(formatCount(totals.failed), formatCount(totals.requests))}
      >
        <Plot label={drills.chart.failures} length={length} height={48}>
          <Bars bars={failureBars(columns)} report={report} />
          <FailedRequests columns={columns} />
        </Plot>
      </Row>
      {report.outcome === 'running' ? <Playhead at={report.elapsedMs / length} /> : null}
    </>
  );
}

const p50 = ({ p50Ms }: { p50Ms?: number }): number | undefined => p50Ms;
const p99 = ({ p99Ms }: { p99Ms?: number }): number | undefined => p99Ms;

function Row({ label, detail, children }: { label: string; detail: string; children: ReactNode }) {
  return (
    <div className="timeline-row drill-report-row">
      <span className="drill-report-label">
        {label}
        <small>{detail}</small>
      </span>
      <div className="drill-lane">{children}</div>
    </div>
  );
}

interface PlotProps {
  label: string;
  length: number;
  height: number;
  children: ReactNode;
}

/** Stretched over the lane: lines keep their width. */
function Plot({ label, length, height, children }: PlotProps) {
  return (
    <svg
      className="drill-plot"
      viewBox={`0 0 ${length} 1`}
      preserveAspectRatio="none"
      height={height}
      role="img"
      aria-label={label}
    >
      {children}
    </svg>
  );
}

function Bars({ bars, report }: { bars: readonly Bar[]; report: DrillReport }) {
  const state = useEngine((view) => view.state);
  return bars.map(({ atMs, widthMs, from, to, backend }) => (
    <rect
      key={`${atMs} ${backend}`}
      x={atMs}
      width={widthMs}
      y={1 - to}
      height={to - from}
      style={{ fill: colorOf(state, report.backends[backend]?.name ?? '') }}
    />
  ));
}

/** A line where requests failed, however many attempts did. */
function FailedRequests({ columns }: { columns: readonly DrillPart[] }) {
  const most = mostFailed(columns);
  return columns.map(({ failed, atMs, widthMs }) =>
    failed === 0 ? null : (
      <path key={atMs} className="line-failed" d={`M${atMs} ${1 - failed / most}H${atMs + widthMs}`} />
    ),
  );
}

function Playhead({ at }: { at: number }) {
  return (
    <div
      className="playhead"
      style={{ left: `calc(var(--gutter) + (100% - var(--gutter) - 18px) * ${Math.min(1, at)})` }}
    />
  );
}
