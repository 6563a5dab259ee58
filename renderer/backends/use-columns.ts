import { useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { PoolState } from '../../proxy-engine/contract/state.ts';
import { useApp } from '../app-context.tsx';
import type { Series } from '../store/series.ts';
import type { ChartColumns, Members } from './chart-data.ts';

/** What a chart shows of a pool: anew once a second, and only while it is in sight; null: it never was. */
export function useColumns(
  pool: PoolState,
  inSight: boolean,
  columnsOf: (series: Series, members: Members) => ChartColumns,
): ChartColumns | null {
  const app = useApp();
  const newest = useStore(app.series, (series) => (inSight ? series : null));
  const [series, setSeries] = useState(newest);
  if (newest !== null && newest !== series) setSeries(newest);
  // The figures of a pool change several times a second, its backends hardly ever.
  const members = JSON.stringify({ name: pool.name, backends: pool.backends.map(({ name }) => ({ name })) });
  return useMemo(() => series && columnsOf(series, JSON.parse(members) as Members), [series, members, columnsOf]);
}
