/** A report's seconds as shapes on a plane of 1 (value) by its length in milliseconds. Pure. */
import type { DrillReport, DrillSecond } from '../../proxy-engine/contract/drill.ts';

export interface Bar {
  atMs: number;
  widthMs: number;
  /** 0–1, from the bottom. */
  from: number;
  to: number;
  /** Place of the backend in the report; -1: of requests. */
  backend: number;
}

const SECOND_MS = 1000;

/** Each backend's part of the attempts of each second, stacked. */
export function shareBars(report: DrillReport): Bar[] {
  return report.seconds.flatMap(({ attempts }, second) => stacked(attempts, sum(attempts), second, lasted(report)));
}

/** Failed attempts by backend, stacked, as parts of the most that failed in a second. */
export function failureBars(report: DrillReport): Bar[] {
  const most = mostFailed(report);
  return report.seconds.flatMap(({ failures }, second) => stacked(failures, most, second, lasted(report)));
}

export function mostFailed({ seconds }: DrillReport): number {
  return Math.max(1, ...seconds.map(({ failures, failed }) => Math.max(failed, sum(failures))));
}

function stacked(counts: readonly number[], all: number, second: number, endMs: number): Bar[] {
  let below = 0;
  return counts.flatMap((count, backend) => {
    if (count === 0) return [];
    const from = below / all;
    below += count;
    return [{ ...place(second, endMs), from, to: below / all, backend }];
  });
}

/** As far as it came. */
function lasted({ durationMs, elapsedMs }: DrillReport): number {
  return Math.min(durationMs, elapsedMs);
}

function place(second: number, endMs: number): Pick<Bar, 'atMs' | 'widthMs'> {
  const atMs = second * SECOND_MS;
  return { atMs, widthMs: Math.max(0, Math.min(SECOND_MS, endMs - atMs)) };
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

/** Points of a line through the middles of the seconds: `500,0.8 1500,0.7`; 0 is the top, where `max` is. */
export function linePoints(report: DrillReport, of: (second: DrillSecond) => number | undefined, max: number): string {
  return report.seconds
    .flatMap((second, index) => {
      const value = of(second);
      const { atMs, widthMs } = place(index, lasted(report));
      return value === undefined ? [] : [`${atMs + widthMs / 2},${1 - value / max}`];
    })
    .join(' ');
}

/** The slowest second of all reports. */
export function slowest(reports: readonly (DrillReport | null)[]): number {
  return Math.max(1, ...reports.flatMap((report) => report?.seconds.map(({ p99Ms = 0 }) => p99Ms) ?? []));
}
