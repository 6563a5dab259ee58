/** What an imported config would use of this machine. */
import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { resolve } from 'node:path';
import type { CertificateFiles, ImportOptions } from '../../importers/import.ts';
import { configuredCertificate } from '../../tls/certificate-source.ts';

/** `baseDir`: to which relative names are relative. */
export function thisMachine(baseDir: string): Required<Pick<ImportOptions, 'canUse' | 'isFile' | 'hasIpv6'>> {
  return {
    canUse: ({ cert, key }) => {
      const pair = { cert: resolve(baseDir, cert), ...(key !== undefined && { key: resolve(baseDir, key) }) };
      return attempt(() => loaded(pair)) !== undefined;
    },
    isFile: (name) => attempt(() => statSync(resolve(baseDir, name)).isFile()),
    hasIpv6: Object.values(networkInterfaces()).some((own) => own?.some(({ address }) => address === '::1')),
  };
}

/** Throws what is wrong with them: a key must belong to its certificate and have no password. */
function loaded({ cert, key }: CertificateFiles): object {
  const content = readFileSync(cert);
  return key === undefined
    ? new X509Certificate(content)
    : configuredCertificate({ cert: content, key: readFileSync(key) });
}

function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}
