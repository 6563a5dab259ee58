/** Who may come: `allow`, `deny`, `limit_except`, `internal`. What cannot be asked here closes: it is never left open. */
import { allOf, test } from '../expressions.ts';
import type { Answer } from './content.ts';
import { addRoute, type Site } from './site.ts';
import { type Directive, last, named } from './syntax.ts';

/** Names of other ways to ask, which nothing here does. */
const CHECKS = new Set([
  'auth_basic',
  'auth_request',
  'auth_jwt',
  'auth_jwt_require',
  'auth_digest',
  'auth_ldap',
  'auth_pam',
  'secure_link',
]);

type Denied = 'always' | 'never' | { when: string };

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
  const { directives, ledger } = site;
  const block = site.found.location.block ?? [];
  const answers: Answer[] = [];
  for (const directive of named(block, 'limit_except')) answers.push(...exceptFor(directive, site));
  const checks = directives.filter((each) => CHECKS.has(each.name) && each.words[0] !== 'off');
  ledger.settle(...directives.filter(({ name, words }) => CHECKS.has(name) && words[0] === 'off'));
  ledger.settle(...directives.filter(({ name }) => name === 'satisfy'));
  const isAny = last(directives, 'satisfy')?.words[0] === 'any';
  const denied = deniedBy(directives, site);
  const [check] = checks;
  if (check && !(isAny && denied.rules.length > 0)) {
    answers.push(closing(site, check, 403));
    tellClosed(checks, answers, site);
  } else {
    const made = closedBy(denied, site, undefined);
    answers.push(...made);
    if (check) tellClosed(checks, made, site);
  }
  return answers;
}

/** A `return` answers before any of it is asked. */
export function settleAccess({ directives, ledger }: Site): void {
  const isAsked = ({ name }: Directive) =>
    name === 'allow' || name === 'deny' || name === 'satisfy' || CHECKS.has(name);
  ledger.settle(...directives.filter(isAsked));
}

/** Nobody may come. */
export function isClosed(site: Site): boolean {
  return deniedBy(site.directives, site).denied === 'always';
}

function tellClosed(checks: readonly Directive[], made: readonly Answer[], { directives, ledger }: Site): void {
  const routes = made.flatMap((each) => each.routes).join(', ');
  for (const check of checks)
    ledger.refuse(
      check,
      `nothing here asks for it, so 403 is answered; delete the route ${routes} when whoever comes may have it`,
    );
  ledger.settle(...directives.filter(({ name }) => name.startsWith('auth_')));
}

function closing(site: Site, directive: Directive, status: number, when?: string): Answer {
  const match = allOf([site.common.match, when]);
  const route = { ...site.common, ...(match !== undefined && { match }), respond: { status } };
  return { routes: [addRoute(site, directive, route, `${site.name} closed`)], directives: site.directives };
}

function closedBy({ denied, rules }: Rules, site: Site, when: string | undefined): Answer[] {
  const [first] = rules;
  if (denied === 'never' || !first) return [];
  if (typeof denied === 'object') return [closing(site, first, 403, allOf([when, denied.when]))];
  return [closing(site, first, 403, when)];
}

interface Rules {
  denied: Denied;
  rules: readonly Directive[];
}

/** The first one that holds decides; where none does, one may come. */
function deniedBy(directives: readonly Directive[], { ledger }: Site): Rules {
  const rules = directives.filter(({ name }) => name === 'allow' || name === 'deny');
  ledger.settle(...rules);
  const odd = rules.find(({ words: [who = ''] }) => who !== 'all' && clientTest(who) === null);
  if (odd) {
    ledger.approximate(
      odd,
      'only whole addresses, /8, /16 and /24 of IPv4 can be compared here, so 403 is answered to all',
    );
    return { denied: 'always', rules };
  }
  const denied = rules.toReversed().reduce<Denied>(decided, 'never');
  return { denied, rules };
}

function decided(rest: Denied, { name, words: [who = ''] }: Directive): Denied {
  const verdict: Denied = name === 'deny' ? 'always' : 'never';
  const client = who === 'all' ? null : clientTest(who);
  if (client === null || verdict === rest) return verdict;
  const before = typeof rest === 'object' ? rest.when : null;
  if (name === 'deny') return { when: before === null ? client : `${client} or ${before}` };
  return { when: before === null ? `not ${client}` : `not ${client} and (${before})` };
}

/** null: such a network cannot be compared. */
function clientTest(who: string): string | null {
  const [, address = '', size] = /^([\d.]+|[0-9a-f:]+)(?:\/(\d+))?$/i.exec(who) ?? [];
  if (address === '') return null;
  if (size === undefined || size === (address.includes(':') ? '128' : '32')) return test('clientIp', '=', address);
  const octets = Number(size) / 8;
  if (address.includes(':') || ![1, 2, 3].includes(octets)) return null;
  return test('clientIp', '^=', `${address.split('.').slice(0, octets).join('.')}.`);
}

/** Other methods than those that it names; GET brings HEAD along. */
function exceptFor(directive: Directive, site: Site): Answer[] {
  const { block = [], words } = directive;
  const methods = words.flatMap((word) => (word.toUpperCase() === 'GET' ? ['GET', 'HEAD'] : [word.toUpperCase()]));
  const others = `not method in (${methods.join(', ')})`;
  site.ledger.settle(directive);
  const check = block.find(({ name, words: [value] }) => CHECKS.has(name) && value !== 'off');
  if (!check) return closedBy(deniedBy(block, site), site, others);
  const answer = closing(site, check, 403, others);
  tellClosed(
    block.filter(({ name }) => CHECKS.has(name)),
    [answer],
    { ...site, directives: block },
  );
  return [answer];
}
