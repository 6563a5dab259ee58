/** What rules do to heads, and delays: one HTTP filter a rule, which routes that it does not concern turn off. */
import type { RequestActionConfig, ResponseActionConfig } from '../../contract/config.ts';
import { partsOf } from '../action-parts.ts';
import type { Condition, Subject } from '../condition.ts';
import { Inexpressible } from '../notes.ts';
import { isAtLeast, type Plan, type PlannedRoute, type PlannedRule } from '../plan.ts';
import { asksAbout, changedSubjects } from '../rule-order.ts';
import { isAlways } from '../simplify.ts';
import { noteVariables } from '../variables.ts';
import { poolChosenBy } from '../variants.ts';
import { predicate } from './conditions.ts';
import { type Residual, residuals, userOf } from './residuals.ts';
import {
  duration,
  type Extension,
  extension,
  headerOption,
  type Message,
  renderValue,
  typed,
  VARIABLES,
} from './syntax.ts';

/** The filters of rules at one listener, and what each route says of those that are not for all of them. */
export interface RuleFilters {
  filters: Extension[];
  /** `typed_per_filter_config` of a route on which `acting` act. */
  of(this: void, route: PlannedRoute, acting: readonly PlannedRule[]): Record<string, Message>;
}

export function ruleFilters(plan: Plan, routes: readonly PlannedRoute[], here: Condition): RuleFilters {
  noteLateDecisions(plan);
  const made = plan.rules.map((rule) => partsFor(plan, rule, residuals(plan, rule, routes, here)));
  // Envoy lets the last filter see the response first.
  const used = [
    ...made.flatMap(({ onRequest }) => onRequest),
    ...made.toReversed().flatMap(({ onResponse }) => onResponse),
  ];
  // Before, a filter could be turned off by routes only.
  const startsOff = isAtLeast(plan.version, '1.28');
  const filters = used.map(({ filter, users }) => (startsOff && users ? { ...filter, disabled: true } : filter));
  const of: RuleFilters['of'] = (route, acting) =>
    Object.fromEntries(
      used
        .filter(
          ({ users, before }) => users && users.has(userOf(route, poolChosenBy(acting.filter(before)))) === startsOff,
        )
        .map(({ filter }) => [filter.name, startsOff ? ON : OFF]),
    );
  return { filters, of };
}

/** A filter, and whom it concerns; null: all routes. */
interface UsedFilter extends Pick<Residual, 'users' | 'before'> {
  filter: Extension;
}

interface RuleParts {
  onRequest: UsedFilter[];
  onResponse: UsedFilter[];
}

function partsFor(plan: Plan, rule: PlannedRule, found: readonly Residual[]): RuleParts {
  const { request, response } = extensionsOf(plan, rule);
  const usedBy = (parts: readonly Extension[], mark: readonly string[]) =>
    found.flatMap(({ condition, ...used }, i) =>
      parts.flatMap((part): UsedFilter[] => {
        const name = [part.name, rule.id, ...mark, ...(i > 0 ? [i + 1] : [])].join('.');
        const filter = plan.notes.attempt(`${rule.path}.match`, `rule ${rule.name}`, () =>
          guarded(part, name, condition),
        );
        return filter ? [{ filter, ...used }] : [];
      }),
    );
  return { onRequest: usedBy(request, []), onResponse: usedBy(response, ['response']) };
}

/** What it does to responses is decided when all rules have changed the request. */
function noteLateDecisions({ rules, notes }: Plan): void {
  const changed = new Set<Subject['kind']>();
  const late = rules.toReversed().filter((rule) => {
    for (const kind of rule.config.request.flatMap(changedSubjects)) changed.add(kind);
    return !rule.onResponse && rule.config.response.length > 0 && asksAbout(rule, changed);
  });
  for (const rule of late.toReversed())
    notes.approximate(
      `${rule.path}.match`,
      `rule ${rule.name}`,
      'for the response, it sees the request as it and later rules changed it',
    );
}

const OFF = typed('envoy.config.route.v3.FilterConfig', { disabled: true });
/** A configuration of no type leaves the filter its own. */
const ON = typed('envoy.config.route.v3.FilterConfig', { config: {} });

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

function extensionsOf(plan: Plan, rule: PlannedRule): Record<'request' | 'response', Extension[]> {
  const { request, response, limit } = rule.config;
  const query_parameter_mutations: Message[] = [];
  const request_mutations = partsOf('request', request).flatMap(({ at, what, action }) =>
    noted(plan, rule, at, what, action, () =>
      requestChanges(plan, `${rule.path}.${at}`, action, query_parameter_mutations),
    ),
  );
  const response_mutations = partsOf('response', response).flatMap(({ at, what, action }) =>
    noted(plan, rule, at, what, action, () => headChanges(action) ?? noCounterpart()),
  );
  return {
    request: [
      ...(limit ? limitFilter(plan, rule, limit) : []),
      ...delayFilter(plan, rule),
      ...headerMutation({ request_mutations, query_parameter_mutations }),
    ],
    response: headerMutation({ response_mutations }),
  };
}

/** None when there is nothing to change. */
function headerMutation(lists: Record<string, Message[]>): Extension[] {
  const mutations = Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0));
  if (Object.keys(mutations).length === 0) return [];
  const type = 'envoy.extensions.filters.http.header_mutation.v3.HeaderMutation';
  return [extension('envoy.filters.http.header_mutation', type, { mutations })];
}

function noted(
  { notes }: Plan,
  { path: rulePath, name }: PlannedRule,
  at: string,
  what: string,
  action: object,
  emit: () => Message[],
): Message[] {
  const path = `${rulePath}.${at}`;
  const made = notes.attemptMapped(path, `${what} of rule ${name}`, emit);
  if (!made) return [];
  noteVariables(notes, path, action, VARIABLES);
  return made;
}

function noCounterpart(): never {
  throw new Inexpressible('Envoy has no counterpart');
}

/** Empty: something else does it, see `routes` and `delayFilter`; parameters are changed apart from headers. */
function requestChanges(plan: Plan, path: string, action: RequestActionConfig, parameters: Message[]): Message[] {
  const changes = headChanges(action);
  if (changes) return changes;
  if ('query' in action) {
    if (!isAtLeast(plan.version, '1.33')) throw new Inexpressible('Envoy changes parameters from 1.33 on');
    plan.notes.approximate(
      path,
      'parameters',
      'Envoy puts all of them in the order of their names, writes a = behind each, encodes more than has to be, and takes a + in a name for itself',
    );
    parameters.push(...queryChanges(action.query));
    return [];
  }
  if (isForRoutes(action) || 'delay' in action) return [];
  return noCounterpart();
}

/** Whether the route has to do it: what picks the destination or rewrites the request line. */
export function isForRoutes(action: RequestActionConfig): boolean {
  return ['path', 'host', 'respond', 'abort', 'pool'].some((kind) => kind in action);
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
  if (gone.includes('') || '' in set) throw new Inexpressible('Envoy knows no parameter without a name');
  return [
    ...gone.map((remove) => ({ remove })),
    ...Object.entries(set).map(([key, text]) => ({
      append: {
        record: { key: encodeURIComponent(key), value: renderValue(text) },
        action: 'OVERWRITE_IF_EXISTS_OR_ADD',
      },
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

/** From 400 on, what a filter that answers by itself may answer with; Envoy refuses a file with any other. */
const LIMIT_STATUSES: ReadonlySet<number> = new Set(
  [
    [400, 417],
    [421, 424],
    [426, 426],
    [428, 429],
    [431, 431],
    [500, 508],
    [510, 511],
  ].flatMap(([first = 0, last = 0]) => Array.from({ length: last - first + 1 }, (_, i) => first + i)),
);

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
  const code = LIMIT_STATUSES.has(status) ? status : 429;
  if (code !== status)
    notes.approximate(`${path}.limit.status`, String(status), `Envoy does not know it; ${code} instead`);
  const token_bucket = bucket(requests, burst);
  const enabled = { default_value: { numerator: 100, denominator: 'HUNDRED' } };
  const type = 'envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit';
  const config = { stat_prefix: `limit_${id}`, status: { code }, token_bucket };
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
