import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type TlsOptions } from 'node:tls';
import { describe, expect, it } from 'vitest';
import type { Authority } from '../../proxy-engine/tls/authority.ts';
import {
  chooseConfigured,
  configuredCertificate,
  contextFor,
  contextOptions,
  defaultCertificate,
  type KeyedCertificate,
  serverOptions,
} from '../../proxy-engine/tls/certificate-source.ts';
import { LeafCertificates } from '../../proxy-engine/tls/leaf-certificate.ts';
import { helloServer, newAuthority, run, selfSigned, temporaryDirectory } from '../support/tls.ts';

function issue(authority: Authority, ...hosts: [string, ...string[]]): Promise<KeyedCertificate> {
  return new LeafCertificates(authority).issue(hosts);
}

async function configured(authority: Authority, ...lists: [string, ...string[]][]) {
  const pairs = await Promise.all(lists.map((hosts) => issue(authority, ...hosts)));
  return pairs.map((pair) => configuredCertificate(pair));
}

/** The names in the certificate that a server shows to a client asking for `servername`. */
async function shownNames(options: TlsOptions, servername: string): Promise<string | undefined> {
  const { port } = await helloServer(options);
  const socket = connect({ host: '127.0.0.1', port, servername, rejectUnauthorized: false });
  await new Promise<void>((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
  const names = socket.getPeerX509Certificate()?.subjectAltName;
  socket.destroy();
  return names;
}

const noClients = { client: { mode: 'none' } } as const;

describe('by name', () => {
  it.each<[host: string, chosen: string | undefined]>([
    ['a.test', 'a.test'],
    ['b.a.test', '*.a.test'],
    ['www.a.test', 'www.a.test'],
    ['c.b.a.test', undefined],
    ['127.0.0.1', '127.0.0.1'],
    ['other.test', undefined],
  ])('%s gets the certificate for %s', async (host, chosen) => {
    const list = await configured(await newAuthority(), ['*.a.test'], ['a.test', 'www.a.test'], ['127.0.0.1']);
    const names = chooseConfigured(list, host)?.names;
    expect(names?.includes(chosen ?? '') ?? false).toBe(chosen !== undefined);
  });

  it.each<[servername: string, local: boolean, shown: string]>([
    ['site.test', true, 'DNS:site.test'],
    ['new.test', true, 'DNS:new.test'],
    ['new.test', false, 'DNS:site.test'],
    ['', true, 'DNS:site.test'],
    ['..', true, 'DNS:site.test'],
  ])('a client asking for %j (local: %s) is shown %s', async (servername, local, shown) => {
    const authority = await newAuthority();
    const source = {
      configured: await configured(authority, ['site.test']),
      local: local ? new LeafCertificates(authority) : null,
    };
    const options = await serverOptions(source, { tls: noClients, protocols: ['http1'], clientCa: null });
    expect(await shownNames(options, servername)).toBe(shown);
  });

  it('a client that names nothing gets one for this machine', async () => {
    const source = { configured: [], local: new LeafCertificates(await newAuthority()) };
    const options = await serverOptions(source, { tls: noClients, protocols: ['http1'], clientCa: null });
    expect(await shownNames(options, '')).toBe('DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1');
  });

  it('nothing to show is an error when the listener opens', async () => {
    const nothing = { configured: [], local: null };
    await expect(defaultCertificate(nothing)).rejects.toThrow(/tls\.local/);
    expect(await contextFor(nothing, 'a.test')).toBeNull();
  });

  it('a key that is not the certificate’s is an error', async () => {
    const authority = await newAuthority();
    const [{ cert }, { key }] = [await issue(authority, 'a.test'), await issue(authority, 'b.test')];
    expect(() => configuredCertificate({ cert, key })).toThrow(/key values mismatch/i);
  });

  it('an old certificate is known by its common name', async () => {
    expect(configuredCertificate(await selfSigned('/CN=old.test')).names).toEqual(['old.test']);
  });
});

describe('client certificates', () => {
  /** What the server saw of a client; null when it refused it. */
  async function ask(mode: 'none' | 'request' | 'require', whose: 'absent' | 'foreign' | 'trusted') {
    const servers = await newAuthority();
    const trusted = await selfSigned('/CN=client');
    const clientCa = Buffer.from(trusted.cert);
    const local = new LeafCertificates(servers, { context: contextOptions(clientCa) });
    const options = await serverOptions(
      { configured: [], local },
      { tls: { client: { mode } }, protocols: ['http1'], clientCa },
    );
    const { server, port } = await helloServer(options);
    const seen = new Promise<boolean | null>((resolve) => {
      server
        .once('secureConnection', ({ authorized }) => resolve(authorized))
        .once('tlsClientError', () => resolve(null));
    });
    const keyed = { absent: {}, foreign: await issue(servers, 'client'), trusted }[whose];
    const socket = connect({ host: '127.0.0.1', port, servername: 'site.test', ca: servers.certificatePem, ...keyed });
    socket.on('error', () => {});
    const authorized = await seen;
    socket.destroy();
    return authorized;
  }

  it.each<['none' | 'request' | 'require', 'absent' | 'foreign' | 'trusted', boolean | null]>([
    ['none', 'absent', false],
    ['none', 'trusted', false],
    ['request', 'absent', false],
    ['request', 'foreign', false],
    ['request', 'trusted', true],
    ['require', 'absent', null],
    ['require', 'foreign', null],
    ['require', 'trusted', true],
  ])('%s, %s: trusted %s', async (mode, whose, authorized) => expect(await ask(mode, whose)).toBe(authorized));

  it('are taken from curl', async () => {
    const servers = await newAuthority();
    const { cert, key } = await selfSigned('/CN=client');
    const clientCa = Buffer.from(cert);
    const local = new LeafCertificates(servers, { context: contextOptions(clientCa) });
    const settings = { tls: { client: { mode: 'require' } }, protocols: ['http1'], clientCa } satisfies Parameters<
      typeof serverOptions
    >[1];
    const { port } = await helloServer(await serverOptions({ configured: [], local }, settings));
    const file = join(temporaryDirectory(), 'client.pem');
    writeFileSync(file, `${cert}${key}`);
    const url = `https://localhost:${port}/`;
    const curl = (...args: string[]) =>
      run('curl', ['-sS', '--noproxy', '*', '--cacert', servers.certificateFile, ...args, url]);
    expect((await curl('--cert', file)).stdout).toBe('hello');
    await expect(curl()).rejects.toThrow(/certificate required/);
  });
});
