/** Conditions under known facts: what a route already says need not be asked again, and what it excludes never holds. */
import { ALWAYS, type Condition, NEVER, type Subject, type Test } from './condition.ts';
import { isAnchored } from './pattern.ts';

/** A condition as an or of ands of (negated) tests: the form of access lists. */
export type Literal = { negated: boolean; test: Exclude<Condition, { of: unknown }> };

/** Above this many alternatives a condition is no longer readable in its target. */
const MAX_ALTERNATIVES = 64;

/** Disjunctive normal form; null when it would grow beyond all reason. `[[]]` is always, `[]` never. */
export function alternatives(condition: Condition, negated = false): Literal[][] | null {
  switch (condition.kind) {
    case 'not':
      return alternatives(condition.of, !negated);
    case 'all':
      return negated ? union(condition.of, true) : product(condition.of, false);
    case 'any':
      return negated ? product(condition.of, true) : union(condition.of, false);
    default:
      return [[{ negated, test: condition }]];
  }
}

function union(conditions: readonly Condition[], negated: boolean): Literal[][] | null {
  const all: Literal[][] = [];
  for (const condition of conditions) {
    const more = alternatives(condition, negated);
    if (more === null || all.length + more.length > MAX_ALTERNATIVES) return null;
    all.push(...more);
  }
  return all;
}

function product(conditions: readonly Condition[], negated: boolean): Literal[][] | null {
  let all: Literal[][] = [[]];
  for (const condition of conditions) {
    const more = alternatives(condition, negated);
    if (more === null || all.length * more.length > MAX_ALTERNATIVES) return null;
    all = all.flatMap((left) => more.map((right) => [...left, ...right]));
  }
  return all;
}

/** `condition` where `given` holds. Sound, not complete: what cannot be decided stays. */
export function simplify(condition: Condition, given: Condition = ALWAYS): Condition {
  const facts = given.kind === 'all' ? given.of : [given];
  return fold(condition, facts);
}

function fold(condition: Condition, facts: readonly Condition[]): Condition {
  if (facts.some((fact) => isSame(fact, condition))) return ALWAYS;
  switch (condition.kind) {
    case 'not': {
      const inner = fold(condition.of, facts);
      if (isAlways(inner)) return NEVER;
      return isNever(inner) ? ALWAYS : { kind: 'not', of: inner };
    }
    case 'all':
    case 'any':
      return foldAll(condition, facts);
    case 'test':
      return facts.some((fact) => excludes(fact, condition))
        ? NEVER
        : facts.some((fact) => implies(fact, condition))
          ? ALWAYS
          : condition;
    default:
      return condition;
  }
}

/** Ends at the first that decides it. */
function foldAll({ kind, of: parts }: Condition & { kind: 'all' | 'any' }, facts: readonly Condition[]): Condition {
  const of: Condition[] = [];
  for (const part of parts) {
    const folded = fold(part, facts);
    if (kind === 'all' ? isNever(folded) : isAlways(folded)) return folded;
    if (folded.kind === kind) of.push(...folded.of);
    else of.push(folded);
  }
  return of.length === 1 && of[0] ? of[0] : { kind, of };
}

export function isAlways(condition: Condition): boolean {
  return condition.kind === 'all' && condition.of.length === 0;
}

export function isNever(condition: Condition): boolean {
  return condition.kind === 'any' && condition.of.length === 0;
}

function isSame(a: Condition, b: Condition): boolean {
  if (a.kind === 'not') return b.kind === 'not' && isSame(a.of, b.of);
  if (a.kind === 'all' || a.kind === 'any') {
    if (b.kind !== a.kind || a.of.length !== b.of.length) return false;
    const { of } = b;
    return a.of.every((each, i) => of[i] !== undefined && isSame(each, of[i]));
  }
  if (a.kind === 'status') return b.kind === 'status' && a.low === b.low && a.high === b.high;
  if (b.kind !== a.kind || !isSameValue(a.subject, b.subject)) return false;
  return a.kind === 'present' || (b.kind === 'test' && isSameTest(a, b));
}

function isSameTest(a: Test, b: Test): boolean {
  return a.comparison === b.comparison && a.value === b.value && a.ignoreCase === b.ignoreCase;
}

function implies(fact: Condition, test: Test): boolean {
  if (fact.kind !== 'test' || !isSameSubject(fact, test) || test.comparison !== 'prefix') return false;
  return (fact.comparison === 'is' || fact.comparison === 'prefix') && fact.value.startsWith(test.value);
}

function excludes(fact: Condition, test: Test): boolean {
  if (fact.kind !== 'test' || !isSameSubject(fact, test)) return false;
  if (fact.comparison === 'regex')
    return excludes({ ...fact, comparison: 'prefix', value: literalStart(fact.value) }, test);
  if (fact.comparison === 'is' && test.comparison === 'is') return fact.value !== test.value;
  if (fact.comparison === 'is' && test.comparison === 'prefix') return !fact.value.startsWith(test.value);
  if (fact.comparison === 'prefix' && test.comparison === 'is') return !test.value.startsWith(fact.value);
  if (fact.comparison !== 'prefix' || test.comparison !== 'prefix') return false;
  return !fact.value.startsWith(test.value) && !test.value.startsWith(fact.value);
}

/** The text with which everything that matches `pattern` starts. */
function literalStart(pattern: string): string {
  if (!isAnchored(pattern)) return '';
  const [, literal = '', next = ''] = /^\^([^\\^$.|?*+()[\]{}]*)(.?)/.exec(pattern) ?? [];
  return '?*{'.includes(next) && next !== '' ? literal.slice(0, -1) : literal;
}

function isSameSubject(a: Test, b: Test): boolean {
  return a.ignoreCase === b.ignoreCase && isSameValue(a.subject, b.subject);
}

function isSameValue(a: Subject, b: Subject): boolean {
  return a.kind === b.kind && ('name' in a ? a.name : '') === ('name' in b ? b.name : '');
}
