/** Which names a certificate can be made for. What a client puts into SNI is arbitrary bytes. */
import { isIP } from 'node:net';

const MAX_NAME = 253;
/** RFC 1035 labels, and underscores, which real hosts have. */
const LABEL = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;

/** The host in lower case without a final dot or brackets, as a certificate names it; null when no certificate can. */
export function certifiableHost(name: string): string | null {
  const host = name.toLowerCase().replace(/^\[(.*)\]$/, '$1');
  if (isIP(host) !== 0) return host.includes('%') ? null : host;
  const bare = host.endsWith('.') ? host.slice(0, -1) : host;
  if (bare.length === 0 || bare.length > MAX_NAME) return null;
  const labels = bare.split('.');
  const last = labels.at(-1) ?? '';
  if (/^(\d+|0x[0-9a-f]*)$/.test(last)) return null; // reads as a number, so as a broken address (WHATWG URL §3.5)
  return labels.every((label) => LABEL.test(label)) ? bare : null;
}

/** Whether a name in a certificate stands for `host`: itself, or with `*` for exactly its first label (RFC 9525 §6.3). */
export function nameCovers(certificateName: string, host: string): boolean {
  const name = certificateName.toLowerCase();
  if (!name.startsWith('*.')) return name === host;
  const dot = host.indexOf('.');
  return dot > 0 && isIP(host) === 0 && host.slice(dot) === name.slice(1);
}
