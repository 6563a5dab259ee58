/** Listeners as servers. */
import { splitAddress } from '../../downstream/address.ts';
import { deadlineOf } from '../bounds.ts';
import { duration } from '../duration.ts';
import { HOST_PATTERN } from '../host-pattern.ts';
import { lacksAuthority, lacksCertificate, noteLocalAuthority } from '../listener-tls.ts';
import { type Notes, noteForgottenProxy, noteUntrusted } from '../notes.ts';
import { isAtLeast, type Plan, type PlannedListener } from '../plan.ts';
import { noteHttp2Alone, noteLimits } from '../written.ts';
import type { Draft } from './draft.ts';
import { responseLines } from './locations.ts';
import { block, quoted } from './text.ts';

export function serverBlock({ plan, state, effects, locations }: Draft, listener: PlannedListener): string[] {
  const { config, name } = listener;
  const { headTimeout, idleTimeout, headBytes } = config.limits;
  const lines = [
    ...listenLines(plan, listener),
    'server_name _;',
    `set $sy_listener ${quoted(name)};`,
    ...state.maps.askedFirst,
    `client_header_timeout ${duration(deadlineOf(headTimeout))};`,
    `keepalive_timeout ${duration(deadlineOf(idleTimeout))};`,
    `large_client_header_buffers 4 ${Math.max(1, Math.ceil(headBytes / 1024))}k;`,
    'merge_slashes off;',
    // nginx would pass it on, and a backend may leave out what follows it.
    'if ($request_uri ~ "#") { return 400; }',
    `if ($http_host !~ "${HOST_PATTERN}") { return 400; }`,
    ...trustLines(plan, listener),
    ...effects.limits,
    ...responseLines(state),
    ...locations.flatMap((location) => ['', ...location]),
  ];
  plan.notes.approximate(
    `${listener.path}.limits`,
    'limits',
    'nginx has no count of headers and, in a server, none of connections',
  );
  noteLimits(plan.notes, listener, 'nginx', ['headBytes', 'headTimeout', 'idleTimeout']);
  noteHttp2Alone(plan.notes, listener, 'nginx');
  return ['', ...block('server', lines)];
}

function listenLines(plan: Plan, listener: PlannedListener): string[] {
  const { config, path } = listener;
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
  return tls ? [...lines, ...tlsListenLines(plan, listener, tls)] : lines;
}

type Tls = NonNullable<PlannedListener['config']['tls']>;

function tlsListenLines({ notes }: Plan, listener: PlannedListener, { certificates, client }: Tls): string[] {
  const { path } = listener;
  const [first, ...others] = certificates;
  noteLocalAuthority(notes, listener);
  if (others.length > 0)
    notes.refuse(
      `${path}.tls.certificates`,
      `${others.length} more certificates`,
      'nginx chooses by server_name: copy the server for each',
    );
  const isShut = [lacksCertificate(notes, listener), lacksAuthority(notes, listener, 'nginx')].includes(true);
  if (isShut || !first) return ['ssl_reject_handshake on;'];
  const lines = [`ssl_certificate ${quoted(first.cert)};`, `ssl_certificate_key ${quoted(first.key)};`];
  return [...lines, ...clientLines(notes, path, client)];
}

function clientLines(notes: Notes, path: string, { mode, ca }: Tls['client']): string[] {
  if (mode === 'none') return [];
  notes.approximate(
    `${path}.tls.client.mode`,
    mode,
    mode === 'require'
      ? 'nginx answers 400 where the certificate is missing or wrong, instead of ending the handshake'
      : 'nginx answers 400 to a certificate that is out of date',
  );
  // Of an authority that nobody knows is what `optional` refuses.
  return [
    ...(ca === undefined ? [] : [`ssl_client_certificate ${quoted(ca)};`]),
    `ssl_verify_client ${mode === 'require' ? 'on' : 'optional_no_ca'};`,
  ];
}

function trustLines({ notes }: Plan, { config, path }: PlannedListener): string[] {
  if (config.trustedProxies.length === 0) return [];
  if (config.proxyProtocol) {
    noteForgottenProxy(notes, path);
    notes.approximate(
      `${path}.proxyProtocol`,
      'PROXY protocol',
      'nginx wants the header of every client, and closes other connections',
    );
  }
  noteUntrusted(notes, path, 'nginx');
  const header = config.proxyProtocol ? 'proxy_protocol' : 'X-Forwarded-For';
  return [
    ...config.trustedProxies.map((cidr) => `set_real_ip_from ${cidr};`),
    `real_ip_header ${header};`,
    'real_ip_recursive on;',
  ];
}
