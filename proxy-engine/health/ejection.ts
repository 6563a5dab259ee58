/** When failures of live traffic take a backend out, for how long, and what lets it return (Envoy's outlier detection, consecutive failures). */
import type { EjectionConfig } from '../contract/config.ts';
import type { ErrorCode, ProxyError } from '../errors.ts';

/** A backend that stayed in for this long is forgiven one earlier ejection (Envoy's interval). */
const FORGIVE_MS = 10_000;

export interface EjectionQuestion {
  consecutiveFailures: number;
  /** Of the pool, before this one. */
  ejected: number;
  /** Others that would get the traffic. */
  others: number;
  total: number;
}

/** Ejecting never takes the last one, and one may always go, whatever `maxPercent` says: so that it works in a pool of two. */
export function mayEject(
  { consecutiveFailures, ejected, others, total }: EjectionQuestion,
  config: EjectionConfig,
): boolean {
  if (consecutiveFailures < config.consecutiveFailures || others === 0) return false;
  return ejected === 0 || (100 * (ejected + 1)) / total <= config.maxPercent;
}

/** Milliseconds for the n-th ejection (from 1): base, 2 × base … at most `maxTime`. */
export function ejectionTimeMs(count: number, { baseTime, maxTime }: EjectionConfig): number {
  return Math.min(baseTime * count, maxTime);
}

/** Which ejection the next one is (from 1), after `earlier` ones and `stayedMs` of having been in. */
export function nextEjectionCount(earlier: number, stayedMs: number): number {
  return Math.max(0, earlier - Math.floor(stayedMs / FORGIVE_MS)) + 1;
}

export interface ReturnQuestion {
  /** A TCP connect was accepted just now. */
  answers: boolean;
  /** One was refused since the ejection. */
  seenDown: boolean;
  /** The time of the ejection is over. */
  timeIsUp: boolean;
}

/**
 * Whether an ejected backend of a pool without a check returns. One that was down is back as soon as it answers. One that
 * accepted connections all along failed in some other way: for it an accepted connection proves nothing before its time is up.
 */
export function mayReturn({ answers, seenDown, timeIsUp }: ReturnQuestion): boolean {
  return answers && (seenDown || timeIsUp);
}

const CAUSES: Partial<Record<ErrorCode, string>> = {
  CONNECT_REFUSED: 'connection refused',
  CONNECT_TIMEOUT: 'connect timeout',
  CONNECT_FAILED: 'cannot connect',
  DNS_FAILED: 'name not found',
  TLS_FAILED: 'TLS failed',
  RESET: 'reset',
  BAD_RESPONSE: 'malformed response',
  TRUNCATED: 'response cut short',
  HEAD_TIMEOUT: 'no response head in time',
  IDLE_TIMEOUT: 'idle for too long',
  TOTAL_TIMEOUT: 'total timeout',
  REFUSED_STREAM: 'stream refused',
};

/** `3× reset` */
export function ejectionCause(failures: number, error: ProxyError | null): string {
  return `${failures}× ${error ? (CAUSES[error.code] ?? error.message) : 'failed'}`;
}
