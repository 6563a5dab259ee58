/** Charles's locations as conditions: blank parts are any, and `*`, `?` and ranges such as `[a-z]` stand for others. */
import { type Json, recordAt, textAt } from '../../foreign-json.ts';
import { allOf, anyOf, test, wildcard } from '../expressions.ts';

/** What stands for other letters in a part of a location. */
export const WILD = /\*|\?|\[[^\]]+\]/g;
const IPV6 = /^\[[\da-f]*:[\da-f]*:[\da-f:.]*\]$/i;

/** It begins with a slash, or what may be one; empty: any. */
export function pathOf(location: Json | null): string {
  const path = textAt(location, 'path').trim();
  return path === '' || /^[/*]/.test(path) ? path : `/${path}`;
}

/** Absent: everywhere. */
export function locationMatch(location: Json | null): string | undefined {
  const [protocol = '', host = '', port = '', query = ''] = ['protocol', 'host', 'port', 'query'].map((key) =>
    textAt(location, key).trim(),
  );
  const path = pathOf(location);
  return allOf([
    protocol && protocol !== '*' ? test('scheme', '=', protocol.toLowerCase()) : undefined,
    host ? hostMatch(host) : undefined,
    port && port !== '*' ? test('port', '=', port) : undefined,
    path ? wildcard('path', path, WILD) || undefined : undefined,
    query ? wildcard('query', query, WILD) || undefined : undefined,
  ]);
}

function hostMatch(host: string): string | undefined {
  return IPV6.test(host) ? test('host', '=', host.slice(1, -1)) : wildcard('host', host, WILD) || undefined;
}

/** Any of the switched-on locations of a set; null: there are some, and all are off. */
export function anyLocation(patterns: readonly unknown[]): string | undefined | null {
  const active = patterns.filter((pattern) => isOn(pattern, 'enabled'));
  if (active.length === 0) return patterns.length === 0 ? undefined : null;
  const matches = active.map((pattern) => locationMatch(recordAt(pattern, 'location')));
  return matches.includes(undefined) ? undefined : anyOf(matches.filter((match) => match !== undefined));
}

export function isOn(thing: unknown, key: string): boolean {
  return textAt(thing, key) !== 'false';
}
