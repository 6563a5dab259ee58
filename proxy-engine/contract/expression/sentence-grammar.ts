import type { Expression, FieldRef } from './syntax.ts';

/** How one language says things. A clause says what an exchange did or was; `negated`: what it did not. */
export interface Grammar {
  /** A condition that fits before the clauses (`of pool api`); null: it is told as a clause. */
  qualifier(term: Leaf): string | null;
  /** What an exchange did or was, by a condition without `and`, `or` and `not`. */
  clause(term: Leaf, negated: boolean): string;
  /** The clauses of a part inside another one, so that it cannot be read wrongly. */
  allInside(clauses: string[]): string;
  anyInside(clauses: string[]): string;
  /** The clauses of the whole. */
  all(clauses: string[]): string;
  any(clauses: string[]): string;
  sentence(qualifiers: string[], clauses: string | null): string;
}

export type Leaf = Exclude<Expression, { kind: 'and' | 'or' | 'not' }>;

const ALWAYS_THERE: ReadonlySet<string> = new Set(
  'method scheme host port path query url protocol listener clientIp'.split(' '),
);

/** Whether an exchange may be without it. */
export function mayBeAbsent({ name, key }: FieldRef): boolean {
  return key !== null || !ALWAYS_THERE.has(name);
}
