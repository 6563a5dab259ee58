/** `rewrite` of a path, where it stays in its location. */
import { compilePattern, isMistake } from '../../match/pattern.ts';
import type { DraftAction } from '../draft.ts';
import { allOf, test } from '../expressions.ts';
import type { Rewritten } from './content.ts';
import { type Found, isPattern, isPrefix, locationFor, type Place } from './lookup.ts';
import { pathPattern } from './path-patterns.ts';
import { groupNames, groupStarts } from './patterns.ts';
import { addRoute, NOT_IMPORTED, type Site } from './site.ts';
import type { Directive } from './syntax.ts';
import { valueOf } from './values.ts';

/** `rewrite` of the path: on it, and on its parameters; null: it is closed. Where nginx looks for another location then, nothing is answered: this one may be more open. */
export function rewriteOf(step: Directive, rewritten: Rewritten, site: Site): DraftAction[] | null {
  const { ledger, isWhole } = site;
  const [pattern = '', replacement = '', flag] = step.words;
  const [path = '', args] = replacement.split(/\?(.*)/s);
  const to = valueOf(path, groupNames(pattern));
  if (isWhole || (flag !== 'break' && leadsAway(path, site))) return closeRewritten(step, rewritten, site, AWAY);
  const known = pathPattern(pattern);
  const set = parametersOf(args ?? '');
  const isPath = to !== null && (to.startsWith('/') || isSlashGroup(to, pattern, site.place));
  if (!known.isExact || isMistake(compilePattern(known.pattern)) || !isPath || set === null)
    return closeRewritten(step, rewritten, site, UNKNOWN);
  ledger.settle(step);
  if (flag !== 'break')
    ledger.approximate(step, 'nginx looks for a location of the new path then; here the route stays');
  if (args?.endsWith('?') || args === '') ledger.approximate(step, 'the parameters of the request stay');
  const action = { path: { replace: wholePath(known.pattern), with: to } };
  if (Object.keys(set).length === 0) return [action];
  ledger.approximate(step, 'its parameters come behind those of the request');
  return [action, { query: { set } }];
}

/** Whether another location takes the new path, or may take it. */
function leadsAway(path: string, { found, locations }: Site): boolean {
  const [beginning = '', ...rest] = path.split('$');
  if (locationFor(beginning, locations) !== found) return true;
  const isOpen = rest.length > 0;
  return isOpen && locations.some((other) => other !== found && mayTake(other, beginning, found));
}

function mayTake({ place, around }: Found, beginning: string, found: Found): boolean {
  if (!isPattern(place)) return place.path.startsWith(beginning);
  const [fixed = ''] = /(?<=^\^)\/[\w/-]*(?![?*{\w/-])/.exec(place.path) ?? [];
  const isElsewhere = !place.path.includes('|') && !fixed.startsWith(beginning) && !beginning.startsWith(fixed);
  return !isElsewhere && (found.place.modifier !== '^~' || around.includes(found));
}

/** A path that is a group which begins with a slash. */
function isSlashGroup(to: string, pattern: string, place: Place): boolean {
  const [, number = '0'] = /^\$(\d)/.exec(to) ?? [];
  const group = groupStarts(pattern)[Number(number) - 1];
  const text = group === undefined ? '' : (/^\/[^()|]*\)(?![?*{])/.exec(pattern.slice(group))?.[0] ?? '');
  return /^\/(?![?*{])/.test(text) || (number === '1' && isRest(pattern, place));
}

/** What stands behind the first segments of a location: `/app(.*)` of `/app/`. */
function isRest(pattern: string, place: Place): boolean {
  const [, before] = /^\^?(\/[\w/-]*)\(\.\*\)\$?$/.exec(pattern) ?? [];
  return before !== undefined && isPrefix(place) && place.path.startsWith(`${before}/`);
}

const AWAY = (route: string) =>
  `it leads to another location; the route ${route} answers 502 until it has that one's pool`;
const UNKNOWN = (route: string) =>
  `its pattern, its path or its parameters cannot be said here; the route ${route} answers 502`;

function closeRewritten(step: Directive, { answers }: Rewritten, site: Site, why: (route: string) => string): null {
  const [pattern = ''] = step.words;
  const match = allOf([test('path', '~', pathPattern(pattern).pattern), site.common.match]) ?? '';
  const name = addRoute(site, step, { ...site.common, match, respond: NOT_IMPORTED }, `${site.name} rewrite`);
  answers.push({ routes: [name], directives: [] });
  site.ledger.refuse(step, why(name));
  return null;
}

/** nginx puts the replacement in the place of the whole path, wherever the pattern matches. */
function wholePath(pattern: string): string {
  const takesAll = pattern.startsWith('^') && /([^\\]\$|\.\*\)?)$/.test(pattern) && !pattern.includes('|');
  return takesAll ? pattern : `^.*?(?:${pattern}).*$`;
}

/** null: they have variables. */
function parametersOf(args: string): Record<string, string> | null {
  if (args.includes('$')) return null;
  return Object.fromEntries(new URLSearchParams(args.replace(/\?$/, '')));
}
