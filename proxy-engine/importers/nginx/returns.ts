/** `return`, and `rewrite` that answers with another address, as routes that answer. */
import type { DraftAction, DraftRoute } from '../draft.ts';
import { allOf, test } from '../expressions.ts';
import { pathPattern } from './path-patterns.ts';
import { groupNames } from './patterns.ts';
import { addRoute, NOT_IMPORTED, type Site } from './site.ts';
import { type Directive, last } from './syntax.ts';
import { valueOf } from './values.ts';

/** The names of the routes that it makes; `actions`: what happens instead of their answer. */
export function addReturn(
  directive: Directive,
  site: Site,
  common: DraftRoute,
): { routes: string[]; actions: DraftAction[] } {
  const { status, location, text } = readReturn(directive);
  const groups = groupNames(site.place.path);
  if (location !== undefined) {
    const routes = addRedirectRoutes(directive, { status, location, groups }, { site, common });
    return { routes, actions: [] };
  }
  // A text has no groups here.
  const body = text === undefined ? undefined : /\$\{?\d/.test(text) ? null : valueOf(text);
  if (body === null)
    site.ledger.approximate(directive, 'its text has a variable that values here do not have; it answers without');
  const isKnown = status >= 200 && status <= 599;
  if (!isKnown) site.ledger.approximate(directive, `${status} is no status of an answer here; 502 is answered`);
  // 444 is no answer at all.
  const respond = {
    status: status === 444 || !isKnown ? 502 : status,
    ...(text !== undefined && typeOf(site)),
    ...(typeof body === 'string' && { body }),
  };
  const routes = [addRoute(site, directive, { ...common, respond })];
  return { routes, actions: status === 444 ? [{ abort: 'close' }] : [] };
}

/** A text is of the default type. */
function typeOf({ directives, ledger }: Site): { headers: Record<string, string> } {
  const directive = last(directives, 'default_type');
  if (directive) ledger.settle(directive);
  return { headers: { 'Content-Type': directive?.words[0] ?? 'text/plain' } };
}

export function isRedirect({ name, words: [, to = '', flag = ''] }: Directive): boolean {
  return name === 'rewrite' && (flag === 'permanent' || flag === 'redirect' || /^(https?:|\$scheme)/.test(to));
}

/** Its route stands before that of the location. */
export function addRedirect(directive: Directive, site: Site, common: DraftRoute): string[] {
  const [pattern = '', to = '', flag] = directive.words;
  site.ledger.settle(directive);
  // The groups of an address are those of the first pattern.
  const match = allOf([test('path', '~', pathPattern(pattern).pattern), common.match]);
  const location = to.endsWith('?') ? to.slice(0, -1) : withQuery(to);
  const status = flag === 'permanent' ? 301 : 302;
  const given = { status, location, groups: groupNames(pattern) };
  return addRedirectRoutes(directive, given, { site, common: { ...common, match: match ?? '' } }, `${site.name} moved`);
}

/** nginx puts the query of the request behind that of the address. `$and_args`: what joins them, where there is one. */
function withQuery(to: string): string {
  return to.includes('?') ? `${to}$and_args$args` : `${to}$is_args$args`;
}

interface Redirect {
  status: number;
  location: string;
  /** Names of groups. */
  groups: Readonly<Record<string, string>>;
}

/** A query comes with its question mark, or not at all: that takes a route for each. */
export function addRedirectRoutes(
  directive: Directive,
  { status, location, groups }: Redirect,
  { site, common }: { site: Site; common: DraftRoute },
  name = site.name,
): string[] {
  const [first] = site.label === '' ? [] : [site.label];
  const named = first === undefined ? location : location.replace(/\$server_name\b|\$\{server_name\}/g, first);
  if (hasUnknown(named, groups)) return [closeRedirect(directive, site, common, name)];
  return destinationsOf(named, groups).map(({ when, to }) => {
    const match = allOf([common.match, when]);
    const route = { ...common, ...(match !== undefined && { match }), redirect: { status, location: to } };
    return addRoute(site, directive, route, name);
  });
}

function hasUnknown(address: string, groups: Redirect['groups']): boolean {
  return valueOf(address.replace(/\$\{?(request_uri|is_args|and_args)\b\}?/g, ''), groups) === null;
}

/** Where it leads is not known: not to what stands around it. */
function closeRedirect(directive: Directive, site: Site, common: DraftRoute, wanted: string): string {
  const name = addRoute(site, directive, { ...common, respond: NOT_IMPORTED }, wanted);
  site.ledger.refuse(directive, `its address has an unknown variable; the route ${name} answers 502`);
  return name;
}

function readReturn({ words }: Directive): { status: number; location?: string; text?: string | undefined } {
  const [first = '404', text] = words;
  const status = Number(first);
  if (Number.isNaN(status)) return { status: 302, location: first };
  const isMoved = [301, 302, 303, 307, 308].includes(status) && text !== undefined;
  return isMoved ? { status, location: text } : { status, text };
}

function destinationsOf(written: string, groups: Redirect['groups']): { when?: string; to: string }[] {
  const plain = (text: string) => text.replace(/\$\{?\w+\}?/g, (found) => valueOf(found, groups) ?? found);
  if (!/\$(request_uri\b|\{request_uri\}|is_args\b|and_args\b)/.test(written)) return [{ to: plain(written) }];
  const full = written.replace(/\$request_uri\b|\$\{request_uri\}/g, '$uri$is_args$args');
  return [
    { when: 'query != ""', to: plain(full.replaceAll('$is_args', '?').replaceAll('$and_args', '&')) },
    { to: plain(full.replace(/\$(is_args|and_args|args|query_string)\b/g, '')) },
  ];
}
