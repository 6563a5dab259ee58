/** nginx goes on inside from a directory to its index.html, which another location may take. */
import { compilePattern, isMistake } from '../../match/pattern.ts';
import { allOf, test } from '../expressions.ts';
import { type Found, isPattern, isPrefix, locationFor } from './lookup.ts';
import { pathPattern } from './path-patterns.ts';
import type { Site } from './site.ts';
import type { Files } from './static-files.ts';

export interface Detour {
  /** The location that takes the file. */
  found: Found;
  /** Which directories. */
  match: string;
  /** One of them. */
  dir: string;
}

const INDEX = 'index.html';

/** How patterns for pages end. */
const PAGES = /(index)?\\\.(?:html?\??|\((?:\?:)?[\w|?]*html?[\w|?]*\))\$?$/;

const DIRECTORIES = test('path', '$=', '/');

/** Directories of a location whose index.html another one takes, single ones first. */
export function indexDetours(site: Site, files: Files): Detour[] {
  if (!hasIndex(files)) return [];
  const { place, locations } = site;
  const base = isPattern(place) ? '/' : place.path.replace(/\/?$/, '/');
  const single = [...locations.flatMap((found) => namedBy(found)), ...baseOf(base, site)].filter(
    ({ found, dir }) => found !== site.found && isOf(dir, site) && locationFor(dir + INDEX, locations) === found,
  );
  const pages =
    place.modifier === '' ? locations.flatMap((found) => (found === site.found ? [] : pagesOf(found, base))) : [];
  const all = [...single, ...pages];
  return all.filter(({ match }, i) => all.findIndex((other) => other.match === match) === i);
}

/** `$uri/index.html` is a file that `try_files` takes itself. */
function hasIndex({ actions, directive: { name, words } }: Files): boolean {
  if (name === 'try_files' && !words.includes('$uri/')) return false;
  return actions.some((action) => 'mapLocal' in action && 'dir' in action.mapLocal && action.mapLocal.index !== false);
}

function isOf(dir: string, { isWhole, locations, found }: Site): boolean {
  return locationFor(dir, locations) === (isWhole ? null : found);
}

/** The one whose file a location names. */
function namedBy(found: Found): Detour[] {
  const [, dir = '', file = ''] = /^(\/|\/.*\/)([^/]+)$/.exec(found.place.path) ?? [];
  const isNamed = !isPattern(found.place) && file !== '' && INDEX.startsWith(file);
  return isNamed ? [{ found, match: test('path', '=', encodeURI(dir)), dir }] : [];
}

/** Those in which a pattern for pages holds. */
function pagesOf(found: Found, dir: string): Detour[] {
  const { modifier, path } = found.place;
  const [end, index] = isPattern(found.place) ? (PAGES.exec(path) ?? []) : [];
  if (end === undefined) return [];
  const beginning = `${path.slice(0, -end.length)}${index === undefined ? '' : '$'}`;
  const { pattern } = pathPattern(beginning);
  const isAsked = beginning !== '' && !isMistake(compilePattern(pattern));
  const term = isAsked ? test('path', modifier === '~*' ? '~i' : '~', pattern) : undefined;
  return [{ found, match: allOf([term, DIRECTORIES]) ?? '', dir }];
}

/** Its own, and all below if the other one takes those, too. */
function baseOf(dir: string, { place, locations }: Site): Detour[] {
  const found = locationFor(dir + INDEX, locations);
  if (!found) return [];
  const isForAll = isPrefix(place) && locationFor(`${dir}any/${INDEX}`, locations) === found;
  return [{ found, match: isForAll ? DIRECTORIES : test('path', '=', encodeURI(dir)), dir }];
}
