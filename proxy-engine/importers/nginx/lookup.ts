/** In which order nginx looks for the location of a request, and what a location has from what is around it. */
import { test } from '../expressions.ts';
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

const MODIFIERS = new Set(['=', '~', '~*', '^~']);

export function placeOf({ words }: Directive): Place {
  const [first = '/', second = ''] = words;
  return MODIFIERS.has(first) ? { modifier: first, path: second } : { modifier: '', path: first };
}

/** Exact, then the longest prefix if it is `^~`, then patterns, the inner ones first, then the longest prefix. */
export function inLookupOrder(locations: readonly Directive[]): Found[] {
  const all = flatten(locations, []);
  const prefixes = all.filter(({ place }) => isPrefix(place));
  for (const found of all) {
    const prefix = isPrefix(found.place) ? found : found.around.findLast(({ place }) => isPrefix(place));
    const isEarly = found.place.modifier === '^~' || isPattern(found.place);
    if (prefix && isEarly) found.longer = longerThan(prefix.place, prefixes);
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

function isPrefix({ modifier }: Place): boolean {
  return modifier === '' || modifier === '^~';
}

function isPattern({ modifier }: Place): boolean {
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
      return test('path', '~', path);
    case '~*':
      return test('path', '~i', path);
    default:
      return path === '/' ? undefined : test('path', '^=', encodeURI(path));
  }
}

/** A set in a location takes the place of the outer one as a whole. */
export const INHERITED = new Set([
  'proxy_set_header',
  'add_header',
  'proxy_hide_header',
  'limit_req',
  'limit_req_status',
]);

/** What a location has for itself. */
const OWN = new Set([
  'location',
  'return',
  'rewrite',
  'if',
  'set',
  'proxy_pass',
  'grpc_pass',
  'alias',
  'try_files',
  'internal',
]);

/** The server's directives and those of the locations around it. */
export function inheritedBy({ around }: Found, server: readonly Directive[]): readonly Directive[] {
  return around.reduce<readonly Directive[]>(
    (outer, { location: { block = [] } }) =>
      withOuter(
        outer,
        block.filter(({ name }) => !OWN.has(name)),
      ),
    server,
  );
}

/** What `http` has for all servers. */
const FOR_ALL = new Set(
  'root proxy_redirect proxy_connect_timeout proxy_read_timeout proxy_next_upstream proxy_next_upstream_tries'.split(
    ' ',
  ),
);

export function isPassedDown(name: string): boolean {
  return INHERITED.has(name) || FOR_ALL.has(name);
}

/** The directives of a block behind those that it does not replace. */
export function withOuter(outer: readonly Directive[], block: readonly Directive[]): Directive[] {
  const isReplaced = ({ name }: Directive) => INHERITED.has(name) && block.some((own) => own.name === name);
  return [...outer.filter((each) => !isReplaced(each)), ...block];
}
