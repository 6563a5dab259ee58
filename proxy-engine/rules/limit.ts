/** Rate limits with the arithmetic of nginx's limit_req: whole milliseconds, thousandths of a request. */
import type { RuleConfig } from '../contract/config.ts';
import { compileKey, type Template, type VariableSubject } from '../match/template.ts';
import type { LimitStates } from './limit-states.ts';

/** What is kept of one key. */
export interface LimitState {
  /** Thousandths of a request above the rate. */
  excess: number;
  /** Milliseconds. */
  last: number;
}

export interface LimitRate {
  /** Thousandths of a request per second. */
  rate: number;
  /** Thousandths of a request that may wait. */
  burst: number;
}

/** `state` is what to keep; a refused request leaves it as it was. */
export type LimitDecision =
  | { allowed: true; delayMs: number; state: LimitState }
  | { allowed: false; retryAfterMs: number };

const NOT_COUNTED: LimitDecision = { allowed: true, delayMs: 0, state: { excess: 0, last: 0 } };

/** One request at `nowMs` (whole milliseconds) on a key last seen as `state`. */
export function takeLimit(state: LimitState | undefined, nowMs: number, { rate, burst }: LimitRate): LimitDecision {
  if (state === undefined) return { allowed: true, delayMs: 0, state: { excess: 0, last: nowMs } };
  const elapsed = elapsedMs(nowMs - state.last);
  const excess = Math.max(0, state.excess - Math.trunc((rate * elapsed) / 1000) + 1000);
  if (excess > burst) return { allowed: false, retryAfterMs: Math.ceil(((excess - burst) * 1000) / rate) };
  const last = elapsed === 0 ? state.last : nowMs;
  return { allowed: true, delayMs: Math.trunc((excess * 1000) / rate), state: { excess, last } };
}

/** A clock that went back counts as no time, one that went back by more than a minute as a fresh start. */
function elapsedMs(ms: number): number {
  if (ms < -60_000) return 1;
  return Math.max(0, ms);
}

/** Of a request per second, as nginx counts them: whole numbers, `n * 1000 / 60` for a rate of n a minute, which `requests` is a sixtieth of. */
export function thousandths(requests: number): number {
  return Math.max(1, Math.trunc((Math.round(requests * 60) * 1000) / 60));
}

/** The limit of one rule over all its keys. */
export class Limiter {
  readonly #rate: LimitRate;
  readonly #key: Template;
  readonly states: LimitStates;

  constructor(config: NonNullable<RuleConfig['limit']>, states: LimitStates) {
    this.#rate = { rate: thousandths(config.requests), burst: config.burst * 1000 };
    this.#key = compileKey(config.key);
    this.states = states;
  }

  /** Without a key nothing is counted. */
  take(subject: VariableSubject, nowMs: number): LimitDecision {
    const key = this.#key.render(subject);
    return key === '' ? NOT_COUNTED : this.states.take(key, Math.trunc(nowMs), this.#rate);
  }
}
