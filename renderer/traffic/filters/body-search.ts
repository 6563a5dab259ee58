import { parseExpression } from '../../../proxy-engine/contract/expression/parse.ts';
import type { Expression } from '../../../proxy-engine/contract/expression/syntax.ts';

/** A filter that is being written, and what of it is selected. */
export interface Search {
  text: string;
  from: number;
  to: number;
}

const NOTHING_YET = 'body *= ""';

/** `filter` and a search in bodies, ready for what to look for; one that is there already is gone on with. */
export function searchInBodies(filter: string): Search {
  const present = searchTerm(filter);
  if (present) return { text: filter, ...placeOfValue(filter, present) };
  const text = filter.trim() === '' ? NOTHING_YET : `${asOneTerm(filter.trim())} and ${NOTHING_YET}`;
  return { text, from: text.length - 1, to: text.length - 1 };
}

/** The filter without a search that looks for nothing: as it was before that began. */
export function withoutEmptySearch(filter: string): string {
  const term = searchTerm(filter);
  if (!term || (term.kind === 'text' && term.value !== '')) return filter;
  const before = filter.slice(0, term.from).replace(/\s+and\s+$/i, '');
  const after = filter.slice(term.to);
  return withoutParentheses((before.trim() === '' ? after.replace(/^\s*and\s+/i, '') : before + after).trim());
}

/** The first `body *= …` that holds for all that is listed. */
function searchTerm(filter: string): Expression | null {
  const parsed = parseExpression(filter);
  if (!parsed.ok) return null;
  const { expression } = parsed;
  return (expression.kind === 'and' ? expression.terms : [expression]).find(isSearch) ?? null;
}

function isSearch(term: Expression): boolean {
  return term.kind === 'text' && term.field.name === 'body' && term.operator === '*=';
}

/** Within its quotes. */
function placeOfValue(filter: string, { from, to }: Expression): { from: number; to: number } {
  const field = /^.*?\*=\s*/.exec(filter.slice(from, to))?.[0] ?? '';
  const value = from + field.length;
  return /["']/.test(filter[value] ?? '') ? { from: value + 1, to: to - 1 } : { from: value, to };
}

function asOneTerm(filter: string): string {
  const parsed = parseExpression(filter);
  return parsed.ok && parsed.expression.kind === 'or' ? `(${filter})` : filter;
}

/** What `asOneTerm` added. */
function withoutParentheses(filter: string): string {
  const within = filter.slice(1, -1);
  return filter.startsWith('(') && asOneTerm(within) === filter ? within : filter;
}
