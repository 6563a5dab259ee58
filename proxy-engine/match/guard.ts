/** What must be true of host, path and one header for an expression to hold: what an index can be keyed by. */
import type { Expression, FieldRef } from '../contract/expression/syntax.ts';
import { GRAM_LENGTH } from './gram-index.ts';
import { requiredLiteral } from './pattern.ts';
import { requiredLiterals } from './required-literals.ts';
import { isAscii, toWire } from './wire-text.ts';

/**
 * null: any. A request with another host, with a path that starts with none of the prefixes or has none of the needles, or whose
 * header has none of the values cannot match. `header` counts only where no response is known, because `header[n]` asks both sides.
 */
export interface Guard {
  hosts: readonly string[] | null;
  pathPrefixes: readonly string[] | null;
  /** The path has one of them somewhere; each is `GRAM_LENGTH` characters long at least. */
  pathNeedles: readonly string[] | null;
  /** `name` in lower case; values are never empty. */
  header: { readonly name: string; readonly values: readonly string[] } | null;
}

const ANY: Guard = { hosts: null, pathPrefixes: null, pathNeedles: null, header: null };

export function guardOf(term: Expression | null): Guard {
  if (term === null) return ANY;
  switch (term.kind) {
    case 'and':
      return term.terms.map(guardOf).reduce(both);
    case 'or':
      return term.terms.map(guardOf).reduce(either);
    case 'text':
      if (term.field.name === 'host' && term.operator === '=') return { ...ANY, hosts: [hostLiteral(term.value)] };
      if (term.field.name === 'path') return pathGuard(term.operator, term.value);
      return term.operator === '=' ? headerGuard(term.field, [term.value]) : ANY;
    case 'text-in':
      if (term.field.name === 'host') return { ...ANY, hosts: term.values.map(hostLiteral) };
      if (term.field.name === 'path') return { ...ANY, pathPrefixes: term.values.map(toWire) };
      return headerGuard(term.field, term.values);
    default:
      return ANY;
  }
}

function headerGuard({ name, key }: FieldRef, values: readonly string[]): Guard {
  if ((name !== 'header' && name !== 'requestHeader') || key === null || values.includes('')) return ANY;
  return { ...ANY, header: { name: key, values: values.map(toWire) } };
}

function pathGuard(operator: string, value: string): Guard {
  const pathPrefixes = pathPrefix(operator, value);
  return pathPrefixes === null ? { ...ANY, pathNeedles: pathNeedle(operator, value) } : { ...ANY, pathPrefixes };
}

function pathNeedle(operator: string, value: string): string[] | null {
  const texts = operator === '*=' || operator === '$=' ? [toWire(value)] : [];
  // Other patterns are matched on text that is no longer bytes.
  if (operator === '~' && isAscii(value)) texts.push(...requiredLiterals(value));
  const [longest = ''] = texts.toSorted((a, b) => b.length - a.length);
  return longest.length >= GRAM_LENGTH ? [longest] : null;
}

function pathPrefix(operator: string, value: string): string[] | null {
  if (operator === '=' || operator === '^=') return [toWire(value)];
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
    header: a.header ?? b.header,
  };
}

function either(a: Guard, b: Guard): Guard {
  return {
    hosts: union(a.hosts, b.hosts),
    pathPrefixes: union(a.pathPrefixes, b.pathPrefixes),
    pathNeedles: union(a.pathNeedles, b.pathNeedles),
    header: eitherHeader(a.header, b.header),
  };
}

function eitherHeader(a: Guard['header'], b: Guard['header']): Guard['header'] {
  if (a === null || b === null || a.name !== b.name) return null;
  return { name: a.name, values: [...new Set([...a.values, ...b.values])] };
}

function shorter(a: readonly string[] | null, b: readonly string[] | null): readonly string[] | null {
  if (a === null || b === null) return a ?? b;
  return a.length <= b.length ? a : b;
}

function union(a: readonly string[] | null, b: readonly string[] | null): readonly string[] | null {
  return a === null || b === null ? null : [...new Set([...a, ...b])];
}

function hostLiteral(value: string): string {
  return toWire(value.toLowerCase());
}

/** An entry of an ordered list, with what a request must have for it to match at all. */
export interface Candidate {
  /** Place in the whole list. */
  readonly order: number;
  readonly guard: Guard;
}
