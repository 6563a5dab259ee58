import type { AttemptOutcome, Timings } from './contract/exchange.ts';

/** Points in time of one attempt, milliseconds of one clock; -1: has not happened. */
export interface AttemptTimes {
  startedAt: number;
  /** When a delay made on purpose, or the wait for room on a connection, was over. */
  delayedUntil: number;
  dnsEndAt: number;
  connectedAt: number;
  tlsEndAt: number;
  sentAt: number;
  headAt: number;
  endedAt: number;
}

type Part = keyof Timings;

/** The parts of an attempt in the order in which they come, and what ends each. */
const PARTS = [
  ['blocked', 'delayedUntil'],
  ['dns', 'dnsEndAt'],
  ['connect', 'connectedAt'],
  ['tls', 'tlsEndAt'],
  ['send', 'sentAt'],
  ['wait', 'headAt'],
] as const satisfies [Part, keyof AttemptTimes][];

/**
 * HAR timings of an attempt (milliseconds, -1: did not happen). A delay made on purpose, or a wait for room, is `blocked`. What was
 * under way when the attempt ended lasted until then, and is the last part that happened.
 */
export function attemptTimings(times: AttemptTimes, outcome: AttemptOutcome, errorCode: string): Timings {
  const timings: Timings = { blocked: -1, dns: -1, connect: -1, tls: -1, send: -1, wait: -1, receive: -1 };
  let at = times.startedAt;
  for (const [part, end] of PARTS) {
    if (times[end] < 0) continue;
    timings[part] = times[end] - at;
    at = times[end];
  }
  if (times.endedAt >= 0) timings[partUnderWay(times, outcome, errorCode)] = times.endedAt - at;
  return timings;
}

function partUnderWay(times: AttemptTimes, outcome: AttemptOutcome, errorCode: string): Part {
  // A tunnel has no head: what passes through it is received.
  if (times.headAt >= 0 || outcome === 'answered') return 'receive';
  if (times.sentAt >= 0) return 'wait';
  if (times.tlsEndAt >= 0) return 'send';
  if (times.connectedAt >= 0) return 'tls';
  if (errorCode === 'QUEUE_TIMEOUT') return 'blocked';
  return errorCode === 'DNS_FAILED' ? 'dns' : 'connect';
}
