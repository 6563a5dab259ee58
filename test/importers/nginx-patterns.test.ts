/** Patterns of nginx that RE2 reads in part: what is read holds wherever nginx's does. */
import { expect, it } from 'vitest';
import { readablePattern } from '../../proxy-engine/importers/nginx/patterns.ts';

it.each<[written: string, pattern: string, isExact?: boolean]>([
  ['^/a/(\\d+)$', '^/a/(\\d+)$', true],
  ['^/(?!api)', '^/(?:$|[^a]|a(?:$|[^p]|p(?:$|[^i])))', true],
  ['^/(?!open).*\\.php$', '^/.*\\.php$'],
  ['^/p/\\d++$', '^/p/\\d+$'],
  ['^/p\\++(?>/.*)?$', '^/p\\++(?:/.*)?$'],
  ['^/[*+]++\\1', '^/[*+]+'],
  ['^/pos/\\Z', '^/pos/'],
  ['^/ab?\\h', '^/ab?'],
  ['^/a(b\\h)?$', '^/a'],
  ['^/a(b\\h)*|^/c', '.*'],
  ['^/a(b\\h|c)/x', '^/a'],
  ['\\h', '.*'],
  [`^/${'a'.repeat(300)}\\h`, `^/${'a'.repeat(198)}`],
])('%s', (written, pattern, isExact = false) => expect(readablePattern(written)).toEqual({ pattern, isExact }));
