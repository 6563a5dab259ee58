/** Caddy: a site a listener; it finds the route first, then applies the rules in order, then goes to a pool or answers. */

import { noteAnswerType } from '../answer-type.ts';
import { splitAddress } from '../backend-facts.ts';
import { deadlineOf } from '../bounds.ts';
import type { Condition } from '../condition.ts';
import { HOST_PATTERN } from '../host-pattern.ts';
import { noteLocalAuthority } from '../listener-tls.ts';
import { noteBrackets } from '../lookups.ts';
import { commentLines, Inexpressible } from '../notes.ts';
import { findPathPattern } from '../path-pattern.ts';
import {
  listenerIs,
  type Plan,
  type PlannedListener,
  type PlannedPool,
  type PlannedRoute,
  poolNamed,
  poolsOf,
} from '../plan.ts';
import { writesHosts } from '../rule-order.ts';
import { isAlways, isNever, simplify } from '../simplify.ts';
import { readKey, readValue } from '../value.ts';
import { noteVariables } from '../variables.ts';
import { noteHttp2Alone, noteLimits } from '../written.ts';
import { noteAlways } from './always.ts';
import { reverseProxy } from './reverse-proxy.ts';
import { inOrder, respondLines, ruleLines } from './rules.ts';
import {
  block,
  duration,
  mapsFor,
  matcher,
  noteParameters,
  PATH,
  quoted,
  renderValue,
  textToken,
  VARIABLES,
} from './text.ts';

export function exportCaddy(plan: Plan): string {
  noteAlways(plan.notes);
  noteBrackets(plan);
  const global = block('', [
    'admin off',
    'auto_https disable_redirects',
    ...plan.listeners.flatMap((listener) => serverOptions(plan, listener)),
  ]).map((line) => (line.trimStart() === '{' ? '{' : line));
  const sites = plan.listeners.flatMap((listener) => ['', ...site(plan, listener)]);
  const title = `Made by Switchyard for Caddy ${plan.version}. Save it as Caddyfile.`;
  // Environment variables are read in comments, too.
  const head = commentLines(plan.notes, title).map((line) => line.replaceAll('{$', '{ $'));
  return `${[...head, ...global, ...sites].join('\n')}\n`;
}

function serverOptions({ notes }: Plan, listener: PlannedListener): string[] {
  const { config, path, name } = listener;
  const { protocols, tls, limits, trustedProxies, proxyProtocol } = config;
  noteHttp2Alone(notes, listener, 'Caddy');
  const words = ['h1', ...(protocols.includes('http2') ? [tls ? 'h2' : 'h2c'] : [])];
  if (trustedProxies.length > 0)
    notes.refuse(
      `${path}.trustedProxies`,
      'trusted proxies',
      'Caddy reads them from 2.7 on, in the options of a server',
    );
  if (proxyProtocol)
    notes.refuse(`${path}.proxyProtocol`, 'PROXY protocol', 'Caddy reads it with a listener wrapper from 2.7 on');
  notes.approximate(`${path}.limits`, `limits of listener ${name}`, 'Caddy bounds a head in bytes only');
  noteLimits(notes, listener, 'Caddy', ['headBytes', 'headTimeout', 'idleTimeout']);
  const timeouts = block('timeouts', [
    `read_header ${duration(deadlineOf(limits.headTimeout))}`,
    `idle ${duration(deadlineOf(limits.idleTimeout))}`,
  ]);
  return block(`servers ${config.address}`, [
    `protocols ${words.join(' ')}`,
    `max_header_size ${limits.headBytes}`,
    ...timeouts,
  ]);
}

function site(plan: Plan, listener: PlannedListener): string[] {
  const { host, port } = splitAddress(listener.config.address);
  const scheme = listener.config.tls ? 'https' : 'http';
  const here = listenerIs(listener.name);
  const rules = ruleLines(plan, here);
  const choices = choicesOf(plan, here);
  const lines = [
    'vars route ""',
    'vars pool ""',
    // Only in such a block, and not in `route`, the first of several `handle` that holds is the only one.
    ...block(
      'handle',
      choices.flatMap((choice) => choice.lines),
    ),
    ...(writesHosts(plan) ? ['vars client_host {http.request.hostport}'] : []),
    ...rules.request,
    ...rules.response,
    ...rules.answers,
    ...destinations(
      plan,
      choices.map(({ route }) => route),
    ),
    ...block('handle', ['respond "no route holds" 404']),
  ];
  const asksListener = [...lines, ...rules.errors].some((line) => line.includes('{http.vars.listener}'));
  return block(`${scheme}://:${port}`, [
    `bind ${host}`,
    ...tlsLines(plan, listener),
    ...inOrder([
      ...hostCheck(),
      'vars host {http.request.host}',
      'vars hostport {http.request.hostport}',
      ...(asksListener ? [`vars listener ${textToken(listener.name)}`] : []),
      ...mapsFor([...lines, ...rules.errors], scheme === 'https'),
      ...lines,
    ]),
    ...errorLines(plan, rules.errors),
  ]);
}

function hostCheck(): string[] {
  const isHost: Condition = {
    kind: 'test',
    subject: { kind: 'header', name: 'host' },
    comparison: 'regex',
    value: HOST_PATTERN,
    ignoreCase: false,
  };
  return [matcher('no_host', { kind: 'not', of: isHost }), 'respond @no_host "bad request" 400'];
}

const AS_SENT = /\{wire\.path\}|\{http\.request\.(?:uri\.query|method)\}/;

/** Answers to errors, when a backend could not be reached, do not pass what is in `route`. */
function errorLines({ rules: all, notes }: Plan, rules: readonly string[]): string[] {
  const rewrites = all.some(({ config }) =>
    config.request.some((action) => 'path' in action || 'query' in action || 'method' in action),
  );
  if (rewrites && rules.some((line) => AS_SENT.test(line)))
    notes.approximate(
      'rules',
      '$path, $query and $method in the answer to an error',
      'Caddy has them as the client sent them there, not as rules changed them',
    );
  const answer = 'respond * "{http.error.status_code} {http.error.status_text}" {http.error.status_code}';
  return block('handle_errors', inOrder([...rules, answer]));
}

function tlsLines({ notes }: Plan, listener: PlannedListener): string[] {
  const { config, path } = listener;
  const { tls } = config;
  if (!tls) return [];
  noteLocalAuthority(notes, listener);
  const { mode, ca } = tls.client;
  if (mode === 'require' && ca === undefined)
    notes.approximate(
      `${path}.tls.client.mode`,
      mode,
      'the authorities are those of the machine, not those of Node.js',
    );
  if (mode !== 'none')
    notes.approximate(
      `${path}.tls.client.mode`,
      mode,
      'Caddy answers 421 where Host is not the name that the handshake asked for',
    );
  const client =
    mode === 'none'
      ? []
      : block('client_auth', [
          `mode ${mode === 'require' ? 'require_and_verify' : 'request'}`,
          ...(ca ? [`trusted_ca_cert_file ${quoted(ca)}`] : []),
        ]);
  if (tls.certificates.length === 0) return block('tls internal', client);
  return tls.certificates.flatMap(({ cert, key }) =>
    client.length === 0 ? [`tls ${quoted(cert)} ${quoted(key)}`] : block(`tls ${quoted(cert)} ${quoted(key)}`, client),
  );
}

interface Choice {
  route: PlannedRoute;
  lines: string[];
}

/** Those that can be written, up to one that always holds. */
function choicesOf(plan: Plan, here: Condition): Choice[] {
  const choices: Choice[] = [];
  const asked = new Set<string>();
  for (const route of plan.routes) {
    const condition = simplify(route.condition, here);
    // Caddy makes one of neighbours that ask the same, and lets both act; the second never would.
    const question = JSON.stringify(condition);
    if (isNever(condition) || asked.has(question)) continue;
    asked.add(question);
    const lines = choiceLines(plan, route, condition);
    if (lines === undefined) continue;
    choices.push({ route, lines });
    if (isAlways(condition)) break;
  }
  return choices;
}

/** Which route it is, and its pool, as variables. */
function choiceLines(plan: Plan, route: PlannedRoute, condition: Condition): string[] | undefined {
  const name = `route_${route.id}`;
  const what = `route ${route.name} (its exchanges go to later routes)`;
  const always = isAlways(condition);
  const head = plan.notes.attempt(`${route.path}.match`, what, () => (always ? [] : [matcher(name, condition)]));
  const named = plan.notes.attempt(route.path, what, () => [
    `vars route ${textToken(route.name)}`,
    ...poolLines(plan, route),
  ]);
  if (head === undefined || named === undefined) return undefined;
  noteParameters(plan.notes, `${route.path}.match`, `route ${route.name}`, condition);
  if (route.config.mirror)
    plan.notes.refuse(`${route.path}.mirror`, `mirror to ${route.config.mirror.pool}`, 'Caddy does not mirror');
  return [...head, ...block(always ? 'handle' : `handle @${name}`, inOrder(named))];
}

function poolLines(plan: Plan, route: PlannedRoute): string[] {
  const { pool, split } = route.config;
  if (split) return splitLines(plan, route, split);
  return pool === undefined ? [] : [`vars pool ${textToken(pool)}`];
}

/** What answers at last: the pool that the route or a rule has chosen, else the route itself. */
function destinations(plan: Plan, routes: readonly PlannedRoute[]): string[] {
  const asked = new Set([...routes.flatMap(poolsOf), ...plan.rules.flatMap(poolsChosenBy)]);
  const pools = plan.pools.filter(({ name }) => asked.has(name));
  return [...pools.flatMap((pool) => poolHandle(plan, pool)), ...routes.flatMap((route) => routeAnswer(plan, route))];
}

function poolHandle(plan: Plan, pool: PlannedPool): string[] {
  const lines = plan.notes.attempt(pool.path, `pool ${pool.name}`, () => [
    `@pool_${pool.id} vars {http.vars.pool} ${textToken(pool.name)}`,
    ...block(`handle @pool_${pool.id}`, inOrder(reverseProxy(plan, pool))),
  ]);
  return lines ?? [];
}

function poolsChosenBy({ config }: Plan['rules'][number]): string[] {
  return config.request.flatMap((action) => ('pool' in action ? [action.pool] : []));
}

function routeAnswer(plan: Plan, route: PlannedRoute): string[] {
  const { respond, redirect } = route.config;
  if (!respond && !redirect) return [];
  const path = `${route.path}.${respond ? 'respond' : 'redirect'}`;
  const lines = plan.notes.attempt(path, `answer of route ${route.name}`, () => {
    if (redirect) return redirectLines(route, redirect);
    if (respond) noteAnswerType(plan.notes, path, respond, 'Caddy');
    return respond ? respondLines(respond, '') : [];
  });
  noteVariables(plan.notes, path, respond ?? redirect, VARIABLES);
  return [
    `@to_${route.id} vars {http.vars.route} ${textToken(route.name)}`,
    ...block(`handle @to_${route.id}`, inOrder(lines ?? ['respond 501'])),
  ];
}

/** The first four digits of the request's random id against each share's bound. */
function splitLines(
  plan: Plan,
  { config, path, id }: PlannedRoute,
  split: NonNullable<PlannedRoute['config']['split']>,
): string[] {
  const shares = split.filter(({ weight }) => weight > 0);
  const total = shares.reduce((sum, { weight }) => sum + weight, 0);
  if (config.stickyBy !== undefined)
    plan.notes.refuse(
      `${path}.stickyBy`,
      `split by ${readKey(config.stickyBy).length === 1 ? config.stickyBy : 'a text'}`,
      'Caddy draws for each request',
    );
  let below = 0;
  plan.notes.map(`${path}.split`, 'shares, by the random id that Caddy gives a request');
  // The last that holds wins.
  const bounds = shares.map(({ pool, weight }) => {
    below += weight;
    return { pool, bound: Math.round((below / total) * 0x10000) };
  });
  return bounds.toReversed().flatMap(({ pool, bound }, i) => {
    const name = textToken(poolNamed(plan, pool).name);
    if (i === 0) return [`vars pool ${name}`];
    const draw = `{http.request.uuid} < "${bound.toString(16).padStart(4, '0')}"`;
    return [`@share_${id}_${i} expression \`${draw}\``, `vars @share_${id}_${i} pool ${name}`];
  });
}

function redirectLines(
  { condition, id }: PlannedRoute,
  { status, location }: { status: number; location: string },
): string[] {
  const parts = readValue(location);
  // Without the star, Caddy would take a target that starts with a slash for a matcher.
  const redirect = (target: string) => `redir * ${target} ${status}`;
  const groups = parts.flatMap((part) => (typeof part !== 'string' && 'group' in part ? [part.group] : []));
  if (groups.length === 0) return [redirect(renderValue(parts))];
  const test = findPathPattern(condition);
  if (!test) throw new Inexpressible('$1 needs a `path ~` that always has to hold');
  const named = (n: number) => `{to_${id}.${n}}`;
  const pattern = `~(?s${test.ignoreCase ? 'i' : ''})^.*?(?:${test.value}).*$`;
  const found = [...new Set(groups)];
  return [
    ...block(`map ${PATH} ${found.map(named).join(' ')}`, [
      `${quoted(pattern)} ${found.map((n) => `\${${n}}`).join(' ')}`,
      `default ${found.map(() => '""').join(' ')}`,
    ]),
    redirect(renderValue(parts, named)),
  ];
}
