/** What can be said about expressions without an exchange: that one never holds, or holds wherever another does. */
import { contradicts, type Literal, literalImplies, literalOf } from './literals.ts';
import type { Expression } from './syntax.ts';

/** Why a condition, or the whole, can never hold. */
export type Impossible = {
  reason: 'path-slash' | 'path-query' | 'host-port' | 'query-mark' | 'range' | 'contradiction';
  from: number;
  to: number;
};

type Conjunction = readonly Literal[];

/** More ways than this to hold are not looked at. */
const MAX_WAYS = 64;

/** The first condition that no exchange can meet, or the whole when its conditions exclude each other; null: none is known. */
export function findImpossible(expression: Expression): Impossible | null {
  const ways = waysToHold(expression, false);
  for (const literal of ways?.flat() ?? []) {
    const reason = impossible(literal);
    if (reason) return { reason, from: literal.from, to: literal.to };
  }
  if (!ways || !ways.every(isContradictory)) return null;
  return { reason: 'contradiction', from: expression.from, to: expression.to };
}

/** Whether `b` holds wherever `a` does; null stands for "always". False means that it is not known. */
export function implies(a: Expression | null, b: Expression | null): boolean {
  const wanted = b && waysToHold(b, false);
  if (b === null || wanted?.some((way) => way.every(isAlways))) return true;
  const given = a && waysToHold(a, false);
  if (!given || !wanted) return false;
  return given.every((way) => isContradictory(way) || wanted.some((other) => conjunctionImplies(way, other)));
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

/** What is known about the values of a field whatever the exchange. */
function impossible({ subject, test, negated }: Literal): Exclude<Impossible['reason'], 'contradiction'> | null {
  if (negated) return null;
  if (test.kind === 'ranges') return test.ranges.every(([low, high]) => low > high) ? 'range' : null;
  const whole = test.kind === 'in' ? test.values : test.kind === 'starts' ? [test.text] : [];
  const anywhere = test.kind === 'ends' || test.kind === 'contains' ? [test.text] : whole;
  if (anywhere.length === 0) return null;
  if (subject === 'path') {
    if (anywhere.every((text) => text.includes('?'))) return 'path-query';
    return whole.length > 0 && whole.every((text) => text !== '' && text !== '*' && !text.startsWith('/'))
      ? 'path-slash'
      : null;
  }
  if (subject === 'host' && anywhere.every((text) => /\/|^[^:]+:\d+$/.test(text))) return 'host-port';
  return subject === 'query' && whole.length > 0 && whole.every((text) => text.startsWith('?')) ? 'query-mark' : null;
}
