/** Envoy: a listener with its connection manager a listener, a cluster a pool; rules are HTTP filters and parts of routes. */

import { stringify } from 'yaml';
import { splitAddress } from '../../downstream/address.ts';
import { withEarlyGuards } from '../early-guards.ts';
import { lacksAuthority, lacksCertificate, noteLocalAuthority, noteUnasked } from '../listener-tls.ts';
import { JOINED_LINES, noteLookups } from '../lookups.ts';
import { commentLines } from '../notes.ts';
import { isAtLeast, listenerIs, type Plan, type PlannedListener } from '../plan.ts';
import { noteAlways } from './always.ts';
import { bodyBound } from './answers.ts';
import { cluster } from './clusters.ts';
import { certificate, isOwnId } from './forwarding.ts';
import { UNROUTED, virtualHost } from './routes.ts';
import { ruleFilters } from './rules.ts';
import { duration, type Extension, extension, type Message, typed } from './syntax.ts';

export function exportEnvoy(given: Plan): string {
  const plan = { ...given, rules: withEarlyGuards(given) };
  noteAlways(plan.notes);
  const each = 'each of several of one name is asked';
  noteLookups(plan, {
    ...JOINED_LINES,
    parameter: each,
    cookie: `${each}; a pattern sees the value as it was sent`,
  });
  const open = plan.listeners.filter((listener) => !isShut(plan, listener));
  const listeners = open.map((listener) => listenerOf(plan, listener));
  const clusters = plan.pools.map((pool) => cluster(plan, pool));
  const document = { layered_runtime: { layers: [ANY_PATTERN] }, static_resources: { listeners, clusters } };
  const head = commentLines(plan.notes, `Made by Switchyard for Envoy ${plan.version}. Save it as envoy.yaml.`);
  return `${head.join('\n')}\n${stringify(document, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false })}`;
}

/** Envoy refuses patterns of more than 100 instructions, which a list of a dozen words has, unless it is told otherwise. */
const ANY_PATTERN = {
  name: 'switchyard',
  static_layer: { 're2.max_program_size.error_level': 0xffff_ffff },
};

function listenerOf(plan: Plan, listener: PlannedListener): Message {
  const { config, id } = listener;
  const { host, port } = splitAddress(config.address);
  const bound = extension(
    'envoy.filters.network.connection_limit',
    'envoy.extensions.filters.network.connection_limit.v3.ConnectionLimit',
    { stat_prefix: id, max_connections: config.limits.connections },
  );
  const proxyProtocol = extension(
    'envoy.filters.listener.proxy_protocol',
    'envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol',
  );
  return {
    name: listener.name,
    address: { socket_address: { address: host === 'localhost' ? '127.0.0.1' : host, port_value: port } },
    ...(config.proxyProtocol ? { listener_filters: [proxyProtocol] } : {}),
    filter_chains: [
      { ...peers(plan, listener), filters: [bound, connectionManager(plan, listener)], ...transport(listener) },
    ],
  };
}

/** Envoy believes the PROXY header of whoever sends one, and wants it of everybody: others get no connection. */
function peers({ notes }: Plan, { config: { proxyProtocol, trustedProxies }, path }: PlannedListener): Message {
  if (!proxyProtocol) return {};
  notes.approximate(`${path}.proxyProtocol`, 'PROXY protocol', 'Envoy takes connections of trusted proxies only');
  return { filter_chain_match: { direct_source_prefix_ranges: trustedProxies.map(cidrRange) } };
}

function connectionManager(plan: Plan, listener: PlannedListener): Extension {
  const { config, id } = listener;
  const { limits, protocols } = config;
  const rules = ruleFilters(plan, [...plan.routes, UNROUTED], listenerIs(listener.name));
  const host = virtualHost({ ...plan, listeners: [listener] }, listener, rules);
  return extension(
    'envoy.filters.network.http_connection_manager',
    'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
    {
      stat_prefix: id,
      codec_type: protocols.length > 1 ? 'AUTO' : protocols.includes('http2') ? 'HTTP2' : 'HTTP1',
      ...clientAddress(plan, listener),
      // For clients on this machine Envoy would write the machine's own address; routes add it instead.
      skip_xff_append: !config.proxyProtocol,
      preserve_external_request_id: true,
      ...(wantsIds(plan) ? {} : { generate_request_id: false }),
      server_header_transformation: 'PASS_THROUGH',
      max_request_headers_kb: Math.min(8192, Math.max(1, Math.ceil(limits.headBytes / 1024))),
      request_timeout: duration(limits.requestTimeout),
      request_headers_timeout: duration(limits.headTimeout),
      common_http_protocol_options: { idle_timeout: duration(limits.idleTimeout), max_headers_count: limits.headers },
      http_protocol_options: { accept_http_10: true, default_host_for_http_10: config.address, enable_trailers: true },
      proxy_100_continue: true,
      upgrade_configs: [{ upgrade_type: 'websocket' }],
      local_reply_config: UNREACHED,
      route_config: { name: listener.name, ...bodyBound(plan), virtual_hosts: [host] },
      http_filters: [...rules.filters, ...sessions(plan), ROUTER],
    },
  );
}

/** A backend that is not reached, or breaks off before its answer, is a 503 of Envoy. */
const UNREACHED = {
  mappers: [{ filter: { response_flag_filter: { flags: ['UF', 'UC', 'UR'] } }, status_code: 502 }],
};

const ALPN = [
  ['http2', 'h2'],
  ['http1', 'http/1.1'],
] as const;

const ROUTER = extension('envoy.filters.http.router', 'envoy.extensions.filters.http.router.v3.Router', {
  suppress_envoy_headers: true,
});

/** Envoy makes ids for all pools or for none. */
function wantsIds({ pools }: Plan): boolean {
  return pools.some(({ config }) => isOwnId(config.forwarded.requestId));
}

/** Sticky cookies: one for each name, as a pool without one takes no notice of it. */
function sessions({ pools, notes }: Plan): Extension[] {
  const sticky = new Map(pools.flatMap(({ config }) => (config.sticky ? [[config.sticky.cookie, config.sticky]] : [])));
  for (const { config, path } of pools)
    if (config.sticky)
      notes.approximate(
        `${path}.sticky`,
        `cookie ${config.sticky.cookie}`,
        'its values differ, so that clients are spread anew once; other pools set it too; without SameSite',
      );
  return [...sticky.values()].map(({ cookie: name, path, ttl }) => {
    const type = 'envoy.extensions.http.stateful_session.cookie.v3.CookieBasedSessionState';
    const session_state = extension('envoy.http.stateful_session.cookie', type, {
      cookie: { name, path, ttl: duration(ttl) },
    });
    const filter = 'envoy.extensions.filters.http.stateful_session.v3.StatefulSession';
    return extension(`envoy.filters.http.stateful_session.${name}`, filter, { session_state });
  });
}

function cidrRange(range: string): Message {
  const [address_prefix, length] = range.split('/');
  return { address_prefix, prefix_len: Number(length ?? (range.includes(':') ? 128 : 32)) };
}

/** Who the client is: the peer, or whom trusted proxies name. */
function clientAddress({ notes, version }: Plan, { config, path }: PlannedListener): Message {
  const ranges = config.trustedProxies;
  if (ranges.length === 0) return { use_remote_address: true };
  if (!isAtLeast(version, '1.33')) {
    notes.refuse(`${path}.trustedProxies`, 'trusted proxies', 'Envoy knows them by their addresses from 1.33 on');
    return { use_remote_address: true };
  }
  notes.map(`${path}.trustedProxies`, 'trusted proxies');
  notes.refuse(
    `${path}.trustedProxies`,
    'Forwarded and X-Forwarded-Host of trusted proxies',
    'Envoy does not read them',
  );
  if (!config.proxyProtocol)
    notes.approximate(
      `${path}.trustedProxies`,
      'X-Forwarded-For of other clients',
      'Envoy adds their address once more',
    );
  const cidrs = ranges.map(cidrRange);
  const type = 'envoy.extensions.http.original_ip_detection.xff.v3.XffConfig';
  const detection = extension('envoy.http.original_ip_detection.xff', type, {
    xff_trusted_cidrs: { cidrs },
    ...(config.proxyProtocol ? { skip_xff_append: false } : {}),
  });
  return { use_remote_address: false, original_ip_detection_extensions: [detection] };
}

function transport({ config: { tls, protocols } }: PlannedListener): Message {
  if (!tls) return {};
  const { mode, ca } = tls.client;
  const context = {
    alpn_protocols: ALPN.filter(([protocol]) => protocols.includes(protocol)).map(([, word]) => word),
    tls_certificates: tls.certificates.map(({ cert, key }) => certificate(cert, key)),
    ...(mode !== 'none' && ca !== undefined ? { validation_context: validation(mode, ca) } : {}),
  };
  const type = 'envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext';
  const required = mode === 'require' ? { require_client_certificate: true } : {};
  const typed_config = typed(type, { common_tls_context: context, ...required });
  return { transport_socket: { name: 'envoy.transport_sockets.tls', typed_config } };
}

/** Where no certificate is required, whatever comes is taken. */
function validation(mode: 'request' | 'require', ca: string): Message {
  return {
    trusted_ca: { filename: ca },
    ...(mode === 'request' ? { trust_chain_verification: 'ACCEPT_UNTRUSTED' } : {}),
  };
}

/** Whether nobody may come in: then the listener is left out. */
function isShut({ notes }: Plan, listener: PlannedListener): boolean {
  noteLocalAuthority(notes, listener);
  noteUnasked(notes, listener, 'Envoy');
  return [lacksCertificate(notes, listener), lacksAuthority(notes, listener, 'Envoy')].includes(true);
}
