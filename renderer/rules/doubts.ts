/** What looks like a mistake in routes and rules although it can run: conditions that never hold, entries that others hide. */
import { variablesOf } from '../../proxy-engine/contract/environment-reference.ts';
import { findImpossible, type Impossible, implies } from '../../proxy-engine/contract/expression/analysis.ts';
import type { Scope } from '../../proxy-engine/contract/expression/fields.ts';
import { type NamedField, namesAsked } from '../../proxy-engine/contract/expression/names.ts';
import { parseExpression } from '../../proxy-engine/contract/expression/parse.ts';
import type { Expression } from '../../proxy-engine/contract/expression/syntax.ts';
import type { Sliced } from '../ui/slices.ts';
import { type DocumentEntries, type Entry as DocumentEntry, namesOf, type RawRule } from './document.ts';

export type Doubt =
  | { kind: 'never'; reason: Impossible['reason']; text: string }
  /** `path = /v1/` or `path = /v1/*`: nothing below it. */
  | { kind: 'exact'; path: string; prefix: string }
  /** An earlier entry takes everything that this one would. */
  | { kind: 'hidden'; by: string }
  | { kind: 'unknown'; field: NamedField; value: string };

export interface Doubts {
  routes: ReadonlyMap<string, Doubt>;
  rules: ReadonlyMap<string, Doubt>;
}

interface Entry {
  name: string;
  /** null: always. */
  match: Expression | null;
  raw: RawRule;
}

/** At most one doubt an entry, by its name. Each entry may be compared with all before it: for long lists that takes a while. */
export function* findDoubts(document: DocumentEntries): Sliced<Doubts> {
  const names: Names = {
    listener: new Set(document.listeners),
    route: new Set(namesOf(document.routes)),
    pool: new Set(document.pools),
    rule: new Set(namesOf(document.rules)),
  };
  const routes = document.routes.flatMap((entry) => readEntry(entry, 'request'));
  const rules = document.rules.flatMap((entry) => readEntry(entry, 'response'));
  return {
    routes: yield* doubtsOf(routes, (entry, before) => ownDoubt(entry, names) ?? hiddenRoute(entry, before)),
    rules: yield* doubtsOf(rules, (entry, before) => ownDoubt(entry, names) ?? hiddenRule(entry, before)),
  };
}

/** Of texts that were read already: most entries are the same after a change. */
const known = new Map<string, Expression | null>();
const MOST_KNOWN = 10_000;

function readEntry({ name, raw }: DocumentEntry, scope: Scope): Entry[] {
  if (raw.match === undefined) return [{ name, match: null, raw }];
  const match = typeof raw.match === 'string' ? readExpression(raw.match, scope) : null;
  return match ? [{ name, match, raw }] : [];
}

function readExpression(text: string, scope: Scope): Expression | null {
  const key = `${scope} ${text}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const parsed = parseExpression(text, scope);
  const expression = parsed.ok ? parsed.expression : null;
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(key, expression);
  return expression;
}

function* doubtsOf(
  entries: readonly Entry[],
  find: (entry: Entry, before: readonly Entry[]) => Doubt | null,
): Sliced<ReadonlyMap<string, Doubt>> {
  const doubts = new Map<string, Doubt>();
  for (const [index, entry] of entries.entries()) {
    yield;
    const doubt = find(entry, entries.slice(0, index));
    if (doubt) doubts.set(entry.name, doubt);
  }
  return doubts;
}

type Names = Readonly<Record<NamedField, ReadonlySet<string>>>;

function ownDoubt({ match, raw }: Entry, names: Names): Doubt | null {
  return match && (expressionDoubt(match, String(raw.match)) ?? unknownName(match, names));
}

/** What is doubtful in one expression by itself. */
export function expressionDoubt(expression: Expression, source: string): Doubt | null {
  const never = findImpossible(expression);
  if (never) {
    const written = source.slice(never.from, never.to);
    return { kind: 'never', reason: never.reason, text: never.isUnderNot ? `not (${written})` : written };
  }
  for (const leaf of leavesOf(expression)) {
    if (leaf.kind !== 'text' || leaf.field.name !== 'path' || leaf.operator !== '=') continue;
    const prefix = /^(\/.+\/)\*?$|^(\/)\*$/.exec(leaf.value);
    if (prefix) return { kind: 'exact', path: leaf.value, prefix: prefix[1] ?? '/' };
  }
  return null;
}

function unknownName(expression: Expression, names: Names): Doubt | null {
  // What stands for it is not known here.
  for (const { field, name } of namesAsked(expression))
    if (!names[field].has(name) && variablesOf(name).length === 0) return { kind: 'unknown', field, value: name };
  return null;
}

function leavesOf(expression: Expression): Expression[] {
  if (expression.kind === 'and' || expression.kind === 'or') return expression.terms.flatMap(leavesOf);
  return expression.kind === 'not' ? leavesOf(expression.term) : [expression];
}

function hiddenRoute({ match, raw }: Entry, before: readonly Entry[]): Doubt | null {
  const by = before.find((other) => covers(other.raw.listeners, raw.listeners) && implies(match, other.match));
  return by ? { kind: 'hidden', by: by.name } : null;
}

function covers(wide: unknown, narrow: unknown): boolean {
  if (!Array.isArray(wide)) return true;
  return Array.isArray(narrow) && narrow.every((name) => wide.includes(name));
}

/** A rule acts on no request when an earlier one has answered all of them. */
function hiddenRule({ match, raw }: Entry, before: readonly Entry[]): Doubt | null {
  if (raw.enabled === false || !isList(raw.request)) return null;
  for (let i = before.length - 1; i >= 0; i--) {
    const { name, match: earlier, raw: other } = before[i] as Entry;
    if (other.enabled === false || !isList(other.request)) continue;
    if (other.group === undefined && answers(other.request) && implies(match, earlier))
      return { kind: 'hidden', by: name };
    // What it changes may make this rule hold where the ones before it did not.
    if (!other.request.every((action) => FINAL.has(keyOf(action)))) return null;
  }
  return null;
}

const FINAL: ReadonlySet<string> = new Set(['respond', 'abort']);

function answers(actions: readonly unknown[]): boolean {
  return actions.some((action) => FINAL.has(keyOf(action)));
}

function keyOf(action: unknown): string {
  return typeof action === 'object' && action !== null ? (Object.keys(action)[0] ?? '') : '';
}

function isList(value: unknown): value is unknown[] {
  return Array.isArray(value) && value.length > 0;
}
