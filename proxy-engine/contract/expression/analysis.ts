/** What can be said about expressions without an exchange: that one never holds, or holds wherever another does. */
import { impossible, type Reason, unheardOf } from './impossible-values.ts';
import { contradicts, type Literal, literalImplies, literalOf } from './literals.ts';
import type { Expression } from './syntax.ts';

/** Why a condition, or the whole, can never hold. */
export type Impossible = {
  reason: Reason | 'contradiction';
  from: number;
  to: number;
  /** It is the opposite of what stands there that cannot hold. */
  isUnderNot?: boolean;
};

type Conjunction = readonly Literal[];

/** What an expression says, prepared to be compared with many others. */
interface Prepared {
  /** One of them holds; null: there are too many. */
  ways: readonly Conjunction[] | null;
  /** Those that can hold at all. */
  possible: readonly Conjunction[];
  isAlways: boolean;
}

const prepared = new WeakMap<Expression, Prepared>();

/** More ways than this to hold are not looked at. */
const MAX_WAYS = 64;

/** The first condition that no exchange can meet, or the whole when its conditions exclude each other; null: none is known. */
export function findImpossible(expression: Expression): Impossible | null {
  const ways = waysToHold(expression, false);
  for (const literal of ways?.flat() ?? []) {
    const reason = impossible(literal) ?? unheardOf(literal);
    if (reason) return { reason, from: literal.from, to: literal.to, isUnderNot: literal.isUnderNot };
  }
  if (!ways || !ways.every(isContradictory)) return null;
  return { reason: 'contradiction', from: expression.from, to: expression.to };
}

/** Whether `b` holds wherever `a` does; null stands for "always". False means that it is not known. */
export function implies(a: Expression | null, b: Expression | null): boolean {
  const wanted = b && prepare(b);
  if (wanted === null || wanted.isAlways) return true;
  const given = a && prepare(a);
  if (!given?.ways || !wanted.ways) return false;
  return given.possible.every((way) => wanted.ways?.some((other) => conjunctionImplies(way, other)));
}

function prepare(expression: Expression): Prepared {
  const known = prepared.get(expression);
  if (known) return known;
  const ways = waysToHold(expression, false);
  const possible = ways?.filter((way) => !isContradictory(way)) ?? [];
  const made = { ways, possible, isAlways: ways?.some((way) => way.every(isAlways)) ?? false };
  prepared.set(expression, made);
  return made;
}

function conjunctionImplies(a: Conjunction, b: Conjunction): boolean {
  return b.every((wanted) => isAlways(wanted) || a.some((given) => literalImplies(given, wanted)));
}

function isContradictory(way: Conjunction): boolean {
  return way.some((a, i) => impossible(a) !== null || way.slice(i + 1).some((b) => contradicts(a, b)));
}

/** `expression` as an `or` of `and`s; null when there are too many. */
function waysToHold(expression: Expression, negated: boolean): readonly Conjunction[] | null {
  if (expression.kind === 'not') return waysToHold(expression.term, !negated);
  if (expression.kind !== 'and' && expression.kind !== 'or') return [[literalOf(expression, negated)]];
  const parts = expression.terms.map((term) => waysToHold(term, negated));
  const all = (expression.kind === 'and') !== negated;
  return parts.reduce(
    (sum, part) => {
      if (!sum || !part || (all ? sum.length * part.length : sum.length + part.length) > MAX_WAYS) return null;
      return all ? sum.flatMap((way) => part.map((other) => [...way, ...other])) : [...sum, ...part];
    },
    all ? [[]] : [],
  );
}

/** Every path begins with a slash (that of `OPTIONS *` aside). */
function isAlways({ subject, test, negated }: Literal): boolean {
  return (
    !negated && subject === 'path' && (test.kind === 'starts' || test.kind === 'contains') && '/'.startsWith(test.text)
  );
}
