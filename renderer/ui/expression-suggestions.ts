import { FIELDS, FLAGS, isKnown, type Scope } from '../../proxy-engine/contract/expression/fields.ts';
import type { EngineState } from '../../proxy-engine/contract/state.ts';

export interface Suggestion {
  /** What replaces the word at the caret. */
  insert: string;
  label: string;
  kind: 'field' | 'flag' | 'value' | 'word';
}

export interface Completion {
  /** Where the word at the caret begins and ends. */
  from: number;
  to: number;
  suggestions: Suggestion[];
}

const MOST = 9;

/** What may be typed at `caret`: values after `field =`, else the fields and flags that `scope` knows, and words. */
export function completeExpression(text: string, caret: number, state: EngineState | null, scope: Scope): Completion {
  const word = /[\w[\]-]*$/.exec(text.slice(0, caret))?.[0] ?? '';
  const from = caret - word.length;
  const field = /(\w+)\s*(?:=|!=|\^=|\$=|\*=)\s*$/.exec(text.slice(0, from))?.[1];
  const candidates = field ? valuesOf(field, state) : startersAt(text.slice(0, from), scope);
  const lower = word.toLowerCase();
  const suggestions = candidates.filter(
    (one) => one.label.toLowerCase().startsWith(lower) && one.insert.trim() !== word,
  );
  return { from, to: caret, suggestions: suggestions.slice(0, MOST) };
}

function startersAt(before: string, scope: Scope): Suggestion[] {
  const afterTerm = /[\w")\]]\s+$/.test(before) && !/\b(?:and|or|not)\s+$/i.test(before);
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

function valuesOf(field: string, state: EngineState | null): Suggestion[] {
  return namesFor(field, state).map((name) => ({ insert: `${quoteValue(name)} `, label: name, kind: 'value' }));
}

function quoteValue(name: string): string {
  return /^[\w.*:/-]+$/.test(name) ? name : `"${name}"`;
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
