/** In which order nginx looks for the location of a request. */
import { compilePattern, isMistake } from '../../match/pattern.ts';
import { test } from '../expressions.ts';
import { pathPattern } from './path-patterns.ts';
import { readablePattern } from './patterns.ts';
import { type Directive, named } from './syntax.ts';

export interface Place {
  modifier: string;
  path: string;
}

export interface Found {
  location: Directive;
  place: Place;
  /** Those that it stands in, the innermost last. */
  around: Found[];
  /** Longer prefixes, which nginx prefers to this one. */
  longer: string[];
}

/** The modifier may stand before the path without a blank: `~/\.ht`. */
export function placeOf({ words }: Directive): Place {
  const [first = '/', second] = words;
  if (second !== undefined) return { modifier: first, path: second };
  const [, modifier = '', path = first] = /^(=|\^~|~\*?)([^]*)$/.exec(first) ?? [];
  return { modifier, path };
}

/** Exact, then the longest prefix if it is `^~`, then patterns, the inner ones first, then the longest prefix. */
export function inLookupOrder(locations: readonly Directive[]): Found[] {
  const all = flatten(locations, []);
  const prefixes = all.filter(({ place }) => isPrefix(place));
  for (const found of all) {
    const prefix = isPrefix(found.place) ? found : found.around.findLast(({ place }) => isPrefix(place));
    const isEarly = found.place.modifier === '^~' || isPattern(found.place);
    // Patterns are asked behind the prefixes beside them, and before those beside what they stand in.
    const others = isPattern(found.place)
      ? prefixes.filter(({ around }) => !prefix || !around.includes(prefix))
      : prefixes;
    if (prefix && isEarly) found.longer = longerThan(prefix.place, others);
  }
  return all.toSorted((a, b) => {
    const byRank = rankOf(a) - rankOf(b);
    if (byRank !== 0) return byRank;
    if (isPrefix(a.place)) return b.place.path.length - a.place.path.length;
    return isPattern(a.place) ? b.around.length - a.around.length : 0;
  });
}

function flatten(locations: readonly Directive[], around: Found[]): Found[] {
  return locations.flatMap((location) => {
    const found: Found = { location, place: placeOf(location), around, longer: [] };
    return [found, ...flatten(named(location.block ?? [], 'location'), [...around, found])];
  });
}

function rankOf({ place, around }: Found): number {
  const modifiers = ['=', '^~', '~', ''];
  const outer = around.some((each) => each.place.modifier === '^~') ? 1 : modifiers.length;
  return Math.min(outer, modifiers.indexOf(place.modifier.replace('~*', '~')));
}

export function isPrefix({ modifier }: Place): boolean {
  return modifier === '' || modifier === '^~';
}

export function isPattern({ modifier }: Place): boolean {
  return modifier.startsWith('~');
}

function longerThan({ path }: Place, prefixes: readonly Found[]): string[] {
  const below = prefixes.filter(({ place }) => place.path !== path && place.path.startsWith(path));
  return [...new Set(below.map(({ place }) => place.path))];
}

/** All of them hold where nginx takes the location. */
export function conditionsOf({ place, around, longer }: Found): (string | undefined)[] {
  const outer = isPrefix(place) || place.modifier === '=' ? around.filter((each) => isPattern(each.place)) : around;
  const places = [...outer.map((each) => each.place), place];
  return [...places.map(pathMatch), ...longer.map((path) => `not ${test('path', '^=', encodeURI(path))}`)];
}

function pathMatch({ modifier, path }: Place): string | undefined {
  switch (modifier) {
    case '=':
      return test('path', '=', encodeURI(path));
    case '~':
      return test('path', '~', pathPattern(path).pattern);
    case '~*':
      return test('path', '~i', pathPattern(path).pattern);
    default:
      return path === '/' ? undefined : test('path', '^=', encodeURI(path));
  }
}

/** The one that nginx would take for a path; null: none. */
export function locationFor(path: string, ordered: readonly Found[]): Found | null {
  return (
    ordered.find(({ place, around, longer }) => {
      const isFar = longer.some((other) => path.startsWith(other));
      return !isFar && [...around.map((each) => each.place), place].every((each) => isAt(each, path));
    }) ?? null
  );
}

function isAt({ modifier, path: own }: Place, path: string): boolean {
  if (own.startsWith('@')) return false;
  if (modifier === '=') return path === own;
  if (!modifier.startsWith('~')) return path.startsWith(own);
  return isIn(own, modifier === '~*', path);
}

/** What JavaScript cannot read, RE2 reads, or enough of it to hold wherever nginx's pattern does. */
function isIn(pattern: string, isFolded: boolean, path: string): boolean {
  try {
    return new RegExp(pattern, isFolded ? 'i' : '').test(path);
  } catch {
    const compiled = compilePattern(`${isFolded ? '(?i)' : ''}${readablePattern(pattern).pattern}`);
    return isMistake(compiled) || compiled.test(path);
  }
}
