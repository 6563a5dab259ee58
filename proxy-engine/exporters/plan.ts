/** What every exporter starts from: the chosen part of a config with its conditions read and its names made safe. */
import type { Config, ListenerConfig, PoolConfig, RouteConfig, RuleConfig } from '../contract/config.ts';
import { parseTarget } from '../discovery/dns.ts';
import { actingOf } from './action-parts.ts';
import { ALWAYS, asksResponse, type Condition, listenerIs, NEVER, type readCondition } from './condition.ts';
import { type Asking, Guards, isClosing, isGate } from './guards.ts';
import { poolOf, withLonePools } from './lone-pools.ts';
import { noteWebSockets } from './lookups.ts';
import { byNames } from './names.ts';
import { Inexpressible, type Notes } from './notes.ts';
import { noteOpenGates } from './open-gates.ts';
import { isNever } from './simplify.ts';
import { DEFAULT_LIMITS } from './written.ts';

interface Planned<C> {
  config: C;
  /** Where it stands in the document. */
  path: string;
  name: string;
  /** The name in letters, digits and underscores; unique among its kind. */
  id: string;
}

export type PlannedListener = Planned<ListenerConfig>;
export type PlannedPool = Planned<PoolConfig>;
export type PlannedRoute = Planned<RouteConfig> & {
  condition: Condition;
  /** Whether it keeps exchanges from what follows. */
  closes: boolean;
};
export type PlannedRule = Planned<RuleConfig> & {
  condition: Condition;
  /** The condition waits for the response head. */
  onResponse: boolean;
};

export interface Plan {
  /** Reverse ones; never empty. */
  listeners: PlannedListener[];
  routes: PlannedRoute[];
  /** Those that act: on, and of a group that lets them. */
  rules: PlannedRule[];
  pools: PlannedPool[];
  notes: Notes;
  /** Of the target, such as `1.22`. */
  version: string;
}

const STAND_IN = '127.0.0.1:8080';

export function makePlan(
  given: Config,
  notes: Notes,
  version: string,
  { indexes, ...asking }: Asking & { indexes: SelectionIndexes },
): Plan {
  const pathOf = (i: number) => `rules[${indexes.rules[i] ?? i}]`;
  const config = withLonePools(given, activeRules(given), notes, pathOf);
  const listeners = planListeners(config, notes);
  const known = listeners.length === 1 && listeners[0] ? listenerIs(listeners[0].name) : ALWAYS;
  const trusting = listeners.filter(({ config: { trustedProxies } }) => trustedProxies.length > 0);
  const guards = new Guards(
    notes,
    known,
    asking,
    trusting.map(({ name }) => name),
  );
  const routes = planRoutes(config, notes, guards, indexes.routes);
  const plan: Plan = {
    listeners,
    routes,
    rules: planRules(config, notes, guards, indexes.rules),
    pools: planPools(config, routes, notes),
    notes,
    version,
  };
  noteWebSockets(plan);
  const written = config.rules.map((rule, i) => ({ path: pathOf(i), config: rule }));
  const active = activeRules(config);
  notes.atEnd(() =>
    noteOpenGates(
      plan,
      written.filter((each) => active.has(each.config)),
    ),
  );
  return plan;
}

/** Position in the whole document of each chosen route and rule. */
export interface SelectionIndexes {
  routes: readonly number[];
  rules: readonly number[];
}

/** Whether `version` is `wanted` or later; both as in `1.29.6`. */
export function isAtLeast(version: string, wanted: string): boolean {
  const a = version.split('.').map(Number);
  const b = wanted.split('.').map(Number);
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

function planListeners(config: Config, notes: Notes): PlannedListener[] {
  const planned = withIds(Object.entries(config.listeners), (name) => `listeners.${name}`);
  for (const { path, name } of planned.filter((listener) => listener.config.mode === 'forward'))
    notes.refuse(path, `listener ${name}`, 'it is a forward proxy; the target is exported as a reverse proxy');
  const reverse = planned.filter((listener) => listener.config.mode === 'reverse');
  for (const { path, name, config: listener } of reverse) {
    notes.map(path, `listener ${name} at ${listener.address}${listener.tls ? ', TLS' : ''}`);
    if (listener.upstreamProxy !== undefined)
      notes.refuse(
        `${path}.upstreamProxy`,
        'the proxy of what goes to no pool',
        'the target reaches its backends straight',
      );
  }
  if (reverse.length > 0) return reverse;
  notes.approximate(
    'listeners',
    `a listener at ${STAND_IN}`,
    'the document has no reverse listener, and a file without one is refused',
  );
  return [{ name: 'gateway', id: 'gateway', path: 'listeners', config: standIn() }];
}

function standIn(): ListenerConfig {
  return {
    address: STAND_IN,
    allowRemote: false,
    mode: 'reverse',
    protocols: ['http1'],
    trustedProxies: [],
    proxyProtocol: false,
    limits: DEFAULT_LIMITS,
  };
}

function planRoutes(config: Config, notes: Notes, guards: Guards, indexes: readonly number[]): PlannedRoute[] {
  const named = withIds(
    config.routes.map((route) => [route.name, withoutEmptySplit(route)] as const),
    (_, i) => `routes[${indexes[i] ?? i}]`,
  );
  return named.flatMap((planned) => {
    const { config: route, path } = planned;
    const what = `route ${route.name}`;
    if (route.original) {
      notes.refuse(path, what, 'only a forward proxy knows the origin that the client asked for');
      return [];
    }
    const closes = (route.respond?.status ?? 0) >= 400 || (route.redirect !== undefined && isGate(route.redirect));
    const condition = guards.conditionOf(`${path}.match`, {
      what,
      otherwise: 'its exchanges go to later routes',
      closes,
      read: (reader) => routeCondition(route, reader),
    });
    if (condition === undefined || isNever(condition)) return [];
    notes.map(path, what);
    return [{ ...planned, condition, closes }];
  });
}

/** Of weights that are all 0, the first counts. */
function withoutEmptySplit(route: RouteConfig): RouteConfig {
  const [first, ...more] = route.split ?? [];
  if (!first || [first, ...more].some(({ weight }) => weight > 0)) return route;
  return { ...route, split: undefined, stickyBy: undefined, pool: first.pool };
}

function routeCondition(route: RouteConfig, read: typeof readCondition): Condition {
  const match = read(route.match, 'request');
  const atListener: Condition | null = route.listeners ? { kind: 'any', of: route.listeners.map(listenerIs) } : null;
  return atListener ? { kind: 'all', of: [atListener, match] } : match;
}

function planRules(config: Config, notes: Notes, guards: Guards, indexes: readonly number[]): PlannedRule[] {
  const named = withIds(
    config.rules.map((rule) => [rule.name, rule] as const),
    (_, i) => `rules[${indexes[i] ?? i}]`,
  );
  const active = activeRules(config);
  const pools = Object.keys(config.pools).map((name) => ({ name: poolOf(name), as: name }));
  return named.flatMap((planned) => {
    const { config: rule, path } = planned;
    const what = `rule ${rule.name}`;
    if (!active.has(rule)) {
      notes.map(path, `${what}: off, left out`);
      return [];
    }
    const condition = guards.conditionOf(`${path}.match`, {
      what,
      closes: rule.request.some(isClosing),
      read: (reader) => byNames(ruleCondition(rule, reader), 'pool', pools),
    });
    if (condition === undefined || isNever(condition)) return [];
    const acting = {
      ...rule,
      request: actingOf(rule.request),
      response: actingOf(rule.response),
    };
    return [{ ...planned, config: acting, condition, onResponse: asksResponse(condition) }];
  });
}

function ruleCondition(rule: RuleConfig, read: typeof readCondition): Condition {
  const acts = rule.request.length > 0 || rule.limit !== undefined;
  return read(rule.match, acts ? 'routed' : 'response');
}

/** Of a group with `select: one`, the first that is on. */
function activeRules(config: Config): ReadonlySet<RuleConfig> {
  const taken = new Set<string>();
  const active = config.rules.filter(({ enabled, group }) => {
    if (!enabled || group === undefined || config.groups[group]?.select !== 'one') return enabled;
    if (taken.has(group)) return false;
    taken.add(group);
    return true;
  });
  return new Set(active);
}

function planPools(config: Config, routes: readonly PlannedRoute[], notes: Notes): PlannedPool[] {
  const named = withIds(Object.entries(config.pools), (name) => `pools.${name}`);
  const pools = named.map((pool) => withoutNonsense(pool, notes));
  const known = new Set(pools.map(({ name }) => name));
  const missing = routes.flatMap(poolsOf).find((name) => !known.has(name));
  if (missing !== undefined) throw new Error(`a route goes to pool ${missing}, which the config does not have`);
  return pools;
}

/** A name that nobody can look up finds no backend, here as there; as a word of a file it would be a mistake. */
function withoutNonsense(planned: PlannedPool, notes: Notes): PlannedPool {
  const pool = withServerName(planned, notes);
  const { discover, ...config } = pool.config;
  if (!discover || !('dns' in discover) || isName(discover.dns)) return pool;
  notes.refuse(`${pool.path}.discover`, discover.dns, 'it is no name that can be looked up');
  return { ...pool, config: { ...config, backends: [] } };
}

/** No certificate has it (RFC 2606 §2). */
const NOBODY = 'nobody.invalid';

/** A name that no certificate can have stays one. */
function withServerName(pool: PlannedPool, notes: Notes): PlannedPool {
  const { config, path } = pool;
  const { serverName, ...tls } = config.tls;
  if (serverName === undefined || /^[\w.-]{1,253}$/.test(serverName)) return pool;
  if (serverName !== '')
    notes.approximate(`${path}.tls.serverName`, JSON.stringify(serverName), `it is no host name; ${NOBODY} instead`);
  else notes.approximate(`${path}.tls.serverName`, 'an empty name', 'backends are asked for by their own');
  return { ...pool, config: { ...config, tls: serverName === '' ? tls : { ...tls, serverName: NOBODY } } };
}

function isName(dns: string): boolean {
  const { name, port } = parseTarget(dns);
  const url = `http://${name}:${port}`;
  return URL.canParse(url) && /^[\w.-]+$/.test(new URL(url).hostname);
}

/** Every pool to which a route may send something. */
export function poolsOf({ config }: Pick<PlannedRoute, 'config'>): string[] {
  return [config.pool, ...(config.split ?? []).map(({ pool }) => pool), config.mirror?.pool].filter(
    (name) => name !== undefined,
  );
}

function withIds<C>(
  entries: readonly (readonly [string, C])[],
  pathOf: (name: string, i: number) => string,
): Planned<C>[] {
  const used = new Set<string>();
  return entries.map(([name, config], i) => {
    const base = name.replace(/[^A-Za-z0-9_]+/g, '_').toLowerCase();
    let id = base;
    for (let n = 2; used.has(id); n++) id = `${base}_${n}`;
    used.add(id);
    return { name, config, id, path: pathOf(name, i) };
  });
}

/** The pool of that name. */
export function poolNamed(plan: Plan, name: string): PlannedPool {
  const pool = plan.pools.find((each) => each.name === name);
  if (!pool) throw new Inexpressible(`there is no pool ${name}`);
  return pool;
}

export { listenerIs, NEVER };
