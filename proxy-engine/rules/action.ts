/** What a compiled action is. One action, one file in `actions/`; the table of them all is `compile-action.ts`. */
import { type ExpressionIssue, tellIssue } from '../contract/expression/syntax.ts';
import type { LiveExchange } from '../exchange.ts';
import type { Headers } from '../http/headers.ts';
import type { Effect } from './effects.ts';
import type { TracedAction } from './trace.ts';

export type Phase = 'request' | 'response';

/**
 * `head` acts at once on the exchange; `effect` leaves something for the proxy to do. For each of its `changes` that has no
 * value of its own, it records one on the exchange, in their order, each time it acts.
 */
export type Action = TracedAction &
  (
    | { readonly kind: 'head'; act(this: void, exchange: LiveExchange): void }
    | { readonly kind: 'effect'; effect(this: void, exchange: LiveExchange): Effect }
  );

/** Where an action is compiled. */
export interface ActionContext {
  readonly phase: Phase;
  readonly rule: string;
  /** Directory to which relative paths are relative. */
  readonly baseDir: string;
  /** Reports a mistake; `at` continues the action's path: `['set', 'x-user']`, `offset` is where in that text it is. */
  issue(at: readonly (string | number)[], message: string, offset?: number): void;
}

/** Reports what is wrong with the pattern at `at`. */
export function tellPattern(
  mistake: ExpressionIssue,
  at: readonly (string | number)[],
  { issue }: Pick<ActionContext, 'issue'>,
): void {
  issue(at, tellIssue(mistake), mistake.from);
}

/** The header lines that this phase changes, copied at the first change. */
export function headersOf(exchange: LiveExchange, phase: Phase): Headers {
  return phase === 'request' ? exchange.editRequestHeaders() : exchange.editResponseHeaders();
}

/** The header lines of this phase, to be read only. */
export function readHeaders(exchange: LiveExchange, phase: Phase): Headers {
  return phase === 'request' ? exchange.outgoing.headers : exchange.answered!.headers;
}
