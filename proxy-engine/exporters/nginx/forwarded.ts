/** The headers that a pool gets: those of the rules, and those that a proxy adds. */
import { originsOf } from '../backend-facts.ts';
import { isAtLeast, type Plan, type PlannedPool } from '../plan.ts';
import type { Draft } from './draft.ts';
import { braced, headerValue, hostOr, literal, type RequestState, requestId, variableName } from './request-state.ts';
import { quoted, regexKey } from './text.ts';

/** Whatever rules make of them, they go no further (RFC 9110 §7.6.1). */
const OF_ONE_CONNECTION: ReadonlySet<string> = new Set([
  'connection',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
]);

export function headerLines(draft: Draft, pool: PlannedPool): string[] {
  const { state } = draft;
  const own = forwardedHeaders(draft, pool);
  const fromRules = [...state.headers]
    .filter(([lowerName]) => !own.has(lowerName) && !OF_ONE_CONNECTION.has(lowerName))
    .map(([, { name, value }]) => [name, value] as const);
  return [
    `proxy_set_header Host ${hostLine(draft, pool)};`,
    'proxy_set_header Upgrade $sy_upgrade;',
    'proxy_set_header Connection $sy_connection;',
    'proxy_set_header HTTP2-Settings "";',
    'proxy_set_header Proxy-Connection "";',
    ...[...own.values(), ...fromRules].map(
      ([name, value]) => `proxy_set_header ${name} ${value === '' ? '""' : quoted(value)};`,
    ),
  ];
}

function hostLine({ plan, state }: Draft, { config, path }: PlannedPool): string {
  if (config.preserveHost) {
    plan.notes.map(`${path}.preserveHost`, "the client's Host");
    return hostOr(state, '$http_host');
  }
  const origins = originsOf(config);
  if (origins.length > 1)
    plan.notes.approximate(
      `${path}.preserveHost`,
      "each backend's own Host",
      'nginx has one Host for a pool: that of the first backend',
    );
  else plan.notes.map(`${path}.preserveHost`, "the backend's Host");
  return hostOr(state, origins[0]?.address ?? '$http_host');
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
      ['X-Forwarded-For', added(state, 'x-forwarded-for', peerAddress(plan))],
      ['X-Forwarded-Proto', '$scheme'],
      ['X-Forwarded-Host', '$http_host'],
    );
  if (rfc7239 || xForwarded) {
    const peer = peerAddress(plan);
    const node = state.maps.define('sy_for', peer, [[regexKey(':'), `"[${peer}]"`]], peer);
    const element = `for=${node};proto=$scheme;host="$http_host"`;
    lines.push(['Forwarded', added(state, 'forwarded', element, rfc7239 ? element : '')]);
  }
  if (via !== false) {
    const version = state.maps.define(
      'sy_version',
      '$server_protocol',
      [
        ['HTTP/1.0', '1.0'],
        ['HTTP/2.0', '2'],
      ],
      '1.1',
    );
    lines.push(['Via', added(state, 'via', `${braced(version)} ${literal(state, via)}`)]);
  }
  if (idName !== false) {
    lines.push([idName, requestId(state, idName.toLowerCase())]);
    plan.notes.approximate(
      `${path}.forwarded.requestId`,
      `${idName} for requests without one`,
      "nginx's $request_id: 32 hexadecimal digits",
    );
  }
  const single = lines.map(([name]) => name).filter((name) => /^(?!X-Forwarded-)/.test(name));
  if (single.length > 0 && !isAtLeast(plan.version, '1.23.0'))
    plan.notes.approximate(
      `${path}.forwarded`,
      single.join(', '),
      'of several lines that a client sends only the first goes on (before nginx 1.23)',
    );
  plan.notes.map(`${path}.forwarded`, 'forwarding headers');
  return new Map(lines.map((line) => [line[0].toLowerCase(), line]));
}

/** Of whoever connected; the client's may be what a trusted proxy says. */
function peerAddress({ listeners }: Plan): string {
  const trusts = listeners.some(({ config }) => config.trustedProxies.length > 0);
  return trusts && !listeners.some(({ config }) => config.proxyProtocol) ? '$realip_remote_addr' : '$remote_addr';
}

/** `own` behind what rules left of that header; `alone`: where they left nothing. */
function added(state: RequestState, lowerName: string, own: string, alone = own): string {
  const before = headerValue(state, lowerName);
  return state.maps.define(
    `sy_header_${variableName(lowerName)}`,
    before,
    [['""', alone]],
    `${braced(before)}, ${own}`,
  );
}
