/** Conditions as maps: a variable that is 1 or 0. */
import { type Condition, type Subject, type Test, testsOf } from '../condition.ts';
import { matchesEmpty } from '../empty-matches.ts';
import { encodedPattern } from '../encoded.ts';
import { parameterPattern } from '../field-pattern.ts';
import { Inexpressible } from '../notes.ts';
import { parameterAsQuery } from '../parameters.ts';
import { reopenGroups } from '../pattern.ts';
import type { Plan } from '../plan.ts';
import { isAlways } from '../simplify.ts';
import { type MapEntry, Maps } from './maps.ts';
import {
  cookiePattern,
  cookieValue,
  headerValue,
  initialState,
  parameterValue,
  portValue,
  type RequestState,
  responseValue,
  urlValue,
} from './request-state.ts';
import { takesForNone } from './rule-values.ts';
import { escapeRegex, idKey, regexKey } from './text.ts';

/** null: always. */
export function conditionVariable(state: RequestState, condition: Condition, hint: string): string | null {
  return isAlways(condition) ? null : bit(state, condition, hint);
}

/** Fails where it has no words in nginx. */
export function ask(condition: Condition): void {
  const state = initialState(new Maps(), { route: (name) => name, pool: (name) => name });
  conditionVariable(state, condition, 'sy_asked');
}

function bit(state: RequestState, condition: Condition, hint: string): string {
  switch (condition.kind) {
    case 'all':
      return state.maps.all(hint, ...bitsOf(state, condition.of, hint));
    case 'any':
      if (asksOneThing(condition.of)) return oneMap(state, condition.of, hint);
      return state.maps.any(hint, ...bitsOf(state, condition.of, hint));
    case 'not':
      return state.maps.define(hint, bit(state, condition.of, hint), [['0', '1']], '0');
    case 'present':
      return presentBit(state, condition, hint);
    case 'status':
      return state.maps.define(hint, '$status', [[regexKey(statusPattern(condition.low, condition.high)), '1']], '0');
    case 'test':
      return testBit(state, condition, hint);
  }
}

/** Bits, and what is wanted of them; a `not` inside is a wanted 0. */
function bitsOf(state: RequestState, of: readonly Condition[], hint: string): [bits: string[], wanted: string[]] {
  const bits = of.map((each) => bit(state, each.kind === 'not' ? each.of : each, `${hint}_part`));
  return [bits, of.map((each) => (each.kind === 'not' ? '0' : '1'))];
}

function presentBit(state: RequestState, condition: Extract<Condition, { kind: 'present' }>, hint: string): string {
  const { subject } = condition;
  const asked = parameterAsQuery(condition);
  if (asked.kind === 'test') return testBit(state, asked, hint);
  if (subject.kind === 'cookie')
    return state.maps.define(hint, headerValue(state, 'cookie'), [[regexKey(cookiePattern(subject.name)), '1']], '0');
  return state.maps.define(hint, sourceOf(state, subject), [['""', '0']], '1');
}

function asksOneThing(of: readonly Condition[]): of is Test[] {
  const [first] = of;
  if (first?.kind !== 'test' || first.subject.kind === 'route' || first.subject.kind === 'pool') return false;
  return of.every(
    (each) =>
      each.kind === 'test' &&
      !(isNamed(each.subject) && holdsOfNothing(each)) &&
      JSON.stringify(each.subject) === JSON.stringify(first.subject),
  );
}

/** `method in (GET, HEAD)`: several keys of one map. */
function oneMap(state: RequestState, tests: readonly Test[], hint: string): string {
  const [first] = tests;
  const empty = tests.some(holdsOfNothing) ? [EMPTY] : [];
  const entries = tests.map((test) => [regexKey(patternOf(test), test.ignoreCase), '1'] as const);
  return state.maps.define(hint, first ? sourceOf(state, first.subject) : '0', [...empty, ...entries], '0');
}

/** nginx tries no pattern on an empty value. */
const EMPTY: MapEntry = ['""', '1'];

function holdsOfNothing({ comparison, value }: Test): boolean {
  return comparison === 'regex' ? matchesEmpty(value) : value === '';
}

/** What may be absent, which is something else than empty. */
function isNamed(subject: Subject): boolean {
  return 'name' in subject;
}

function testBit(state: RequestState, test: Test, hint: string): string {
  const { subject } = test;
  if (subject.kind === 'route' || subject.kind === 'pool')
    return state.maps.define(hint, named(state, subject.kind), [[idKey(idOf(state, test)), '1']], '0');
  const entry = [regexKey(patternOf(test), test.ignoreCase), '1'] as const;
  if (!holdsOfNothing(test)) return state.maps.define(hint, sourceOf(state, subject), [entry], '0');
  if (!isNamed(subject)) return state.maps.define(hint, sourceOf(state, subject), [EMPTY, entry], '0');
  const bit = state.maps.define(hint, sourceOf(state, subject), [entry], '0');
  const there = markedValue(state, subject);
  return there === null ? bit : state.maps.define(hint, there, [['1', '1']], bit);
}

/** `1` and the value, empty: absent; null: nginx takes what is empty for absent. */
function markedValue(state: RequestState, subject: Subject): string | null {
  if (subject.kind === 'parameter') return parameterValue(state, subject.name, '1');
  return subject.kind === 'cookie' ? cookieValue(state, subject.name, '1') : null;
}

function named(state: RequestState, kind: 'route' | 'pool'): string {
  return kind === 'route' ? '$sy_route' : state.pool;
}

function idOf(state: RequestState, { subject, comparison, value }: Test): string {
  if (comparison !== 'is') throw new Inexpressible(`${subject.kind} can only be compared with =`);
  return subject.kind === 'route' ? state.ids.route(value) : state.ids.pool(value);
}

/** Maps compare plain keys without case, so that everything is a pattern. */
export function patternOf({ subject, comparison, value, ignoreCase }: Omit<Test, 'kind'>): string {
  const escaped = subject.kind === 'parameter' ? encodedPattern(value) : escapeRegex(value);
  switch (comparison) {
    case 'is':
      return `^${escaped}$`;
    case 'prefix':
      return `^${escaped}`;
    case 'suffix':
      return `${escaped}$`;
    case 'contains':
      return escaped;
    case 'regex':
      if (subject.kind === 'parameter') return parameterPattern(value, ignoreCase);
      // nginx takes the name of a group for that of a variable.
      return reopenGroups(value, () => '(');
  }
}

export function statusPattern(low: number, high: number): string {
  const from = Math.max(100, low);
  const to = Math.min(599, high);
  if (from % 100 === 0 && to % 100 === 99) return `^[${from / 100}-${Math.floor(to / 100)}]`;
  return `^(${Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i).join('|')})$`;
}

function sourceOf(state: RequestState, subject: Subject): string {
  switch (subject.kind) {
    case 'method':
      return state.method;
    case 'host':
      return state.host;
    case 'scheme':
      return '$scheme';
    case 'port':
      return portValue(state);
    case 'path':
      return state.path;
    case 'query':
      return state.args;
    case 'url':
      return urlValue(state);
    case 'clientIp':
      return '$remote_addr';
    case 'listener':
      return '$sy_listener';
    case 'header':
      return withoutTabs(state, headerValue(state, subject.name));
    case 'parameter':
      return parameterValue(state, subject.name);
    case 'cookie':
      return cookieValue(state, subject.name);
    case 'responseHeader':
      return responseValue(state, subject.name.toLowerCase());
    case 'route':
    case 'pool':
      return named(state, subject.kind);
  }
}

/** Around a value, nginx takes away spaces alone (RFC 9110 §5.5). */
function withoutTabs({ maps }: RequestState, value: string): string {
  return maps.define('sy_trimmed', value, [[regexKey('^[ \\t]*(?<sy_found>.*?)[ \\t]*$'), '$sy_found']], '');
}

/** Tells what a condition asks otherwise here. */
export function noteConditions({ notes }: Plan, path: string, what: string, condition: Condition): void {
  for (const test of testsOf(condition)) {
    if (test.kind === 'status' || (test.kind === 'test' && !holdsOfNothing(test))) continue;
    if (test.subject.kind === 'header' || test.subject.kind === 'responseHeader')
      notes.approximate(path, what, takesForNone(test.subject.name));
  }
}
