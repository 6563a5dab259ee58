/** Which certificate a listener shows to a client: the configured ones by name first, then one of the local authority. */
import { X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContext, type SecureContextOptions, type TlsOptions } from 'node:tls';
import type { ListenerConfig } from '../contract/config.ts';
import { certifiableHost, nameCovers } from './server-name.ts';

type ListenerTls = NonNullable<ListenerConfig['tls']>;
type Protocols = ListenerConfig['protocols'];

/** PEM. */
export interface KeyedCertificate {
  cert: string | Buffer;
  key: string | Buffer;
}

export interface ConfiguredCertificate extends KeyedCertificate {
  /** DNS names and addresses of the certificate, in lower case. */
  names: readonly string[];
  context: SecureContext;
}

/** Makes certificates for hosts; `LeafCertificates` is one. */
export interface LeafSource {
  contextFor(host: string): Promise<SecureContext>;
  issue(hosts: readonly [string, ...string[]]): Promise<KeyedCertificate>;
}

/** Shown to clients that name no host, or one that no certificate can be made for: they come from this machine. */
const DEFAULT_HOSTS = ['localhost', '127.0.0.1', '::1'] as const;

/** At least one of the two: a listener with neither has nothing to show. */
export interface CertificateSource {
  configured: readonly ConfiguredCertificate[];
  /** The leaves of the local authority; null when the listener does not use them. */
  local: LeafSource | null;
}

/** The context for what a client asked for; null when it named nothing that a certificate could be for: the default is shown. */
export async function contextFor(
  { configured, local }: CertificateSource,
  serverName: string,
): Promise<SecureContext | null> {
  const host = certifiableHost(serverName);
  if (host === null) return null;
  return chooseConfigured(configured, host)?.context ?? local?.contextFor(host) ?? null;
}

/** What clients get who name no host: the first configured certificate (nginx), or a local one for this machine. */
export async function defaultCertificate({ configured, local }: CertificateSource): Promise<KeyedCertificate> {
  const chosen = configured[0] ?? (await local?.issue(DEFAULT_HOSTS));
  if (!chosen) throw new Error('the listener has no certificate: give tls.certificates, or tls.local: true');
  return { cert: chosen.cert, key: chosen.key };
}

/** A certificate with exactly that name wins over one with a wildcard; among equals the first in the config. */
export function chooseConfigured(
  configured: readonly ConfiguredCertificate[],
  host: string,
): ConfiguredCertificate | null {
  const exact = configured.find(({ names }) => names.includes(host));
  return exact ?? configured.find(({ names }) => names.some((name) => nameCovers(name, host))) ?? null;
}

/** Throws what OpenSSL says when certificate and key do not belong together or cannot be read. */
export function configuredCertificate(
  { cert, key }: KeyedCertificate,
  extra: SecureContextOptions = {},
): ConfiguredCertificate {
  const context = createSecureContext({ ...extra, cert, key });
  return { cert, key, names: certificateNames(new X509Certificate(cert)), context };
}

/** The names of subjectAltName; of an old certificate without any, its common name. */
function certificateNames({ subjectAltName, subject }: X509Certificate): string[] {
  const names = [...(subjectAltName ?? '').matchAll(/(?:^|, )(?:DNS|IP Address):([^,]+)/g)].map(
    (match) => match[1] ?? '',
  );
  if (names.length > 0) return names.map((name) => name.toLowerCase());
  const commonName = /^CN=(.+)$/m.exec(subject ?? '')?.[1];
  return commonName === undefined ? [] : [commonName.toLowerCase()];
}

/** What every context of a listener carries: the CAs whose client certificates it takes. */
export function contextOptions(clientCa: Buffer | null): SecureContextOptions {
  return { minVersion: 'TLSv1.2', ...(clientCa && { ca: clientCa }) };
}

/** Idle and broken handshakes end after this time. */
const HANDSHAKE_MS = 10_000;

/**
 * Options for `tls.createServer`. Client certificates: `none` asks for none; `request` takes any or none, the exchange
 * says whether it was trusted; `require` refuses clients without one that the CA vouches for.
 */
export async function serverOptions(
  source: CertificateSource,
  { tls, protocols, clientCa }: { tls: Pick<ListenerTls, 'client'>; protocols: Protocols; clientCa: Buffer | null },
): Promise<TlsOptions> {
  const { mode } = tls.client;
  return {
    ...contextOptions(clientCa),
    ...(await defaultCertificate(source)),
    SNICallback: sniCallback(source),
    ALPNProtocols: alpnProtocols(protocols),
    requestCert: mode !== 'none',
    rejectUnauthorized: mode === 'require',
    handshakeTimeout: HANDSHAKE_MS,
    // The default is made of the command line, which each thread has another of.
    sessionIdContext: 'switchyard',
  };
}

/** For `tls.createServer` and `new TLSSocket`; never throws into OpenSSL, whatever the name holds. */
export function sniCallback(source: CertificateSource): NonNullable<TlsOptions['SNICallback']> {
  return (serverName, done) => {
    contextFor(source, serverName).then(
      (context) => (context ? done(null, context) : done(null)),
      (error: Error) => done(error),
    );
  };
}

/** The names of RFC 7301 in the order of preference. */
export function alpnProtocols(protocols: Protocols): string[] {
  return [...(protocols.includes('http2') ? ['h2'] : []), ...(protocols.includes('http1') ? ['http/1.1'] : [])];
}
