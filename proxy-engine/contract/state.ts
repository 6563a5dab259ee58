/** The engine's state as `state.get` and the channel tell it (control.md). Rates are per second, latencies milliseconds. */
import type { BreakpointState } from './breakpoint.ts';
import type { BackendState, PolicyName, PoolConfig } from './config.ts';
import type { DrillStatus } from './drill.ts';

/** Whether the state changed because exchanges went by, at their rate, or because somebody or something decided. */
export type ChangeBy = 'traffic' | 'decision';

export type Health = 'unknown' | 'healthy' | 'unhealthy';

/** A failure made on purpose, per backend, at run time. Latencies in milliseconds, bandwidth in bytes per second. */
export interface Fault {
  latencyMs?: number;
  jitterMs?: number;
  errorPercent?: number;
  status?: number;
  reset?: 'connect' | 'head' | 'body';
  blackhole?: boolean;
  bandwidthBytesPerSecond?: number;
  truncate?: boolean;
  /** Share of requests that the fault hits; 100 when absent. */
  percent?: number;
}

export interface ListenerState {
  name: string;
  address: string;
  mode: 'reverse' | 'forward';
  /** Whether clients come over TLS. */
  secure: boolean;
  /** It takes no HTTP/1.1. */
  http2Only?: true;
  error?: string;
}

export interface BackendStatus {
  name: string;
  url: string;
  weight: number;
  state: BackendState;
  backup: boolean;
  health: Health;
  /** Epoch milliseconds. */
  ejectedUntil?: number;
  available: boolean;
  /** Why it is or is not available, in a sentence: `maint by you, 14:02`, `fall 3/3: connection refused`. */
  reason: string;
  fault?: Fault;
  inFlight: number;
  requests: number;
  failures: number;
  rate: number;
  p50Ms: number;
  p95Ms: number;
  p99Ms: number;
  /** Newest last, at most 60: what probes and live requests said. */
  history: ('ok' | 'slow' | 'fail')[];
  /** Why probes and attempts failed lately, newest last; `at`: epoch milliseconds of the last of `times` in a row. */
  recentFailures: { at: number; reason: string; times: number }[];
}

export interface PoolState {
  name: string;
  policy: PolicyName;
  /** What keyed policies go by; absent: the config says nothing. */
  hash?: PoolConfig['hash'];
  /** `GET /healthz every 5 s`; absent without a check. */
  check?: string;
  /** Where its backends come from: `A api.internal:3000 every 10 s`; absent: the config lists them. */
  discover?: string;
  /** Why they cannot be read there now; those found before stay. */
  problem?: string;
  retry: string;
  /** Exchanges that wait until a backend has room; absent: none does. */
  queued?: number;
  backends: BackendStatus[];
}

/** `full`: heads and bodies. `heads`: bodies are being dropped. `sampled`: some exchanges are not recorded. `off`: nothing is. */
export type CaptureLevel = 'full' | 'heads' | 'sampled' | 'off';

export interface CaptureState {
  level: CaptureLevel;
  /** Why it is not `full`. */
  reason?: string;
  /** What people should know about where it is kept, and what of it could not be read. */
  note?: string;
  /** It is gone when the engine ends. */
  temporary?: boolean;
  recording: boolean;
  exchanges: number;
  bytes: number;
  /** Exchanges since the start that were not recorded although recording was on. */
  notRecorded: number;
  /** Exchanges since the start that were recorded without their whole bodies, because the disk was full or too slow. */
  withoutBodies: number;
}

/**
 * Why what runs is not what is written. `config`: the document or a file that it includes. Of a shared rule set, whose last good
 * copy runs: `unreachable`: its database does not answer; `gone`: there is no such key; `refused`: what it has now cannot run.
 * `unkept`: what it has runs, and no copy of it could be kept on disk.
 */
export type ConfigProblem =
  | { kind: 'config'; reason: string }
  | { kind: 'unreachable' | 'gone' | 'refused' | 'unkept'; source: string; reason: string };

export interface EngineState {
  /** Grows by one with every applied config. */
  revision: number;
  /** File name of the config, when it has one. */
  configFile?: string;
  /** Set when the file on disk is not what runs. */
  configError?: string;
  /** The same, one by one; absent: there is none. */
  configProblems?: ConfigProblem[];
  listeners: ListenerState[];
  routes: { name: string; match?: string; to: string; hits: number }[];
  /** `source`: the file or the shared rule set that it is included from; absent: it stands in the document itself. */
  rules: { name: string; group?: string; match?: string; enabled: boolean; hits: number; source?: string }[];
  pools: PoolState[];
  capture: CaptureState;
  breakpoints: BreakpointState;
  /** The drill that runs, or ran last; absent: none did. */
  drill?: DrillStatus;
}
