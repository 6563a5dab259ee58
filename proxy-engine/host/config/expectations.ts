/** What zod found wrong, in words: what was expected and what was found. */

import type { z } from 'zod';
import { nearest } from '../../contract/expression/nearest-word.ts';
import { portProblem } from '../../contract/pool-config.ts';

type RawIssue = z.core.$ZodRawIssue;

const TYPES: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of keys and values',
  record: 'a map of keys and values',
  tuple: 'a list',
};

/** The message for an issue whose schema has none of its own. */
export function describeIssue(issue: RawIssue): string {
  switch (issue.code) {
    case 'unrecognized_keys':
      return `unknown keys ${(issue.keys as string[]).join(', ')}`;
    case 'invalid_key':
      return (issue.issues as { message: string }[])[0]?.message ?? 'not a name';
    case 'invalid_union':
      return withFound(`expected ${alternatives(issue.inst)}`, issue.input);
    default:
      return badPort(issue) ?? withFound(expectation(issue), issue.input);
  }
}

function badPort({ code, format, input }: RawIssue): string | null {
  return code === 'invalid_format' && format === 'url' && typeof input === 'string' ? portProblem(input) : null;
}

export function unknownKey(key: string, known: readonly string[]): string {
  const meant = nearest(key, known);
  if (meant !== undefined) return `unknown key ${JSON.stringify(key)}; did you mean ${meant}?`;
  return `unknown key ${JSON.stringify(key)}${known.length > 0 ? `; expected one of ${known.join(', ')}` : ''}`;
}

function expectation(issue: RawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${TYPES[String(issue.expected)] ?? String(issue.expected)}`;
    case 'invalid_value':
      return `expected ${oneOf((issue.values as unknown[]).map(literal))}`;
    case 'too_small':
      return `expected ${amount(issue.origin)}at least ${String(issue.minimum)}${unitOf(issue.origin)}`;
    case 'too_big':
      return `expected ${amount(issue.origin)}at most ${String(issue.maximum)}${unitOf(issue.origin)}`;
    case 'invalid_format':
      return formatExpectation(issue);
    default:
      return 'not a value that is allowed here';
  }
}

function formatExpectation(issue: RawIssue): string {
  if (issue.format === 'starts_with') return `expected text that starts with ${JSON.stringify(issue.prefix)}`;
  if (issue.format === 'url') return 'expected a URL such as http://127.0.0.1:3001';
  if (issue.format === 'regex') return `expected text like ${String(issue.pattern)}`;
  return `expected ${String(issue.format)}`;
}

function amount(origin: unknown): string {
  return origin === 'array' || origin === 'string' || origin === 'number' || origin === 'int'
    ? ''
    : `${String(origin)} of `;
}

function unitOf(origin: unknown): string {
  if (origin === 'array') return ' entries';
  return origin === 'string' ? ' characters' : '';
}

function withFound(expected: string, input: unknown): string {
  if (input === undefined) return `missing; ${expected}`;
  const quote = expected === 'expected text' && (typeof input === 'number' || typeof input === 'boolean');
  return `${expected}, found ${foundText(input)}${quote ? `; write '${String(input)}' in quotes` : ''}`;
}

/** A value as an error shows it: short, on one line, without the credentials of a URL. */
export function foundText(input: unknown): string {
  if (input === null) return 'nothing';
  if (Array.isArray(input)) return input.length === 0 ? 'an empty list' : 'a list';
  if (typeof input === 'object') {
    const keys = Object.keys(input);
    return keys.length === 0
      ? 'an empty map'
      : `a map with ${keys.slice(0, 4).join(', ')}${keys.length > 4 ? ' …' : ''}`;
  }
  const text = (JSON.stringify(input) ?? String(input)).replace(/:\/\/[^"\s]*@/g, '://…@');
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

function literal(value: unknown): string {
  return typeof value === 'string' ? value : String(value);
}

function oneOf(words: readonly string[]): string {
  const unique = [...new Set(words)];
  if (unique.length < 2) return unique.join('');
  return `${unique.slice(0, -1).join(', ')} or ${unique.at(-1)}`;
}

// ── what a schema takes ──────────────────────────────────────────────────────────────────────────────────────────────

interface Definition {
  type?: string;
  shape?: Record<string, unknown>;
  options?: unknown[];
  innerType?: unknown;
  in?: unknown;
  values?: unknown[];
  entries?: Record<string, unknown>;
}

function definition(schema: unknown): Definition {
  return ((schema as { _zod?: { def?: Definition } } | undefined)?._zod?.def ?? {}) as Definition;
}

/** Keys that a map schema knows; empty for any other schema. */
export function shapeKeys(schema: unknown): string[] {
  return Object.keys(definition(schema).shape ?? {});
}

/** The branches of a union: `a number or text`, `one of set, append, delete`. */
function alternatives(schema: unknown): string {
  const options = definition(schema).options ?? [];
  const keyed = options.flatMap((option) => (shapeKeys(option).length === 1 ? shapeKeys(option) : []));
  if (keyed.length > 2 && keyed.length === options.length) return `one of ${[...new Set(keyed)].join(', ')}`;
  return oneOf(options.flatMap(names));
}

function names(schema: unknown): string[] {
  const { type, values, entries, innerType, in: input, options } = definition(schema);
  if (values) return values.map(literal);
  if (entries) return Object.keys(entries);
  if (options) return options.flatMap(names);
  if (innerType ?? input) return names(innerType ?? input);
  const keys = shapeKeys(schema);
  return [keys.length > 0 ? `a map with ${keys.join(', ')}` : (TYPES[type ?? ''] ?? type ?? 'something else')];
}

/** Keys by which the branches of a union tell themselves apart. */
export function unionKeys(schema: unknown): string[] {
  return [...new Set((definition(schema).options ?? []).flatMap(shapeKeys))];
}
