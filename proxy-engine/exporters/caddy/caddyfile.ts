/** Caddy: a site a listener; one `handle` a route, in order; inside, the rules as they act on that route, then the proxy. */

import { noteAnswerType } from '../answer-type.ts';
import { splitAddress } from '../backend-facts.ts';
import type { Condition } from '../condition.ts';
import { noteBrackets } from '../lookups.ts';
import { commentLines, Inexpressible } from '../notes.ts';
import { findPathPattern } from '../path-pattern.ts';
import { listenerIs, type Plan, type PlannedListener, type PlannedRoute, poolNamed } from '../plan.ts';
import { writesHosts } from '../rule-order.ts';
import { isAlways, isNever, simplify } from '../simplify.ts';
import { readKey, readValue } from '../value.ts';
import { noteVariables } from '../variables.ts';
import { factsOf } from '../variants.ts';
import { reverseProxy } from './reverse-proxy.ts';
import { respondLines, ruleLines } from './rules.ts';
import { block, duration, mapsFor, matcher, noteParameters, PATH, quoted, renderValue, VARIABLES } from './text.ts';

export function exportCaddy(plan: Plan): string {
  plan.notes.approximate(
    'routes',
    'paths',
    'Caddy escapes what a URL may not have (not ASCII, quotation marks, braces, | and ^), and answers 400 to one with a % that begins no escape',
  );
  plan.notes.approximate('routes', 'header lines', 'Caddy joins several lines of one header');
  plan.notes.approximate('routes', 'server', 'Caddy names itself in a line before the one of the backend');
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

function serverOptions({ notes }: Plan, { config, path, name }: PlannedListener): string[] {
  const { protocols, tls, limits, trustedProxies, proxyProtocol } = config;
  const words = protocols.map((protocol) => (protocol === 'http1' ? 'h1' : tls ? 'h2' : 'h2c'));
  if (trustedProxies.length > 0)
    notes.refuse(
      `${path}.trustedProxies`,
      'trusted proxies',
      'Caddy reads them from 2.7 on, in the options of a server',
    );
  if (proxyProtocol)
    notes.refuse(`${path}.proxyProtocol`, 'PROXY protocol', 'Caddy reads it with a listener wrapper from 2.7 on');
  notes.approximate(`${path}.limits`, `limits of listener ${name}`, 'Caddy bounds a head in bytes only');
  const timeouts = block('timeouts', [
    `read_header ${duration(limits.headTimeout)}`,
    `idle ${duration(limits.idleTimeout)}`,
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
  const routes = plan.routes.flatMap((route) => handle(plan, route, listenerIs(listener.name)));
  const rest = block('handle', ['respond "no route holds" 404']);
  return block(`${scheme}://:${port}`, [
    `bind ${host}`,
    ...tlsLines(plan, listener),
    ...block('route', [
      'vars host {http.request.host}',
      'vars hostport {http.request.hostport}',
      ...(routes.some((line) => line.includes('{http.vars.listener}'))
        ? [`vars listener ${quoted(listener.name)}`]
        : []),
      ...mapsFor(routes, scheme === 'https'),
      ...routes,
      ...rest,
    ]),
  ]);
}

function tlsLines({ notes }: Plan, { config, path }: PlannedListener): string[] {
  const { tls } = config;
  if (!tls) return [];
  if (tls.local)
    notes.refuse(
      `${path}.tls.local`,
      'certificates of the local authority',
      'they are made on demand by Switchyard only',
    );
  const { mode, ca } = tls.client;
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

function handle(plan: Plan, route: PlannedRoute, here: Condition): string[] {
  const condition = simplify(route.condition, here);
  if (isNever(condition)) return [];
  const name = `route_${route.id}`;
  const what = `route ${route.name} (its exchanges go to later routes)`;
  const head = isAlways(condition)
    ? []
    : plan.notes.attempt(`${route.path}.match`, what, () => [matcher(name, condition)]);
  const named = plan.notes.attempt(route.path, what, () => `vars route ${quoted(route.name)}`);
  if (head === undefined || named === undefined) return [];
  noteParameters(plan.notes, `${route.path}.match`, `route ${route.name}`, condition);
  const facts = factsOf(route, condition, here);
  const client = writesHosts(plan) ? ['vars client_host {http.request.hostport}'] : [];
  const pool = route.config.pool === undefined ? [] : [`vars pool ${quoted(route.config.pool)}`];
  const lines = [named, ...pool, ...client, ...ruleLines(plan, facts), ...destination(plan, route)];
  if (route.config.mirror)
    plan.notes.refuse(`${route.path}.mirror`, `mirror to ${route.config.mirror.pool}`, 'Caddy does not mirror');
  // Only inside `route` does Caddy keep the order of directives.
  return [...head, ...block(isAlways(condition) ? 'handle' : `handle @${name}`, block('route', lines))];
}

function destination(plan: Plan, route: PlannedRoute): string[] {
  const { pool, split, respond, redirect } = route.config;
  if (pool !== undefined) return reverseProxy(plan, poolNamed(plan, pool));
  if (split) return splitLines(plan, route, split);
  const path = `${route.path}.${respond ? 'respond' : 'redirect'}`;
  const lines = plan.notes.attempt(path, `answer of route ${route.name}`, () => {
    if (respond) {
      noteAnswerType(plan.notes, path, respond, 'Caddy');
      return respondLines(respond, '');
    }
    return redirect ? redirectLines(route, redirect) : [];
  });
  noteVariables(plan.notes, path, respond ?? redirect, VARIABLES);
  return lines ?? ['respond 501'];
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
  return shares.flatMap(({ pool, weight }, i) => {
    below += weight;
    const lines = reverseProxy(plan, poolNamed(plan, pool));
    if (i === shares.length - 1) return block('handle', lines);
    const bound = Math.round((below / total) * 0x10000)
      .toString(16)
      .padStart(4, '0');
    return [
      `@share_${id}_${i} expression \`{http.request.uuid} < "${bound}"\``,
      ...block(`handle @share_${id}_${i}`, lines),
    ];
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
