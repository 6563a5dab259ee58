import { readFileSync, writeFileSync } from 'node:fs';
import { createSecureServer } from 'node:http2';
import { createServer } from 'node:https';
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ConfigDocument } from '../../proxy-engine/contract/config.ts';
import type { Engine } from '../../proxy-engine/engine.ts';
import { type Authority, openAuthority } from '../../proxy-engine/tls/authority.ts';
import { LeafCertificates } from '../../proxy-engine/tls/leaf-certificate.ts';
import { startBackend } from '../support/backend.ts';
import { portOf, recorded, recordedRows, runConfig } from '../support/engine.ts';
import { CLOSED_PORT } from '../support/free-port.ts';
import { sendRaw } from '../support/raw.ts';
import { newAuthority, run, temporaryDirectory } from '../support/tls.ts';

interface Forward {
  engine: Engine;
  port: number;
  /** The file with the authority that clients have to trust for interception. */
  ca: string;
}

async function forwardProxy(listener: object = {}, more: Partial<ConfigDocument> = {}): Promise<Forward> {
  const directory = temporaryDirectory();
  const { certificateFile: ca } = await openAuthority(join(directory, 'authority'));
  const engine = await runConfig(
    { listeners: { proxy: { address: '127.0.0.1:0', mode: 'forward', ...listener } }, ...more },
    directory,
  );
  onTestFinished(() => engine.close(0));
  return { engine, port: portOf(engine, 'proxy'), ca };
}

async function httpOrigin() {
  const backend = await startBackend('origin');
  onTestFinished(() => backend.close());
  return backend;
}

/** An https origin with a certificate for localhost; the trust in it is the caller's to arrange. */
async function httpsOrigin(authority: Authority): Promise<number> {
  const pair = await new LeafCertificates(authority).issue(['localhost', '127.0.0.1']);
  const server = createServer(pair, (request, response) => {
    response.end(JSON.stringify({ secure: true, host: request.headers.host, path: request.url }));
  });
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

function curl(...args: string[]): Promise<{ stdout: string }> {
  return run('curl', ['-sS', '--max-time', '60', '--noproxy', '', ...args]);
}

const PROXIES = [
  ['-x', 'http'],
  ['--proxytunnel -x', 'http'],
  ['-x', 'socks5'],
  ['-x', 'socks5h'],
] as const;

describe('a forward listener', () => {
  it.each(PROXIES)('takes curl %s %s:// to an origin in clear and shows the exchange', async (flags, scheme) => {
    const origin = await httpOrigin();
    const { engine, port } = await forwardProxy();
    const url = `http://localhost:${origin.port}/path?q=1`;
    const { stdout } = await curl(...flags.split(' '), `${scheme}://127.0.0.1:${port}`, url);
    expect(JSON.parse(stdout)).toMatchObject({
      backend: 'origin',
      path: '/path?q=1',
      headers: { host: `localhost:${origin.port}` },
    });
    expect(Object.keys(JSON.parse(stdout).headers).sort()).toEqual(['accept', 'host', 'user-agent']);
    expect(await recorded(engine)).toMatchObject({
      method: 'GET',
      status: 200,
      scheme: 'http',
      host: `localhost:${origin.port}`,
    });
  });

  it.each([['http'], ['socks5h']])('tunnels TLS by %s unseen and counts its bytes', async (scheme) => {
    const authority = await newAuthority();
    const origin = await httpsOrigin(authority);
    const { engine, port } = await forwardProxy();
    const url = `https://localhost:${origin}/`;
    const { stdout } = await curl('-x', `${scheme}://127.0.0.1:${port}`, '--cacert', authority.certificateFile, url);
    expect(JSON.parse(stdout)).toMatchObject({ secure: true });
    const exchange = await recorded(engine);
    expect(exchange).toMatchObject({
      method: 'CONNECT',
      status: 200,
      host: `localhost:${origin}`,
      protocol: scheme === 'http' ? 'HTTP/1.1' : 'SOCKS5',
      attempts: [{ outcome: 'answered', address: `localhost:${origin}` }],
    });
    expect(exchange.requestSizeBytes).toBeGreaterThan(500);
    expect(exchange.responseSizeBytes).toBeGreaterThan(500);
  });

  it('is reached over TLS, too, where Chromium would ask for tunnels in HTTP/2 if it could', async () => {
    const authority = await newAuthority();
    const origin = await httpsOrigin(authority);
    const { engine, port, ca } = await forwardProxy({ tls: { local: true } });
    const both = join(temporaryDirectory(), 'both.pem');
    writeFileSync(both, readFileSync(ca, 'utf8') + readFileSync(authority.certificateFile, 'utf8'));
    const url = `https://localhost:${origin}/`;
    const { stdout } = await curl('-x', `https://127.0.0.1:${port}`, '--proxy-cacert', ca, '--cacert', both, url);
    expect(JSON.parse(stdout)).toMatchObject({ secure: true });
    expect(await recorded(engine)).toMatchObject({ method: 'CONNECT', tls: { version: 'TLSv1.3' } });
    const { stdout: said } = await run('sh', [
      '-c',
      `openssl s_client -connect 127.0.0.1:${port} -alpn h2,http/1.1 -CAfile ${ca} </dev/null`,
    ]);
    expect(said).toContain('ALPN protocol: http/1.1');
  });

  it('sends a host to a pool when a route says so', async () => {
    const local = await httpOrigin();
    const { engine, port } = await forwardProxy(
      {},
      {
        routes: [{ name: 'prod', match: 'host = api.prod.example', pool: 'local' }],
        pools: { local: { backends: [{ url: local.url }] } },
      },
    );
    const { stdout } = await curl('-x', `http://127.0.0.1:${port}`, 'http://api.prod.example/v1');
    expect(JSON.parse(stdout)).toMatchObject({ backend: 'origin', headers: { host: 'api.prod.example' } });
    expect(await recorded(engine)).toMatchObject({ route: 'prod', pool: 'local' });
  });

  it.each<[what: string, args: (port: number, closed: number) => string[], code: string, says: RegExp]>([
    [
      'CONNECT',
      (port, closed) => ['-x', `http://127.0.0.1:${port}`, `https://127.0.0.1:${closed}/`],
      'CONNECT_REFUSED',
      /502/,
    ],
    [
      'SOCKS5',
      (port, closed) => ['-x', `socks5h://127.0.0.1:${port}`, `https://127.0.0.1:${closed}/`],
      'CONNECT_REFUSED',
      /5\)|refused/i,
    ],
    ['CONNECT to itself', (port) => ['-x', `http://127.0.0.1:${port}`, `https://127.0.0.1:${port}/`], 'LOOP', /508/],
    [
      'SOCKS5 to itself',
      (port) => ['-x', `socks5h://127.0.0.1:${port}`, `https://localhost:${port}/`],
      'LOOP',
      /2\)|not allowed/i,
    ],
  ])('says why it cannot: %s', async (_what, args, code, says) => {
    const { engine, port } = await forwardProxy();
    await expect(curl(...args(port, CLOSED_PORT))).rejects.toThrow(says);
    expect(await recorded(engine)).toMatchObject({ method: 'CONNECT', error: { code } });
  });

  it('answers 508 to a request for itself', async () => {
    const { port } = await forwardProxy();
    const { stdout } = await curl(
      '-x',
      `http://127.0.0.1:${port}`,
      '-w',
      '%{http_code}',
      '-o',
      '/dev/null',
      `http://127.0.0.1:${port}/`,
    );
    expect(stdout).toBe('508');
  });

  it('takes a server on another address of this machine, with the same port, for what it is', async () => {
    const { port } = await forwardProxy();
    const server = createTcpServer((socket) => socket.end('HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n'));
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.2', resolve));
    onTestFinished(() => void server.close());
    const { stdout } = await curl('-x', `http://127.0.0.1:${port}`, '-w', '%{http_code}', `http://127.0.0.2:${port}/`);
    expect(stdout).toBe('204');
  });

  it('lets the other side speak first, and passes a half-closed tunnel on', async () => {
    const server = createTcpServer({ allowHalfOpen: true }, (socket) => {
      socket.write('220 hello\r\n');
      let got = '';
      socket.on('data', (data) => (got += data.toString()));
      socket.on('end', () => socket.end(`got ${got}`));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { engine, port } = await forwardProxy();
    const { port: target } = server.address() as AddressInfo;
    const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    let text = '';
    client.on('data', (data) => {
      text += data.toString();
      if (text.endsWith('hello\r\n')) client.end('QUIT');
    });
    client.write(`CONNECT 127.0.0.1:${target} HTTP/1.1\r\nHost: x\r\n\r\n`);
    await new Promise((resolve) => client.once('end', resolve));
    expect(text).toBe('HTTP/1.1 200 Connection Established\r\n\r\n220 hello\r\ngot QUIT');
    expect(await recorded(engine)).toMatchObject({ method: 'CONNECT', requestSizeBytes: 4, responseSizeBytes: 19 });
  });

  it('takes what a client sends along with its CONNECT', async () => {
    const origin = await httpOrigin();
    const { port } = await forwardProxy();
    const request = 'GET /early HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
    const both = `CONNECT 127.0.0.1:${origin.port} HTTP/1.1\r\nHost: x\r\n\r\n${request}`;
    expect((await sendRaw(port, both, () => false)).text).toContain('"path":"/early"');
  });

  it.each([
    ['HTTP/1.1', 'CONNECT localhost:PORT HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['HTTP/1.0', 'CONNECT localhost:PORT HTTP/1.0\r\n\r\n'],
    ['SOCKS5', 'SOCKS'],
  ])('takes a request of HTTP/1.0 that names no host to the end of its tunnel (%s)', async (_how, asks) => {
    const origin = await httpOrigin();
    const { engine, port } = await forwardProxy();
    const portBytes = Buffer.of(origin.port >> 8, origin.port & 0xff);
    const name = 'localhost';
    const socks = Buffer.concat([Buffer.of(5, 1, 0, 5, 1, 0, 3, name.length), Buffer.from(name), portBytes]);
    const door = asks === 'SOCKS' ? socks : Buffer.from(asks.replace('PORT', String(origin.port)));
    const { text } = await sendRaw(port, Buffer.concat([door, Buffer.from('GET /old HTTP/1.0\r\n\r\n')]), () => false);
    expect(text).toContain('"path":"/old"');
    expect(text).toContain(`"host":"localhost:${origin.port}"`);
    expect(await recorded(engine)).toMatchObject({ status: 200, host: `localhost:${origin.port}`, path: '/old' });
  });

  it.each([
    ['ws', 'http'],
    ['WS', 'http'],
    ['wss', 'https'],
  ])('takes a %s:// URL for one of %s', async (scheme, expected) => {
    const { engine, port } = await forwardProxy();
    const request = `GET ${scheme}://127.0.0.1:${CLOSED_PORT}/chat HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`;
    await sendRaw(port, request, () => false);
    expect(await recorded(engine)).toMatchObject({ scheme: expected, error: { code: 'CONNECT_REFUSED' } });
  });

  it('lets rules answer tunnels that are not opened, but not so that they seem open', async () => {
    const rules = [
      { name: 'blocked', match: 'host = blocked.test', request: [{ respond: { status: 403 } }] },
      { name: 'mocked', match: 'host = mocked.test', request: [{ respond: { body: 'hello' } }] },
    ];
    const { engine, port } = await forwardProxy({}, { rules });
    await expect(curl('-x', `http://127.0.0.1:${port}`, 'https://blocked.test/')).rejects.toThrow(/403/);
    expect(await recorded(engine)).toMatchObject({ status: 403, rules: [{ name: 'blocked' }] });
    await expect(curl('-x', `http://127.0.0.1:${port}`, 'https://mocked.test/')).rejects.toThrow(/response 500/);
    const message = 'a rule answers 200, which would say that the tunnel is open; intercept opens it';
    expect(await recorded(engine)).toMatchObject({ status: 500, error: { code: 'RULE_FAILED', message } });
  });

  it('says that rules send, hold and edit no tunnel that is not opened', async () => {
    const request = [{ pool: 'web' }, { breakpoint: true as const }];
    const pools = { web: { backends: [{ url: 'http://127.0.0.1:1' }] } };
    const { engine, port } = await forwardProxy({}, { rules: [{ name: 'web', request }], pools });
    const asking = `CONNECT 127.0.0.1:${CLOSED_PORT} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`;
    await sendRaw(port, asking, () => false);
    const { pool, mark, attempts } = await recorded(engine);
    expect(attempts).toMatchObject([{ backend: `127.0.0.1:${CLOSED_PORT}` }]);
    expect(pool).toBeUndefined();
    expect(mark?.note).toBe('a tunnel that is not opened goes where its client asked, and is neither held nor edited');
  });

  it.each([
    ['CONNECT', (host: string) => `CONNECT ${host}:443 HTTP/1.1\r\nHost: ${host}\r\n\r\n`, ''],
    [
      'SOCKS5',
      (host: string) => `\x05\x01\x00\x05\x01\x00\x03${String.fromCharCode(host.length)}${host}\x01\xbb`,
      '\x05\x00',
    ],
  ])('aborts a tunnel (%s) as a rule says, without an answer', async (_door, asking, greeting) => {
    const modes = ['close', 'reset', 'hang'] as const;
    const rules = modes.map((abort) => ({ name: abort, match: `host = ${abort}.test`, request: [{ abort }] }));
    const { engine, port } = await forwardProxy({}, { rules });
    for (const mode of modes) {
      const socket = connect(port, '127.0.0.1', () => socket.write(Buffer.from(asking(`${mode}.test`), 'latin1')));
      let text = '';
      socket.on('data', (data) => (text += data.toString('latin1')));
      const ended = new Promise((resolve) => socket.on('end', () => resolve('closed')).on('error', resolve));
      const { error } = await recorded(engine, ({ host }) => host === `${mode}.test:443`);
      expect(error).toMatchObject({ code: 'ABORTED_BY_RULE', message: `aborted by a rule (${mode})` });
      // It hangs until the client leaves.
      if (mode === 'hang') socket.end();
      expect(await ended).toEqual(mode === 'reset' ? expect.objectContaining({ code: 'ECONNRESET' }) : 'closed');
      // A reset may overtake what was said before.
      expect(mode === 'reset' ? [greeting, ''] : [greeting]).toContain(text);
    }
  });

  it('is no forward proxy when it is a reverse one', async () => {
    const { port } = await forwardProxy({ mode: 'reverse' });
    const { text } = await sendRaw(port, 'CONNECT a.test:443 HTTP/1.1\r\nHost: a.test\r\n\r\n', () => false);
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(text).toContain('mode: forward');
  });
});

describe('interception', () => {
  const intercept = 'host = localhost or host = 127.0.0.1';

  /** Routes what is intercepted to the https origin, which only the pool trusts. */
  function toOrigin(origin: number, authority: Authority): Partial<ConfigDocument> {
    return {
      routes: [{ name: 'all', pool: 'origin' }],
      pools: {
        origin: { backends: [{ url: `https://localhost:${origin}` }], tls: { ca: [authority.certificateFile] } },
      },
    };
  }

  it.each([['http'], ['socks5'], ['socks5h']])('opens TLS that came by %s and shows what is in it', async (scheme) => {
    const authority = await newAuthority();
    const origin = await httpsOrigin(authority);
    const { engine, port, ca } = await forwardProxy({ intercept }, toOrigin(origin, authority));
    const { stdout } = await curl(
      '-x',
      `${scheme}://127.0.0.1:${port}`,
      '--cacert',
      ca,
      `https://localhost:${origin}/secret`,
    );
    expect(JSON.parse(stdout)).toMatchObject({ secure: true, path: '/secret' });
    expect(await recorded(engine)).toMatchObject({
      method: 'GET',
      scheme: 'https',
      path: '/secret',
      status: 200,
      tls: { serverName: 'localhost', version: 'TLSv1.3' },
    });
    expect(await recordedRows(engine)).toHaveLength(1);
  });

  it('takes a request of HTTP/1.0 that names no host to the host that TLS names', async () => {
    const authority = await newAuthority();
    const origin = await httpsOrigin(authority);
    const { engine, port, ca } = await forwardProxy({ intercept }, toOrigin(origin, authority));
    const proxy = ['-proxy', `127.0.0.1:${port}`, '-connect', `127.0.0.1:${origin}`, '-servername', 'localhost'];
    const { stdout } = await run('sh', [
      '-c',
      `printf 'GET /old HTTP/1.0\\r\\n\\r\\n' | openssl s_client -quiet -CAfile ${ca} ${proxy.join(' ')}`,
    ]);
    expect(stdout).toContain('"path":"/old"');
    expect(await recorded(engine)).toMatchObject({
      status: 200,
      scheme: 'https',
      host: `localhost:${origin}`,
      path: '/old',
    });
  });

  it('makes a certificate for an address that is not named in TLS', async () => {
    const authority = await newAuthority();
    const origin = await httpsOrigin(authority);
    const { port, ca } = await forwardProxy({ intercept }, toOrigin(origin, authority));
    const { stdout } = await curl('-x', `http://127.0.0.1:${port}`, '--cacert', ca, `https://127.0.0.1:${origin}/`);
    expect(JSON.parse(stdout)).toMatchObject({ secure: true });
  });

  it('verifies the origin for the client, and says what is wrong', async () => {
    const origin = await httpsOrigin(await newAuthority());
    const { engine, port, ca } = await forwardProxy({ intercept });
    const { stdout } = await curl(
      '-x',
      `http://127.0.0.1:${port}`,
      '--cacert',
      ca,
      '-w',
      '%{http_code}',
      `https://localhost:${origin}/`,
    );
    expect(stdout).toMatch(/502$/);
    expect(await recorded(engine)).toMatchObject({ error: { code: 'TLS_FAILED', source: 'backend' } });
  });

  it('leaves other hosts closed', async () => {
    const authority = await newAuthority();
    const origin = await httpsOrigin(authority);
    const { engine, port } = await forwardProxy({ intercept: 'host = other.test' });
    await curl('-x', `http://127.0.0.1:${port}`, '--cacert', authority.certificateFile, `https://localhost:${origin}/`);
    expect(await recorded(engine)).toMatchObject({ method: 'CONNECT', status: 200 });
  });

  it('tunnels a client that does not accept the certificate from then on, and tells', async () => {
    const authority = await newAuthority();
    const origin = await httpsOrigin(authority);
    const { engine, port } = await forwardProxy({ intercept });
    const pinned = [
      '-x',
      `http://127.0.0.1:${port}`,
      '--cacert',
      authority.certificateFile,
      `https://localhost:${origin}/`,
    ];
    await expect(curl(...pinned)).rejects.toThrow(/certificate/);
    expect((await recorded(engine)).error).toEqual({
      code: 'INTERCEPTION_REFUSED',
      source: 'client',
      message: 'the client did not accept our certificate for localhost; its next connections there are tunnelled',
    });
    expect(JSON.parse((await curl(...pinned)).stdout)).toMatchObject({ secure: true });
    expect(await recorded(engine, ({ error }) => !error)).toMatchObject({
      method: 'CONNECT',
      mark: { note: expect.stringContaining('does not accept certificates') },
    });
  });

  it.each([['http'], ['socks5h']])('speaks HTTP/2 on both sides when both can, by %s', async (scheme) => {
    const authority = await newAuthority();
    const pair = await new LeafCertificates(authority).issue(['localhost']);
    const server = createSecureServer({ ...pair, allowHTTP1: true }, (request, response) => {
      response.end(JSON.stringify({ version: request.httpVersion, host: request.authority }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port: origin } = server.address() as AddressInfo;
    const { engine, port, ca } = await forwardProxy({ intercept }, toOrigin(origin, authority));
    const proxy = ['-x', `${scheme}://127.0.0.1:${port}`, '--cacert', ca];
    const { stdout } = await curl(...proxy, '--http2', '-w', ' %{http_version}', `https://localhost:${origin}/`);
    expect(stdout).toBe(`{"version":"2.0","host":"localhost:${origin}"} 2`);
    expect(await recorded(engine)).toMatchObject({ protocol: 'HTTP/2', scheme: 'https', tls: { alpn: 'h2' } });
    const old = await curl(...proxy, '--http1.1', '-w', ' %{http_version}', `https://localhost:${origin}/`);
    expect(old.stdout).toBe(`{"version":"2.0","host":"localhost:${origin}"} 1.1`);
  });

  it('serves Python’s strict verification', async () => {
    const authority = await newAuthority();
    const origin = await httpsOrigin(authority);
    const { port, ca } = await forwardProxy({ intercept }, toOrigin(origin, authority));
    const script = `
import ssl, urllib.request
context = ssl.create_default_context(cafile=${JSON.stringify(ca)})
context.verify_flags |= ssl.VERIFY_X509_STRICT
opener = urllib.request.build_opener(
    urllib.request.ProxyHandler({'https': 'http://127.0.0.1:${port}'}), urllib.request.HTTPSHandler(context=context))
print(opener.open('https://localhost:${origin}/py').read().decode())`;
    const { stdout } = await run('/usr/bin/python3', ['-c', script]);
    expect(JSON.parse(stdout)).toMatchObject({ secure: true, path: '/py' });
  });

  it('shows openssl the leaf of the authority', async () => {
    const { port, ca } = await forwardProxy({ intercept });
    const { stdout } = await run('sh', [
      '-c',
      `openssl s_client -proxy 127.0.0.1:${port} -connect localhost:443 -servername localhost -CAfile ${ca} -verify_return_error </dev/null`,
    ]);
    expect(stdout).toContain('Verify return code: 0 (ok)');
    expect(stdout).toContain(`issuer=${/CN = Switchyard CA [^,]*/.exec(stdout)?.[0] ?? 'nobody'}`);
    expect(readFileSync(ca, 'utf8')).toContain('BEGIN CERTIFICATE');
  });
});
