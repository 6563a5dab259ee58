/** What the engine and the threads that carry exchanges beside it say to each other. Messages keep their order. */
import type { MessagePort } from 'node:worker_threads';
import type { BackendFacts, PoolFacts } from '../balancer/followed.ts';
import type { Decision } from '../breakpoints/decision.ts';
import type { AwaitedNext } from '../breakpoints/next-breakpoint.ts';
import type { HeldDetail, HeldRow } from '../contract/breakpoint.ts';
import type { CaptureConfig, Config } from '../contract/config.ts';
import type { ConfigIssue } from '../contract/config-issue.ts';
import type { ListenerShare } from '../downstream/listeners.ts';
import type { DrillExchange, DrillOrder } from '../drills/drill-watch.ts';
import type { ErrorCode } from '../errors.ts';
import type { CountsElsewhere } from '../metrics/engine-metrics.ts';
import type { ScriptOrder, ScriptReply } from '../scripts/protocol.ts';
import type { Sizes } from '../store/thread/sizes-now.ts';
import type { ThreadPlace } from '../threads/shared-bells.ts';

export interface WorkerData {
  thread: ThreadPlace;
  /** When the engine's clock was 0; `hrtimeMs`. */
  zeroMs: number;
  /** Of the next message that a person waits for: `NextBreakpoint`. */
  turn: SharedArrayBuffer;
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
  /** Where the limits of rules count, by the name of the rule. */
  limits: ReadonlyMap<string, SharedArrayBuffer>;
}

/** Each is answered by `done` with its result, or by `refused`. */
export type Order =
  | ({ kind: 'prepare' } & PrepareOrder)
  /** What was prepared runs from now on. */
  | { kind: 'commit'; revision: number }
  /** What was prepared will not run. */
  | { kind: 'discard' }
  /** What it has counted so far. */
  | { kind: 'count' }
  /** A message that it may hold. */
  | { kind: 'held'; id: number }
  | { kind: 'decide'; decision: Decision }
  /** How much of those exchanges has passed, of which it carries some. */
  | { kind: 'sizes'; ids: readonly number[] }
  /** Answered when the store has taken in what it has recorded so far. */
  | { kind: 'record' }
  /** Answered when everything that was said before has been heard. */
  | { kind: 'settle' }
  | { kind: 'close'; drainMs: number };

export interface OrderResults {
  count: CountsElsewhere;
  held: HeldDetail | null;
  /** What is wrong with the edits. */
  decide: string | null;
  sizes: ReadonlyMap<number, Sizes>;
}

export type ResultOf<O extends Order> = O['kind'] extends keyof OrderResults ? OrderResults[O['kind']] : undefined;

export type ToWorker =
  | { type: 'order'; call: number; order: Order }
  /** All that is to be known of a pool. */
  | { type: 'pool'; pool: string; facts: PoolFacts }
  | { type: 'backend'; pool: string; facts: BackendFacts }
  | { type: 'recording'; recording: boolean }
  /** Nothing may go to that address. */
  | { type: 'reserve'; address: string }
  /** What a script said that was asked for by `script`. */
  | { type: 'scripted'; call: number; reply: ScriptReply }
  /** What a person waits for; null: nothing. */
  | { type: 'await'; next: AwaitedNext | null }
  /** The drill whose exchanges are to be told; null: none. */
  | { type: 'watch'; drill: DrillOrder | null };

/** Numbers of one attempt that did not fail: id of the record, `Clock.now()` of its end, milliseconds. */
export const ATTEMPT_NUMBERS = 3;

export interface FailedAttempt {
  record: number;
  at: number;
  latencyMs: number;
  code: ErrorCode;
  message: string;
  byFault: boolean;
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

export type FromWorker =
  | { type: 'ready' }
  | { type: 'done'; call: number; result: unknown }
  | { type: 'refused'; call: number; issues: readonly ConfigIssue[] }
  | { type: 'report'; report: Report }
  /** The messages that it holds now. */
  | { type: 'held'; held: readonly HeldRow[] }
  /** One of the drill that is watched. */
  | { type: 'drill'; exchange: DrillExchange }
  /** Scripts run in one place, so that their variables are those of all threads. */
  | { type: 'script'; call: number; order: ScriptOrder }
  /** An ejected backend was picked, because no other is left. */
  | { type: 'readmitted'; record: number };
