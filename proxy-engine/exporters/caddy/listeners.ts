/** Listeners: what a server bounds and speaks, and its TLS. */
import { deadlineOf } from '../bounds.ts';
import { duration } from '../duration.ts';
import { noteLocalAuthority } from '../listener-tls.ts';
import type { Plan, PlannedListener } from '../plan.ts';
import { noteHttp2Alone, noteHttp2Answers, noteLimits } from '../written.ts';
import { block, quoted } from './text.ts';

export function serverOptions({ notes }: Plan, listener: PlannedListener): string[] {
  const { config, path } = listener;
  const { protocols, tls, limits, trustedProxies, proxyProtocol } = config;
  noteHttp2Alone(notes, listener, 'Caddy');
  noteHttp2Answers(notes, listener, 'Caddy');
  const words = ['h1', ...(protocols.includes('http2') ? [tls ? 'h2' : 'h2c'] : [])];
  if (trustedProxies.length > 0)
    notes.refuse(
      `${path}.trustedProxies`,
      'trusted proxies',
      'Caddy reads them from 2.7 on, in the options of a server',
    );
  if (proxyProtocol)
    notes.refuse(`${path}.proxyProtocol`, 'PROXY protocol', 'Caddy reads it with a listener wrapper from 2.7 on');
  notes.approximate(`${path}.limits`, 'limits', 'Caddy bounds a head in bytes only');
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

export function tlsLines({ notes, listeners }: Plan, listener: PlannedListener): string[] {
  const { config, path } = listener;
  const { tls } = config;
  if (!tls) return [];
  if (isMade(listener))
    notes.approximate(
      `${path}.tls`,
      'certificates',
      'Caddy makes them by an authority of its own, which clients have to trust',
    );
  else noteLocalAuthority(notes, listener);
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
  const client = mode === 'none' ? [] : clientLines(mode, ca);
  const issuer = ['issuer internal', 'on_demand'];
  if (tls.certificates.length === 0) return block('tls', [...issuer, ...client]);
  // Of sites without names, Caddy wants to make certificates in one way.
  const lines = [...(listeners.some(isMade) ? issuer : []), ...client];
  return tls.certificates.flatMap(({ cert, key }) => {
    const own = `tls ${quoted(cert)} ${quoted(key)}`;
    return lines.length === 0 ? [own] : block(own, lines);
  });
}

function clientLines(mode: 'request' | 'require', ca: string | undefined): string[] {
  return block('client_auth', [
    `mode ${mode === 'require' ? 'require_and_verify' : 'request'}`,
    ...(ca ? [`trusted_ca_cert_file ${quoted(ca)}`] : []),
  ]);
}

/** Certificates that are made when a client asks for them. */
function isMade({ config: { tls } }: PlannedListener): boolean {
  return tls?.certificates.length === 0;
}

/** Nobody's list of trusted authorities is changed where the file runs. */
export function authorityOptions(listeners: readonly PlannedListener[]): string[] {
  return listeners.some(isMade) ? ['skip_install_trust'] : [];
}
