/** Failures made on purpose: what a backend's fault does to one attempt. Pure; the walk of the exchange carries it out. */
import type { Fault } from '../contract/state.ts';

/** Everything that can be done to one attempt; an attempt that the fault spares has none. */
export interface FaultDecision {
  /** Before connecting. */
  delayMs: number;
  /** What happens instead of an attempt, after the delay. */
  failWith: FaultFailure | null;
  /** The response is cut off after so many bytes of its body; null: not. */
  cutBody: { afterBytes: number; how: 'reset' | 'close' } | null;
  /** Bytes per second of the response body; Infinity: as fast as it comes. */
  bytesPerSecond: number;
}

export type FaultFailure =
  /** The backend answers with this status itself. */
  | { kind: 'status'; status: number }
  /** Nothing was sent: like a refused connection. */
  | { kind: 'reset-connect' }
  /** The request was sent, the connection breaks before an answer. */
  | { kind: 'reset-head' }
  /** Nothing ever comes back: timeouts decide. */
  | { kind: 'blackhole' };

const DEFAULT_STATUS = 503;
/**
 * A cut falls somewhere in the first 16 KiB of a body, after its first byte, so that a client has taken the response for good. Small
 * numbers are as likely as large ones (half of all are below 128), so that short bodies that do not say their length lose a part, too.
 */
const MAX_CUT_BYTES = 16 * 1024;

/**
 * Decides once per attempt, null: it is spared; `random` gives numbers in [0, 1) and is asked in a fixed order, so that a seed repeats a run.
 * `percent` chooses which attempts are hit at all; among those, `errorPercent` how many fail with `status`. Of several
 * failures the earliest on an attempt's way happens: blackhole, connect, status, head, body.
 */
export function decideFault(fault: Fault, random: () => number): FaultDecision | null {
  if (!hits(fault.percent ?? 100, random)) return null;
  const delayMs = latency(fault, random);
  const isError = hits(fault.errorPercent ?? (fault.status === undefined ? 0 : 100), random);
  const failWith = failureOf(fault, isError);
  const decision = {
    delayMs,
    failWith,
    cutBody: failWith ? null : cutOf(fault, random),
    bytesPerSecond: fault.bandwidthBytesPerSecond ?? Number.POSITIVE_INFINITY,
  };
  return doesNothing(decision) ? null : decision;
}

/** Only some fail with a status, and this one is not among them. */
function doesNothing({ delayMs, failWith, cutBody, bytesPerSecond }: FaultDecision): boolean {
  return delayMs === 0 && !failWith && !cutBody && bytesPerSecond === Number.POSITIVE_INFINITY;
}

function hits(percent: number, random: () => number): boolean {
  return random() < percent / 100;
}

/** Uniform in `latencyMs` ± `jitterMs`, never less than nothing. */
function latency({ latencyMs = 0, jitterMs = 0 }: Fault, random: () => number): number {
  return Math.max(0, latencyMs + (2 * random() - 1) * jitterMs);
}

function failureOf({ blackhole, reset, status = DEFAULT_STATUS }: Fault, isError: boolean): FaultFailure | null {
  if (blackhole) return { kind: 'blackhole' };
  if (reset === 'connect') return { kind: 'reset-connect' };
  if (isError) return { kind: 'status', status };
  return reset === 'head' ? { kind: 'reset-head' } : null;
}

function cutOf({ reset, truncate }: Fault, random: () => number): FaultDecision['cutBody'] {
  const afterBytes = Math.floor(MAX_CUT_BYTES ** random());
  if (reset === 'body') return { afterBytes, how: 'reset' };
  return truncate ? { afterBytes, how: 'close' } : null;
}

/**
 * Where a body of `lengthBytes` (-1: not known, it may end before and is cut off where it ends) is cut: inside it when it is
 * shorter than the decision says, so that something is missing. Of one byte nothing comes: 0. One of no bytes cannot be cut.
 */
export function cutPoint(afterBytes: number, lengthBytes: number): number {
  return lengthBytes < 0 ? afterBytes : Math.min(afterBytes, Math.floor(lengthBytes / 2));
}

/** The fault in a few words, for the list of backends: `+200 ± 50 ms, 30 % 503`. */
export function describeFault(fault: Fault): string {
  const { latencyMs, jitterMs, errorPercent, status, reset, blackhole, truncate, bandwidthBytesPerSecond, percent } =
    fault;
  const parts = [
    blackhole && 'never answers',
    latencyMs !== undefined && `+${latencyMs}${jitterMs ? ` ± ${jitterMs}` : ''} ms`,
    latencyMs === undefined && jitterMs && `up to ${jitterMs} ms`,
    (errorPercent !== undefined || status !== undefined) && `${errorPercent ?? 100} % ${status ?? DEFAULT_STATUS}`,
    reset && `resets ${RESETS[reset]}`,
    truncate && 'cuts bodies short',
    bandwidthBytesPerSecond !== undefined && `${bandwidthBytesPerSecond} bytes/s`,
  ].filter((part) => typeof part === 'string');
  const whole = parts.join(', ') || 'nothing';
  return percent === undefined || percent === 100 ? whole : `${whole} (${percent} % of requests)`;
}

const RESETS: Record<NonNullable<Fault['reset']>, string> = {
  connect: 'connections',
  head: 'before the head',
  body: 'in the body',
};
