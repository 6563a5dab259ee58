/** Single conditions as tests of a value, and what one says about another. Sound, not complete: `false` means "not known". */
import { FIELDS } from './fields.ts';
import { type PatternShape, patternShape } from './pattern-shape.ts';
import type { Expression, FieldRef, NumberOperator, Quantity } from './syntax.ts';

/** Told without a pattern. */
export type Simple = { kind: 'in'; values: readonly string[] } | { kind: 'starts' | 'ends' | 'contains'; text: string };

/** What a value must be; texts are folded as the field is. */
type Test =
  | Simple
  /** `needs`: what every text passes that the pattern matches. */
  | { kind: 'matches'; pattern: string; needs: readonly Simple[] }
  | { kind: 'ranges'; ranges: readonly (readonly [low: number, high: number])[] }
  | { kind: 'there' };

/** One condition: the field has a value that passes the test, or (negated) it has none. */
export interface Literal {
  /** Conditions of the same subject ask the same values. */
  subject: string;
  /** Several values may be there at once: one passing says nothing about another. */
  many: boolean;
  test: Test;
  negated: boolean;
  /** What holds or does not is the opposite of what is written from `from` to `to`. */
  isUnderNot: boolean;
  from: number;
  to: number;
}

type Leaf = Exclude<Expression, { kind: 'and' | 'or' | 'not' }>;

const MANY: ReadonlySet<string> = new Set(['header', 'body', 'rule']);
/** Less than any difference that can be written with a unit. */
const JUST = 1e-9;

export function literalOf(leaf: Leaf, negated: boolean): Literal {
  const place = { isUnderNot: negated, from: leaf.from, to: leaf.to };
  switch (leaf.kind) {
    case 'flag':
      return { subject: `flag ${leaf.flag}`, many: false, test: { kind: 'there' }, negated, ...place };
    case 'url-contains':
      return { subject: 'url', many: false, test: { kind: 'contains', text: leaf.text }, negated, ...place };
    default: {
      const inverted = (leaf.kind === 'text' || leaf.kind === 'number') && leaf.operator === '!=';
      const about = { subject: subjectOf(leaf.field), many: MANY.has(leaf.field.name) };
      return { ...about, test: testOf(leaf), negated: negated !== inverted, ...place };
    }
  }
}

function subjectOf({ name, key }: FieldRef): string {
  return key === null ? name : `${name} ${key}`;
}

function testOf(leaf: Exclude<Leaf, { kind: 'flag' | 'url-contains' }>): Test {
  switch (leaf.kind) {
    case 'has':
      return { kind: 'there' };
    case 'text-in':
      return { kind: 'in', values: leaf.values.map((value) => folded(leaf.field, value)) };
    case 'number-in':
      return { kind: 'ranges', ranges: leaf.values.map(({ low, high }) => [low, high] as const) };
    case 'number':
      return { kind: 'ranges', ranges: [rangeOf(leaf.operator, leaf.value)] };
    case 'text': {
      const text = folded(leaf.field, leaf.value);
      if (leaf.operator === '=' || leaf.operator === '!=') return { kind: 'in', values: [text] };
      if (leaf.operator === '^=') return { kind: 'starts', text };
      if (leaf.operator === '$=') return { kind: 'ends', text };
      if (leaf.operator === '*=') return { kind: 'contains', text };
      return patternTest(leaf);
    }
  }
}

/** `^/a$`, `^/a` and their like are tests without a pattern. */
function patternTest({ field, operator, value }: Extract<Leaf, { kind: 'text' }>): Test {
  const pattern = `${operator} ${value}`;
  // Without case, a text has other forms besides the one that is written; where the field has one case, it has one.
  const shape = operator === '~i' && FIELDS[field.name].fold === undefined ? null : patternShape(value);
  if (!shape) return { kind: 'matches', pattern, needs: [] };
  const [whole, starts, ends] = [shape.whole, shape.starts, shape.ends].map((text) => text && folded(field, text));
  if (whole !== null && whole !== undefined) return wholeTest(shape.anchors, whole);
  const needs: Simple[] = [];
  if (starts) needs.push({ kind: 'starts', text: starts });
  if (ends) needs.push({ kind: 'ends', text: ends });
  return { kind: 'matches', pattern, needs };
}

function wholeTest(anchors: PatternShape['anchors'], text: string): Simple {
  if (anchors === 'both') return { kind: 'in', values: [text] };
  return { kind: anchors === 'start' ? 'starts' : anchors === 'end' ? 'ends' : 'contains', text };
}

function folded({ name }: FieldRef, value: string): string {
  const { fold } = FIELDS[name];
  return fold === 'lower' ? value.toLowerCase() : fold === 'upper' ? value.toUpperCase() : value;
}

function rangeOf(operator: NumberOperator, { low, high }: Quantity): readonly [number, number] {
  switch (operator) {
    case '=':
    case '!=':
      return [low, high];
    case '<':
      return [0, low - JUST];
    case '<=':
      return [0, high];
    case '>':
      return [high + JUST, Number.POSITIVE_INFINITY];
    case '>=':
      return [low, Number.POSITIVE_INFINITY];
  }
}

/** Whether `b` holds wherever `a` does. */
export function literalImplies(a: Literal, b: Literal): boolean {
  if (a.subject !== b.subject) return false;
  if (!a.negated && !b.negated) return testImplies(a.test, b.test);
  if (a.negated && b.negated) return testImplies(b.test, a.test);
  return b.negated && !a.many && excludes(a.test, b.test);
}

/** Whether the two can never hold together. */
export function contradicts(a: Literal, b: Literal): boolean {
  return literalImplies(a, { ...b, negated: !b.negated });
}

/** Every value that passes `a` passes `b`. */
function testImplies(a: Test, b: Test): boolean {
  if (b.kind === 'there') return true;
  if (a.kind === 'ranges')
    return b.kind === 'ranges' && a.ranges.every(([low, high]) => b.ranges.some((r) => r[0] <= low && high <= r[1]));
  if (a.kind === 'in') return a.values.every((value) => passes(value, b) === true);
  if (a.kind === 'matches')
    return (b.kind === 'matches' && a.pattern === b.pattern) || a.needs.some((need) => testImplies(need, b));
  if (a.kind === 'there') return false;
  if (b.kind === 'contains') return a.text.includes(b.text);
  if (b.kind !== a.kind) return false;
  return a.kind === 'starts' ? a.text.startsWith(b.text) : a.text.endsWith(b.text);
}

/** No value passes both. */
function excludes(a: Test, b: Test): boolean {
  if (a.kind === 'matches') return a.needs.some((need) => excludes(need, b));
  if (b.kind === 'matches') return excludes(b, a);
  if (a.kind === 'in') return a.values.every((value) => passes(value, b) === false);
  if (b.kind === 'in') return excludes(b, a);
  if (a.kind === 'ranges' && b.kind === 'ranges')
    return !a.ranges.some(([low, high]) => b.ranges.some((r) => r[0] <= high && low <= r[1]));
  if (a.kind === 'starts' && b.kind === 'starts') return !a.text.startsWith(b.text) && !b.text.startsWith(a.text);
  if (a.kind === 'ends' && b.kind === 'ends') return !a.text.endsWith(b.text) && !b.text.endsWith(a.text);
  return false;
}

/** Undefined: not known without running a pattern. */
function passes(value: string, test: Test): boolean | undefined {
  switch (test.kind) {
    case 'in':
      return test.values.includes(value);
    case 'starts':
      return value.startsWith(test.text);
    case 'ends':
      return value.endsWith(test.text);
    case 'contains':
      return value.includes(test.text);
    case 'there':
      return true;
    case 'matches':
    case 'ranges':
      return undefined;
  }
}
