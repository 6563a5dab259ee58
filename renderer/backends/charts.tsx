import type { CSSProperties, ReactNode } from 'react';
import { useMemo } from 'react';
import { useStore } from 'zustand';
import type { PoolState } from '../../proxy-engine/contract/state.ts';
import { useApp, useEngine, useMessages } from '../app-context.tsx';
import { formatCount, formatLatency, formatLatencyStep, formatRate } from '../format/quantities.ts';
import { backendColor } from '../store/backend-color.ts';
import { poolRate } from '../store/pool-totals.ts';
import { CutName } from '../ui/cut-name.tsx';
import { Chart, type ChartLine } from './chart.tsx';
import { type ChartColumns, failedAttempts, isWhole, poolLatencies, poolRates, stackedShares } from './chart-data.ts';

interface ChartCardProps {
  title: string;
  extra: ReactNode;
  data: ChartColumns;
  children: ReactNode;
}

function ChartCard({ title, extra, data, children }: ChartCardProps) {
  const { backends } = useMessages();
  const [times, ...columns] = data;
  const young = times.length < 2;
  const none = isWhole(times) ? backends.noTraffic : backends.noTrafficYet;
  const empty = young || columns.every((column) => column.every((value) => value === null));
  return (
    <div className="card chart-card">
      <h3 className="section-title">
        {title}
        <span className="section-extra">{extra}</span>
      </h3>
      {empty ? (
        <div className="chart">
          <span className="chart-waiting">{young ? backends.waiting : none}</span>
        </div>
      ) : (
        children
      )}
    </div>
  );
}

export function ShareCard({ pool }: { pool: PoolState }) {
  const app = useApp();
  const { backends } = useMessages();
  const series = useStore(app.series, (state) => state);
  const state = useEngine((view) => view.state);
  const columns = useMemo(() => stackedShares(series, pool), [series, pool]);
  // Drawn from the top of the stack down, so that each covers the ones above its own share.
  const [times, ...shares] = columns;
  const lines: ChartLine[] = pool.backends.map((one) => ({
    label: one.name,
    color: backendColor(state, pool.name, one.name),
    fill: true,
  }));
  return (
    <ChartCard title={backends.share} extra={<Legend pool={pool} />} data={columns}>
      <Chart
        label={backends.chartLabel(backends.share)}
        data={[times, ...shares.reverse()]}
        lines={lines.reverse()}
        max={1}
        format={(value) => `${Math.round(value * 100)} %`}
      />
    </ChartCard>
  );
}

/** Letters that fit, with the swatch and the gap of each name; the table below has them all. */
const LEGEND_LETTERS = 40;
const NAME_LETTERS = 12;
const AROUND_NAME = 4;

function Legend({ pool }: { pool: PoolState }) {
  const state = useEngine((view) => view.state);
  const count = pool.backends.length;
  const shown = namesThatFit(pool.backends.map(({ name }) => name));
  return (
    <span className="legend">
      {pool.backends.slice(0, shown).map((one) => (
        <span
          key={one.name}
          className="backend-chip"
          style={{ '--series': backendColor(state, pool.name, one.name) } as CSSProperties}
        >
          <i className="swatch" />
          <CutName name={one.name} />
        </span>
      ))}
      {shown < count ? <span>+{count - shown}</span> : null}
    </span>
  );
}

function namesThatFit(names: readonly string[]): number {
  let letters = 0;
  const cut = names.findIndex((name) => {
    letters += Math.min(NAME_LETTERS, name.length) + AROUND_NAME;
    return letters > LEGEND_LETTERS;
  });
  return cut < 0 ? names.length : cut;
}

export function RequestsCard({ pool }: { pool: PoolState }) {
  const app = useApp();
  const { backends } = useMessages();
  const series = useStore(app.series, (state) => state);
  const data = useMemo(() => poolRates(series, pool), [series, pool]);
  return (
    <ChartCard title={backends.requests} extra={formatRate(poolRate(pool))} data={data}>
      <Chart
        label={backends.chartLabel(backends.requests)}
        data={data}
        lines={[{ label: backends.requests, color: 'var(--accent)' }]}
        format={(value) => `${Math.round(value * 10) / 10}`}
      />
    </ChartCard>
  );
}

const LATENCY_LINES: readonly ChartLine[] = [
  { label: 'p50', color: 'var(--ok)' },
  { label: 'p95', color: 'var(--warn)', dash: [6, 3] },
  { label: 'p99', color: 'var(--bad)', dash: [2, 3] },
];

export function LatencyCard({ pool }: { pool: PoolState }) {
  const app = useApp();
  const { backends } = useMessages();
  const series = useStore(app.series, (state) => state);
  const data = useMemo(() => poolLatencies(series, pool), [series, pool]);
  const [p50, p95, p99] = withOneUnit(data.slice(1).map((column) => formatLatency(column.at(-1) ?? 0)));
  return (
    <ChartCard title={backends.latency} extra={backends.percentiles(p50 ?? '–', p95 ?? '–', p99 ?? '–')} data={data}>
      <Chart
        label={backends.chartLabel(backends.latency)}
        data={data}
        lines={LATENCY_LINES}
        format={formatLatencyStep}
      />
    </ChartCard>
  );
}

/** `37 · 68 · 68 ms`: a unit that all have stands behind the last. */
function withOneUnit(latencies: readonly string[]): string[] {
  const units = new Set(latencies.map((latency) => latency.split(' ')[1]));
  const shared = units.size === 1;
  return latencies.map((latency, at) =>
    shared && at < latencies.length - 1 ? (latency.split(' ')[0] ?? '') : latency,
  );
}

/** A line a backend, in its colour. */
export function ErrorsCard({ pool }: { pool: PoolState }) {
  const app = useApp();
  const { backends, pools } = useMessages();
  const series = useStore(app.series, (state) => state);
  const state = useEngine((view) => view.state);
  const data = useMemo(() => failedAttempts(series, pool), [series, pool]);
  const [times, ...columns] = data;
  const total = columns.flat().reduce<number>((sum, count) => sum + (count ?? 0), 0);
  const told = isWhole(times) ? pools.errorsNow : pools.errorsYet;
  return (
    <ChartCard title={pools.errors} extra={told(formatCount(total))} data={data}>
      <Chart
        label={backends.chartLabel(pools.errors)}
        data={data}
        lines={pool.backends.map(({ name }) => ({ label: name, color: backendColor(state, pool.name, name) }))}
        format={formatCount}
        whole
      />
    </ChartCard>
  );
}
