/**
 * nginx: every decision is a map over the request as it came, so that first-match order, any condition and any chain of
 * rules come out the same; one server a listener jumps to one named location a pool or answer.
 */
import type { RespondConfig } from '../../contract/config.ts';
import { originsOf, splitAddress } from '../backend-facts.ts';
import { commentLines, Inexpressible } from '../notes.ts';
import { findPathPattern } from '../path-pattern.ts';
import { isAtLeast, type Plan, type PlannedListener, type PlannedPool, type PlannedRoute, poolNamed } from '../plan.ts';
import { readKey, readValue } from '../value.ts';
import { conditionVariable } from './conditions.ts';
import { reachLines, upstreamBlock } from './pools.ts';
import { initialState, literal, type RequestState, renderValue, requestId } from './request-state.ts';
import { applyRules, nameGroups, type RuleEffects } from './rules.ts';
import { block, duration, Maps, quoted, regexKey } from './text.ts';

/** What is left of the parts of a file until they are put together. */
interface Draft {
  plan: Plan;
  state: RequestState;
  effects: RuleEffects;
  /** Of the http block, besides maps. */
  http: string[];
  locations: string[][];
}

export function exportNginx(plan: Plan): string {
  const maps = new Maps();
  const state = initialState(maps, {
    route: (name) => plan.routes.find((route) => route.name === name)?.id ?? 'none',
    pool: (name) => poolNamed(plan, name).id,
  });
  const http: string[] = [];
  const destinations = writeRoutes(plan, state, http);
  const effects = applyRules(plan, state);
  const draft: Draft = { plan, state, effects, http, locations: [] };
  writeDestination(draft, destinations);
  for (const pool of plan.pools) draft.locations.push(poolLocation(draft, pool));
  plan.notes.approximate('pools', 'no backend available', 'nginx answers 502, Switchyard 503');
  const servers = plan.listeners.flatMap((listener) => serverBlock(draft, listener));
  const upstreams = plan.pools.flatMap((pool) => ['', ...upstreamBlock(plan, pool)]);
  return assemble(plan, [...preamble(draft), ...http, '', ...maps.lines, ...upstreams, ...servers]);
}

function assemble(plan: Plan, http: readonly string[]): string {
  const head = commentLines(plan.notes, `Made by Switchyard for nginx ${plan.version}. Save it as nginx.conf.`);
  return `${[...head, '', 'worker_processes auto;', '', 'events {', '    worker_connections 4096;', '}', '', ...block('http', http)].join('\n')}\n`;
}

function preamble({ state, effects }: Draft): string[] {
  return [
    'server_tokens off;',
    'underscores_in_headers on;',
    'ignore_invalid_headers off;',
    'client_max_body_size 0;',
    'absolute_redirect off;',
    'variables_hash_max_size 4096;',
    'map_hash_bucket_size 256;',
    ...(state.usesDollar ? ['geo $sy_dollar { default "$"; }'] : []),
    'map $http_upgrade $sy_connection { default upgrade; "" ""; }',
    ...effects.zones,
  ];
}

interface Destinations {
  /** Route id → named location. */
  answers: Map<string, string[]>;
}

/** The maps that find the route and its pool. */
function writeRoutes(plan: Plan, state: RequestState, http: string[]): Destinations {
  const bits: string[] = [];
  const winners: [string, string][] = [];
  let fallback = 'none';
  const routes: PlannedRoute[] = [];
  for (const route of plan.routes) {
    const holds = plan.notes.attempt(
      `${route.path}.match`,
      `route ${route.name} (its exchanges go to later routes)`,
      () => ({
        variable: conditionVariable(state, route.condition, `sy_is_${route.id}`),
      }),
    );
    if (!holds) continue;
    routes.push(route);
    if (holds.variable === null) {
      fallback = route.id;
      break;
    }
    winners.push([`"~^${'0'.repeat(bits.length)}1"`, route.id]);
    bits.push(holds.variable);
  }
  state.maps.define('sy_route', bits.join('') || 'none', winners, fallback);
  const answers = new Map<string, string[]>();
  const pools: [string, string][] = [];
  for (const route of routes) writeRoute(plan, state, route, pools, answers, http);
  state.maps.define('sy_pool', '$sy_route', pools, '');
  return { answers };
}

function writeRoute(
  plan: Plan,
  state: RequestState,
  route: PlannedRoute,
  pools: [string, string][],
  answers: Map<string, string[]>,
  http: string[],
): void {
  const { pool, split, respond, redirect } = route.config;
  if (pool !== undefined) pools.push([route.id, poolNamed(plan, pool).id]);
  else if (split) pools.push([route.id, splitVariable(plan, state, route, http)]);
  else if (respond) {
    const lines = plan.notes.attempt(`${route.path}.respond`, `answer of route ${route.name}`, () =>
      respondLines(state, respond),
    );
    answers.set(route.id, lines ?? ['return 501;']);
  } else if (redirect) {
    plan.notes.approximate(`${route.path}.redirect`, `redirect of route ${route.name}`, 'nginx adds a page of its own');
    const lines = plan.notes.attempt(`${route.path}.redirect`, `redirect of route ${route.name}`, () =>
      redirectLines(state, route),
    );
    answers.set(route.id, lines ?? ['return 501;']);
  }
}

function splitVariable(plan: Plan, state: RequestState, route: PlannedRoute, http: string[]): string {
  const shares = (route.config.split ?? []).filter(({ weight }) => weight > 0);
  const total = shares.reduce((sum, { weight }) => sum + weight, 0);
  const name = state.maps.reserve(`sy_split_${route.id}`);
  const { stickyBy } = route.config;
  const key = stickyBy === undefined ? '$request_id' : renderValue(state, readKey(stickyBy));
  const lines = shares.map(({ pool, weight }, i) => {
    const share = i === shares.length - 1 ? '*' : `${((weight / total) * 100).toFixed(2).replace(/\.?0+$/, '')}%`;
    return `${share} ${poolNamed(plan, pool).id};`;
  });
  http.push('', ...block(`split_clients ${quoted(key)} ${name}`, lines));
  if (stickyBy !== undefined)
    plan.notes.approximate(
      `${route.path}.stickyBy`,
      `split by ${stickyBy}`,
      'another hash: clients are spread anew once',
    );
  return name;
}

function respondLines(state: RequestState, { status, headers, body, bodyFile }: RespondConfig): string[] {
  if (bodyFile !== undefined)
    throw new Inexpressible('nginx answers with texts of its configuration; serve the file with `root` or `alias`');
  let type = '""';
  const lines: string[] = [];
  for (const [name, text] of Object.entries(headers)) {
    const value = renderValue(state, readValue(text));
    if (name.toLowerCase() === 'content-type') type = quoted(value);
    else lines.push(`add_header ${name} ${quoted(value)} always;`);
  }
  const text = body === undefined ? '""' : quoted(renderValue(state, readValue(body)));
  return [`default_type ${type};`, ...lines, `return ${status} ${text};`];
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

function redirectLines(state: RequestState, { config, condition, id }: PlannedRoute): string[] {
  const { status = 302, location = '/' } = config.redirect ?? {};
  if (!REDIRECTS.has(status)) throw new Inexpressible(`nginx does not redirect with ${status}`);
  const parts = readValue(location);
  if (!parts.some((part) => typeof part !== 'string' && 'group' in part))
    return [`return ${status} ${quoted(renderValue(state, parts))};`];
  const test = findPathPattern(condition);
  if (!test) throw new Inexpressible('$1 needs a `path ~` that always has to hold');
  const prefix = state.maps.reserve(`sy_to_${id}_match`).slice(1);
  const value = renderValue(state, parts, (n) => `$${prefix}_${n}`);
  const target = state.maps.define(
    `sy_to_${id}`,
    '$sy_path',
    [[regexKey(nameGroups(test.value, prefix), test.ignoreCase), value]],
    '/',
  );
  return [`return ${status} ${target};`];
}

/** `$sy_to`: the named location. A rule's own answer wins over the route, the first rule over later ones. */
function writeDestination({ plan, state, effects, locations }: Draft, { answers }: Destinations): void {
  const { maps } = state;
  const entries: [string, string][] = [...answers.keys()].map((id) => [id, `answer_${id}`]);
  let to = maps.define(
    'sy_to',
    '$sy_route',
    [['none', 'none'], ...entries],
    `pool_${state.pool.replace(/\$(\w+)/, '${$1}')}`,
  );
  for (const [id, lines] of answers) locations.push(block(`location @answer_${id}`, withResponse(effects, lines)));
  for (const { id, holds, rule, respond } of [...effects.answers].reverse()) {
    const lines = plan.notes.attempt(`${rule.path}.request`, `answer of rule ${rule.name}`, () =>
      respondLines(state, respond),
    );
    if (!lines) continue;
    to = holds === null ? `answer_${id}` : maps.define('sy_to', holds, [['1', `answer_${id}`]], to);
    locations.push(block(`location @answer_${id}`, withResponse(effects, lines)));
  }
  for (const { holds } of effects.closes)
    to = holds === null ? 'close' : maps.define('sy_to', holds, [['1', 'close']], to);
  if (effects.closes.length > 0) locations.push(block('location @close', ['return 444;']));
  locations.unshift(
    block('location /', [`error_page 418 = @${to};`, 'return 418;']),
    block('location @none', ['return 404 "no route holds\\n";']),
  );
}

/** `add_header` of the server is not inherited where a location has its own. */
function withResponse(effects: RuleEffects, lines: readonly string[]): string[] {
  const adds = (line: string) => line.startsWith('add_header');
  return lines.some(adds) ? [...responseLines(effects).filter(adds), ...lines] : [...lines];
}

function responseLines({ response }: RuleEffects): string[] {
  const lines: string[] = [];
  for (const { name, value, appended } of response.values()) {
    if (value !== null) lines.push(`proxy_hide_header ${name};`);
    if (value !== null && value !== '' && name.toLowerCase() !== 'server')
      lines.push(`add_header ${name} ${quoted(value)} always;`);
    for (const each of appended) lines.push(`add_header ${name} ${quoted(each)} always;`);
  }
  return lines;
}

function poolLocation(draft: Draft, pool: PlannedPool): string[] {
  const { plan, state, effects } = draft;
  const scheme = originsOf(pool.config)[0]?.secure ? 'https' : 'http';
  const changesTarget = state.path !== '$sy_path' || state.args !== '$args';
  const target = changesTarget ? `${state.path}${querySuffix(state)}` : '$request_uri';
  const passes = (effects.response.get('server')?.value ?? null) === null ? ['proxy_pass_header Server;'] : [];
  const lines = [
    `proxy_pass ${scheme}://${pool.id}${target};`,
    ...reachLines(plan, pool),
    'proxy_buffering off;',
    ...(state.method === '$request_method' ? [] : [`proxy_method ${state.method};`]),
    ...headerLines(draft, pool),
    ...passes,
    'proxy_pass_header Date;',
    'proxy_ignore_headers X-Accel-Redirect X-Accel-Expires X-Accel-Limit-Rate X-Accel-Buffering X-Accel-Charset;',
    ...mirrorLines(draft, pool),
  ];
  return block(`location @pool_${pool.id}`, lines);
}

function querySuffix({ maps, args }: RequestState): string {
  if (args === '$args') return '$is_args$args';
  return maps.define('sy_query_suffix', args, [['""', '']], `?${args}`);
}

function headerLines(draft: Draft, pool: PlannedPool): string[] {
  const { state } = draft;
  const own = forwardedHeaders(draft, pool);
  const fromRules = [...state.headers]
    .filter(([lowerName]) => !own.has(lowerName))
    .map(([, { name, value }]) => [name, value] as const);
  return [
    `proxy_set_header Host ${hostLine(draft, pool)};`,
    'proxy_set_header Upgrade $http_upgrade;',
    'proxy_set_header Connection $sy_connection;',
    ...[...own.values(), ...fromRules].map(
      ([name, value]) => `proxy_set_header ${name} ${value === '' ? '""' : quoted(value)};`,
    ),
  ];
}

function hostLine({ plan, state }: Draft, { config, path }: PlannedPool): string {
  if (config.preserveHost) {
    plan.notes.map(`${path}.preserveHost`, "the client's Host");
    return state.hostHeader ?? '$http_host';
  }
  const origins = originsOf(config);
  if (origins.length > 1)
    plan.notes.approximate(
      `${path}.preserveHost`,
      "each backend's own Host",
      'nginx has one Host for a pool: that of the first backend',
    );
  else plan.notes.map(`${path}.preserveHost`, "the backend's Host");
  return origins[0]?.address ?? '$http_host';
}

/** By name in lower case. */
function forwardedHeaders(
  { plan, state }: Draft,
  { config, path }: PlannedPool,
): Map<string, readonly [string, string]> {
  const { xForwarded, rfc7239, via, requestId: idName } = config.forwarded;
  const lines: [string, string][] = [];
  if (xForwarded)
    lines.push(
      ['X-Forwarded-For', '$proxy_add_x_forwarded_for'],
      ['X-Forwarded-Proto', '$scheme'],
      ['X-Forwarded-Host', '$http_host'],
    );
  if (rfc7239) {
    const element = 'for=$remote_addr;proto=$scheme;host="$http_host"';
    lines.push([
      'Forwarded',
      state.maps.define('sy_forwarded', '$http_forwarded', [['""', element]], `$http_forwarded, ${element}`),
    ]);
    plan.notes.approximate(`${path}.forwarded.rfc7239`, 'Forwarded', 'an IPv6 address is not quoted');
  }
  if (via !== false) {
    const own = `1.1 ${literal(state, via)}`;
    lines.push(['Via', state.maps.define('sy_via', '$http_via', [['""', own]], `$http_via, ${own}`)]);
  }
  if (idName !== false) {
    lines.push([idName, requestId(state, idName.toLowerCase())]);
    plan.notes.approximate(
      `${path}.forwarded.requestId`,
      `${idName} for requests without one`,
      "nginx's $request_id: 32 hexadecimal digits",
    );
  }
  plan.notes.map(`${path}.forwarded`, 'forwarding headers');
  return new Map(lines.map((line) => [line[0].toLowerCase(), line]));
}

function mirrorLines(draft: Draft, pool: PlannedPool): string[] {
  const { plan, state, http, locations } = draft;
  const lines: string[] = [];
  for (const route of plan.routes) {
    const { mirror } = route.config;
    if (!mirror || !(route.config.pool === pool.name || route.config.split?.some((share) => share.pool === pool.name)))
      continue;
    const target = poolNamed(plan, mirror.pool);
    const uri = `/.switchyard/mirror/${route.id}`;
    lines.push(`mirror ${uri};`);
    if (locations.some(([head]) => head?.includes(uri))) continue;
    const chosen = state.maps.reserve(`sy_mirrored_${route.id}`);
    const share = mirror.percent >= 100 ? ['* 1;'] : [`${mirror.percent}% 1;`, '* 0;'];
    http.push('', ...block(`split_clients mirror$request_id ${chosen}`, share));
    const copies = state.maps.define(`sy_copies_${route.id}`, `$sy_route:${chosen}`, [[`${route.id}:1`, '1']], '0');
    const secure = originsOf(target.config)[0]?.secure ? 'https' : 'http';
    const reach = [
      `proxy_pass ${secure}://${target.id}$request_uri;`,
      ...reachLines(plan, target),
      'proxy_set_header Host $http_host;',
      'proxy_set_header Connection "";',
    ];
    locations.push(block(`location = ${uri}`, ['internal;', `if (${copies} = 0) { return 204; }`, ...reach]));
    plan.notes.approximate(
      `${route.path}.mirror`,
      `mirror to ${mirror.pool}`,
      'the copy is as the client sent it, before rules',
    );
  }
  return lines;
}

function serverBlock({ plan, effects, locations }: Draft, listener: PlannedListener): string[] {
  const { config, name } = listener;
  const { headTimeout, idleTimeout, headBytes } = config.limits;
  const lines = [
    ...listenLines(plan, listener),
    'server_name _;',
    `set $sy_listener ${quoted(name)};`,
    `client_header_timeout ${duration(headTimeout)};`,
    `keepalive_timeout ${duration(idleTimeout)};`,
    `large_client_header_buffers 4 ${Math.ceil(headBytes / 1024)}k;`,
    'merge_slashes off;',
    ...trustLines(plan, listener),
    ...effects.limits,
    ...responseLines(effects),
    ...locations.flatMap((location) => ['', ...location]),
  ];
  plan.notes.approximate(
    `${listener.path}.limits`,
    `limits of listener ${name}`,
    'nginx has no count of headers and, in a server, none of connections',
  );
  return ['', ...block('server', lines)];
}

function listenLines(plan: Plan, { config, path }: PlannedListener): string[] {
  const { address, tls, protocols, proxyProtocol } = config;
  const hasDirective = isAtLeast(plan.version, '1.25.1');
  const http2 = protocols.includes('http2') && (tls !== undefined || hasDirective);
  if (protocols.includes('http2') && !http2)
    plan.notes.approximate(
      `${path}.protocols`,
      'HTTP/2 without TLS',
      'nginx before 1.25.1 cannot speak both on one port; HTTP/1.1 only',
    );
  const words = [
    `listen ${address}`,
    ...(tls ? ['ssl'] : []),
    ...(http2 && !hasDirective ? ['http2'] : []),
    ...(proxyProtocol ? ['proxy_protocol'] : []),
  ];
  const lines = [`${words.join(' ')};`, ...(http2 && hasDirective ? ['http2 on;'] : [])];
  if (splitAddress(address).port === 0) plan.notes.refuse(`${path}.address`, 'port 0', 'nginx needs a port');
  return tls ? [...lines, ...tlsListenLines(plan, path, tls)] : lines;
}

function tlsListenLines({ notes }: Plan, path: string, tls: NonNullable<PlannedListener['config']['tls']>): string[] {
  const [first, ...others] = tls.certificates;
  if (tls.local)
    notes.refuse(
      `${path}.tls.local`,
      'certificates of the local authority',
      'they are made on demand by Switchyard only',
    );
  if (others.length > 0)
    notes.refuse(
      `${path}.tls.certificates`,
      `${others.length} more certificates`,
      'nginx chooses by server_name: copy the server for each',
    );
  const lines = first
    ? [`ssl_certificate ${quoted(first.cert)};`, `ssl_certificate_key ${quoted(first.key)};`]
    : ['ssl_reject_handshake on;'];
  const { mode, ca } = tls.client;
  if (mode !== 'none' && ca)
    lines.push(`ssl_client_certificate ${quoted(ca)};`, `ssl_verify_client ${mode === 'require' ? 'on' : 'optional'};`);
  return lines;
}

function trustLines({ notes }: Plan, { config, path }: PlannedListener): string[] {
  if (config.trustedProxies.length === 0) return [];
  notes.map(`${path}.trustedProxies`, 'trusted proxies');
  const header = config.proxyProtocol ? 'proxy_protocol' : 'X-Forwarded-For';
  return [
    ...config.trustedProxies.map((cidr) => `set_real_ip_from ${cidr};`),
    `real_ip_header ${header};`,
    'real_ip_recursive on;',
  ];
}
