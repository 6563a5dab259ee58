/** HAProxy: a frontend a listener finds the route first, then applies the rules in order, then leaves for a backend. */
import { splitAddress } from '../../downstream/address.ts';
import { deadlineOf } from '../bounds.ts';
import { duration } from '../duration.ts';
import { HOST_PATTERN } from '../host-pattern.ts';
import { lacksAuthority, lacksCertificate, noteLocalAuthority, noteUnasked } from '../listener-tls.ts';
import { noteBrackets, noteBytes } from '../lookups.ts';
import { commentLines, noteForgottenProxy, noteUntrusted } from '../notes.ts';
import { listenerIs, type Plan, type PlannedListener, type PlannedRoute } from '../plan.ts';
import { simplify } from '../simplify.ts';
import { noteHttp2Answers, noteLimits } from '../written.ts';
import { noteAlways } from './always.ts';
import { askedLines, joinedCookies } from './asked.ts';
import { bufferLines } from './buffers.ts';
import { askIds } from './names.ts';
import { backendSection } from './pools.ts';
import { answerLines, routeLines } from './routes.ts';
import { type RuleLines, ruleLines } from './rules.ts';
import { check, section, word } from './text.ts';

export function exportHaproxy(given: Plan): string {
  const plan = askIds(given);
  noteAlways(plan.notes);
  noteBrackets(plan);
  noteBytes(plan, 'HAProxy', true);
  const rules = ruleLines(plan);
  const routes = plan.routes.filter((route) =>
    plan.notes.attempt(`${route.path}.match`, `route ${route.name} (its exchanges go to later routes)`, () => {
      check(route.condition);
      return true;
    }),
  );
  const frontends = plan.listeners.flatMap((listener) => frontendSection(plan, listener, routes, rules));
  const backends = plan.pools.flatMap((pool) => backendSection(plan, pool));
  const common = globalSections(plan);
  const head = commentLines(plan.notes, `Made by Switchyard for HAProxy ${plan.version}. Save it as haproxy.cfg.`);
  return `${[...head, ...common, ...frontends, ...backends, ...rules.tables].join('\n')}\n`;
}

function globalSections(plan: Plan): string[] {
  return [
    // No `maxconn`: HAProxy takes what the limit of open files allows, instead of refusing to start.
    ...section('global', bufferLines(plan)),
    ...section('defaults', [
      'mode http',
      'timeout connect 2s',
      'timeout server 60s',
      'timeout queue 2s',
      'timeout tunnel 24d',
      'option redispatch 1',
      // Or small pieces of a stream, such as events, wait for more: 200 ms.
      'option http-no-delay',
    ]),
  ];
}

function frontendSection(
  plan: Plan,
  listener: PlannedListener,
  routes: readonly PlannedRoute[],
  rules: RuleLines,
): string[] {
  const { config, path, id } = listener;
  const here = listenerIs(id);
  const asking = [
    'http-request set-var(txn.host) req.hdr(host)',
    'http-request set-var(txn.to) req.hdr(host)',
    // As a text: a variable of HAProxy's type for methods forgets those that it does not know.
    'http-request set-var-fmt(txn.method) %[method]',
    ...askedLines(plan),
    ...trustLines(plan, listener),
    ...routes.flatMap((route) => routeLines(plan, { ...route, condition: simplify(route.condition, here) })),
    ...rules.request,
    ...rules.answers,
    ...routes.flatMap((route) => answerLines(plan, route)),
    'http-request return status 404 content-type "text/plain; charset=utf-8" string "no route holds" if !{ var(txn.pool) -m found }',
    ...rules.response,
    ...hopLines(),
    'use_backend %[var(txn.pool)]',
  ];
  const lines = [
    ...bindLines(plan, listener),
    `maxconn ${config.limits.connections}`,
    ...timeoutLines(config.limits),
    ...hostLines(),
    ...joinedCookies(plan.notes, asking),
    ...asking,
  ];
  plan.notes.approximate(
    `${path}.limits`,
    'limits',
    'a head fits a buffer (16 KiB, tune.bufsize), and has at most 101 lines (tune.http.maxhdr)',
  );
  noteLimits(plan.notes, listener, 'HAProxy', ['connections', 'headTimeout', 'idleTimeout']);
  return section(`frontend ${id}`, lines);
}

/** A whole URL by HTTP/1.0 may be all that names the host. */
function hostLines(): string[] {
  return [
    'http-request set-header Host %[url,field(3,/)] if !{ req.hdr(host) -m found } { url -m sub :// }',
    'http-request deny deny_status 400 if { req.fhdr(host) -m len 0 }',
    `http-request deny deny_status 400 if { req.fhdr(host) -m found } !{ req.fhdr(host) -m reg -- ${word(HOST_PATTERN)} }`,
  ];
}

function timeoutLines({ headTimeout, idleTimeout }: PlannedListener['config']['limits']): string[] {
  const idle = duration(deadlineOf(idleTimeout));
  const head = duration(deadlineOf(headTimeout));
  return [`timeout client ${idle}`, `timeout http-request ${head}`, `timeout http-keep-alive ${idle}`];
}

/** What belongs to the client's connection (RFC 9110 §7.6.1) and HAProxy would pass on. */
function hopLines(): string[] {
  // Of a request line with a whole URL, the origin.
  const origin = "http-request set-uri /%[pathq,regsub('^/','')] if !{ url -m beg / } !{ url -m str * }";
  const gone = ['proxy-connection', 'keep-alive', 'http2-settings'].map((name) => `http-request del-header ${name}`);
  return [origin, ...gone, 'http-request del-header upgrade if !{ req.hdr(upgrade) -m str -i websocket }'];
}

const ALPN = [
  ['http2', 'h2'],
  ['http1', 'http/1.1'],
] as const;

/** Asked for, and taken whatever it is. */
const ANY_CERTIFICATE = 'verify optional crt-ignore-err all ca-ignore-err all';

function bindLines({ notes }: Plan, listener: PlannedListener): string[] {
  const { config, path } = listener;
  const { address, tls, protocols, proxyProtocol, trustedProxies } = config;
  const more = [
    // `accept-proxy` would believe everybody.
    ...(proxyProtocol ? [`tcp-request connection expect-proxy layer4 if { src ${trustedProxies.join(' ')} }`] : []),
    // Without ALPN, HAProxy finds HTTP/2 out by itself.
    ...(protocols.includes('http2') ? [] : ['option disable-h2-upgrade']),
  ];
  noteHttp2Answers(notes, listener, 'HAProxy');
  if (protocols.includes('http2'))
    notes.approximate(
      `${path}.protocols`,
      'HTTP/2 of clients',
      'where a backend ends without an answer, HAProxy refuses the stream instead of a 502: clients try again, POST, too',
    );
  const words = [`bind ${address}`];
  if (splitAddress(address).port === 0) notes.refuse(`${path}.address`, 'port 0', 'HAProxy needs a port');
  if (!tls) {
    if (!protocols.includes('http1')) words.push('proto h2');
    return [words.join(' '), ...more];
  }
  noteLocalAuthority(notes, listener);
  noteUnasked(notes, listener, 'HAProxy');
  const isShut = [lacksCertificate(notes, listener), lacksAuthority(notes, listener, 'HAProxy')].includes(true);
  const [first] = tls.certificates;
  if (isShut || !first) return [words.join(' '), 'tcp-request connection reject'];
  const alpn = ALPN.filter(([protocol]) => protocols.includes(protocol)).map(([, word]) => word);
  words.push('ssl', ...tls.certificates.map(({ cert }) => `crt ${word(cert)}`), `alpn ${alpn.join()}`);
  notes.approximate(
    `${path}.tls.certificates`,
    first.key,
    `HAProxy looks for the key in ${first.cert}.key, or in the same file as the certificate`,
  );
  const { mode, ca } = tls.client;
  if (mode !== 'none' && ca)
    words.push(`ca-file ${word(ca)}`, mode === 'require' ? 'verify required' : ANY_CERTIFICATE);
  return [words.join(' '), ...more];
}

/** In a chain. */
const MOST_PROXIES = 5;

/** The client's address as trusted proxies tell it: the last one of X-Forwarded-For that is none of theirs. */
function trustLines({ notes }: Plan, { config, path }: PlannedListener): string[] {
  const cidrs = config.trustedProxies;
  if (cidrs.length === 0) return [];
  notes.approximate(
    `${path}.trustedProxies`,
    'trusted proxies',
    `of a chain of more than ${MOST_PROXIES}, the address of one is taken for the client's`,
  );
  noteForgottenProxy(notes, path);
  noteUntrusted(notes, path, 'HAProxy');
  const trusted = cidrs.join(' ');
  return Array.from({ length: MOST_PROXIES }, (_, told) => {
    const before = told === 0 ? '' : ` { req.hdr_ip(x-forwarded-for,-${told}) ${trusted} }`;
    return `http-request set-src req.hdr(x-forwarded-for,-${told + 1}) if { src ${trusted} }${before}`;
  });
}
