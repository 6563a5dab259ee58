/** Traefik: routers, middlewares and services for its file provider; what only its command line takes stands in a comment. */
import { stringify } from 'yaml';
import { duration } from '../duration.ts';
import { withEarlyGuards } from '../early-guards.ts';
import { noteBrackets, noteHostHeader, noteLookups } from '../lookups.ts';
import { commentLines, type Notes } from '../notes.ts';
import type { Plan, PlannedListener } from '../plan.ts';
import { noteEarlyDecisions } from '../rule-order.ts';
import { noteHttp2Alone, noteLimits } from '../written.ts';
import { middlewaresOf, type RuleMiddlewares, type Section } from './middlewares.ts';
import { addRouters, type Dynamic } from './routers.ts';
import { servicesOf, transportOf } from './services.ts';
import { openListeners, tlsOf } from './tls.ts';

export function exportTraefik(given: Plan): string {
  const plan = { ...given, rules: withEarlyGuards(given) };
  plan.notes.always(
    'paths',
    'Traefik takes . and .. and double slashes out of a path, decodes all but reserved characters, and then compares it',
  );
  plan.notes.always('# in a path', 'Traefik passes it on as %23, Switchyard answers 400');
  plan.notes.always(
    'requests',
    'Traefik answers 400 to a path with a % that begins no escape, and makes a & of a ; in a query',
  );
  plan.notes.always('error texts', 'Traefik has shorter texts of its own');
  plan.notes.always('answers with 304', 'Traefik takes content-type out');
  plan.notes.always(
    'connections that backends close',
    'where one was used before, Traefik sends GET and the like once more, whatever retry says',
  );
  plan.notes.always('a backend whose TLS fails', 'Traefik answers 500, Switchyard 502');
  noteBrackets(plan);
  const each = 'each of several of one name is asked';
  noteLookups(plan, {
    header: 'each of several lines is asked',
    parameter: each,
    cookie: each,
  });
  noteHostHeader(plan, 'Traefik compares Host without its port, and in lower case');
  noteEarlyDecisions(plan, (action) => !('pool' in action));
  const rules = new Map(
    plan.rules.map((rule) => [rule, rule.onResponse ? responseOnly(plan.notes, rule) : middlewaresOf(plan, rule)]),
  );
  for (const [rule, made] of rules) if (isNothing(made) && !picksPool(rule)) rules.delete(rule);
  const dynamic: Dynamic = { routers: {}, middlewares: {}, services: {} };
  for (const listener of openListeners(plan)) addRouters(plan, listener, rules, dynamic);
  for (const pool of plan.pools) Object.assign(dynamic.services, servicesOf(plan, pool));
  const serversTransports = Object.fromEntries(plan.pools.map((pool) => [pool.id, transportOf(plan, pool)]));
  const document = { http: dropEmpty({ ...dynamic, serversTransports }), ...tlsOf(plan) };
  const flags = plan.listeners.flatMap((listener) => entryPoint(plan.notes, listener));
  const head = commentLines(
    plan.notes,
    `Made by Switchyard for Traefik ${plan.version}. Save it as traefik-dynamic.yaml, and start`,
  );
  const [title = '', ...report] = head;
  const start = ['traefik --providers.file.filename=traefik-dynamic.yaml', ...flags].map((flag) => `#   ${flag}`);
  const text = stringify(document, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false });
  return `${[title, ...start, ...report].join('\n')}\n${text}`;
}

function isNothing({ request, response }: RuleMiddlewares): boolean {
  return Object.keys({ ...request, ...response }).length === 0;
}

function picksPool({ config }: Plan['rules'][number]): boolean {
  return config.request.some((action) => 'pool' in action);
}

function responseOnly(notes: Notes, { path, name }: Plan['rules'][number]): RuleMiddlewares {
  notes.refuse(`${path}.match`, `rule ${name}`, 'Traefik decides before there is a response');
  return { request: {}, response: {} };
}

function dropEmpty(sections: Record<string, Section>): Section {
  return Object.fromEntries(Object.entries(sections).filter(([, section]) => Object.keys(section).length > 0));
}

/** It always takes both. */
function noteProtocols(notes: Notes, listener: PlannedListener): void {
  const { config, path } = listener;
  noteHttp2Alone(notes, listener, 'Traefik');
  if (!config.protocols.includes('http2'))
    notes.approximate(`${path}.protocols`, 'HTTP/1.1 alone', 'Traefik takes HTTP/2, too');
}

/** The listener as options of the command line. */
function entryPoint(notes: Notes, listener: PlannedListener): string[] {
  const { config, path, id } = listener;
  const { address, limits, trustedProxies, proxyProtocol } = config;
  notes.approximate(`${path}.limits`, 'limits', 'Traefik bounds times only, in its own options');
  noteLimits(notes, listener, 'Traefik', ['requestTimeout', 'idleTimeout']);
  noteProtocols(notes, listener);
  const flag = (option: string, value: string) => `--entryPoints.${id}.${option}=${value}`;
  const flags = [
    flag('address', address),
    flag('transport.respondingTimeouts.readTimeout', duration(limits.requestTimeout)),
    flag('transport.respondingTimeouts.idleTimeout', duration(limits.idleTimeout)),
  ];
  if (trustedProxies.length > 0)
    notes.approximate(
      `${path}.trustedProxies`,
      'trusted proxies',
      'Traefik passes on what they say; its conditions ask the connection itself',
    );
  if (trustedProxies.length > 0) flags.push(flag('forwardedHeaders.trustedIPs', trustedProxies.join(',')));
  if (proxyProtocol) flags.push(flag('proxyProtocol.trustedIPs', trustedProxies.join(',')));
  return flags;
}
