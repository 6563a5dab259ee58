/** When failures of live traffic take a backend out, and for how long (Envoy's outlier detection, consecutive failures). */
import type { EjectionConfig } from '../contract/config.ts';

export interface EjectionQuestion {
  consecutiveFailures: number;
  /** Of the pool, before this one. */
  ejected: number;
  /** Backends that could get traffic, this one included. */
  candidates: number;
  total: number;
}

/** Ejecting never takes the last candidate, and one may always go out of two, whatever `maxPercent` says. */
export function mayEject(question: EjectionQuestion, config: EjectionConfig): boolean {
  if (question.consecutiveFailures < config.consecutiveFailures || question.candidates <= 1) return false;
  return question.ejected === 0 || (100 * (question.ejected + 1)) / question.total <= config.maxPercent;
}

/** Milliseconds for the n-th ejection in a row (from 1): base, 2 × base … at most `maxTime`. */
export function ejectionTimeMs(count: number, { baseTime, maxTime }: EjectionConfig): number {
  return Math.min(baseTime * count, maxTime);
}
