/** Writes a syntax tree as text that parses back to it. */
import { quote } from './strings.ts';
import type { Expression, FieldRef } from './syntax.ts';

export function printExpression(term: Expression): string {
  switch (term.kind) {
    case 'or':
      return term.terms.map((each) => wrapped(each, each.kind === 'or')).join(' or ');
    case 'and':
      return term.terms.map((each) => wrapped(each, each.kind === 'or' || each.kind === 'and')).join(' and ');
    case 'not':
      return `not ${wrapped(term.term, term.term.kind === 'or' || term.term.kind === 'and')}`;
    case 'text':
      return `${printField(term.field)} ${term.operator} ${printValue(term.value)}`;
    case 'text-in':
      return `${printField(term.field)} in (${term.values.map(printValue).join(', ')})`;
    case 'number':
      return `${printField(term.field)} ${term.operator} ${term.value.text}`;
    case 'number-in':
      return `${printField(term.field)} in (${term.values.map(({ text }) => text).join(', ')})`;
    case 'has':
      return `has ${printField(term.field)}`;
    case 'flag':
      return term.flag;
    case 'url-contains':
      return quote(term.text);
  }
}

/** `header[accept]`; names that are not plain are quoted. */
export function printField({ name, key }: FieldRef): string {
  if (key === null) return name;
  return /^[\w!#$%&*+.^`|~-]+$/.test(key) ? `${name}[${key}]` : `${name}[${quote(key)}]`;
}

/** A value, quoted unless it is plainly one word. */
export function printValue(text: string): string {
  return /^[\w/.:-][\w/.:?&=%*+@-]*$/.test(text) ? text : quote(text);
}

function wrapped(term: Expression, parentheses: boolean): string {
  return parentheses ? `(${printExpression(term)})` : printExpression(term);
}
