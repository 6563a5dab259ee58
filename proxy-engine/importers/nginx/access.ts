/** Who may come: `allow`, `deny`, `limit_except`, `internal`. What cannot be asked here closes: it is never left open. */
import { allOf, anyOf, inPortions } from '../expressions.ts';
import { deniedBy, type Rules } from './addresses.ts';
import type { Answer } from './content.ts';
import { isGuard, isSwitchedOff, otherContent, unreadFiles, unreadIn } from './guards.ts';
import { inEffect } from './inheritance.ts';
import { addRoute, type Site } from './site.ts';
import { type Directive, last, named } from './syntax.ts';

/** Whether only nginx itself leads there, as by error_page: to clients it is 404. */
export function hideInternal(site: Site): boolean {
  const directive = last(site.directives, 'internal');
  if (!directive) return false;
  const { location } = site.found;
  site.ledger.settleWhole(location);
  site.ledger.approximate(
    directive,
    '404 is answered; nothing here leads there, as error_page and X-Accel-Redirect do',
  );
  addRoute(site, directive, { ...site.common, respond: { status: 404 } });
  return true;
}

/** Routes before that of the location which turn requests away. */
export function closeRoutes(site: Site): Answer[] {
  return [...closeExcepted(site), ...closeNamed(site)];
}

/** For them nginx has another location, which asks before anything is rewritten. */
export function closeExcepted(site: Site): Answer[] {
  return exceptsOf(site).flatMap((directive) => exceptFor(directive, site));
}

/** What stands around `limit_except` holds for the methods that it names, unless it asks nobody. */
export function closeNamed(site: Site): Answer[] {
  const own = exceptsOf(site).find(({ block = [] }) => asks(block));
  return closeFor(site, own && methodTest(own));
}

export function exceptsOf({ found }: Site): Directive[] {
  return named(found.location.block ?? [], 'limit_except');
}

/** Those that `directives` of the site make, for requests of which `when` holds. */
function closeFor(site: Site, when: string | undefined): Answer[] {
  const { directives, ledger } = site;
  const checks = checksIn(directives);
  ledger.settle(...named(directives, 'satisfy'));
  const isAny = last(directives, 'satisfy')?.words[0] === 'any';
  // Who passes one of them need not pass the other: without it, only those may come that a rule names.
  const denied = deniedBy(directives, site, isAny && checks.length > 0 ? 'always' : 'never');
  const [check] = checks;
  const isOpen = !check || (isAny && denied.rules.length > 0 && checks.every(isOfAccess));
  const made = isOpen ? closedBy(denied, site, when) : [closing(site, check, 403, when)];
  tellClosed(checks, made, site);
  return made;
}

/** What `satisfy` speaks of; firewalls and the like ask everybody. */
function isOfAccess({ name }: Directive): boolean {
  return /^(?:auth_|access_by_|js_access)/.test(name);
}

/** Other ways to ask than by address. */
function checksIn(directives: readonly Directive[]): Directive[] {
  return directives.filter((each) => isGuard(each, directives));
}

/** Certificates of clients that no listener here asks for as nginx does. */
export function closeUnverified(site: Site): Answer[] {
  if (!site.unverified) return [];
  const { directive, listeners } = site.unverified;
  const answer = closing({ ...site, common: { ...site.common, listeners } }, directive, 403);
  site.ledger.refuse(
    directive,
    `certificates of clients are not asked for as nginx does it (the listener asks by one authority and no list of revoked ones; one that the config has stays as it is), so 403 is answered: set tls.client of ${listeners.join(', ')}, then delete the route ${answer.routes.join()}`,
  );
  return [answer];
}

/** What another file says of this place may close it. Programs that speak something else are not reached anyway. */
export function closeUnread(site: Site): Answer[] {
  return otherContent(site.found.location.block ?? []) ? [] : closeFiles(unreadFiles(site), site);
}

function closeFiles(files: readonly Directive[], site: Site, when?: string): Answer[] {
  const [first] = files;
  if (!first) return [];
  const answer = closing(site, first, 403, when);
  for (const file of files)
    site.ledger.refuse(
      file,
      `what it says may turn requests away, so the route ${answer.routes.join()} answers 403: put the text of the file in its place, or delete that route`,
    );
  return [answer];
}

const ASKED_LATER = new Set(['allow', 'deny', 'satisfy', 'secure_link', 'auth_basic', 'auth_request', 'auth_jwt']);

/** A `return` answers before any of it is asked. */
export function settleAccess({ directives, ledger }: Site): void {
  ledger.settle(...directives.filter(({ name }) => ASKED_LATER.has(name)));
}

/** Whether some request may be turned away there. */
export function isGuarded(site: Site): boolean {
  const { directives } = site;
  const isExcepted = exceptsOf(site).length > 0;
  const isChecked = checksIn(directives).length > 0 || unreadFiles(site).length > 0;
  return isExcepted || isChecked || deniedBy(directives, site).denied !== 'never';
}

/** Nobody may come. */
export function isClosed(site: Site): boolean {
  return deniedBy(site.directives, site).denied === 'always';
}

function tellClosed(checks: readonly Directive[], made: readonly Answer[], { directives, ledger }: Site): void {
  const routes = made.flatMap((each) => each.routes).join(', ');
  const told =
    routes === ''
      ? 'nothing here asks for it; all may come, by allow and satisfy any'
      : `nothing here asks for it, so 403 is answered; delete the route ${routes} when whoever comes may have it`;
  for (const check of checks) ledger.refuse(check, told);
  ledger.settle(
    ...directives.filter((each) => isSwitchedOff(each) || (checks.length > 0 && each.name.startsWith('auth_'))),
  );
}

function closing(site: Site, directive: Directive, status: number, when?: string): Answer {
  const match = allOf([site.common.match, when]);
  const route = { ...site.common, ...(match !== undefined && { match }), respond: { status } };
  return { routes: [addRoute(site, directive, route, `${site.name} closed`)], directives: site.directives };
}

function closedBy({ denied, rules }: Rules, site: Site, when: string | undefined): Answer[] {
  const [first] = rules;
  if (denied === 'never' || !first) return [];
  if (typeof denied === 'object')
    return inPortions(denied.when).map((portion) => closing(site, first, 403, allOf([when, anyOf(portion)])));
  return [closing(site, first, 403, when)];
}

/** The methods that it names; GET brings HEAD along. */
function methodTest({ words }: Directive): string {
  const methods = words.flatMap((word) => (word.toUpperCase() === 'GET' ? ['GET', 'HEAD'] : [word.toUpperCase()]));
  return `method in (${methods.join(', ')})`;
}

function asks(block: readonly Directive[]): boolean {
  return block.some((each) => each.name === 'allow' || each.name === 'deny' || isGuard(each, block));
}

/** What other methods than those find there. */
export function exceptedSite(directive: Directive, site: Site): Site {
  const { block = [] } = directive;
  const { location } = site.found;
  const match = allOf([site.common.match, `not ${methodTest(directive)}`]) ?? '';
  return {
    ...site,
    name: `${site.name} except`,
    found: { ...site.found, location: { ...location, block } },
    directives: inEffect(site.directives, block, site.ledger),
    common: { ...site.common, match },
  };
}

function exceptFor(directive: Directive, site: Site): Answer[] {
  const { block = [] } = directive;
  const when = `not ${methodTest(directive)}`;
  site.ledger.settle(directive);
  const unread = closeFiles(unreadIn(block), site, when);
  // Else what stands around it closes, for all methods.
  if (!asks(block) && !last(block, 'proxy_pass')) return unread;
  const inner = { ...site, directives: inEffect(site.directives, block, site.ledger) };
  return [...unread, ...closeFor(inner, when)];
}
