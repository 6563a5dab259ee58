/** What must be true of host, path and fields for an expression to hold: what an index can be keyed by. */
import { FIELDS, type FieldName } from '../contract/expression/fields.ts';
import type { Expression, FieldRef } from '../contract/expression/syntax.ts';
import { type TextAccess, textValues } from './access.ts';
import { literals } from './compile.ts';
import { GRAM_LENGTH } from './gram-index.ts';
import { requiredLiteral } from './pattern.ts';
import { requiredLiterals } from './required-literals.ts';
import { isAscii, toWire, wireForms } from './wire-text.ts';

/** A field has one of the values, or begins with one of the prefixes. */
export interface FieldGuard {
  /** The same for the same field: `header x-tenant`. */
  readonly id: string;
  readonly read: TextAccess;
  readonly values: readonly string[];
  readonly prefixes: readonly string[];
}

/**
 * null: any. A request with another host, with a path that starts with none of the prefixes or has none of the needles, or with a
 * field that is not as one of `fields` says cannot match. `fields` count only where no response is known, because `header[n]` asks
 * both sides.
 */
export interface Guard {
  hosts: readonly string[] | null;
  pathPrefixes: readonly string[] | null;
  /** The path has one of them somewhere; each is `GRAM_LENGTH` characters long at least. */
  pathNeedles: readonly string[] | null;
  /** Each of them must hold; a field is there once. */
  fields: readonly FieldGuard[];
}

const ANY: Guard = { hosts: null, pathPrefixes: null, pathNeedles: null, fields: [] };

export function guardOf(term: Expression | null): Guard {
  if (term === null) return ANY;
  switch (term.kind) {
    case 'and':
      return term.terms.map(guardOf).reduce(both);
    case 'or':
      return term.terms.map(guardOf).reduce(either);
    case 'text':
      if (term.field.name === 'host' && term.operator === '=') return { ...ANY, hosts: hostLiterals(term.value) };
      if (term.field.name === 'path') return pathGuard(term.operator, term.value);
      return textGuard(term.field, term.operator, term.value);
    case 'text-in':
      if (term.field.name === 'host') return { ...ANY, hosts: term.values.flatMap(hostLiterals) };
      if (term.field.name === 'path') return { ...ANY, pathPrefixes: term.values.flatMap(wireForms) };
      return fieldGuard(term.field, {
        values: term.values.flatMap((value) => literals(term.field, value)),
        prefixes: [],
      });
    case 'has':
      return fieldGuard(term.field, { values: [], prefixes: [''] });
    default:
      return ANY;
  }
}

/** Known of every request before it is sent, and read without making anything. */
const INDEXED: ReadonlySet<FieldName> = new Set<FieldName>([
  ...(['method', 'scheme', 'host', 'port', 'protocol', 'listener', 'route', 'pool', 'clientIp', 'query'] as const),
  ...(['header', 'requestHeader', 'cookie'] as const),
]);

function textGuard(field: FieldRef, operator: string, value: string): Guard {
  if (operator === '=') return fieldGuard(field, { values: literals(field, value), prefixes: [] });
  if (operator === '^=') return fieldGuard(field, { values: [], prefixes: literals(field, value) });
  // Where case says nothing, a pattern has more beginnings than one; others are matched on text that is no longer bytes.
  if (operator !== '~' || FIELDS[field.name].fold !== undefined || !isAscii(value)) return ANY;
  const { text, anchored } = requiredLiteral(value);
  return anchored && text !== '' ? fieldGuard(field, { values: [], prefixes: [text] }) : ANY;
}

function fieldGuard(field: FieldRef, asked: Pick<FieldGuard, 'values' | 'prefixes'>): Guard {
  const [read] = INDEXED.has(field.name) ? textValues(field, 'request') : [];
  if (read === undefined || typeof read === 'string') return ANY;
  const name = field.name === 'requestHeader' ? 'header' : field.name;
  return { ...ANY, fields: [{ id: field.key === null ? name : `${name} ${field.key}`, read, ...asked }] };
}

function pathGuard(operator: string, value: string): Guard {
  const pathPrefixes = pathPrefix(operator, value);
  return pathPrefixes === null ? { ...ANY, pathNeedles: pathNeedle(operator, value) } : { ...ANY, pathPrefixes };
}

function pathNeedle(operator: string, value: string): string[] | null {
  const forms = operator === '*=' || operator === '$=' ? wireForms(value) : [longestNeeded(operator, value)];
  return forms.every((form) => form.length >= GRAM_LENGTH) ? forms : null;
}

function longestNeeded(operator: string, value: string): string {
  // Other patterns are matched on text that is no longer bytes.
  const texts = operator === '~' && isAscii(value) ? requiredLiterals(value) : [];
  return texts.toSorted((a, b) => b.length - a.length)[0] ?? '';
}

function pathPrefix(operator: string, value: string): string[] | null {
  if (operator === '=' || operator === '^=') return wireForms(value);
  if (operator !== '~') return null;
  const { text, anchored } = requiredLiteral(value);
  return anchored && text !== '' ? [toWire(text)] : null;
}

/** Both hold, so either's guard is one; the shorter list is the sharper. */
function both(a: Guard, b: Guard): Guard {
  return {
    hosts: shorter(a.hosts, b.hosts),
    pathPrefixes: shorter(a.pathPrefixes, b.pathPrefixes),
    pathNeedles: shorter(a.pathNeedles, b.pathNeedles),
    fields: [...a.fields, ...b.fields.filter(({ id }) => !a.fields.some((other) => other.id === id))],
  };
}

function either(a: Guard, b: Guard): Guard {
  return {
    hosts: union(a.hosts, b.hosts),
    pathPrefixes: union(a.pathPrefixes, b.pathPrefixes),
    pathNeedles: union(a.pathNeedles, b.pathNeedles),
    fields: a.fields.flatMap((field) =>
      eitherField(
        field,
        b.fields.find(({ id }) => id === field.id),
      ),
    ),
  };
}

function eitherField(a: FieldGuard, b: FieldGuard | undefined): FieldGuard[] {
  if (b === undefined) return [];
  return [{ ...a, values: merged(a.values, b.values), prefixes: merged(a.prefixes, b.prefixes) }];
}

function shorter(a: readonly string[] | null, b: readonly string[] | null): readonly string[] | null {
  if (a === null || b === null) return a ?? b;
  return a.length <= b.length ? a : b;
}

function union(a: readonly string[] | null, b: readonly string[] | null): readonly string[] | null {
  return a === null || b === null ? null : merged(a, b);
}

function merged(a: readonly string[], b: readonly string[]): readonly string[] {
  return [...new Set([...a, ...b])];
}

function hostLiterals(value: string): string[] {
  return wireForms(value.toLowerCase());
}

/** An entry of an ordered list, with what a request must have for it to match at all. */
export interface Candidate {
  /** Place in the whole list. */
  readonly order: number;
  readonly guard: Guard;
}
