/** Files that an imported config would name, as they are on this machine. */
import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CertificateFiles, ImportOptions } from '../../importers/import.ts';
import { configuredCertificate } from '../../tls/certificate-source.ts';

/** `baseDir`: to which relative names are relative. */
export function localFiles(baseDir: string): Required<Pick<ImportOptions, 'canUse' | 'isFile'>> {
  return {
    canUse: ({ cert, key }) => {
      const pair = { cert: resolve(baseDir, cert), ...(key !== undefined && { key: resolve(baseDir, key) }) };
      return attempt(() => loaded(pair)) !== undefined;
    },
    isFile: (name) => attempt(() => statSync(resolve(baseDir, name)).isFile()),
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
