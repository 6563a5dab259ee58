/** What main thread and load thread of a drill tell each other. */
import type { Aim } from './aim.ts';

/** On every request of a drill: `RUN.NUMBER`, by which its exchanges are told from others. */
export const DRILL_HEADER = 'x-switchyard-drill';

export interface LoadJob {
  id: string;
  aim: Aim;
  method: string;
  headers: Readonly<Record<string, string>>;
  body: string | undefined;
  /** Requests a second. */
  rate: number;
  connections: number;
  timeoutMs: number;
  durationMs: number;
}

/** `begin`: the first request is due at that time (epoch milliseconds). `stop`: what is under way is given up and not told. */
export type ToLoadThread = { type: 'begin'; at: number } | { type: 'stop' };

export type FromLoadThread =
  | { type: 'ready' }
  /** Rows of `RESULT_FIELDS` numbers: which request, when it was due, what it took until its end (both milliseconds), 1: it failed. */
  | { type: 'results'; rows: Float64Array; failures: { number: number; reason: string }[] }
  | { type: 'done' };

export const RESULT_FIELDS = 4;

/** When request `number` (from 0) is due, in milliseconds from the begin. */
export function dueAt(number: number, perSecond: number): number {
  return (number * 1000) / perSecond;
}

/** How many requests there are within `durationMs`: those that are due before its end. */
export function requestCount(durationMs: number, perSecond: number): number {
  return Math.ceil((durationMs * perSecond) / 1000 - 1e-9);
}
