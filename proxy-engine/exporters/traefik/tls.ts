/** TLS of the listeners: Traefik has one store of certificates, and picks options by the host names in rules: one set for all others. */
import { lacksAuthority, noteLocalAuthority } from '../listener-tls.ts';
import type { Notes } from '../notes.ts';
import type { Plan, PlannedListener } from '../plan.ts';
import type { Section } from './middlewares.ts';

type Tls = NonNullable<PlannedListener['config']['tls']>;
type Client = Tls['client'];

const MODES: readonly Client['mode'][] = ['none', 'request', 'require'];

/** What every handshake is asked, whatever name it has: what the listener asks that asks for least. */
function askedOf(listeners: readonly PlannedListener[]): Client {
  const clients = listeners.flatMap(({ config: { tls } }) => (tls ? [tls.client] : []));
  return clients.toSorted((a, b) => MODES.indexOf(a.mode) - MODES.indexOf(b.mode))[0] ?? { mode: 'none' };
}

/** The listeners that get routers: where certificates would be required and are not, all is refused with 404. */
export function openListeners({ listeners, notes }: Plan): PlannedListener[] {
  const asked = askedOf(listeners);
  return listeners.filter((listener) => {
    const client = listener.config.tls?.client;
    if (client === undefined || client.mode === 'none') return true;
    if (lacksAuthority(notes, listener, 'Traefik')) return false;
    if (client.mode === asked.mode && client.ca === asked.ca) return true;
    notes.refuse(
      `${listener.path}.tls.client`,
      client.mode === 'require' ? 'require: the listener has no routes' : client.mode,
      `Traefik asks for certificates by host name, not by entry point: all get what the least asks, ${asked.mode}`,
    );
    return client.mode !== 'require';
  });
}

/** The section `tls`, if there is any. */
export function tlsOf({ listeners, notes }: Plan): Section {
  const secure = listeners.flatMap(({ config: { tls } }) => (tls ? [tls] : []));
  for (const listener of listeners) noteLocalAuthority(notes, listener);
  noteCertificates(notes, listeners);
  const certificates = secure.flatMap((tls) => certificatesOf(tls));
  const [first] = certificates;
  const client = askedOf(listeners);
  const tls = {
    ...(first ? { certificates, stores: { default: { defaultCertificate: first } } } : {}),
    ...(client.mode === 'none' ? {} : { options: { default: { clientAuth: clientAuth(client) } } }),
  };
  return Object.keys(tls).length > 0 ? { tls } : {};
}

function certificatesOf({ certificates }: Tls): Section[] {
  return certificates.map(({ cert, key }) => ({ certFile: cert, keyFile: key }));
}

function noteCertificates(notes: Notes, listeners: readonly PlannedListener[]): void {
  const [first, ...others] = listeners.filter(({ config: { tls } }) => tls);
  const shown = (listener: PlannedListener | undefined) => JSON.stringify(listener?.config.tls?.certificates);
  for (const other of others)
    if (shown(other) !== shown(first))
      notes.approximate(
        `${other.path}.tls.certificates`,
        'certificates',
        `Traefik has those of all listeners in one place; a client that names none of their hosts gets the first of listener ${first?.name ?? ''}`,
      );
}

/** Without `mode: require` whatever comes is taken. */
function clientAuth({ mode, ca }: Client): Section {
  const clientAuthType = mode === 'require' ? 'RequireAndVerifyClientCert' : 'RequestClientCert';
  return { ...(ca === undefined ? {} : { caFiles: [ca] }), clientAuthType };
}
