/** Conditions of `if` as expressions. */

import { compilePattern, isMistake } from '../../match/pattern.ts';
import { escapePattern, keyed, test } from '../expressions.ts';
import { type Maps, mapCondition } from './maps.ts';
import { pairCondition } from './pairs.ts';
import { pathPattern } from './path-patterns.ts';

const FIELDS: Readonly<Record<string, string>> = {
  request_method: 'method',
  host: 'host',
  scheme: 'scheme',
  remote_addr: 'clientIp',
  uri: 'path',
  document_uri: 'path',
  args: 'query',
  query_string: 'query',
};

/** null: it asks for what nothing here knows. */
export function conditionOf(words: readonly string[], maps: Maps): string | null {
  const [variable = '', operator, value = ''] = withoutParentheses(words);
  const map = maps.get(variable);
  if (!map) return comparison(variable, operator, value);
  return mapCondition(map, operator, value, comparison);
}

function comparison(variable: string, operator: string | undefined, value: string): string | null {
  if (variable === '$request_uri') return ofWholeUri(operator, value);
  if (variable === '$https') return ofTls(operator, value);
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

/** `$https` is `on`, or empty. */
function ofTls(operator: string | undefined, value: string): string | null {
  if (operator === undefined) return test('scheme', '=', 'https');
  if (!/^!?=$/.test(operator) || (value !== '' && value !== 'on')) return null;
  return test('scheme', '=', (value === 'on') === (operator === '=') ? 'https' : 'http');
}

/** Path and query are in the URL, behind its host. */
function ofWholeUri(operator: string | undefined, value: string): string | null {
  if (operator === '=') return test('url', '~', `^\\w+://[^/]*${escapePattern(value)}$`);
  if (operator === undefined || value.includes('|')) return null;
  return matches('url', operator, `^\\w+://[^/]*${value.startsWith('^') ? value.slice(1) : `.*(?:${value})`}`);
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

/** What is absent here is empty there: a pattern that an empty text matches cannot be said. */
function matches(field: string, operator: string, pattern: string): string | null {
  const compiled = compilePattern(pattern);
  if (!/^!?~\*?$/.test(operator) || isMistake(compiled) || compiled.test('')) return null;
  const known = field === 'path' ? pathPattern(pattern).pattern : pattern;
  const positive = test(field, operator.endsWith('*') ? '~i' : '~', known);
  return operator.startsWith('!') ? `not ${positive}` : positive;
}
