import { expect, it } from 'vitest';
import { isUnclear, pathPattern } from '../../proxy-engine/importers/nginx/path-patterns.ts';
import { compilePattern, isMistake } from '../../proxy-engine/match/pattern.ts';

function holds(pattern: string, path: string): boolean {
  const compiled = compilePattern(pathPattern(pattern).pattern);
  return !isMistake(compiled) && compiled.test(path);
}

it.each([
  ...[
    '\\.php$',
    '/\\.ht',
    '^/admin$',
    '^/user/(\\d+)$',
    '^/(en|de)/(.*)$',
    '^/[^/]+/x',
    '^(.*)$',
    '^/api/v(1|2)(/.*)?$',
  ],
  ...['^/(?<rest>.*)/y$', '^/\\d{4}/', '/wp-(?:admin|login)'],
])('%s stays as it is', (pattern) => expect(pathPattern(pattern)).toEqual({ pattern, isExact: true }));

it.each<[pattern: string, path: string, holds: boolean]>([
  ['^/hr files/', '/hr%20files/', true],
  ['^/größe', '/gr%c3%b6%C3%9fe', true],
  ['^/[ä]', '/%C3%A4', true],
  ['^/four/.{4}$', '/four/a%20bc', true],
  ['^/four/.{4}$', '/four/%20a', false],
  ['\\s', '/a%20b', true],
  ['\\s', '/a%21b', false],
  ['^/\\W$', '/%25', true],
  ['^/[^ ]+$', '/a%20', false],
  ['^/[^ ]+$', '/a%21', true],
  ['/.ht', '/%20ht', true],
  ['^/a.*\\d$', '/a%20', false],
  ['^/a.*\\d$', '/a%201', true],
  ['admin', '/%2admin', false],
  ['^/x|20', '/a%20', false],
  ['^/x\\x20y', '/x%20y', true],
])('%s beside %s: %s', (pattern, path, expected) => expect(holds(pattern, path)).toBe(expected));

it.each(['\\bfoo', '[[:space:]]', '%', '^/[!-~]', '^/(?s).', '\\p{L}'])(
  '%s cannot be compared with escapes',
  (pattern) => {
    expect(isUnclear(pattern)).toBe(true);
    expect(pathPattern(pattern).pattern).toBe(pattern);
  },
);
