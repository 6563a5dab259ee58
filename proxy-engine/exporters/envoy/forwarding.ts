/** The headers that a pool's backends learn of the way from. */
import { Inexpressible, type Notes } from '../notes.ts';
import type { Plan, PlannedPool } from '../plan.ts';
import { headerOption, type Message } from './syntax.ts';

export interface Forwarding {
  /** Names that do not get there. */
  removed: readonly string[];
  headers: Message[];
}

/** What Envoy tells backends that nobody asked for. */
const OWN = ['x-envoy-external-address', 'x-envoy-internal'];

/** Of pools at the listeners of `plan`. Who came to a balancer with the PROXY protocol is known to Envoy alone, which writes it by itself. */
export function forwarding({ notes, listeners }: Plan, { config, path }: PlannedPool): Forwarding {
  const { xForwarded, rfc7239, via, requestId } = config.forwarded;
  const headers: Message[] = [];
  if (xForwarded && !listeners.some((listener) => listener.config.proxyProtocol))
    headers.push(
      headerOption('x-forwarded-for', '%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%', 'APPEND_IF_EXISTS_OR_ADD'),
    );
  if (xForwarded) headers.push(headerOption('x-forwarded-host', '%REQ(:AUTHORITY)%', 'OVERWRITE_IF_EXISTS_OR_ADD'));
  if (rfc7239) {
    notes.approximate(`${path}.forwarded.rfc7239`, 'Forwarded', 'an IPv6 address is not quoted');
    const value = 'for=%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%;proto=%REQ(:SCHEME)%;host="%REQ(:AUTHORITY)%"';
    headers.push(headerOption('forwarded', value, 'APPEND_IF_EXISTS_OR_ADD'));
  } else if (xForwarded)
    notes.approximate(`${path}.forwarded`, 'Forwarded of a client', 'goes on as it came, with nothing behind it');
  if (via !== false) headers.push(headerOption('via', `1.1 ${via.replaceAll('%', '%%')}`, 'APPEND_IF_EXISTS_OR_ADD'));
  if (!isOwnId(requestId)) noteIds(notes, path);
  if (requestId !== false && !isOwnId(requestId)) headers.push(headerOption(requestId, '%STREAM_ID%', 'ADD_IF_ABSENT'));
  notes.map(`${path}.forwarded`, 'forwarding headers');
  if (!xForwarded)
    notes.approximate(
      `${path}.forwarded.xForwarded`,
      'X-Forwarded-Proto of a client',
      'it does not go on: Envoy writes its own',
    );
  return { removed: xForwarded ? OWN : [...OWN, 'x-forwarded-proto'], headers };
}

/** The name that Envoy gives its ids. */
export function isOwnId(requestId: string | false): boolean {
  return requestId !== false && requestId.toLowerCase() === 'x-request-id';
}

function noteIds(notes: Notes, path: string): void {
  notes.approximate(
    `${path}.forwarded.requestId`,
    'x-request-id',
    'Envoy makes it for all pools where one of them has it',
  );
}

/** Client certificate and key of a TLS context. */
export function certificate(cert: string, key: string): Message {
  if (cert === '' || key === '') throw new Inexpressible('a certificate needs its key');
  return { certificate_chain: { filename: cert }, private_key: { filename: key } };
}
