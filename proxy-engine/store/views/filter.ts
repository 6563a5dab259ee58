import type { Expression } from '../../contract/expression/syntax.ts';
import { compileExpression } from '../../match/compile.ts';
import type { ExchangeSubject } from '../../match/subject.ts';

/** A filter that is not an expression; `message` says where and why. */
export class BadFilter extends Error {
  readonly code = 'BAD_FILTER';
}

export interface Filter {
  holds(this: void, subject: ExchangeSubject): boolean;
  expression: Expression;
  /** As it was given. */
  text: string;
}

/** null: no filter, everything holds. Throws `BadFilter`. */
export function compileFilter(text: string | undefined): Filter | null {
  if (text === undefined || text.trim() === '') return null;
  const compiled = compileExpression(text, 'exchange');
  if (compiled.ok) return { holds: compiled.holds, expression: compiled.expression, text };
  const [issue] = compiled.issues;
  throw new BadFilter(`${issue?.message ?? 'not an expression'} (at character ${(issue?.from ?? 0) + 1})`);
}
