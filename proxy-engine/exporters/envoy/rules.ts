/** What rules do to heads, and delays: one HTTP filter a rule, which routes that it does not concern turn off. */
import type { RequestActionConfig, ResponseActionConfig } from '../../contract/config.ts';
import { partsOf } from '../action-parts.ts';
import type { Condition } from '../condition.ts';
import { Inexpressible } from '../notes.ts';
import { isAtLeast, type Plan, type PlannedRoute, type PlannedRule } from '../plan.ts';
import { isAlways, isNever, simplify } from '../simplify.ts';
import { factsOf } from '../variants.ts';
import { predicate } from './conditions.ts';
import { duration, type Extension, extension, headerOption, type Message, renderValue, typed } from './syntax.ts';

/** The filters of rules at one listener, and which of them each route turns off. */
export interface RuleFilters {
  filters: Extension[];
  /** By route name: `typed_per_filter_config`. */
  off(this: void, route: string | null): Record<string, Message>;
}

export function ruleFilters(plan: Plan, routes: readonly PlannedRoute[], here: Condition): RuleFilters {
  const filters: Extension[] = [];
  const users = new Map<string, Set<string>>();
  for (const rule of plan.rules) {
    const parts = extensionsOf(plan, rule);
    for (const [i, { condition, routes: names }] of parts.length === 0 ? [] : residuals(rule, routes, here).entries())
      for (const part of parts) {
        const name = [part.name, rule.id, ...(i > 0 ? [i + 1] : [])].join('.');
        const filter = plan.notes.attempt(`${rule.path}.match`, `rule ${rule.name}`, () =>
          guarded(part, name, condition),
        );
        if (filter) filters.push(filter);
        users.set(name, names);
      }
  }
  const off = (route: string | null) =>
    Object.fromEntries(
      filters
        .filter(({ name }) => route === null || !users.get(name)?.has(route))
        .map(({ name }) => [name, TURNED_OFF]),
    );
  return { filters, off };
}

const TURNED_OFF = typed('envoy.config.route.v3.FilterConfig', { disabled: true });

interface Residual {
  condition: Condition;
  routes: Set<string>;
}

/** What is left of the rule's condition, by the routes where just that is left. */
function residuals(rule: PlannedRule, routes: readonly PlannedRoute[], here: Condition): Residual[] {
  const found = new Map<string, Residual>();
  for (const route of routes) {
    const condition = simplify(rule.condition, factsOf(route, simplify(route.condition, here), here));
    if (isNever(condition)) continue;
    const key = JSON.stringify(condition);
    const same = found.get(key);
    if (same) same.routes.add(route.name);
    else found.set(key, { condition, routes: new Set([route.name]) });
  }
  return [...found.values()];
}

/** A filter that is skipped unless the condition holds. */
function guarded(part: Extension, name: string, condition: Condition): Extension {
  if (isAlways(condition)) return { ...part, name };
  const action = extension('skip', 'envoy.extensions.filters.common.matcher.action.v3.SkipFilter');
  const matcher = { predicate: { not_matcher: predicate(condition) }, on_match: { action } };
  const wrapped = extension(name, 'envoy.extensions.common.matching.v3.ExtensionWithMatcher', {
    extension_config: part,
    xds_matcher: { matcher_list: { matchers: [matcher] } },
  });
  return wrapped;
}

function extensionsOf(plan: Plan, rule: PlannedRule): Extension[] {
  const { request, response, limit } = rule.config;
  const parameters: Message[] = [];
  const changes = {
    request_mutations: partsOf('request', request).flatMap(({ at, what, action }) =>
      noted(plan, rule, at, what, () => requestChanges(plan, action, parameters)),
    ),
    response_mutations: partsOf('response', response).flatMap(({ at, what, action }) =>
      noted(plan, rule, at, what, () => headChanges(action) ?? noCounterpart()),
    ),
  };
  const mutations: Message = Object.fromEntries(Object.entries(changes).filter(([, list]) => list.length > 0));
  if (parameters.length > 0) mutations['query_parameter_mutations'] = parameters;
  return [
    ...(limit ? limitFilter(plan, rule, limit) : []),
    ...delayFilter(plan, rule),
    ...(Object.keys(mutations).length > 0 ? [headerMutation(mutations)] : []),
  ];
}

function headerMutation(mutations: Message): Extension {
  const type = 'envoy.extensions.filters.http.header_mutation.v3.HeaderMutation';
  return extension('envoy.filters.http.header_mutation', type, { mutations });
}

function noted(plan: Plan, rule: PlannedRule, at: string, what: string, emit: () => Message[]): Message[] {
  const path = `${rule.path}.${at}`;
  const made = plan.notes.attempt(path, `${what} of rule ${rule.name}`, emit);
  if (made) plan.notes.map(path, `${what} of rule ${rule.name}`);
  return made ?? [];
}

function noCounterpart(): never {
  throw new Inexpressible('Envoy has no counterpart');
}

/** Empty: something else does it, see `routes` and `delayFilter`; parameters are changed apart from headers. */
function requestChanges(plan: Plan, action: RequestActionConfig, parameters: Message[]): Message[] {
  const changes = headChanges(action);
  if (changes) return changes;
  if ('query' in action) {
    if (!isAtLeast(plan.version, '1.33')) throw new Inexpressible('Envoy changes parameters from 1.33 on');
    parameters.push(...queryChanges(action.query));
    return [];
  }
  if (isForRoutes(action) || 'delay' in action) return [];
  return noCounterpart();
}

/** Whether the route has to do it: what picks the destination or rewrites the request line. */
export function isForRoutes(action: RequestActionConfig): boolean {
  return 'path' in action || 'host' in action || 'respond' in action || 'pool' in action;
}

function headChanges(action: RequestActionConfig | ResponseActionConfig): Message[] | null {
  if ('set' in action) return appendAll(action.set, 'OVERWRITE_IF_EXISTS_OR_ADD');
  if ('append' in action) return appendAll(action.append, 'APPEND_IF_EXISTS_OR_ADD');
  if ('delete' in action) return action.delete.map((name) => ({ remove: withoutStar(name) }));
  return null;
}

function appendAll(
  headers: Record<string, string>,
  how: 'OVERWRITE_IF_EXISTS_OR_ADD' | 'APPEND_IF_EXISTS_OR_ADD',
): Message[] {
  return Object.entries(headers).map(([name, text]) => ({ append: headerOption(name, renderValue(text), how) }));
}

function withoutStar(name: string): string {
  if (name.includes('*')) throw new Inexpressible(`${name}: Envoy removes headers by their whole name`);
  return name;
}

function queryChanges({ set, delete: gone }: { set: Record<string, string>; delete: string[] }): Message[] {
  return [
    ...gone.map((remove) => ({ remove })),
    ...Object.entries(set).map(([key, text]) => ({
      append: { record: { key, value: renderValue(text) }, action: 'OVERWRITE_IF_EXISTS_OR_ADD' },
    })),
  ];
}

function delayFilter({ notes }: Plan, { config, path, name }: PlannedRule): Extension[] {
  const ms = config.request.reduce((sum, action) => sum + ('delay' in action ? action.delay : 0), 0);
  if (ms === 0) return [];
  notes.map(`${path}.request`, `delay of rule ${name}`);
  const delay = { fixed_delay: duration(ms), percentage: { numerator: 100, denominator: 'HUNDRED' } };
  return [extension('envoy.filters.http.fault', 'envoy.extensions.filters.http.fault.v3.HTTPFault', { delay })];
}

function limitFilter(
  { notes }: Plan,
  { path, name, id }: PlannedRule,
  { requests, burst, key, status }: NonNullable<PlannedRule['config']['limit']>,
): Extension[] {
  notes.approximate(
    `${path}.limit`,
    `limit of rule ${name}`,
    `a token bucket that all exchanges share, not one for each ${key}`,
  );
  const token_bucket = bucket(requests, burst);
  const enabled = { default_value: { numerator: 100, denominator: 'HUNDRED' } };
  const type = 'envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit';
  const config = { stat_prefix: `limit_${id}`, status: { code: status }, token_bucket };
  return [
    extension('envoy.filters.http.local_ratelimit', type, {
      ...config,
      filter_enabled: enabled,
      filter_enforced: enabled,
    }),
  ];
}

/** Filled at least each 50 ms, the shortest time that Envoy takes. */
function bucket(perSecond: number, burst: number): Message {
  const tokens = Math.max(1, Math.round(perSecond / 20));
  return {
    max_tokens: burst + tokens,
    tokens_per_fill: tokens,
    fill_interval: duration(Math.round((tokens * 1000) / perSecond)),
  };
}
