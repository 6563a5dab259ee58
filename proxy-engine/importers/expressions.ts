/** Conditions of other programs as text of the expression language. */
import { printField, printValue } from '../contract/expression/print.ts';
import { quote } from '../contract/expression/strings.ts';

type Operator = '=' | '^=' | '$=' | '*=' | '~' | '~i' | '!=';

/** `path ^= /v1/`; a pattern is always quoted. */
export function test(field: string, operator: Operator, value: string): string {
  return `${field} ${operator} ${operator === '~' || operator === '~i' ? quote(value) : printValue(value)}`;
}

/** `header[x-user]` */
export function keyed(name: 'header' | 'responseHeader' | 'query' | 'cookie', key: string): string {
  return printField({ name, key });
}

export function oneOf(field: string, values: readonly string[]): string {
  const [only] = values;
  return values.length === 1 && only !== undefined
    ? test(field, '=', only)
    : `${field} in (${values.map(printValue).join(', ')})`;
}

/** All of them; absent when there is none. */
export function allOf(terms: readonly (string | undefined)[]): string | undefined {
  const given = terms.filter((term) => term !== undefined);
  return given.length === 0 ? undefined : given.map((term) => (given.length > 1 ? grouped(term) : term)).join(' and ');
}

export function anyOf(terms: readonly string[]): string | undefined {
  return terms.length === 0 ? undefined : terms.join(' or ');
}

function grouped(term: string): string {
  return / or /i.test(term) ? `(${term})` : term;
}

/** Letters of a text that a pattern would take for something else. */
export function escapePattern(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
}

/** A dollar stands for itself where values may have variables. */
export function literal(text: string): string {
  return text.replaceAll('$', '$$$$');
}

/** A text with `*` and `?` wildcards, compared with a field in the simplest way that says the same. */
export function wildcard(field: string, pattern: string): string {
  const isPlain = !/[*?]/.test(pattern);
  if (isPlain) return test(field, '=', pattern);
  const inner = pattern.slice(0, -1);
  if (pattern.endsWith('*') && !/[*?]/.test(inner)) return inner === '' ? '' : test(field, '^=', inner);
  if (pattern.startsWith('*') && !/[*?]/.test(pattern.slice(1))) return test(field, '$=', pattern.slice(1));
  const source = [...pattern]
    .map((letter) => (letter === '*' ? '.*' : letter === '?' ? '.' : escapePattern(letter)))
    .join('');
  return test(field, '~', `^${source}$`);
}
