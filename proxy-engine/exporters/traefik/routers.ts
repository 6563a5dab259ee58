/** Routes as routers, which keep their order by priority; each in as many forms as its rules have conditions. */
import type { RouteConfig } from '../../contract/config.ts';
import type { Condition } from '../condition.ts';
import { HOST_PATTERN } from '../host-pattern.ts';
import { Inexpressible } from '../notes.ts';
import { findPathPattern } from '../path-pattern.ts';
import { isAnchored } from '../pattern.ts';
import {
  listenerIs,
  type Plan,
  type PlannedListener,
  type PlannedRoute,
  type PlannedRule,
  poolNamed,
} from '../plan.ts';
import { readValue, type ValuePart } from '../value.ts';
import { type Variant, Variants } from '../variants.ts';
import { answering, refusing } from './answers.ts';
import { type Middlewares, type RuleMiddlewares, replacementText, type Section } from './middlewares.ts';
import { ruleText } from './rule-syntax.ts';
import { poolMiddlewares } from './services.ts';

/** What routers refer to, filled as they are made. */
export interface Dynamic {
  routers: Record<string, Section>;
  middlewares: Middlewares;
  services: Record<string, Section>;
}

/** Adds the routers of `listener` to `dynamic`. */
export function addRouters(
  plan: Plan,
  listener: PlannedListener,
  rules: ReadonlyMap<PlannedRule, RuleMiddlewares>,
  dynamic: Dynamic,
): void {
  const here = knownAt(listener);
  const forms = new Variants(plan, here, { isFinal: () => false, write: ruleText });
  const acting = [...rules.keys()];
  const made = plan.routes.flatMap((route) => {
    return forms.of(route, acting).flatMap((variant, i) => {
      const router = routerOf(plan, route, variant, rules, dynamic);
      return router ? [{ name: [listener.id, route.id, ...(i > 0 ? [i + 1] : [])].join('-'), router }] : [];
    });
  });
  forms.tell();
  made.unshift({ name: `${listener.id}-no-host`, router: refusingHosts(dynamic) });
  made.forEach(({ name, router }, i) => {
    const tls = listener.config.tls ? { tls: {} } : {};
    dynamic.routers[name] = { entryPoints: [listener.id], priority: made.length - i, ...router, ...tls };
  });
}

/** Its name; and its scheme, unless a trusted proxy may say another. */
function knownAt({ name, config }: PlannedListener): Condition {
  if (config.trustedProxies.length > 0) return listenerIs(name);
  const value = config.tls ? 'https' : 'http';
  const scheme: Condition = { kind: 'test', subject: { kind: 'scheme' }, comparison: 'is', value, ignoreCase: true };
  return { kind: 'all', of: [listenerIs(name), scheme] };
}

function refusingHosts({ middlewares }: Dynamic): Section {
  const name = 'no-host';
  middlewares[name] = refusing(400);
  return { rule: `!HostRegexp(\`${HOST_PATTERN}\`)`, middlewares: [name], service: NOWHERE };
}

function routerOf(
  plan: Plan,
  route: PlannedRoute,
  variant: Variant,
  rules: ReadonlyMap<PlannedRule, RuleMiddlewares>,
  dynamic: Dynamic,
): Section | undefined {
  const what = `route ${route.name} (its exchanges go to later routes)`;
  return plan.notes.attempt(`${route.path}.match`, what, () => {
    const rule = ruleText(variant.condition);
    const acting = variant.rules.flatMap((each) => rules.get(each) ?? []);
    const destination = destinationOf(plan, route, variant, dynamic);
    const lists = [...acting.toReversed().map(({ response }) => response), ...acting.map(({ request }) => request)];
    const middlewares = Object.assign({}, ...lists, destination.middlewares) as Middlewares;
    Object.assign(dynamic.middlewares, middlewares);
    const names = Object.keys(middlewares);
    return { rule, ...(names.length > 0 ? { middlewares: names } : {}), service: destination.service };
  });
}

/** Where nothing arrives. */
const NOWHERE = 'noop@internal';

interface Destination {
  service: string;
  middlewares: Middlewares;
}

function destinationOf(plan: Plan, route: PlannedRoute, variant: Variant, dynamic: Dynamic): Destination {
  const { config, path, id } = route;
  const redirect = variant.pool === null ? config.redirect : undefined;
  if (redirect) {
    const made = plan.notes.attempt(`${path}.redirect`, `answer of route ${route.name}`, () =>
      redirecting(plan, route, variant, redirect),
    );
    return made ?? { service: NOWHERE, middlewares: { [`${id}-answer`]: refusing(501) } };
  }
  if (config.respond && variant.pool === null) {
    const answer = answering(plan.notes, `${path}.respond`, `answer of route ${route.name}`, config.respond);
    return { service: NOWHERE, middlewares: { [`${id}-answer`]: answer } };
  }
  const chosen = variant.pool ?? config.pool;
  const share = config.split?.find(({ weight }) => weight > 0)?.pool;
  const first = poolNamed(plan, chosen ?? share ?? '');
  const middlewares = poolMiddlewares(plan, first);
  let service = first.id;
  if (chosen === undefined && config.split) {
    service = `${id}-split`;
    dynamic.services[service] = weighted(plan, route, config.split);
  }
  if (!config.mirror) return { service, middlewares };
  const percent = Math.round(config.mirror.percent);
  if (percent !== config.mirror.percent)
    plan.notes.approximate(`${path}.mirror`, `${config.mirror.percent} %`, 'whole percent only');
  plan.notes.map(`${path}.mirror`, `mirror to ${config.mirror.pool}`);
  const mirrors = [{ name: poolNamed(plan, config.mirror.pool).id, percent }];
  dynamic.services[`${id}-mirrored`] = { mirroring: { service, mirrors } };
  return { service: `${id}-mirrored`, middlewares };
}

function weighted(plan: Plan, { config, path }: PlannedRoute, split: NonNullable<RouteConfig['split']>): Section {
  plan.notes.approximate(`${path}.split`, 'shares', 'the same in another order');
  if (config.stickyBy !== undefined)
    plan.notes.refuse(`${path}.stickyBy`, `split by ${config.stickyBy}`, 'Traefik takes turns');
  return { weighted: { services: split.map(({ pool, weight }) => ({ name: poolNamed(plan, pool).id, weight })) } };
}

/** Traefik's patterns see the whole URL. */
const ORIGIN = '^https?://[^/]+';

/** Host, path and query as groups. */
const PARTS = '^https?://(\\[[^\\]/]*\\]|[^/:]*)(?::\\d*)?(/[^?]*)(?:\\?(.*))?$';

function asGroup(part: ValuePart): ValuePart {
  if (typeof part === 'string' || !('variable' in part)) return part;
  const group = ['host', 'path', 'query'].indexOf(part.variable) + 1;
  return group > 0 ? { group } : part;
}

/** The pattern of a path for the whole URL, so that nothing behind what it matches stays. */
function wholeUrl({ value, ignoreCase }: { value: string; ignoreCase: boolean }): string {
  const [, flags = '', pattern = ''] = /^((?:\(\?[isU]+\))*)(?:\^|\\A)(.*)$/s.exec(value) ?? [];
  const endsHere = /(?<!\\)\$$/.test(pattern);
  const path = `${ignoreCase ? '(?i)' : ''}${flags}${endsHere ? pattern.slice(0, -1) : pattern}`;
  return `${ORIGIN}${path}${endsHere ? '(?:\\?.*)?$' : '.*$'}`;
}

function redirecting(
  { notes }: Plan,
  { path, id }: PlannedRoute,
  { condition }: Variant,
  { status, location }: NonNullable<RouteConfig['redirect']>,
): Destination {
  const hasGroups = readValue(location).some((part) => typeof part !== 'string' && 'group' in part);
  const test = findPathPattern(condition);
  if (hasGroups && !(test && isAnchored(test.value)))
    throw new Inexpressible('$1 needs a `path ~ "^…"` that always has to hold');
  const regex = hasGroups && test ? wholeUrl(test) : PARTS;
  const replacement = replacementText(hasGroups ? readValue(location) : readValue(location).map(asGroup));
  const permanent = status === 301 || status === 308;
  const codes = permanent ? '301 to GET, 308 to other methods' : '302 to GET, 307 to other methods';
  notes.approximate(`${path}.redirect`, `redirect with ${status}`, `${codes}; the query counts as part of the path`);
  const redirectRegex = { regex, replacement, permanent };
  return { service: NOWHERE, middlewares: { [`${id}-redirect`]: { redirectRegex } } };
}
