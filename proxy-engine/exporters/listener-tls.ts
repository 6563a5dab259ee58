/** What guards a listener with TLS: where a target cannot have it, the listener refuses there instead of serving everybody. */
import type { Notes } from './notes.ts';
import type { PlannedListener } from './plan.ts';

/** Tells of certificates that only Switchyard makes. */
export function noteLocalAuthority(notes: Notes, { config, path }: PlannedListener): void {
  if (config.tls?.local)
    notes.refuse(
      `${path}.tls.local`,
      'certificates of the local authority',
      'they are made on demand by Switchyard only',
    );
}

/** Tells of a listener without a certificate, for targets that then have no TLS; the caller lets nobody in there. */
export function lacksCertificate(notes: Notes, { config, path }: PlannedListener): boolean {
  if (!config.tls || config.tls.certificates.length > 0) return false;
  notes.refuse(`${path}.tls`, 'TLS: the listener takes no connection', 'there is no certificate to take along');
  return true;
}

/**
 * Tells of certificates that are required of whatever authority Node.js knows, for targets that need a `ca`; the caller lets nobody
 * in there.
 */
export function lacksAuthority(notes: Notes, { config, path }: PlannedListener, target: string): boolean {
  const client = config.tls?.client;
  if (client?.mode !== 'require' || client.ca !== undefined) return false;
  const why = `${target} needs the certificates of the authorities: set tls.client.ca`;
  notes.refuse(`${path}.tls.client.mode`, 'require: the listener takes no connection', why);
  return true;
}

/** Tells of certificates that are asked for, for targets that need a `ca` for that, too. */
export function noteUnasked(notes: Notes, { config, path }: PlannedListener, target: string): void {
  const client = config.tls?.client;
  if (client?.mode === 'request' && client.ca === undefined)
    notes.refuse(`${path}.tls.client.mode`, client.mode, `${target} asks for no certificate without tls.client.ca`);
}
