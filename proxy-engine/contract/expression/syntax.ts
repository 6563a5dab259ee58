/** The syntax tree of an expression: names resolved, units turned into numbers. Offsets are UTF-16 units into the text. */
import type { FieldName, FlagName } from './fields.ts';

export type TextOperator = '=' | '!=' | '^=' | '$=' | '*=' | '~' | '~i';
export type NumberOperator = '=' | '!=' | '<' | '<=' | '>' | '>=';

export interface FieldRef {
  name: FieldName;
  /** The name in brackets, in lower case for headers; null without. */
  key: string | null;
}

/** A number, or all numbers of a class: `5xx` is 500 to 599. Milliseconds and bytes where there was a unit. */
export interface Quantity {
  low: number;
  high: number;
  /** As written. */
  text: string;
}

type Shape =
  | { kind: 'or'; terms: Expression[] }
  | { kind: 'and'; terms: Expression[] }
  | { kind: 'not'; term: Expression }
  | { kind: 'text'; field: FieldRef; operator: TextOperator; value: string }
  | { kind: 'text-in'; field: FieldRef; values: string[] }
  | { kind: 'number'; field: FieldRef; operator: NumberOperator; value: Quantity }
  | { kind: 'number-in'; field: FieldRef; values: Quantity[] }
  | { kind: 'has'; field: FieldRef }
  | { kind: 'flag'; flag: FlagName }
  | { kind: 'url-contains'; text: string };

export type Expression = Shape & { from: number; to: number };

/** One mistake, of an expression or of a pattern in it: where it is, what was found and what would be right. */
export interface ExpressionIssue {
  from: number;
  to: number;
  message: string;
}

export type Parsed = { ok: true; expression: Expression } | { ok: false; issues: ExpressionIssue[] };

/** A mistake where its place cannot be shown beside the text. */
export function tellIssue({ from, message }: ExpressionIssue): string {
  return `at character ${from + 1}: ${message}`;
}
