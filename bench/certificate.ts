import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** `cert.pem`, `key.pem` and `both.pem` in `dir`, for localhost and 127.0.0.1: P-256, as most sites have it. */
export async function makeCertificate(dir: string): Promise<void> {
  const [cert, key] = [join(dir, 'cert.pem'), join(dir, 'key.pem')];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  await promisify(execFile)('openssl', ['req', ...kind, ...names, '-keyout', key, '-out', cert]);
  await writeFile(join(dir, 'both.pem'), (await readFile(cert, 'utf8')) + (await readFile(key, 'utf8')));
}
