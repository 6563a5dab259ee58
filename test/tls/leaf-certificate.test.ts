import { X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { alpnProtocols, type CertificateSource, serverOptions } from '../../proxy-engine/tls/certificate-source.ts';
import { LeafCertificates } from '../../proxy-engine/tls/leaf-certificate.ts';
import { helloServer, newAuthority, run, temporaryDirectory } from '../support/tls.ts';

const DAY_MS = 86_400_000;
const LONG_HOST = `${'a'.repeat(60)}.${'b'.repeat(60)}.example.test`;
const JUNK = ['a\u0001b', '-', 'x'.repeat(255), 'a..b', '*.example', '256.1.1.1', 'bücher.test', ' '];

function localOnly(leaves: LeafCertificates): CertificateSource {
  return { configured: [], local: leaves };
}

async function localServer() {
  const authority = await newAuthority();
  const settings = { tls: { client: { mode: 'none' } }, protocols: ['http1'], clientCa: null } as const;
  const options = await serverOptions(localOnly(new LeafCertificates(authority)), {
    ...settings,
    protocols: ['http1'],
  });
  return { authority, ...(await helloServer(options)) };
}

describe('a leaf', () => {
  it('is what current clients ask for', async () => {
    const authority = await newAuthority();
    const now = Date.UTC(2026, 10, 23);
    const leaves = new LeafCertificates(authority, { epoch: () => now });
    const leaf = new X509Certificate((await leaves.issue(['api.example.test', '10.0.0.1', '::1'])).cert);
    const issuer = new X509Certificate(authority.certificatePem);
    expect(leaf.subject).toBe('CN=api.example.test');
    expect(leaf.subjectAltName).toBe('DNS:api.example.test, IP Address:10.0.0.1, IP Address:0:0:0:0:0:0:0:1');
    expect(leaf.ca).toBe(false);
    expect(leaf.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    expect(leaf.validFromDate.getTime()).toBe(now - 2 * DAY_MS);
    expect(leaf.validToDate.getTime() - leaf.validFromDate.getTime()).toBe(364 * DAY_MS);
    expect(leaf.serialNumber).toMatch(/^[4-7][0-9A-F]{31}$/);
    expect(leaf.checkIssued(issuer)).toBe(true);
    expect(leaf.verify(issuer.publicKey)).toBe(true);
    expect(leaf.publicKey.equals(issuer.publicKey)).toBe(false);
  });

  it('of a name too long for a common name has an empty subject and critical names', async () => {
    const leaves = new LeafCertificates(await newAuthority());
    const { cert } = await leaves.issue([LONG_HOST]);
    const file = join(temporaryDirectory(), 'leaf.pem');
    writeFileSync(file, cert);
    const { stdout } = await run('openssl', ['x509', '-in', file, '-noout', '-text']);
    expect(stdout).toMatch(/Subject Alternative Name: critical\n/);
    expect(stdout).toMatch(/Subject: *\n/);
  });
});

describe('contexts', () => {
  it('are made once per host, also for callers at the same time', async () => {
    const leaves = new LeafCertificates(await newAuthority());
    const [a, b, c] = await Promise.all(['a.test', 'a.test', 'b.test'].map((host) => leaves.contextFor(host)));
    expect(a).toBe(b);
    expect(a).not.toBe(c);
    expect(await leaves.contextFor('a.test')).toBe(a);
  });

  it('leave when there are too many, the least recently used first', async () => {
    const leaves = new LeafCertificates(await newAuthority(), { capacity: 2 });
    const a = await leaves.contextFor('a.test');
    const b = await leaves.contextFor('b.test');
    await leaves.contextFor('a.test');
    await leaves.contextFor('c.test');
    expect(leaves.size).toBe(2);
    expect(await leaves.contextFor('a.test')).toBe(a);
    expect(await leaves.contextFor('b.test')).not.toBe(b);
  });

  it('are made anew a day before their end', async () => {
    let now = Date.now();
    const leaves = new LeafCertificates(await newAuthority(), { epoch: () => now });
    const first = await leaves.contextFor('a.test');
    now += 360 * DAY_MS;
    expect(await leaves.contextFor('a.test')).toBe(first);
    now += 2 * DAY_MS;
    expect(await leaves.contextFor('a.test')).not.toBe(first);
  });

  it('that could not be made are tried again', async () => {
    const { certificate, privateKey } = await newAuthority();
    const issuer = { certificate, privateKey: {} as typeof privateKey };
    const leaves = new LeafCertificates(issuer);
    await expect(leaves.contextFor('a.test')).rejects.toThrow();
    expect(leaves.size).toBe(0);
    issuer.privateKey = privateKey;
    await expect(leaves.contextFor('a.test')).resolves.toBeDefined();
  });
});

describe('a server with local certificates is accepted by', () => {
  const hosts = ['localhost', 'api.example.test', 'x.localhost', 'under_score.example.test', LONG_HOST, '127.0.0.1'];

  it.each(hosts)('curl at %s', async (host) => {
    const { authority, port } = await localServer();
    const args = ['-sS', '--cacert', authority.certificateFile, '--connect-to', `${host}:${port}:127.0.0.1:${port}`];
    const { stdout } = await run('curl', [...args, '--noproxy', '*', `https://${host}:${port}/`]);
    expect(stdout).toBe('hello');
  });

  it.each(hosts)('Python in its strict mode at %s', async (host) => {
    const { authority, port } = await localServer();
    const script = `
import socket, ssl, sys
context = ssl.create_default_context(cafile=sys.argv[1])
context.verify_flags |= ssl.VERIFY_X509_STRICT
raw = socket.create_connection(('127.0.0.1', int(sys.argv[2])))
with context.wrap_socket(raw, server_hostname=sys.argv[3]) as s: print(s.version())`;
    const { stdout } = await run('python3', ['-c', script, authority.certificateFile, String(port), host]);
    expect(stdout.trim()).toBe('TLSv1.3');
  });

  it.each(hosts)('Node at %s', async (host) => {
    const { authority, port } = await localServer();
    const isAddress = host === '127.0.0.1';
    const target = isAddress ? { host, port } : { host: '127.0.0.1', port, servername: host };
    const socket = connect({ ...target, ca: authority.certificatePem });
    await new Promise<void>((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
    expect(socket.authorized).toBe(true);
    socket.destroy();
  });

  it('openssl verify, strictly', async () => {
    const authority = await newAuthority();
    const { cert } = await new LeafCertificates(authority).issue(['api.example.test']);
    const file = join(temporaryDirectory(), 'leaf.pem');
    writeFileSync(file, cert);
    const args = ['verify', '-x509_strict', '-purpose', 'sslserver', '-verify_hostname', 'api.example.test'];
    const { stdout } = await run('openssl', [...args, '-CAfile', authority.certificateFile, file]);
    expect(stdout).toContain(': OK');
  });
});

it.each(JUNK)('a client that asks for %j gets the default certificate', async (servername) => {
  const { authority, port } = await localServer();
  const socket = connect({
    host: '127.0.0.1',
    port,
    servername,
    ca: authority.certificatePem,
    checkServerIdentity: () => undefined,
  });
  await new Promise<void>((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
  expect(socket.getPeerX509Certificate()?.subjectAltName).toContain('DNS:localhost');
  socket.destroy();
});

it('names protocols in the order of preference', () => {
  expect(alpnProtocols(['http1', 'http2'])).toEqual(['h2', 'http/1.1']);
  expect(alpnProtocols(['http1'])).toEqual(['http/1.1']);
});
