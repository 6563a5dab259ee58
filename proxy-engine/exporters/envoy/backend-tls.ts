/** TLS to backends: each is asked for, and looked at, by its own name, as one that is in no other place. */
import { isIP } from 'node:net';
import type { PoolConfig } from '../../contract/config.ts';
import { isSecure, noteNamesIn, type Origin, originsOf } from '../backend-facts.ts';
import type { Plan, PlannedPool } from '../plan.ts';
import { certificate } from './forwarding.ts';
import { type Message, typed } from './syntax.ts';

const SYSTEM_ROOTS = '/etc/ssl/certs/ca-certificates.crt';

/** The socket of the first name; each further one has its own, for the endpoints that say so. */
export function transport(plan: Plan, pool: PlannedPool): Message {
  const { config, path } = pool;
  if (!isSecure(config)) return {};
  noteNamesIn(plan, pool, 'Envoy', ['noCommonName']);
  const trusted = trustedOf(plan, config, path);
  const [first = '', ...others] = namesOf(config);
  const matches = others.map((name) => ({ name, match: { name }, transport_socket: socket(config, name, trusted) }));
  return {
    transport_socket: socket(config, first, trusted),
    ...(matches.length > 0 ? { transport_socket_matches: matches } : {}),
  };
}

/** How an endpoint says which of the sockets is its own. */
export function socketOf(origin: Origin, config: PoolConfig): Message {
  const name = nameOf(origin, config);
  if (!isSecure(config) || name === namesOf(config)[0]) return {};
  return { metadata: { filter_metadata: { 'envoy.transport_socket_match': { name } } } };
}

function namesOf(config: PoolConfig): string[] {
  const secure = originsOf(config).filter((origin) => origin.secure);
  return [...new Set(secure.map((origin) => nameOf(origin, config)))];
}

function nameOf({ host }: Origin, { tls }: PoolConfig): string {
  return tls.serverName ?? host.replace(/^\[|\]$/g, '');
}

function socket({ tls: { cert, key } }: PoolConfig, name: string, trusted: Message | null): Message {
  const isName = isIP(name) === 0;
  const san = { san_type: isName ? 'DNS' : 'IP_ADDRESS', matcher: { exact: name } };
  const fields = {
    common_tls_context: {
      ...(cert !== undefined && key !== undefined ? { tls_certificates: [certificate(cert, key)] } : {}),
      ...(trusted ? { validation_context: { ...trusted, match_typed_subject_alt_names: [san] } } : {}),
    },
    ...(isName ? { sni: name } : {}),
  };
  const type = 'envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext';
  return { name: 'envoy.transport_sockets.tls', typed_config: typed(type, fields) };
}

/** Null: whatever certificate there is, it is taken. */
function trustedOf({ notes }: Plan, { tls }: PoolConfig, path: string): Message | null {
  if (!tls.verify) return null;
  const [ca = SYSTEM_ROOTS] = tls.ca;
  if (tls.ca.length === 0) notes.approximate(`${path}.tls.ca`, "the system's roots", `read from ${SYSTEM_ROOTS}`);
  if (tls.ca.length > 1) notes.refuse(`${path}.tls.ca[1]`, 'further CA files', 'Envoy reads one file; join them');
  return { trusted_ca: { filename: ca } };
}
