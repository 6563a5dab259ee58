/** Expressions in a neutral form that every target can be written from: tests of one value, joined by all, any and not. */

import type { Scope } from '../contract/expression/fields.ts';
import { parseExpression } from '../contract/expression/parse.ts';
import type { Expression, FieldRef, TextOperator } from '../contract/expression/syntax.ts';
import { patternOnWire, withCharacters } from '../match/characters.ts';
import { Inexpressible } from './notes.ts';

const PLAIN_SUBJECTS = [
  'method',
  'scheme',
  'host',
  'port',
  'path',
  'query',
  'url',
  'clientIp',
  'listener',
  'route',
  'pool',
] as const;
const NAMED_SUBJECTS = ['header', 'parameter', 'cookie', 'responseHeader'] as const;

export type Subject =
  | { kind: (typeof PLAIN_SUBJECTS)[number] }
  | { kind: (typeof NAMED_SUBJECTS)[number]; name: string };

export type Comparison = 'is' | 'prefix' | 'suffix' | 'contains' | 'regex';

export type Test = { kind: 'test'; subject: Subject; comparison: Comparison; value: string; ignoreCase: boolean };

export type Condition =
  | { kind: 'all'; of: readonly Condition[] }
  | { kind: 'any'; of: readonly Condition[] }
  | { kind: 'not'; of: Condition }
  | Test
  /** The header, parameter or cookie is there. */
  | { kind: 'present'; subject: Subject }
  /** Of the response; both ends included. */
  | { kind: 'status'; low: number; high: number };

export const ALWAYS: Condition = { kind: 'all', of: [] };
export const NEVER: Condition = { kind: 'any', of: [] };

export function listenerIs(name: string): Condition {
  return { kind: 'test', subject: { kind: 'listener' }, comparison: 'is', value: name, ignoreCase: false };
}

/** Reads an expression; absent: always. What no other program knows is thrown as `Inexpressible`. */
export function readCondition(text: string | undefined, scope: Scope): Condition {
  if (text === undefined) return ALWAYS;
  const parsed = parseExpression(text, scope);
  if (!parsed.ok)
    throw new Inexpressible(`the expression is refused: ${parsed.issues[0]?.message ?? 'unknown reason'}`);
  return fromExpression(parsed.expression);
}

/** The same, of what holds at least where `text` does: what no other program knows is taken to hold. */
export function readWidened(text: string | undefined, scope: Scope): Condition {
  if (text === undefined) return ALWAYS;
  const parsed = parseExpression(text, scope);
  return parsed.ok ? widened(parsed.expression) : ALWAYS;
}

function widened(term: Expression): Condition {
  if (term.kind === 'and') return { kind: 'all', of: term.terms.map(widened) };
  try {
    return fromExpression(term);
  } catch (error) {
    if (error instanceof Inexpressible) return ALWAYS;
    throw error;
  }
}

/** What of `condition` passes `canWrite`; it holds at least where `condition` does. */
export function writableOf(condition: Condition, canWrite: (condition: Condition) => boolean): Condition {
  if (canWrite(condition)) return condition;
  return condition.kind === 'all'
    ? { kind: 'all', of: condition.of.map((each) => writableOf(each, canWrite)) }
    : ALWAYS;
}

function fromExpression(term: Expression): Condition {
  switch (term.kind) {
    case 'and':
      return { kind: 'all', of: term.terms.map(fromExpression) };
    case 'or':
      return { kind: 'any', of: term.terms.map(fromExpression) };
    case 'not':
      return { kind: 'not', of: fromExpression(term.term) };
    case 'text':
      return fromText(term.field, term.operator, term.value);
    case 'text-in':
      return { kind: 'any', of: term.values.map((value) => fromText(term.field, '=', value)) };
    case 'has':
      return { kind: 'present', subject: subjectOf(term.field) };
    case 'url-contains':
      return { kind: 'test', subject: { kind: 'url' }, comparison: 'contains', value: term.text, ignoreCase: false };
    case 'number':
      return fromNumber(term.field, term.operator, term.value);
    case 'number-in':
      return { kind: 'any', of: term.values.map((value) => fromNumber(term.field, '=', value)) };
    case 'flag':
      return fromFlag(term.flag);
  }
}

const COMPARISONS: Record<Exclude<TextOperator, '!='>, Comparison> = {
  '=': 'is',
  '^=': 'prefix',
  '$=': 'suffix',
  '*=': 'contains',
  '~': 'regex',
  '~i': 'regex',
};

/** Values of these fields say the same in any case. */
const CASELESS: ReadonlySet<string> = new Set(['host', 'scheme', 'method']);

function fromText(field: FieldRef, operator: TextOperator, value: string): Condition {
  if (operator === '!=') return { kind: 'not', of: fromText(field, '=', value) };
  const subject = subjectOf(field);
  const isContentType = field.name === 'contentType';
  return {
    kind: 'test',
    subject,
    comparison: COMPARISONS[operator],
    value: operator === '~' || operator === '~i' ? patternFor(subject, value) : textFor(subject, value),
    ignoreCase: operator === '~i' || isContentType || CASELESS.has(subject.kind),
  };
}

function patternFor({ kind }: Subject, pattern: string): string {
  return kind === 'parameter' ? withCharacters(pattern) : patternOnWire(pattern);
}

function textFor({ kind }: Subject, text: string): string {
  if (kind === 'method') return text.toUpperCase();
  return kind === 'host' ? text.toLowerCase() : text;
}

function subjectOf({ name, key }: FieldRef): Subject {
  if (name === 'query' && key !== null) return { kind: 'parameter', name: key };
  if (name === 'contentType') return { kind: 'responseHeader', name: 'content-type' };
  if (key !== null && (name === 'header' || name === 'requestHeader')) return { kind: 'header', name: key };
  if (key !== null && (name === 'responseHeader' || name === 'cookie')) return { kind: name, name: key };
  const plain = PLAIN_SUBJECTS.find((kind) => kind === name);
  if (plain === undefined) throw new Inexpressible(`\`${name}\` is known to Switchyard only`);
  return { kind: plain };
}

function fromNumber(
  { name }: FieldRef,
  operator: '=' | '!=' | '<' | '<=' | '>' | '>=',
  { low, high }: { low: number; high: number },
): Condition {
  if (name !== 'status') throw new Inexpressible(`\`${name}\` is known to Switchyard only`);
  const between = (from: number, to: number): Condition => ({ kind: 'status', low: from, high: to });
  switch (operator) {
    case '=':
      return between(low, high);
    case '!=':
      return { kind: 'not', of: between(low, high) };
    case '<':
      return between(100, low - 1);
    case '<=':
      return between(100, high);
    case '>':
      return between(high + 1, 999);
    case '>=':
      return between(low, 999);
  }
}

/** What `websocket` asks of `upgrade`. */
export const WEBSOCKET = '^websocket$';

function fromFlag(flag: string): Condition {
  if (flag === 'websocket') return headerMatches('upgrade', WEBSOCKET);
  if (flag === 'grpc') return { ...headerMatches('content-type', '^application/grpc'), ignoreCase: false };
  throw new Inexpressible(`\`${flag}\` is known to Switchyard only`);
}

function headerMatches(name: string, value: string): Test {
  return { kind: 'test', subject: { kind: 'header', name }, comparison: 'regex', value, ignoreCase: true };
}

/** Every test of the condition, in order. */
export function* testsOf(condition: Condition): Generator<Exclude<Condition, { of: unknown }>> {
  switch (condition.kind) {
    case 'all':
    case 'any':
      for (const each of condition.of) yield* testsOf(each);
      return;
    case 'not':
      yield* testsOf(condition.of);
      return;
    default:
      yield condition;
  }
}

/** Whether it asks about the response. */
export function asksResponse(condition: Condition): boolean {
  return [...testsOf(condition)].some((test) => test.kind === 'status' || test.subject.kind === 'responseHeader');
}
