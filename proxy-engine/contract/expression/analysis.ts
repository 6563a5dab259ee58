/** What can be said about expressions without an exchange: that one never holds, or holds wherever another does. */
import { contradicts, type Literal, literalImplies, literalOf } from './literals.ts';
import type { Expression } from './syntax.ts';

/** Why a condition, or the whole, can never hold. */
export type Impossible = {
  reason:
    | 'path-slash'
    | 'path-query'
    | 'path-fragment'
    /** Not as clients send it: percent-encoded. */
    | 'encoded'
    | 'scheme'
    | 'url-start'
    | 'host-port'
    | 'query-mark'
    | 'network'
    | 'status'
    | 'range'
    | 'contradiction';
  from: number;
  to: number;
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
    if (reason) return { reason, from: literal.from, to: literal.to };
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

type Reason = Exclude<Impossible['reason'], 'contradiction'>;

/** What is known about the values of a field whatever the exchange. */
function impossible({ subject, test, negated }: Literal): Reason | null {
  if (negated) return null;
  if (test.kind === 'ranges') return test.ranges.every(([low, high]) => low > high) ? 'range' : null;
  const whole = test.kind === 'in' ? test.values : test.kind === 'starts' ? [test.text] : [];
  const anywhere = test.kind === 'ends' || test.kind === 'contains' ? [test.text] : whole;
  if (anywhere.length === 0) return null;
  switch (subject) {
    case 'path':
      return impossiblePath(whole, anywhere);
    case 'url':
      if (anywhere.every((text) => NEVER_SENT.test(text))) return 'encoded';
      return whole.length > 0 && !whole.some((text) => beginsOneOf(text, ORIGINS)) ? 'url-start' : null;
    case 'scheme':
      return whole.length > 0 && !whole.some((text) => beginsOneOf(text, SCHEMES, test.kind === 'in'))
        ? 'scheme'
        : null;
    case 'host':
      return anywhere.every((text) => /\/|^[^:]+:\d+$/.test(text)) ? 'host-port' : null;
    case 'clientIp':
      return anywhere.every((text) => text.includes('/')) ? 'network' : null;
    case 'query':
      if (anywhere.every((text) => NEVER_SENT.test(text))) return 'encoded';
      return whole.length > 0 && whole.every((text) => text.startsWith('?')) ? 'query-mark' : null;
    default:
      return null;
  }
}

/** No request is taken that has these in its target (RFC 9112 §3.2). */
const NEVER_SENT = /[\0-\x20\x7f]/;
const SCHEMES = ['http', 'https'];
const ORIGINS = ['http://', 'https://'];

function impossiblePath(whole: readonly string[], anywhere: readonly string[]): Reason | null {
  if (anywhere.every((text) => text.includes('?'))) return 'path-query';
  if (anywhere.every((text) => text.includes('#'))) return 'path-fragment';
  if (anywhere.every((text) => NEVER_SENT.test(text))) return 'encoded';
  const isElsewhere = (text: string) => text !== '' && text !== '*' && !text.startsWith('/');
  return whole.length > 0 && whole.every(isElsewhere) ? 'path-slash' : null;
}

/** Whether a value may begin with `text`, or (`exactly`) be it. */
function beginsOneOf(text: string, values: readonly string[], exactly = false): boolean {
  return values.some((value) => (exactly ? value === text : value.startsWith(text) || text.startsWith(value)));
}

/** What nobody sends who keeps to the rules: such a condition may hold, but hardly as it is meant. */
function unheardOf({ subject, test, negated }: Literal): Reason | null {
  if (negated) return null;
  if (subject === 'status' && test.kind === 'ranges')
    return test.ranges.every(([low, high]) => high < 100 || low >= 600) ? 'status' : null;
  if (subject !== 'path' && subject !== 'url' && subject !== 'query') return null;
  const texts = test.kind === 'in' ? test.values : 'text' in test ? [test.text] : [];
  return texts.length > 0 && texts.every((text) => /[^\0-\x7f]/.test(text)) ? 'encoded' : null;
}
