import { FIELDS, FLAGS, isKnown, type Scope } from '../../proxy-engine/contract/expression/fields.ts';
import { printValue } from '../../proxy-engine/contract/expression/print.ts';
import type { EngineState } from '../../proxy-engine/contract/state.ts';

export interface Suggestion {
  /** What replaces the word at the caret. */
  insert: string;
  label: string;
  kind: 'field' | 'flag' | 'value' | 'operator' | 'word';
}

export interface Completion {
  /** Where the word at the caret begins and ends. */
  from: number;
  to: number;
  suggestions: Suggestion[];
}

const MOST = 9;

const COMPARED = /(?:^|[\s(])(\w+(?:\[[^\]]*\])?)\s*(?:[!^$*]?=|([<>]=?|~i?))\s*([^\s"'(),]*)$/;
const LISTED = /(?:^|[\s(])(\w+(?:\[[^\]]*\])?)\s+in\s*\((?:[^()]*,)?\s*([^\s"'(),]*)$/i;
const IN_LIST = /\sin\s*\([^()]*$/i;
const AFTER_FIELD = /(?:^|\(|\b(?:and|or|not)\s)\s*(\w+)(\[[^\]]+\])?\s+([!^$*]|in?)?$/i;

const TEXT_OPERATORS = ['=', '!=', '^=', '$=', '*=', '~', '~i', 'in'];
const NUMBER_OPERATORS = ['=', '!=', '<', '<=', '>', '>=', 'in'];

/** The value that is being typed at `caret`, and of which field ('': of one that has none to offer); null: it is something else that is typed. */
export function valueAt(text: string, caret: number): { field: string; word: string } | null {
  const before = text.slice(0, caret);
  const listed = LISTED.exec(before);
  if (listed) return { field: listed[1] ?? '', word: listed[2] ?? '' };
  const found = COMPARED.exec(before);
  // Names are no patterns, nor bounds.
  return found && { field: found[2] ? '' : (found[1] ?? ''), word: found[3] ?? '' };
}

/**
 * What may be typed at `caret`: values after `field =` and in `field in (` (those of the config, and `seen` ones), the operators of
 * a field after it, else the fields and flags that `scope` knows, and words.
 */
export function completeExpression(
  text: string,
  caret: number,
  state: EngineState | null,
  scope: Scope,
  seen: readonly string[] = [],
): Completion {
  if (isWithinQuotes(text.slice(0, caret))) return { from: caret, to: caret, suggestions: [] };
  const value = valueAt(text, caret);
  const operators = value ? null : operatorsAt(text.slice(0, caret));
  const word = value?.word ?? operators?.word ?? /[\w[\]-]*$/.exec(text.slice(0, caret))?.[0] ?? '';
  const from = caret - word.length;
  const candidates = value
    ? valuesOf(value.field, state, seen)
    : (operators?.suggestions ?? startersAt(text.slice(0, from), scope));
  const lower = word.toLowerCase();
  const suggestions = candidates.filter(
    (one) => one.label.toLowerCase().startsWith(lower) && one.insert.trim() !== word,
  );
  return { from, to: caret, suggestions: suggestions.slice(0, MOST) };
}

function isWithinQuotes(before: string): boolean {
  return (before.replaceAll(/\\["\\]/g, '').split('"').length - 1) % 2 === 1;
}

/** After a field that has no operator yet: those that it can have. */
function operatorsAt(before: string): { word: string; suggestions: Suggestion[] } | null {
  const [, name = '', key, word = ''] = AFTER_FIELD.exec(before) ?? [];
  const field = Object.hasOwn(FIELDS, name) ? FIELDS[name as keyof typeof FIELDS] : undefined;
  if (!field || (field.keyed === 'must' && key === undefined)) return null;
  const operators = field.type === 'text' ? TEXT_OPERATORS : NUMBER_OPERATORS;
  const suggestions = operators.map((label) => ({
    insert: label === 'in' ? 'in (' : `${label} `,
    label,
    kind: 'operator' as const,
  }));
  return { word, suggestions };
}

function startersAt(before: string, scope: Scope): Suggestion[] {
  if (IN_LIST.test(before)) return [];
  if (/[")\]]$/.test(before)) return []; // what stands here is whole, and nothing follows it without a space
  const afterTerm = /[^\s(]\s+$/.test(before) && !/(?:^|[\s()])(?:and|or|not|has)\s+$/i.test(before);
  if (afterTerm) return ['and', 'or'].map((word) => ({ insert: `${word} `, label: word, kind: 'word' }));
  return [
    ...fieldNames(scope).map((name) => ({
      insert: name.endsWith('[') ? name : `${name} `,
      label: name.replace('[', '[]'),
      kind: 'field' as const,
    })),
    ...flagNames(scope).map((name) => ({ insert: `${name} `, label: name, kind: 'flag' as const })),
    { insert: 'not ', label: 'not', kind: 'word' },
  ];
}

/** Names to offer, those with a name in brackets with the bracket open. */
function fieldNames(scope: Scope): string[] {
  return Object.entries(FIELDS)
    .filter(([, { known }]) => isKnown(known, scope))
    .map(([name, { keyed }]) => (keyed === 'must' ? `${name}[` : name));
}

function flagNames(scope: Scope): string[] {
  return Object.entries(FLAGS).flatMap(([name, known]) => (isKnown(known, scope) ? [name] : []));
}

function valuesOf(field: string, state: EngineState | null, seen: readonly string[]): Suggestion[] {
  const names = [...new Set([...namesFor(field, state), ...seen])];
  return names.map((name) => ({ insert: `${printValue(name)} `, label: name, kind: 'value' }));
}

function namesFor(field: string, state: EngineState | null): string[] {
  switch (field) {
    case 'method':
      return ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];
    case 'status':
      return ['2xx', '3xx', '4xx', '5xx', '200', '404', '500', '502', '503', '504'];
    case 'scheme':
      return ['http', 'https'];
    case 'listener':
      return state?.listeners.map((one) => one.name) ?? [];
    case 'route':
      return state?.routes.map((one) => one.name) ?? [];
    case 'rule':
      return state?.rules.map((one) => one.name) ?? [];
    case 'pool':
      return state?.pools.map((one) => one.name) ?? [];
    case 'backend':
      return [...new Set(state?.pools.flatMap((pool) => pool.backends.map((one) => one.name)) ?? [])];
    default:
      return [];
  }
}
