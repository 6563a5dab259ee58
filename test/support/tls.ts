/** TLS servers and command-line clients for tests. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server, type TlsOptions } from 'node:tls';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { type Authority, openAuthority } from '../../proxy-engine/tls/authority.ts';
import { LeafCertificates } from '../../proxy-engine/tls/leaf-certificate.ts';

export const run = promisify(execFile);

/** A directory that goes when the test ends. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'switchyard-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}

export function newAuthority(): Promise<Authority> {
  return openAuthority(join(temporaryDirectory(), 'authority'));
}

/** Answers any HTTP request with `hello`; closes when the test ends. */
export async function helloServer(options: TlsOptions): Promise<{ server: Server; port: number }> {
  const server = createServer(options, (socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello'));
  });
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { server, port: (server.address() as AddressInfo).port };
}

/** A certificate with that subject and no further names, made by openssl; PEM. */
export async function selfSigned(subject: string): Promise<{ cert: string; key: string }> {
  const directory = temporaryDirectory();
  const [cert, key] = [join(directory, 'cert.pem'), join(directory, 'key.pem')];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
  await run('openssl', [
    'req',
    '-x509',
    ...curve,
    '-nodes',
    '-days',
    '1',
    '-subj',
    subject,
    '-keyout',
    key,
    '-out',
    cert,
  ]);
  return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
}

/** A certificate of `authority` for these hosts in two files under `directory`. */
export async function certificateFiles(
  authority: Authority,
  directory: string,
  ...hosts: [string, ...string[]]
): Promise<{ cert: string; key: string }> {
  const { cert, key } = await new LeafCertificates(authority).issue(hosts);
  const files = { cert: join(directory, `${hosts[0]}.pem`), key: join(directory, `${hosts[0]}.key`) };
  writeFileSync(files.cert, cert);
  writeFileSync(files.key, key);
  return files;
}

/** A certificate for a client, made by openssl under a new authority of its own; files under `directory`. */
export async function clientCertificate(
  directory: string,
  name: string,
): Promise<{ ca: string; cert: string; key: string }> {
  const at = (file: string) => join(directory, `${name}-${file}`);
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'];
  await run('openssl', [
    'req',
    '-x509',
    ...curve,
    '-subj',
    `/CN=${name} CA`,
    '-keyout',
    at('ca.key'),
    '-out',
    at('ca.pem'),
  ]);
  const issuer = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-addext', 'extendedKeyUsage=clientAuth'];
  const files = ['-keyout', at('key.pem'), '-out', at('cert.pem')];
  await run('openssl', ['req', '-x509', ...curve, '-subj', `/CN=${name}`, ...issuer, ...files]);
  return { ca: at('ca.pem'), cert: at('cert.pem'), key: at('key.pem') };
}
