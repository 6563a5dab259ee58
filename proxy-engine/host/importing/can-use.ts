/** Certificates that an imported config would name. */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CertificateFiles } from '../../importers/import.ts';
import { configuredCertificate } from '../../tls/certificate-source.ts';

/** `baseDir`: to which relative names are relative. A key must belong to its certificate and have no password. */
export function canUse(baseDir: string): (files: CertificateFiles) => boolean {
  const read = (name: string): Buffer => readFileSync(resolve(baseDir, name));
  return ({ cert, key }) => {
    try {
      if (key === undefined) new X509Certificate(read(cert));
      else configuredCertificate({ cert: read(cert), key: read(key) });
      return true;
    } catch {
      return false;
    }
  };
}
