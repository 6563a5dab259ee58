/** Routes, each in as many forms as rules that rewrite its request line or answer in its place have conditions. */

import type { RequestActionConfig, RouteConfig } from '../../contract/config.ts';
import { attemptAnswer } from '../answer-type.ts';
import { hashOf, isDefaultRetry, originsOf } from '../backend-facts.ts';
import { ALWAYS } from '../condition.ts';
import { HOST_PATTERN } from '../host-pattern.ts';
import { Inexpressible, noteDrawn } from '../notes.ts';
import { findPathPattern, slashed, wholePath } from '../path-pattern.ts';
import {
  listenerIs,
  type Plan,
  type PlannedListener,
  type PlannedPool,
  type PlannedRoute,
  type PlannedRule,
  poolNamed,
} from '../plan.ts';
import { noteEarlyDecisions } from '../rule-order.ts';
import { asPath, constantOf, readValue, type ValuePart } from '../value.ts';
import { type Variant, Variants } from '../variants.ts';
import { direct, NOTHING } from './answers.ts';
import { routeMatches } from './conditions.ts';
import { forwarding } from './forwarding.ts';
import { keepingPath } from './redirects.ts';
import { retryPolicy } from './retries.ts';
import { isForRoutes, type RuleFilters } from './rules.ts';
import { duration, type Message } from './syntax.ts';

/** The routes of one listener, in their order, and the answer where none holds; what all of them have stands once. */
export function virtualHost(plan: Plan, listener: PlannedListener, filters: RuleFilters): Message {
  const routes = routeList(plan, listener, filters);
  const sent = routes.filter(({ route }) => route !== undefined);
  const shared = SHARED.filter((field) => new Set(sent.map((each) => JSON.stringify(each[field]))).size === 1);
  const common = Object.fromEntries(shared.flatMap((field) => (sent[0]?.[field] ? [[field, sent[0][field]]] : [])));
  for (const each of sent) for (const field of shared) delete each[field];
  return { name: 'all', domains: ['*'], ...common, routes: [NO_HOST, ...routes.map(withRetries)] };
}

const NO_HOST: Message = {
  match: {
    prefix: '/',
    headers: [{ name: ':authority', string_match: { safe_regex: { regex: HOST_PATTERN } }, invert_match: true }],
  },
  direct_response: { status: 400, body: { inline_string: 'not a host' } },
};

/** Of a route, and as well of all routes. */
const SHARED = ['request_headers_to_add', 'request_headers_to_remove', 'retry_policy'];

/** A route's own policy is part of where it goes. */
function withRetries({ retry_policy, ...route }: Message): Message {
  if (retry_policy === undefined || !isMessage(route['route'])) return route;
  return { ...route, route: { ...route['route'], retry_policy } };
}

function isMessage(value: unknown): value is Message {
  return typeof value === 'object' && value !== null;
}

function routeList(plan: Plan, listener: PlannedListener, filters: RuleFilters): Message[] {
  const rules = plan.rules.filter(({ config }) => config.request.some(isForRoutes));
  noteEarlyDecisions(plan, (action) => 'path' in action || 'host' in action);
  const variants = new Variants(plan, listenerIs(listener.name), { isFinal: answers, write: routeMatches });
  const routes = [...plan.routes, UNROUTED].flatMap((route) =>
    variants
      .of(route, route === UNROUTED ? rules.filter(leads) : rules)
      .flatMap((variant) => formOf(plan, route, variant, filters)),
  );
  variants.tell();
  return routes;
}

/** The last one: where none of the config holds. Rules act there, too. */
export const UNROUTED: PlannedRoute = {
  config: {
    name: '',
    respond: { status: 404, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'no route holds' },
  },
  path: 'routes',
  name: '',
  id: '',
  condition: ALWAYS,
  closes: true,
};

/** Whether it leads somewhere without a route. */
function leads({ config }: PlannedRule): boolean {
  return config.request.some((action) => isFinal(action) || 'pool' in action);
}

function answers({ config }: PlannedRule): boolean {
  return config.request.some(isFinal);
}

function isFinal(action: RequestActionConfig): boolean {
  return 'respond' in action || 'abort' in action;
}

function formOf(plan: Plan, route: PlannedRoute, variant: Variant, filters: RuleFilters): Message[] {
  const made = plan.notes.attempt(`${route.path}.match`, `route ${route.name} (its exchanges go to later routes)`, () =>
    routeMatches(variant.condition),
  );
  if (!made) return [];
  const common = {
    ...(route === UNROUTED ? {} : { name: route.name }),
    ...perFilter(filters.of(route, variant.rules)),
  };
  const destination = destinationOf(plan, route, variant);
  return made.map((match) => ({ ...common, match, ...destination }));
}

function perFilter(typed_per_filter_config: Record<string, Message>): Message {
  return Object.keys(typed_per_filter_config).length > 0 ? { typed_per_filter_config } : {};
}

function destinationOf(plan: Plan, route: PlannedRoute, variant: Variant): Message {
  const last = variant.rules.find(answers);
  if (last) return answerOf(plan, last);
  const { respond, redirect } = route.config;
  if (variant.pool === null && (respond || redirect)) {
    const path = `${route.path}.${respond ? 'respond' : 'redirect'}`;
    const what = `answer of route ${route.name}`;
    const answer = respond
      ? attemptAnswer(plan.notes, path, what, respond, (each) => direct(each, plan.notes, path))
      : plan.notes.attempt(path, what, () => redirecting(plan, path, variant, redirect));
    return answer ?? NOTHING;
  }
  return forward(plan, route, variant);
}

/** In place of the route's. */
function answerOf({ notes }: Plan, { config, path, name }: PlannedRule): Message {
  const at = `${path}.request`;
  const answer = config.request.find((action) => 'respond' in action);
  if (answer)
    return (
      attemptAnswer(notes, at, `respond of rule ${name}`, answer.respond, (each) => direct(each, notes, at)) ?? NOTHING
    );
  notes.approximate(at, 'abort', 'Envoy answers 403');
  return { direct_response: { status: 403 } };
}

const REDIRECT_CODES: Readonly<Record<number, string>> = {
  301: 'MOVED_PERMANENTLY',
  302: 'FOUND',
  303: 'SEE_OTHER',
  307: 'TEMPORARY_REDIRECT',
  308: 'PERMANENT_REDIRECT',
};

/** Without groups it is an answer with a `location`, which keeps it as it was written. */
function redirecting({ notes }: Plan, path: string, variant: Variant, redirect: RouteConfig['redirect']): Message {
  const { status = 302, location = '/' } = redirect ?? {};
  const response_code = REDIRECT_CODES[status];
  const isRewritten = variant.rules.some(({ config }) =>
    config.request.some((each) => 'path' in each || 'host' in each),
  );
  const kept = response_code === undefined || isRewritten ? null : keepingPath(location, notes, path);
  if (kept) return { redirect: { ...kept, response_code } };
  const parts = readValue(location);
  if (!parts.some((part) => typeof part !== 'string' && 'group' in part))
    return direct({ status, headers: { location }, body: '' }, notes, path);
  const test = findPathPattern(variant.condition);
  if (!test) throw new Inexpressible('$1 needs a `path ~` that always has to hold');
  if (response_code === undefined) throw new Inexpressible(`Envoy does not redirect with ${status}`);
  if (!location.startsWith('/')) throw new Inexpressible('$1 in a location that is not a path');
  notes.approximate(path, location, 'with scheme and host in front, and the query behind');
  const flag = test.ignoreCase ? '(?i)' : '';
  return {
    redirect: { regex_rewrite: rewriteOf(`${flag}${wholePath(test.value)}`, readValue(location)), response_code },
  };
}

/** RE2 keeps no further ones for a rewrite. */
const LAST_GROUP = 9;

function rewriteOf(pattern: string, replacement: readonly ValuePart[]): Message {
  const substitution = replacement.map((part) => {
    if (typeof part === 'string') return part.replaceAll('\\', '\\\\');
    if (!('group' in part)) throw new Inexpressible('Envoy rewrites paths without variables');
    if (part.group > LAST_GROUP) throw new Inexpressible(`Envoy rewrites with ${LAST_GROUP} groups of a pattern`);
    return `\\${part.group}`;
  });
  return { pattern: { regex: pattern }, substitution: substitution.join('') };
}

function forward(plan: Plan, planned: PlannedRoute, variant: Variant): Message {
  const { config, path } = planned;
  const chosen = variant.pool ?? config.pool;
  const first = poolNamed(plan, chosen ?? config.split?.find(({ weight }) => weight > 0)?.pool ?? '');
  const clusters = chosen === undefined && config.split ? weighted(plan, planned, config.split) : { cluster: first.id };
  const { removed, headers } = forwarding(plan, first);
  const route: Message = { ...clusters, ...timeouts(plan, first), ...hashPolicy(first) };
  if (config.mirror) {
    const percent = Math.round(config.mirror.percent * 10_000);
    const fraction = { default_value: { numerator: percent, denominator: 'MILLION' } };
    route['request_mirror_policies'] = [
      { cluster: poolNamed(plan, config.mirror.pool).id, runtime_fraction: fraction },
    ];
    plan.notes.approximate(
      `${path}.mirror`,
      `mirror to ${config.mirror.pool}`,
      'the copy has `-shadow` behind its Host',
    );
  }
  if (!first.config.preserveHost) route['auto_host_rewrite'] = true;
  for (const rule of variant.rules) Object.assign(route, requestLine(plan, rule, route));
  const limit = isDefaultRetry(first.config)
    ? {}
    : { per_request_buffer_limit_bytes: Math.min(0xffff_ffff, first.config.retry.bufferBytes) };
  const added = headers.length > 0 ? { request_headers_to_add: headers } : {};
  return { route, ...retryPolicy(plan, first), ...limit, request_headers_to_remove: removed, ...added };
}

function weighted(plan: Plan, { config, path }: PlannedRoute, split: NonNullable<RouteConfig['split']>): Message {
  plan.notes.map(`${path}.split`, 'shares');
  noteDrawn(plan.notes, path, split);
  if (split.length > 1)
    plan.notes.approximate(
      `${path}.split`,
      'retries, timeouts, forwarding headers',
      'those of the first pool, for all shares',
    );
  if (config.stickyBy !== undefined)
    plan.notes.refuse(`${path}.stickyBy`, `split by ${config.stickyBy}`, 'Envoy draws for each request');
  const clusters = split.map(({ pool, weight }) => ({ name: poolNamed(plan, pool).id, weight }));
  return { weighted_clusters: { clusters } };
}

/** What a rule makes of path and host. */
function requestLine(plan: Plan, rule: PlannedRule, before: Message): Message {
  const made: Message = {};
  rule.config.request.forEach((action, i) => {
    const what = `${Object.keys(action).join()} of rule ${rule.name}`;
    const path = `${rule.path}.request[${i}]`;
    const fields = plan.notes.attempt(path, what, () => lineFields(plan, path, action, { ...before, ...made }));
    Object.assign(made, fields);
  });
  return made;
}

function lineFields({ notes }: Plan, at: string, action: RequestActionConfig, before: Message): Message {
  if ('host' in action) {
    const host = constantOf(action.host);
    if (host === null) throw new Inexpressible('Envoy rewrites Host without variables');
    return { host_rewrite_literal: host, auto_host_rewrite: undefined };
  }
  if (!('path' in action)) return {};
  if (before['regex_rewrite'] !== undefined)
    throw new Inexpressible('an earlier rule rewrites the path; Envoy does it once');
  const { path } = action;
  if ('set' in path) return { regex_rewrite: rewriteOf('^.*$', asPath(readValue(path.set))) };
  const { pattern, parts, isSure } = slashed(path);
  if (!isSure) notes.approximate(at, path.replace, 'a path that then begins with no slash goes on as it is');
  return { regex_rewrite: rewriteOf(pattern, parts) };
}

function timeouts({ notes }: Plan, { config, path }: PlannedPool): Message {
  const { head, idle, total } = config.timeouts;
  if (head !== idle) notes.approximate(`${path}.timeouts`, 'head and idle', 'Envoy has one idle time-out: the longer');
  notes.map(`${path}.timeouts`, 'timeouts connect, idle and total');
  const silent = head === 0 || idle === 0 ? 0 : Math.max(head, idle);
  if (silent > 0)
    notes.approximate(`${path}.timeouts`, 'WebSockets', `Envoy closes one that is silent for ${duration(silent)}`);
  return { timeout: duration(total), idle_timeout: duration(silent) };
}

const HASH_POLICIES: ReadonlySet<string> = new Set(['ketama', 'ring_hash', 'maglev', 'ip_hash']);

function hashPolicy(pool: PlannedPool): Message {
  if (!HASH_POLICIES.has(pool.config.policy) || originsOf(pool.config).length === 0) return {};
  const { on, name = '' } = hashOf(pool);
  const policies: Record<typeof on, Message> = {
    header: { header: { header_name: name } },
    cookie: { cookie: { name } },
    query: { query_parameter: { name } },
    path: { header: { header_name: ':path', regex_rewrite: { pattern: { regex: '\\?.*$' }, substitution: '' } } },
    uri: { header: { header_name: ':path' } },
    client_ip: { connection_properties: { source_ip: true } },
  };
  return { hash_policy: [policies[on]] };
}
