/** From `listeners.NAME.tls` to what opens the TLS of its clients: reads the files, asks the local authority. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigError } from '../config-error.ts';
import type { ListenerConfig } from '../contract/config.ts';
import { authorities } from './authorities.ts';
import {
  type CertificateSource,
  type ConfiguredCertificate,
  configuredCertificate,
  contextOptions,
  serverOptions,
} from './certificate-source.ts';
import { LeafCertificates } from './leaf-certificate.ts';
import type { LocalAuthority } from './local-authority.ts';
import { TlsTerminator } from './terminator.ts';

type ListenerTls = NonNullable<ListenerConfig['tls']>;

const CLIENT_CA = '.client.ca';

export interface ListenerTlsDeps {
  baseDir: string;
  authority: LocalAuthority;
  /** Offered to clients (ALPN). */
  protocols: ListenerConfig['protocols'];
  /** That of the same listener in the config before. */
  previous: TlsTerminator | null;
}

/** Rejects with `ConfigError` when a file cannot be read, a certificate is of no use, or there is no authority. */
export async function createTerminator(
  name: string,
  tls: ListenerTls,
  { baseDir, authority, previous, protocols }: ListenerTlsDeps,
): Promise<TlsTerminator> {
  const fail = (key: string, message: string, cause: unknown): never => {
    throw new ConfigError([{ path: `listeners.${name}.tls${key}`, message }], { cause });
  };
  const read = (file: string, key: string): Buffer => {
    try {
      const bytes = readFileSync(resolve(baseDir, file));
      return key === CLIENT_CA ? authorities(bytes) : bytes;
    } catch (error) {
      return fail(key, `cannot read ${file}: ${(error as Error).message}`, error);
    }
  };
  // node:tls would take the certificates of every authority of the web.
  if (tls.client.mode === 'require' && tls.client.ca === undefined)
    fail(CLIENT_CA, 'missing: the file of the authorities whose certificates clients must have', null);
  const clientCa = tls.client.ca === undefined ? null : read(tls.client.ca, CLIENT_CA);
  const extra = contextOptions(clientCa);
  const configured = tls.certificates.map(({ cert, key }, index): ConfiguredCertificate => {
    const at = `.certificates[${index}]`;
    const pair = { cert: read(cert, `${at}.cert`), key: read(key, `${at}.key`) };
    try {
      return configuredCertificate(pair, extra);
    } catch (error) {
      return fail(at, `${cert} and ${key} are no certificate and its key: ${(error as Error).message}`, error);
    }
  });
  const issuer = tls.local
    ? await authority.get().catch((error: unknown) => fail('.local', (error as Error).message, error))
    : null;
  const source: CertificateSource = { configured, local: issuer && new LeafCertificates(issuer, { context: extra }) };
  return new TlsTerminator(await serverOptions(source, { tls, protocols, clientCa }), previous);
}
