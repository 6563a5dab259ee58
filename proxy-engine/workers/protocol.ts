/** What the engine and the threads that carry exchanges beside it say to each other. Messages keep their order. */
import type { MessagePort } from 'node:worker_threads';
import type { BackendFacts, PoolFacts } from '../balancer/followed.ts';
import type { CaptureConfig, Config } from '../contract/config.ts';
import type { ConfigIssue } from '../contract/config-issue.ts';
import type { ListenerShare } from '../downstream/listeners.ts';
import type { ErrorCode } from '../errors.ts';
import type { ExchangeCounts } from '../metrics/exchange-counters.ts';

export interface WorkerData {
  /** Which thread this is; the engine's own is 0. */
  worker: number;
  /** All threads that carry exchanges. */
  workers: number;
  /** When the engine's clock was 0; `hrtimeMs`. */
  zeroMs: number;
  /** Of `ExchangeIds`. */
  ids: SharedArrayBuffer;
  /** How the engine calls itself towards upstream proxies. */
  via: string;
  authorityDir: string | null;
  capture: CaptureConfig;
  recording: boolean;
  newestId: number;
  /** Where recordings go. */
  store: MessagePort;
}

export interface PrepareOrder {
  config: Config;
  baseDir: string;
  /** By name. */
  listeners: Record<string, ListenerShare>;
  pools: Record<string, PoolFacts>;
}

/** Each is answered by `done`, `refused` or `counts`. */
export type Order =
  | ({ kind: 'prepare' } & PrepareOrder)
  /** What was prepared runs from now on. */
  | { kind: 'commit'; revision: number }
  /** What was prepared will not run. */
  | { kind: 'discard' }
  | { kind: 'count' }
  /** Answered when everything that was said before has been heard. */
  | { kind: 'settle' }
  | { kind: 'close'; drainMs: number };

export type ToWorker =
  | { type: 'order'; call: number; order: Order }
  /** The backends of a pool, all of them. */
  | { type: 'backends'; pool: string; facts: readonly BackendFacts[] }
  | { type: 'backend'; pool: string; facts: BackendFacts }
  | { type: 'recording'; recording: boolean }
  /** Another thread has made room in a pool. */
  | { type: 'wake'; pool: string };

/** Numbers of one attempt that did not fail: id of the record, `Clock.now()` of its end, milliseconds. */
export const ATTEMPT_NUMBERS = 3;

export interface FailedAttempt {
  record: number;
  at: number;
  latencyMs: number;
  code: ErrorCode;
  message: string;
}

/** How often routes and rules held, in the order of the config. */
export interface Hits {
  /** Of the config that it is about. */
  revision: number;
  routes: readonly number[];
  rules: readonly number[];
}

/** What the recorder of a thread could not keep, and what is on its way. */
export interface RecorderCounts {
  underway: number;
  skipped: number;
  withoutBodies: number;
}

/** What happened since the last report. */
export interface Report {
  attempts: Float64Array;
  failures: readonly FailedAttempt[];
  hits: Hits;
  recorder: RecorderCounts;
}

export interface WorkerCounts {
  exchanges: readonly ExchangeCounts[];
  inFlight: number;
  /** Open connections to backends, by the id of their record. */
  connections: ReadonlyMap<number, number>;
}

export type FromWorker =
  | { type: 'ready' }
  | { type: 'done'; call: number }
  | { type: 'counts'; call: number; counts: WorkerCounts }
  | { type: 'refused'; call: number; issues: readonly ConfigIssue[] }
  | { type: 'report'; report: Report }
  /** An ejected backend was picked, because no other is left. */
  | { type: 'readmitted'; record: number };
