import { copyFileSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Engine } from '../../proxy-engine/engine.ts';
import { openAuthority } from '../../proxy-engine/tls/authority.ts';
import { startBackend } from '../support/backend.ts';
import { applyConfig, portOf, recorded, runConfig } from '../support/engine.ts';
import { sendRaw } from '../support/raw.ts';
import { certificateFiles, clientCertificate, newAuthority, run, temporaryDirectory } from '../support/tls.ts';

type Tls = Record<string, unknown>;

/** An engine with one TLS listener in front of one backend. */
async function tlsEngine(tls: Tls, more: Record<string, unknown> = {}): Promise<{ engine: Engine; directory: string }> {
  const directory = temporaryDirectory();
  const engine = await runConfig(await tlsConfig(tls, more), directory);
  onTestFinished(() => engine.close(0));
  return { engine, directory };
}

async function tlsConfig(tls: Tls, more: Record<string, unknown> = {}) {
  const backend = await startBackend('a');
  onTestFinished(() => backend.close());
  return {
    listeners: { gateway: { address: '127.0.0.1:0', tls, ...more } },
    routes: [{ name: 'all', pool: 'p' }],
    pools: { p: { backends: [{ name: 'a', url: backend.url }] } },
  };
}

/** curl, as if `site.test` were this machine; rejects with what curl says. */
function curl(port: number, ...args: string[]): Promise<{ stdout: string }> {
  return run('curl', ['-sS', '--max-time', '60', '--resolve', `site.test:${port}:127.0.0.1`, ...args]);
}

async function handshake(port: number, options: object): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port, servername: 'site.test', rejectUnauthorized: false, ...options });
  onTestFinished(() => void socket.destroy());
  await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
  return socket;
}

describe('a TLS listener', () => {
  it('shows curl a leaf of the local authority and records https', async () => {
    const { engine, directory } = await tlsEngine({ local: true });
    const port = portOf(engine, 'gateway');
    const { certificateFile } = await openAuthority(join(directory, 'authority'));
    const { stdout } = await curl(port, '--cacert', certificateFile, `https://site.test:${port}/x`);
    expect(JSON.parse(stdout)).toMatchObject({ backend: 'a', headers: { 'x-forwarded-proto': 'https' } });
    expect(await recorded(engine)).toMatchObject({
      scheme: 'https',
      status: 200,
      host: `site.test:${port}`,
      protocol: 'HTTP/2',
      tls: { version: 'TLSv1.3', alpn: 'h2', serverName: 'site.test', resumed: false },
    });
    expect(engine.state().listeners).toMatchObject([{ secure: true }]);
  });

  it('serves nghttp and h2load, which choose HTTP/2, and curl that wants HTTP/1.1', async () => {
    const { engine, directory } = await tlsEngine({ local: true });
    const port = portOf(engine, 'gateway');
    const url = `https://127.0.0.1:${port}/x`;
    const { stdout: loaded } = await run('h2load', ['-n', '1000', '-c', '4', '-m', '20', url]);
    expect(loaded).toContain('Application protocol: h2');
    expect(loaded).toContain('1000 total, 1000 started, 1000 done, 1000 succeeded, 0 failed, 0 errored, 0 timeout');
    expect((await run('nghttp', [url])).stdout).toContain('"path":"/x"');
    const { certificateFile } = await openAuthority(join(directory, 'authority'));
    const version = ['-o', '/dev/null', '-w', '%{http_version} %{http_code}'];
    const { stdout } = await curl(port, '--cacert', certificateFile, '--http1.1', ...version, url);
    expect(stdout).toBe('1.1 200');
  });

  it('prefers a configured certificate, and reads it again when a config is applied', async () => {
    const [one, other] = [await newAuthority(), await newAuthority()];
    const directory = temporaryDirectory();
    const first = await certificateFiles(one, directory, 'site.test');
    const config = await tlsConfig({ local: true, certificates: [{ cert: 'site.test.pem', key: 'site.test.key' }] });
    const engine = await runConfig(config, directory);
    onTestFinished(() => engine.close(0));
    const port = portOf(engine, 'gateway');
    const url = `https://site.test:${port}/`;
    await curl(port, '--cacert', one.certificateFile, url);
    const second = await certificateFiles(other, temporaryDirectory(), 'site.test');
    copyFileSync(second.cert, first.cert);
    copyFileSync(second.key, first.key);
    await applyConfig(engine, config, directory);
    await curl(port, '--cacert', other.certificateFile, url);
    await expect(curl(port, '--cacert', one.certificateFile, url)).rejects.toThrow(/certificate/);
  });

  it('says which file is of no use, and keeps what runs', async () => {
    const { engine, directory } = await tlsEngine({ local: true });
    const config = await tlsConfig({ certificates: [{ cert: 'missing.pem', key: 'missing.key' }] });
    await expect(applyConfig(engine, config, directory)).rejects.toThrow(
      'listeners.gateway.tls.certificates[0].cert: cannot read missing.pem',
    );
    await expect(
      applyConfig(engine, await tlsConfig({ local: true, client: { mode: 'require' } }), directory),
    ).rejects.toThrow('listeners.gateway.tls.client.ca: missing');
    await handshake(portOf(engine, 'gateway'), {});
  });

  it.each<[version: 'TLSv1.2' | 'TLSv1.3']>([['TLSv1.2'], ['TLSv1.3']])(
    'resumes sessions of %s, also after a reload',
    async (version) => {
      const directory = temporaryDirectory();
      const config = await tlsConfig({ local: true });
      const engine = await runConfig(config, directory);
      onTestFinished(() => engine.close(0));
      const port = portOf(engine, 'gateway');
      const first = connect({
        host: '127.0.0.1',
        port,
        servername: 'site.test',
        rejectUnauthorized: false,
        maxVersion: version,
      });
      const session = await new Promise<Buffer>((resolve) => first.once('session', resolve));
      first.destroy();
      await applyConfig(engine, config, directory);
      const second = await handshake(port, { session, maxVersion: version });
      expect(second.isSessionReused()).toBe(true);
    },
  );

  it('answers clear HTTP in clear, and TLS on a clear listener too', async () => {
    const { engine } = await tlsEngine({ local: true });
    const request = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
    const { text } = await sendRaw(portOf(engine, 'gateway'), request, () => false);
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(text).toContain('this listener speaks TLS');
    expect(await recorded(engine)).toMatchObject({ status: 400, error: { code: 'BAD_REQUEST' } });
  });

  it('tells of a client that does not trust the certificate', async () => {
    const { engine } = await tlsEngine({ local: true });
    const port = portOf(engine, 'gateway');
    await expect(curl(port, `https://site.test:${port}/`)).rejects.toThrow(/certificate/);
    const { error } = await recorded(engine);
    expect(error).toMatchObject({ code: 'CLIENT_TLS_FAILED', source: 'client' });
    expect(error?.message).toContain('does not trust the certificate');
  });

  it('ends a handshake that is begun and left', async () => {
    const { engine } = await tlsEngine({ local: true });
    const socket = connectTcp(portOf(engine, 'gateway'), '127.0.0.1');
    socket.on('error', () => {});
    socket.end(Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01]));
    await new Promise((resolve) => socket.once('close', resolve).resume());
    expect((await recorded(engine)).error?.message).toContain('during the handshake');
  });

  it('resets below TLS when a rule aborts', async () => {
    const directory = temporaryDirectory();
    const config = await tlsConfig({ local: true });
    const rules = [{ name: 'cut', request: [{ abort: 'reset' as const }] }];
    const engine = await runConfig({ ...config, rules }, directory);
    onTestFinished(() => engine.close(0));
    const socket = await handshake(portOf(engine, 'gateway'), {});
    socket.write('GET / HTTP/1.1\r\nHost: site.test\r\n\r\n');
    const error = await new Promise<NodeJS.ErrnoException>((resolve) => socket.once('error', resolve));
    expect(error.code).toBe('ECONNRESET');
  });
});

describe('certificates of clients', () => {
  it.each<
    [
      mode: 'request' | 'require',
      shown: 'own' | 'foreign' | 'none',
      status: number | 'refused',
      trusted: boolean | null,
    ]
  >([
    ['require', 'own', 200, true],
    ['require', 'foreign', 'refused', null],
    ['require', 'none', 'refused', null],
    ['request', 'own', 200, true],
    ['request', 'foreign', 200, false],
    ['request', 'none', 200, null],
  ])('%s, and the client shows %s: %s', async (mode, shown, status, trusted) => {
    const directory = temporaryDirectory();
    const own = await clientCertificate(directory, 'own');
    const pair = shown === 'foreign' ? await clientCertificate(directory, 'foreign') : own;
    const engine = await runConfig(await tlsConfig({ local: true, client: { mode, ca: own.ca } }), directory);
    onTestFinished(() => engine.close(0));
    const port = portOf(engine, 'gateway');
    const certificate = shown === 'none' ? [] : ['--cert', pair.cert, '--key', pair.key];
    const answer = curl(
      port,
      '-k',
      ...certificate,
      '-w',
      '%{http_code}',
      '-o',
      '/dev/null',
      `https://site.test:${port}/`,
    );
    if (status === 'refused') {
      await expect(answer).rejects.toThrow();
      const reason = shown === 'none' ? 'showed no certificate' : 'is not of an authority in tls.client.ca';
      expect((await recorded(engine)).error).toMatchObject({
        code: 'CLIENT_TLS_FAILED',
        message: expect.stringContaining(reason),
      });
      return;
    }
    expect((await answer).stdout).toBe(String(status));
    const { tls } = await recorded(engine);
    expect(tls?.client).toEqual(trusted === null ? undefined : { subject: `CN=${shown}`, trusted });
  });
});
