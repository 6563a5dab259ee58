/** Conditions of `if` as expressions. */

import { compilePattern, isMistake } from '../../match/pattern.ts';
import { escapePattern, keyed, test } from '../expressions.ts';
import { pairCondition } from './pairs.ts';
import { pathPattern } from './path-patterns.ts';
import { alternativesOf, hasBeginning, readablePattern } from './patterns.ts';

const FIELDS: Readonly<Record<string, string>> = {
  request_method: 'method',
  host: 'host',
  scheme: 'scheme',
  remote_addr: 'clientIp',
  uri: 'path',
  document_uri: 'path',
  args: 'query',
  query_string: 'query',
  content_type: keyed('header', 'content-type'),
  content_length: keyed('header', 'content-length'),
};

/** They have one value, or are empty. */
const SWITCHES: Readonly<Record<string, { value: string; on: string; off: string }>> = {
  $https: { value: 'on', on: 'scheme = https', off: 'scheme = http' },
  $is_args: { value: '?', on: 'query != ""', off: 'query = ""' },
};

/** What holds wherever a pattern that only nginx reads does, of a header or the path; null: that is not known. */
export function looseComparison(variable: string, operator: string | undefined, value: string): string | null {
  const field = /^\$\w+$/.test(variable) ? fieldOf(variable.slice(1)) : null;
  const { pattern, isExact } = readablePattern(value);
  return field === null || isExact || !/^~\*?$/.test(operator ?? '') ? null : matches(field, operator ?? '', pattern);
}

/** null: it asks for what nothing here knows. */
export function comparison(variable: string, operator: string | undefined, value: string): string | null {
  if (variable === '$request_uri') return ofWholeUri(operator, value);
  if (SWITCHES[variable]) return ofSwitch(SWITCHES[variable], operator, value);
  const pair = pairCondition(variable, operator, value);
  if (pair !== undefined) return pair;
  const field = /^\$\w+$/.test(variable) ? fieldOf(variable.slice(1)) : null;
  if (field === null) return null;
  switch (operator) {
    case undefined:
      // Neither empty nor 0.
      return `${presence(field)} and not ${test(field, '=', '0')}`;
    case '=':
      return value === '' ? `not (${presence(field)})` : test(field, '=', asWritten(field, value));
    case '!=':
      return value === '' ? presence(field) : test(field, '!=', asWritten(field, value));
    default:
      return matches(field, operator, value);
  }
}

function ofSwitch({ value: known, on, off }: { value: string; on: string; off: string }, operator = '', value = '') {
  if (operator === '') return on;
  if (!/^!?=$/.test(operator) || (value !== '' && value !== known)) return null;
  return (value === known) === (operator === '=') ? on : off;
}

/** Path and query are in the URL, behind its host. */
function ofWholeUri(operator: string | undefined, value: string): string | null {
  if (operator === '=' || operator === '!=')
    return `${operator === '=' ? '' : 'not '}${test('url', '~', `^\\w+://[^/]*${escapePattern(value)}$`)}`;
  const pattern = operator === undefined ? null : behindHost(value);
  return pattern && matches('url', operator ?? '', pattern);
}

/** null: a beginning of the text is asked for within a group. */
function behindHost(pattern: string): string | null {
  const parts = alternativesOf(pattern).map((part) => {
    const [, mode = '', start, rest = ''] = /^(\(\?i\))?(\^)?([^]*)$/.exec(part) ?? [];
    return hasBeginning(rest) ? null : mode + (start === undefined ? '.*' : '') + rest;
  });
  return parts.includes(null) ? null : `^\\w+://[^/]*(?:${parts.join('|')})`;
}

export function withoutParentheses(words: readonly string[]): string[] {
  const bare = [...words];
  bare[0] = (bare[0] ?? '').replace(/^\(/, '');
  const end = bare.length - 1;
  bare[end] = (bare[end] ?? '').replace(/\)$/, '');
  return bare.filter((word, i) => word !== '' || i > 1);
}

function fieldOf(name: string): string | null {
  // nginx has all its lines, conditions here the first.
  if (name === 'http_x_forwarded_for') return null;
  if (name.startsWith('http_')) return keyed('header', name.slice(5).replaceAll('_', '-'));
  return FIELDS[name] ?? null;
}

function asWritten(field: string, value: string): string {
  return field === 'path' ? encodeURI(value) : value;
}

function presence(field: string): string {
  return test(field, '~', '.');
}

/** What is absent here is empty there. */
function matches(field: string, operator: string, pattern: string): string | null {
  const compiled = compilePattern(pattern);
  if (!/^!?~\*?$/.test(operator) || isMistake(compiled)) return null;
  const known = field === 'path' ? pathPattern(pattern).pattern : pattern;
  const positive = test(field, operator.endsWith('*') ? '~i' : '~', known);
  const isNot = operator.startsWith('!');
  if (!field.startsWith('header') || !compiled.test('')) return isNot ? `not ${positive}` : positive;
  return isNot ? `${presence(field)} and not ${positive}` : `not ${presence(field)} or ${positive}`;
}
