/** May an exchange be tried again, and after how long? */
import type { RetryConfig } from '../contract/config.ts';
import type { ErrorCode } from '../errors.ts';

/** Of a pool: exchanges under way, and retries whose answer has not begun. */
interface RetryLoad {
  exchanges: { readonly value: number };
  retries: { readonly value: number };
}

/** RFC 9110 §9.2.2. */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

export interface RetryQuestion {
  code: ErrorCode;
  /** Of a response that is to be tried again; 0: there was none. */
  status: number;
  method: string;
  /** Whether a byte of the request has left. */
  sent: boolean;
  /** Attempts made so far, without those that `refusals` counts. */
  attempts: number;
  /** Streams that a backend has refused. */
  refusals: number;
  /** Whether the whole body so far is still at hand. */
  replayable: boolean;
}

/** Refused streams that are no attempts: no backend has looked at them. */
export const MAX_REFUSALS = 5;

/**
 * Nothing sent: any method. Something sent: only when doing it twice is harmless (or allowed by `nonIdempotent`), the body
 * can be sent again and the reason is in `on`. Refused unseen: whatever `attempts` and `on` say, `MAX_REFUSALS` times.
 */
export function mayRetry(question: RetryQuestion, config: RetryConfig): boolean {
  if (!question.replayable) return false;
  if (question.code === 'REFUSED_STREAM' && question.refusals < MAX_REFUSALS) return true;
  if (question.attempts >= config.attempts || !isListed(question, config)) return false;
  // A refused stream was not looked at (RFC 9113 §8.7): as good as not sent.
  return (
    !question.sent || question.code === 'REFUSED_STREAM' || IDEMPOTENT.has(question.method) || config.nonIdempotent
  );
}

/**
 * Whether one more retry of a pool may be in flight: at most max(3, `budgetPercent` of its exchanges in flight). One that may not
 * waits for its turn: a dying backend then costs time and no answer, and the others are never flooded.
 */
export function withinBudget({ exchanges, retries }: RetryLoad, config: RetryConfig): boolean {
  return retries.value < Math.max(3, (config.budgetPercent / 100) * exchanges.value);
}

function isListed({ code, status }: RetryQuestion, { on }: RetryConfig): boolean {
  switch (code) {
    case 'CONNECT_REFUSED':
    case 'CONNECT_TIMEOUT':
    case 'CONNECT_FAILED':
    case 'DNS_FAILED':
    case 'TLS_FAILED':
      return on.includes('connect');
    case 'RESET':
      return on.includes('reset');
    case 'HEAD_TIMEOUT':
      return on.includes('timeout');
    case 'REFUSED_STREAM':
      return on.includes('refused_stream') || on.includes('reset');
    case 'RETRY_STATUS':
      return on.includes(status);
    default:
      return false;
  }
}

/** Full jitter: uniform in [0, min(max, (2ⁿ − 1) × base)) milliseconds before retry n, from 1 (Envoy). */
export function backoffMs(retry: number, { backoff }: RetryConfig, random: () => number): number {
  return random() * Math.min(backoff.max, (2 ** retry - 1) * backoff.base);
}
