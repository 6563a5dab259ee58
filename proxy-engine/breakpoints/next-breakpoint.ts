/** "Break on the next one": holds the first exchange for which an expression holds, and only that one. */
import type { BreakpointState } from '../contract/breakpoint.ts';
import { type ExpressionIssue, tellIssue } from '../contract/expression/syntax.ts';
import type { LiveExchange } from '../exchange.ts';
import { compileExpression } from '../match/compile.ts';
import { LiveSubject } from '../rules/live-subject.ts';
import { SharedCounter } from '../threads/shared-counter.ts';

type Next = NonNullable<BreakpointState['next']>;

/** What is awaited, as every thread of the engine knows it. */
export interface AwaitedNext extends Next {
  /** A number for it that is never given to another. */
  turn: number;
}

/** As of a rule: what asks about the request alone is decided on the request, also when its response is awaited. */
interface Awaited extends AwaitedNext {
  decidedOn: Next['phase'];
  holds(this: void, exchange: LiveExchange): boolean;
}

export class NextBreakpoint {
  #awaited: Awaited | null = null;
  /** Of all threads: the turn of what is awaited; 0: nothing is. */
  readonly #turn: SharedCounter;
  #lastTurn = 0;
  readonly #changed: () => void;

  constructor(onChange: () => void, turn = new SharedCounter()) {
    this.#changed = onChange;
    this.#turn = turn;
  }

  /** Replaces what was armed before. Answers what is wrong with the expression; null: it is armed. */
  arm(next: Next): string | null {
    const awaited = { ...next, turn: this.#lastTurn + 1 };
    const problem = this.follow(awaited);
    if (problem !== null) return problem;
    this.#lastTurn = awaited.turn;
    this.#turn.value = awaited.turn;
    this.#changed();
    return null;
  }

  /** What another thread has armed, or is about to. */
  follow(awaited: AwaitedNext | null): string | null {
    const compiled = awaited && compile(awaited);
    if (typeof compiled === 'string') return compiled;
    this.#awaited = compiled;
    return null;
  }

  disarm(): null {
    this.#awaited = null;
    this.#turn.value = 0;
    this.#changed();
    return null;
  }

  /** null: nothing is, or a thread has met it. */
  get awaited(): AwaitedNext | null {
    const awaited = this.#awaited;
    if (awaited === null || awaited.turn !== this.#turn.value) return null;
    const { match, phase, turn } = awaited;
    return { match, phase, turn };
  }

  state(): BreakpointState['next'] {
    const { awaited } = this;
    return awaited && { match: awaited.match, phase: awaited.phase };
  }

  /** Whether this exchange is the one, and where it is held; asked once in each phase. The answer disarms it in all threads. */
  take(exchange: LiveExchange, phase: Next['phase']): Next['phase'] | null {
    const awaited = this.#awaited;
    if (awaited === null || awaited.decidedOn !== phase || exchange.isCopy || !awaited.holds(exchange)) return null;
    this.#awaited = null;
    if (!this.#turn.replace(awaited.turn, 0)) return null;
    this.#changed();
    return awaited.phase;
  }
}

/** Or what is wrong with its expression. */
function compile(awaited: AwaitedNext): Awaited | string {
  const onRequest = compileExpression(awaited.match, 'routed');
  if (onRequest.ok) return { ...awaited, decidedOn: 'request', holds: onRequest.holds };
  if (awaited.phase === 'request') return problemOf(onRequest.issues);
  const onResponse = compileExpression(awaited.match, 'response');
  if (!onResponse.ok) return problemOf(onResponse.issues);
  const { holds } = onResponse;
  return { ...awaited, decidedOn: 'response', holds: (exchange) => holds(new LiveSubject(exchange)) };
}

function problemOf([first]: readonly ExpressionIssue[]): string {
  return tellIssue(first ?? { from: 0, to: 0, message: 'not an expression' });
}
