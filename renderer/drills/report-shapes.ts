/** A report as shapes on a plane of 1 (value) by its length in milliseconds. Pure. */
import type { DrillReport } from '../../proxy-engine/contract/drill.ts';
import { type DrillPart, partsOf } from '../../proxy-engine/contract/drill-view.ts';

export interface Bar {
  atMs: number;
  widthMs: number;
  /** 0–1, from the bottom. */
  from: number;
  to: number;
  /** Place of the backend in the report. */
  backend: number;
}

/** Narrower ones could not be told apart. */
const MAX_COLUMNS = 200;

/** As far as it came, in seconds or, when it is long, in longer parts. */
export function columnsOf({ seconds, durationMs, elapsedMs }: DrillReport): DrillPart[] {
  return partsOf(seconds, Math.min(durationMs, elapsedMs), MAX_COLUMNS);
}

/** Each backend's part of the attempts, stacked. */
export function shareBars(columns: readonly DrillPart[]): Bar[] {
  return columns.flatMap((column) => stacked(column, column.attempts, sum(column.attempts)));
}

/** Failed attempts by backend, stacked, as parts of the most that failed in a column. */
export function failureBars(columns: readonly DrillPart[]): Bar[] {
  const most = mostFailed(columns);
  return columns.flatMap((column) => stacked(column, column.failures, most));
}

export function mostFailed(columns: readonly DrillPart[]): number {
  return Math.max(1, ...columns.map(({ failures, failed }) => Math.max(failed, sum(failures))));
}

function stacked({ atMs, widthMs }: DrillPart, counts: readonly number[], all: number): Bar[] {
  let below = 0;
  return counts.flatMap((count, backend) => {
    if (count === 0) return [];
    const from = below / all;
    below += count;
    return [{ atMs, widthMs, from, to: below / all, backend }];
  });
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

/** Points of a line through the middles of the columns: `500,0.8 1500,0.7`; 0 is the top, where `max` is. */
export function linePoints(
  columns: readonly DrillPart[],
  of: (column: DrillPart) => number | undefined,
  max: number,
): string {
  return columns
    .flatMap((column) => {
      const value = of(column);
      return value === undefined ? [] : [`${column.atMs + column.widthMs / 2},${1 - value / max}`];
    })
    .join(' ');
}

/** The slowest second of all. */
export function slowest(columns: readonly DrillPart[]): number {
  return Math.max(1, ...columns.map(({ p99Ms = 0 }) => p99Ms));
}
