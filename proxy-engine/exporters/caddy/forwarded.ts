/** The headers that a proxy adds, behind what rules left of them. */
import { isIPv4 } from 'node:net';
import { splitAddress } from '../../downstream/address.ts';
import { isAtLeast, type Plan, type PlannedPool } from '../plan.ts';
import { writesHosts } from '../rule-order.ts';
import { VERSION } from './placeholders.ts';
import { block, quoted } from './text.ts';

export function headerLines(plan: Plan, { config, path }: PlannedPool): string[] {
  const { xForwarded, rfc7239, via } = config.forwarded;
  // Of the client's connection (RFC 9110 §7.6.1); Caddy takes out the others.
  const lines = ['header_up -HTTP2-Settings'];
  if (xForwarded) {
    lines.push('header_up X-Forwarded-For {http.vars.forwarded_for}');
    if (writesHosts(plan)) lines.push('header_up X-Forwarded-Host {http.vars.client_host}');
  } else {
    plan.notes.approximate(
      `${path}.forwarded.xForwarded`,
      'X-Forwarded-For, -Proto and -Host of a client',
      'Caddy writes its own, and these are taken out: they do not go on as they came',
    );
    lines.push('header_up -X-Forwarded-For', 'header_up -X-Forwarded-Proto', 'header_up -X-Forwarded-Host');
  }
  if (rfc7239) lines.push(`header_up +Forwarded ${forwardedElement(plan)}`);
  if (via !== false) lines.push(`header_up ${writesVia(plan) ? 'Via {http.vars.via}' : `+Via ${own(via)}`}`);
  else if (writesVia(plan)) plan.notes.approximate(`${path}.forwarded.via`, 'Via', 'Caddy adds itself, from 2.10 on');
  plan.notes.map(`${path}.forwarded`, 'forwarding headers');
  return lines;
}

function own(via: string): string {
  return quoted(`${VERSION} ${via}`);
}

/** By itself, behind those that came. */
export function writesVia({ version }: Pick<Plan, 'version'>): boolean {
  return isAtLeast(version, '2.10');
}

/** Placed before the proxy: all that go on, without Caddy's own. */
export function viaLines(plan: Plan, { config, id }: PlannedPool): string[] {
  const { via } = config.forwarded;
  if (via === false || !writesVia(plan)) return [];
  return [
    `vars via ${own(via)}`,
    `@via_${id} header Via *`,
    `vars @via_${id} via ${quoted(`{http.request.header.Via}, ${VERSION} ${via}`)}`,
  ];
}

/** Caddy does not believe the list that a client sends, and would begin anew. */
export function forwardedForLines({ config, id }: PlannedPool): string[] {
  if (!config.forwarded.xForwarded) return [];
  return [
    `@forwarded_${id} header X-Forwarded-For *`,
    'vars forwarded_for {http.request.remote.host}',
    `vars @forwarded_${id} forwarded_for "{http.request.header.X-Forwarded-For}, {http.request.remote.host}"`,
  ];
}

/** Placed before the proxy: one that came does not go on alone. */
export function forwardedLines(plan: Plan, { config, id }: PlannedPool): string[] {
  const { xForwarded, rfc7239 } = config.forwarded;
  if (rfc7239) return nodeLines(plan, id);
  if (!xForwarded) return [];
  return [
    ...nodeLines(plan, id),
    `@rfc7239_${id} header Forwarded *`,
    `request_header @rfc7239_${id} +Forwarded ${forwardedElement(plan)}`,
  ];
}

/** An address of IPv6 is in brackets and in quotes (RFC 7239 §6). */
function nodeLines(plan: Plan, id: string): string[] {
  if (!meetsIPv6(plan)) return [];
  return [
    'vars node {http.request.remote.host}',
    `@ipv6_${id} remote_ip ::/0`,
    `vars @ipv6_${id} node ${quoted('"[{http.request.remote.host}]"')}`,
  ];
}

function meetsIPv6({ listeners }: Plan): boolean {
  return listeners.some(({ config }) => !isIPv4(splitAddress(config.address).host));
}

function forwardedElement(plan: Plan): string {
  const host = writesHosts(plan) ? '{http.vars.client_host}' : '{http.request.hostport}';
  const node = meetsIPv6(plan) ? '{http.vars.node}' : '{http.request.remote.host}';
  return quoted(`for=${node};proto={http.request.scheme};host="${host}"`);
}

/** Placed before the proxy: only requests without an id get one, or have it under another name, too. */
export function requestIdLines({ config, id }: PlannedPool): string[] {
  const { requestId } = config.forwarded;
  if (requestId === false) return [];
  const given = block(`@given_id_${id}`, [`not header ${requestId} *`, 'header x-request-id *']);
  return [
    ...(requestId.toLowerCase() === 'x-request-id'
      ? []
      : [...given, `request_header @given_id_${id} ${requestId} {http.request.header.x-request-id}`]),
    `@without_id_${id} not header ${requestId} *`,
    `request_header @without_id_${id} ${requestId} {http.request.uuid}`,
  ];
}
