import type { ReactNode } from 'react';
import type { PoolState } from '../../proxy-engine/contract/state.ts';
import { useMessages } from '../app-context.tsx';
import { formatCount, formatLatency, formatLatencyStep, formatRate } from '../format/quantities.ts';
import { poolRate } from '../store/pool-totals.ts';
import type { Series } from '../store/series.ts';
import { Chart, type ChartLine } from './chart.tsx';
import {
  type ChartColumns,
  failedAttempts,
  isWhole,
  type Members,
  poolLatencies,
  poolRates,
  stackedShares,
} from './chart-data.ts';
import { Legend } from './legend.tsx';
import { useColors } from './use-colors.ts';
import { useColumns } from './use-columns.ts';

interface ChartCardProps {
  title: string;
  extra: ReactNode;
  /** null: it has not been in sight yet. */
  data: ChartColumns | null;
  children: (data: ChartColumns) => ReactNode;
}

const NOTHING: ChartColumns = [[]];

function ChartCard({ title, extra, data, children }: ChartCardProps) {
  return (
    <div className="card chart-card">
      <h3 className="section-title">
        {title}
        <span className="section-extra">{extra}</span>
      </h3>
      {data === null ? <div className="chart" /> : hasValues(data) ? children(data) : <Waiting times={data[0]} />}
    </div>
  );
}

function hasValues([times, ...columns]: ChartColumns): boolean {
  return times.length >= 2 && columns.some((column) => column.some((value) => value !== null));
}

function Waiting({ times }: { times: readonly number[] }) {
  const { backends } = useMessages();
  const none = isWhole(times) ? backends.noTraffic : backends.noTrafficYet;
  return (
    <div className="chart">
      <span className="chart-waiting">{times.length < 2 ? backends.waiting : none}</span>
    </div>
  );
}

interface CardProps {
  pool: PoolState;
  inSight: boolean;
}

/** From the top of the stack down, so that each covers the ones above its own share. */
function sharesFromTheTop(series: Series, members: Members): ChartColumns {
  const [times, ...shares] = stackedShares(series, members);
  return [times, ...shares.reverse()];
}

export function ShareCard({ pool, inSight }: CardProps) {
  const { backends } = useMessages();
  const data = useColumns(pool, inSight, sharesFromTheTop);
  const colors = useColors(pool);
  const lines = pool.backends.map(({ name }, n): ChartLine => ({ label: name, color: colors[n] ?? '', fill: true }));
  return (
    <ChartCard
      title={backends.share}
      extra={<Legend names={pool.backends.map(({ name }) => name)} colors={colors} />}
      data={data}
    >
      {(columns) => (
        <Chart
          label={backends.chartLabel(backends.share)}
          lines={lines.toReversed()}
          max={1}
          format={(value) => `${Math.round(value * 100)} %`}
          data={columns}
        />
      )}
    </ChartCard>
  );
}

export function RequestsCard({ pool, inSight }: CardProps) {
  const { backends } = useMessages();
  const data = useColumns(pool, inSight, poolRates);
  return (
    <ChartCard title={backends.requests} extra={formatRate(poolRate(pool))} data={data}>
      {(columns) => (
        <Chart
          label={backends.chartLabel(backends.requests)}
          lines={[{ label: backends.requests, color: 'var(--accent)' }]}
          format={(value) => `${Math.round(value * 10) / 10}`}
          data={columns}
        />
      )}
    </ChartCard>
  );
}

const LATENCY_LINES: readonly ChartLine[] = [
  { label: 'p50', color: 'var(--ok)' },
  { label: 'p95', color: 'var(--warn)', dash: [6, 3] },
  { label: 'p99', color: 'var(--bad)', dash: [2, 3] },
];

/** Each in the colour of its line. */
function Percentiles({ latencies }: { latencies: readonly string[] }) {
  return LATENCY_LINES.map(({ label, color }, n) => (
    <span key={label}>
      <b style={{ color }}>{label}</b> {latencies[n] ?? '–'}
    </span>
  ));
}

export function LatencyCard({ pool, inSight }: CardProps) {
  const { backends } = useMessages();
  const data = useColumns(pool, inSight, poolLatencies);
  const latencies = withOneUnit((data ?? []).slice(1).map((column) => formatLatency(column.at(-1) ?? 0)));
  return (
    <ChartCard title={backends.latency} extra={<Percentiles latencies={latencies} />} data={data}>
      {(columns) => (
        <Chart
          label={backends.chartLabel(backends.latency)}
          lines={LATENCY_LINES}
          format={formatLatencyStep}
          data={columns}
        />
      )}
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
export function ErrorsCard({ pool, inSight }: CardProps) {
  const { backends, pools } = useMessages();
  const data = useColumns(pool, inSight, failedAttempts);
  const colors = useColors(pool);
  const [times, ...columns] = data ?? NOTHING;
  const total = columns.flat().reduce<number>((sum, count) => sum + (count ?? 0), 0);
  const told = isWhole(times) ? pools.errorsNow : pools.errorsYet;
  return (
    <ChartCard title={pools.errors} extra={told(formatCount(total))} data={data}>
      {(columns) => (
        <Chart
          label={backends.chartLabel(pools.errors)}
          lines={pool.backends.map(({ name }, n) => ({ label: name, color: colors[n] ?? '' }))}
          format={formatCount}
          whole
          data={columns}
        />
      )}
    </ChartCard>
  );
}
