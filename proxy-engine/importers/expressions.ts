/** Conditions of other programs as text of the expression language. */
import { printField, printValue } from '../contract/expression/print.ts';
import { quote } from '../contract/expression/strings.ts';

type Operator = '=' | '^=' | '$=' | '*=' | '~' | '~i' | '!=';

/** `path ^= /v1/`; a pattern is always quoted. */
export function test(field: string, operator: Operator, value: string): string {
  if (operator === '~' || operator === '~i') return `${field} ${operator} ${quote(patternText(value))}`;
  if (!REFERENCE.test(value)) return `${field} ${operator} ${printValue(value)}`;
  // A pattern can tell a dollar and a brace from a variable of the environment.
  const pattern = escapePattern(value);
  const [start, end] = [/^(?:\^|!?)=$/.test(operator) ? '^' : '', /^[$!]?=$/.test(operator) ? '$' : ''];
  return `${operator === '!=' ? 'not ' : ''}${test(field, '~', start + pattern + end)}`;
}

/** `${NAME}`, which a config takes from the environment. */
const REFERENCE = /\$\{(?=[a-z_]\w*(?::-[^}]*)?\})/i;

/** The same pattern, without what a config would take from the environment. */
export function patternText(pattern: string): string {
  return pattern.replaceAll(new RegExp(REFERENCE, 'gi'), '$\\{');
}

/** `header[x-user]` */
export function keyed(name: 'header' | 'responseHeader' | 'query' | 'cookie', key: string): string {
  return printField({ name, key });
}

export function oneOf(field: string, values: readonly string[]): string {
  const [only] = values;
  if (values.some((value) => REFERENCE.test(value)))
    return `(${values.map((value) => test(field, '=', value)).join(' or ')})`;
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

/** An expression has a bound, and more may stand beside this. */
const LONGEST_PORTION = 24_000;

/** Terms of which one must hold, for as many routes as their length takes. */
export function inPortions(terms: readonly string[]): string[][] {
  const portions: string[][] = [];
  let length = Number.POSITIVE_INFINITY;
  for (const term of terms) {
    if (length + term.length > LONGEST_PORTION) {
      portions.push([]);
      length = 0;
    }
    portions.at(-1)?.push(term);
    length += term.length + ' or '.length;
  }
  return portions;
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

/** Only groups of a pattern stand for something else. */
export function withGroups(text: string): string {
  return text.replace(/\$(?!\d)/g, '$$$$');
}

/** A text in which `wild` finds what stands for others, compared with a field in the simplest way that says the same; empty: it is any. */
export function wildcard(field: string, text: string, wild: RegExp): string {
  const has = (part: string): boolean => part.search(wild) >= 0;
  if (!has(text)) return test(field, '=', text);
  const inner = text.slice(0, -1);
  if (text.endsWith('*') && !has(inner)) return inner === '' ? '' : test(field, '^=', inner);
  if (text.startsWith('*') && !has(text.slice(1))) return test(field, '$=', text.slice(1));
  // Hosts are compared in lower case.
  return test(field, field === 'host' ? '~i' : '~', `^${wildPattern(text, wild)}$`);
}

/** The text as a pattern. */
export function wildPattern(text: string, wild: RegExp): string {
  let source = '';
  let end = 0;
  for (const { 0: token, index } of text.matchAll(wild)) {
    source += escapePattern(text.slice(end, index)) + meaning(token);
    end = index + token.length;
  }
  return source + escapePattern(text.slice(end));
}

/** `*`, `?`, or a range such as `[a-z]` or `[!0-9]`. */
function meaning(token: string): string {
  if (token === '*') return '.*';
  if (token === '?') return '.';
  const [, not = '', letters = ''] = /^\[([!^]?)(.*)\]$/.exec(token) ?? [];
  return `[${not && '^'}${letters.replace(/[\\[\]^&]/g, '\\$&')}]`;
}
