import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { connect, type TlsOptions } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { LeafCertificates } from '../../proxy-engine/tls/leaf-certificate.ts';
import { tlsFailure } from '../../proxy-engine/tls/tls-failure.ts';
import { readUpstreamIdentity, type UpstreamIdentity, UpstreamTls } from '../../proxy-engine/tls/upstream-tls.ts';
import { laneOptions } from '../../proxy-engine/upstream/lane-options.ts';
import { poolConfig } from '../support/backends.ts';
import { helloServer, newAuthority, selfSigned, temporaryDirectory } from '../support/tls.ts';

/** `null` when the handshake succeeds, else what the user is told. */
async function reasonOf(identity: UpstreamIdentity, port: number, host = '127.0.0.1'): Promise<string | null> {
  const socket = connect(new UpstreamTls(identity).options(host, port, ['http/1.1']));
  const error = await new Promise<Error | null>((resolve) => {
    socket.once('error', resolve);
    // A refused client certificate shows only after the handshake (TLS 1.3).
    socket.once('secureConnect', () => socket.write('GET / HTTP/1.1\r\n\r\n'));
    socket.once('data', () => resolve(null));
  });
  socket.destroy();
  return error && tlsFailure(error);
}

const trusting = (pem: string): UpstreamIdentity => ({ verify: true, ca: [Buffer.from(pem)] });

describe('a backend', () => {
  it('that is trusted is connected to', async () => {
    const authority = await newAuthority();
    const { port } = await helloServer(await new LeafCertificates(authority).issue(['127.0.0.1']));
    expect(await reasonOf(trusting(authority.certificatePem), port)).toBeNull();
  });

  it('is verified against tls.serverName when that is given', async () => {
    const authority = await newAuthority();
    const { port } = await helloServer(await new LeafCertificates(authority).issue(['api.internal']));
    expect(await reasonOf({ ...trusting(authority.certificatePem), serverName: 'api.internal' }, port)).toBeNull();
  });

  it('is verified against an address as tls.serverName, and told no name', async () => {
    const authority = await newAuthority();
    const { port, server } = await helloServer(await new LeafCertificates(authority).issue(['10.0.0.9']));
    const names: unknown[] = [];
    server.on('secureConnection', ({ servername }) => names.push(servername));
    expect(await reasonOf({ ...trusting(authority.certificatePem), serverName: '10.0.0.9' }, port)).toBeNull();
    expect(await reasonOf({ ...trusting(authority.certificatePem), serverName: '10.0.0.8' }, port)).toContain(
      'not for 10.0.0.8',
    );
    expect(names).toEqual([false]);
  });

  it('is not verified with tls.verify: false', async () => {
    const { port } = await helloServer(await new LeafCertificates(await newAuthority()).issue(['elsewhere']));
    expect(await reasonOf({ verify: false }, port)).toBeNull();
  });

  it('of an unknown authority is refused', async () => {
    const { port } = await helloServer(await new LeafCertificates(await newAuthority()).issue(['127.0.0.1']));
    expect(await reasonOf({ verify: true }, port)).toMatch(/^TLS failed: .*authority that is not trusted.* tls\.ca/);
  });

  it('with a certificate for another name is refused', async () => {
    const authority = await newAuthority();
    const { port } = await helloServer(await new LeafCertificates(authority).issue(['other.test', '10.0.0.9']));
    const reason = await reasonOf(trusting(authority.certificatePem), port);
    expect(reason).toBe(
      'TLS failed: its certificate is for other.test, 10.0.0.9, not for 127.0.0.1; set tls.serverName (ERR_TLS_CERT_ALTNAME_INVALID)',
    );
  });

  it.each<[what: string, days: number, reason: string]>([
    ['expired', -400, 'its certificate has expired'],
    ['not yet valid', 10, 'its certificate is not valid yet'],
  ])('with a certificate that is %s is refused', async (_, days, reason) => {
    const authority = await newAuthority();
    const leaves = new LeafCertificates(authority, { epoch: () => Date.now() + days * 86_400_000 });
    const { port } = await helloServer(await leaves.issue(['127.0.0.1']));
    expect(await reasonOf(trusting(authority.certificatePem), port)).toContain(reason);
  });

  it('that wants a client certificate is told so', async () => {
    const authority = await newAuthority();
    const server: TlsOptions = { ...(await new LeafCertificates(authority).issue(['127.0.0.1'])), requestCert: true };
    const { port } = await helloServer({ ...server, ca: authority.certificatePem });
    expect(await reasonOf(trusting(authority.certificatePem), port)).toMatch(
      /wants a client certificate|closed the connection/,
    );
  });

  it('that speaks HTTP on the port is told so', async () => {
    const server = createTcpServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    expect(await reasonOf({ verify: true }, port)).toContain('does not speak TLS on this port');
  });

  it('that closes in the handshake is told so', async () => {
    const server = createTcpServer((socket) => socket.once('data', () => socket.end())).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    expect(await reasonOf({ verify: true }, port)).toBe('TLS failed: it closed the connection during the handshake');
  });
});

it.each(['ECONNREFUSED', 'ENOTFOUND', 'EPIPE', ''])('%j is no failure of TLS', (code) => {
  expect(tlsFailure(Object.assign(new Error('connect'), { code }))).toBeNull();
});

it('tells an unknown TLS error in OpenSSL’s words', () => {
  const error = Object.assign(new Error('some new alert'), { code: 'ERR_SSL_SOME_NEW_ALERT' });
  expect(tlsFailure(error)).toBe('TLS failed: some new alert (ERR_SSL_SOME_NEW_ALERT)');
});

it('resumes the session of the same backend', async () => {
  const authority = await newAuthority();
  const { port } = await helloServer(await new LeafCertificates(authority).issue(['127.0.0.1']));
  const tls = new UpstreamTls(trusting(authority.certificatePem));
  const reused: boolean[] = [];
  for (let i = 0; i < 2; i++) {
    const socket = connect(tls.options('127.0.0.1', port, ['http/1.1']));
    socket.on('session', (session) => tls.remember('127.0.0.1', port, session));
    socket.once('secureConnect', () => {
      reused.push(socket.isSessionReused());
      socket.write('x');
    });
    await once(socket.resume(), 'close');
  }
  expect(reused).toEqual([false, true]);
});

it('reads the files of the config and names the key of one that cannot be read', () => {
  const read = (file: string, key: string) => Buffer.from(`${key}=${file}`);
  const tls = { verify: true, ca: ['a.pem', 'b.pem'], serverName: 'x', cert: 'c.pem', key: 'k.pem' };
  const identity = readUpstreamIdentity(tls, read);
  expect(identity.ca?.map(String)).toEqual(['ca[0]=a.pem', 'ca[1]=b.pem']);
  expect(String(identity.cert)).toBe('cert=c.pem');
  expect(String(identity.key)).toBe('key=k.pem');
  expect(readUpstreamIdentity({ verify: false, ca: [] }, read).ca).toBeUndefined();
});

describe('a file that is of no use is told before anything runs:', () => {
  it.each([
    [
      'a key of another certificate',
      { cert: 'one.pem', key: 'other.key' },
      /^pools\.p\.tls\.cert: one\.pem and other\.key are no certificate and its key: .*mismatch/,
    ],
    [
      'no certificate',
      { cert: 'text', key: 'one.key' },
      /^pools\.p\.tls\.cert: text and one\.key are no certificate and its key: /,
    ],
    [
      'an authority that is none',
      { ca: ['one.pem', 'text'] },
      /^pools\.p\.tls\.ca\[1\]: cannot read text: there is no certificate in it \(PEM\)/,
    ],
    ['an authority that is a key', { ca: ['one.key'] }, /^pools\.p\.tls\.ca\[0\]: cannot read one\.key: /],
  ])('%s', async (_, tls, reason) => {
    const directory = temporaryDirectory();
    for (const name of ['one', 'other']) {
      const { cert, key } = await selfSigned(`/CN=${name}`);
      writeFileSync(join(directory, `${name}.pem`), cert);
      writeFileSync(join(directory, `${name}.key`), key);
    }
    writeFileSync(join(directory, 'text'), 'hello');
    const config = poolConfig({ backends: [{ url: 'https://127.0.0.1:1' }], tls });
    expect(() => laneOptions('p', config, directory)).toThrow(reason);
  });
});

it.each([
  ['SSLV3_ALERT_HANDSHAKE_FAILURE', /wants a client certificate \(tls\.cert, tls\.key\)/],
  ['SSL/TLS_ALERT_HANDSHAKE_FAILURE', /wants a client certificate \(tls\.cert, tls\.key\)/],
  ['SSL/TLS_ALERT_BAD_CERTIFICATE', /does not accept the client certificate/],
  ['TLSV13_ALERT_CERTIFICATE_REQUIRED', /wants a client certificate; give/],
])('an alert is read by each name that OpenSSL has had for it: %s', (name, said) => {
  const error = Object.assign(new Error(`40CDE7:error:0A000410:SSL routines:…:${name}\n`), { code: `ERR_SSL_${name}` });
  expect(tlsFailure(error)).toMatch(said);
  expect(tlsFailure(error)).not.toMatch(/\n|SSL routines/);
});
