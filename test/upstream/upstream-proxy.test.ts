/** What no pool takes goes through the proxy of its listener: tinyproxy, microsocks, and another engine of ours. */
import { createServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { type ConfigDocument, configSchema } from '../../proxy-engine/contract/config.ts';
import type { Engine } from '../../proxy-engine/engine.ts';
import { openAuthority } from '../../proxy-engine/tls/authority.ts';
import { LeafCertificates } from '../../proxy-engine/tls/leaf-certificate.ts';
import { handshakeWith } from '../../proxy-engine/upstream/proxy-handshake.ts';
import { hopThrough, readProxyUrl } from '../../proxy-engine/upstream/upstream-proxy.ts';
import { startBackend } from '../support/backend.ts';
import { portOf, recorded, runConfig } from '../support/engine.ts';
import { CLOSED_PORT } from '../support/free-port.ts';
import { startMicrosocks, startTinyproxy } from '../support/other-proxies.ts';
import { sendRaw, startRawBackend } from '../support/raw.ts';
import { newAuthority, run, temporaryDirectory } from '../support/tls.ts';

const PASSWORD = 'p@ss:wörd';
const LOGIN = `user:${encodeURIComponent(PASSWORD)}`;

interface Forward {
  engine: Engine;
  port: number;
  ca: string;
}

async function forwardThrough(
  upstreamProxy: NonNullable<ConfigDocument['listeners']>[string]['upstreamProxy'],
  listener: object = {},
  more: Partial<ConfigDocument> = {},
): Promise<Forward> {
  const directory = temporaryDirectory();
  const { certificateFile: ca } = await openAuthority(`${directory}/authority`);
  const listeners = { proxy: { address: '127.0.0.1:0', mode: 'forward' as const, upstreamProxy, ...listener } };
  const engine = await runConfig({ listeners, ...more }, directory);
  onTestFinished(() => engine.close(0));
  return { engine, port: portOf(engine, 'proxy'), ca };
}

async function origin() {
  const backend = await startBackend('origin');
  onTestFinished(() => backend.close());
  return backend;
}

async function secureOrigin() {
  const authority = await newAuthority();
  const pair = await new LeafCertificates(authority).issue(['localhost']);
  const server = createServer(pair, (_request, response) => response.end('secret'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, ca: authority.certificateFile };
}

/** Its address, and that in a URL with credentials. */
async function tinyproxy(login?: string): Promise<string> {
  const { address, close } = await startTinyproxy(login);
  onTestFinished(close);
  return address;
}

async function microsocks(login?: { user: string; password: string }): Promise<string> {
  const { address, close } = await startMicrosocks(login);
  onTestFinished(close);
  return address;
}

function curl(port: number, ...args: string[]): Promise<{ stdout: string }> {
  return run('curl', ['-sS', '--max-time', '60', '--noproxy', '', '-x', `http://127.0.0.1:${port}`, ...args]);
}

/** All that an engine knows of an exchange, to look for what must not be in it. */
async function everything(engine: Engine): Promise<string> {
  return JSON.stringify([await recorded(engine), engine.state()]);
}

describe('tinyproxy', () => {
  it('gets a request in clear with its whole URL, and the credentials, which are nowhere to be seen', async () => {
    const { port: originPort } = await origin();
    const proxy = await tinyproxy('user secret1');
    const { engine, port } = await forwardThrough(`http://user:secret1@${proxy}`);
    const { stdout } = await curl(port, `http://localhost:${originPort}/path?q=1`);
    expect(JSON.parse(stdout)).toMatchObject({ path: '/path?q=1', headers: { host: `localhost:${originPort}` } });
    expect(JSON.parse(stdout).headers.via).toMatch(/^1\.1 switchyard-[0-9a-f]{8}, 1\.1 .*tinyproxy/);
    const { attempts } = await recorded(engine);
    expect(attempts).toMatchObject([
      { address: `localhost:${originPort}`, why: `the client asked for it, through http://${proxy}` },
    ]);
    expect(await everything(engine)).not.toMatch(/secret1|Proxy-Auth/i);
    expect(await everything(engine)).not.toContain(Buffer.from('user:secret1').toString('base64'));
  });

  it('keeps a connection for the next request', async () => {
    const { port: originPort } = await origin();
    const { engine, port } = await forwardThrough(`http://${await tinyproxy()}`);
    const url = `http://localhost:${originPort}/`;
    await curl(port, url, url);
    expect(await recorded(engine)).toMatchObject({ attempts: [{ outcome: 'answered' }] });
  });

  it('carries a tunnel', async () => {
    const { port: originPort, ca } = await secureOrigin();
    const proxy = await tinyproxy('user secret1');
    const { engine, port } = await forwardThrough(`http://user:secret1@${proxy}`);
    const { stdout } = await curl(port, '--cacert', ca, `https://localhost:${originPort}/`);
    expect(stdout).toBe('secret');
    expect(await recorded(engine)).toMatchObject({
      method: 'CONNECT',
      attempts: [{ outcome: 'answered', why: `the client asked for it, through http://${proxy}` }],
    });
    expect(await everything(engine)).not.toContain('secret1');
  });

  it('carries what is intercepted, and the origin is verified for the client all the same', async () => {
    const { port: originPort } = await secureOrigin();
    const { engine, port, ca } = await forwardThrough(`http://${await tinyproxy()}`, { intercept: 'host = localhost' });
    await curl(port, '--cacert', ca, `https://localhost:${originPort}/`);
    const { error } = await recorded(engine);
    expect(error).toMatchObject({ code: 'TLS_FAILED', source: 'backend' });
  });

  it('carries a WebSocket in clear through a tunnel of its own', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    server.on('connection', (socket) => socket.on('message', (data) => socket.send(String(data))));
    await new Promise((resolve) => server.once('listening', resolve));
    onTestFinished(() => void server.close());
    const authority = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { port } = await forwardThrough(`http://${await tinyproxy()}`);
    // As programs do that send an upgrade in absolute form.
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`, { headers: { host: authority } });
    onTestFinished(() => socket.terminate());
    const echoed = new Promise((resolve) => socket.once('message', (data) => resolve(String(data))));
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    socket.send('hello');
    expect(await echoed).toBe('hello');
  });

  it.each([
    ['other credentials', 'http://user:wrong@', 'https://localhost:1/', /407|401/],
    ['no credentials', 'http://', 'http://localhost:1/', /407|401/],
  ])('that wants %s is told, and the client is not asked for them', async (_what, before, url, says) => {
    const { engine, port } = await forwardThrough(`${before}${await tinyproxy('user secret1')}`);
    const { stdout } = await curl(port, '-k', '-w', '%{http_code}', url).catch((error: Error) => ({
      stdout: error.message,
    }));
    expect(stdout).toContain('502');
    const { error } = await recorded(engine);
    expect(error).toMatchObject({
      code: 'UPSTREAM_PROXY_FAILED',
      source: 'proxy',
      message: expect.stringMatching(says),
    });
  });
});

describe('SOCKS5', () => {
  it.each([['socks5'], ['socks5h']])('%s: requests in clear and tunnels, with user and password', async (scheme) => {
    const plain = await origin();
    const secure = await secureOrigin();
    const proxy = await microsocks({ user: 'user', password: PASSWORD });
    const { engine, port } = await forwardThrough(`${scheme}://${LOGIN}@${proxy}`);
    const { stdout } = await curl(port, `http://localhost:${plain.port}/a`);
    expect(JSON.parse(stdout)).toMatchObject({ path: '/a' });
    expect(Object.keys(JSON.parse(stdout).headers)).not.toContain('via');
    expect((await curl(port, '--cacert', secure.ca, `https://localhost:${secure.port}/`)).stdout).toBe('secret');
    expect(await everything(engine)).not.toContain(PASSWORD);
  });

  it.each([
    ['no credentials', 'socks5://', 'wants an authentication that the config does not give'],
    ['wrong ones', 'socks5://user:wrong@', 'does not accept the user and password'],
  ])('%s: refused, and told', async (_what, before, says) => {
    const proxy = await microsocks({ user: 'user', password: PASSWORD });
    const { engine, port } = await forwardThrough(`${before}${proxy}`);
    await curl(port, 'http://localhost:1/');
    expect((await recorded(engine)).error).toEqual({
      code: 'UPSTREAM_PROXY_FAILED',
      source: 'proxy',
      message: `upstream proxy socks5://${proxy} ${says}`,
    });
  });

  it('that cannot reach the origin: the origin is to blame', async () => {
    const { engine, port } = await forwardThrough(`socks5://${await microsocks()}`);
    await curl(port, `http://127.0.0.1:${CLOSED_PORT}/`);
    expect((await recorded(engine)).error).toMatchObject({ code: 'CONNECT_REFUSED', source: 'backend' });
  });
});

describe('a proxy', () => {
  it('that is not there is told by name, without its credentials', async () => {
    const { engine, port } = await forwardThrough(`http://user:secret1@127.0.0.1:${CLOSED_PORT}`);
    const { stdout } = await curl(port, '-w', '%{http_code}', 'http://origin.test/');
    expect(stdout).toMatch(/502$/);
    expect((await recorded(engine)).error).toEqual({
      code: 'UPSTREAM_PROXY_FAILED',
      source: 'proxy',
      message: `upstream proxy http://127.0.0.1:${CLOSED_PORT}: connection refused`,
    });
  });

  it.each([
    ['closes', '', /closed the connection before there was a tunnel/],
    ['speaks something else', 'SSH-2.0-OpenSSH_9.2\r\n\r\n', /is not HTTP/],
  ])('that %s in the handshake is told', async (_what, says, message) => {
    const proxy = await startRawBackend((socket) => socket.end(says));
    onTestFinished(() => proxy.close());
    const { engine, port } = await forwardThrough(`http://127.0.0.1:${proxy.port}`);
    await expect(curl(port, 'https://origin.test/')).rejects.toThrow(/502/);
    expect((await recorded(engine)).error).toMatchObject({
      code: 'UPSTREAM_PROXY_FAILED',
      message: expect.stringMatching(message),
    });
  });

  it('is passed by what `except` holds for, and by what goes to a pool', async () => {
    const local = await origin();
    const { engine, port } = await forwardThrough(
      { url: `http://127.0.0.1:${CLOSED_PORT}`, except: 'host = localhost' },
      {},
      {
        routes: [{ name: 'api', match: 'host = api.test', pool: 'local' }],
        pools: { local: { backends: [{ url: local.url }] } },
      },
    );
    for (const url of [`http://localhost:${local.port}/`, 'http://api.test/'])
      expect(JSON.parse((await curl(port, url)).stdout)).toMatchObject({ backend: 'origin' });
    await curl(port, 'http://other.test/');
    expect((await recorded(engine)).error).toMatchObject({ code: 'UPSTREAM_PROXY_FAILED' });
  });

  it('gets no credentials that a client has sent to this one', async () => {
    const raw = await startRawBackend((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'));
    onTestFinished(() => raw.close());
    const { port } = await forwardThrough(undefined);
    await curl(port, '--proxy-user', 'me:mine', `http://127.0.0.1:${raw.port}/`);
    expect(raw.received[0]).toContain('GET / HTTP/1.1');
    expect(raw.received[0]).not.toMatch(/proxy-authorization/i);
  });
});

describe('loops', () => {
  it('through this proxy itself', async () => {
    const { engine, port } = await forwardThrough(undefined);
    const listeners = {
      proxy: { address: '127.0.0.1:0', mode: 'forward' as const, upstreamProxy: `http://127.0.0.1:${port}` },
    };
    await engine.apply(configSchema.parse({ listeners }), { baseDir: '.' });
    const { stdout } = await curl(port, '-w', '%{http_code}', 'http://origin.test/');
    expect(stdout).toMatch(/508$/);
    await expect(curl(port, 'https://origin.test/')).rejects.toThrow(/508/);
  });

  it.each(['http://origin.test/', 'https://origin.test/'])(
    '%s through another one that sends all back',
    async (url) => {
      const first = await forwardThrough(undefined);
      const second = await forwardThrough(`http://127.0.0.1:${first.port}`);
      const listeners = {
        proxy: {
          address: '127.0.0.1:0',
          mode: 'forward' as const,
          upstreamProxy: `http://127.0.0.1:${second.port}`,
        },
      };
      await first.engine.apply(configSchema.parse({ listeners }), { baseDir: '.' });
      const outcome = await curl(first.port, '-w', '%{http_code}', url).catch((error: Error) => ({
        stdout: error.message,
      }));
      expect(outcome.stdout).toContain('508');
      expect(await recorded(first.engine, ({ status, error }) => status === 508 && error !== undefined)).toBeDefined();
    },
  );

  it.each(['0.0.0.0', '[::ffff:127.0.0.1]', '127.1', 'localhost.localdomain'])(
    'to this proxy by another spelling of its address: %s',
    async (host) => {
      const { engine, port } = await forwardThrough(undefined);
      const { text } = await sendRaw(port, `GET http://${host}:${port}/ HTTP/1.1\r\nHost: x\r\n\r\n`, (all) =>
        all.includes('\r\n\r\n'),
      );
      expect(text).toMatch(/^HTTP\/1\.1 (508|502) /);
      expect(await recorded(engine)).toMatchObject({ error: { code: expect.stringMatching(/LOOP|DNS_FAILED/) } });
      const tunnel = await sendRaw(port, `CONNECT ${host}:${port} HTTP/1.1\r\nHost: x\r\n\r\n`, (all) =>
        all.includes('\r\n\r\n'),
      );
      expect(tunnel.text).toMatch(/^HTTP\/1\.1 (508|502) /);
    },
  );
});

it('a client that leaves while the proxy is asked leaves nothing open', async () => {
  const closed: Promise<void>[] = [];
  const proxy = await startRawBackend((socket) =>
    closed.push(new Promise((resolve) => socket.once('close', () => resolve()))),
  );
  onTestFinished(() => proxy.close());
  const { engine, port } = await forwardThrough(`socks5://127.0.0.1:${proxy.port}`);
  const client = connect(port, '127.0.0.1', () =>
    client.write('GET http://origin.test/ HTTP/1.1\r\nHost: origin.test\r\n\r\n'),
  );
  client.on('error', () => {});
  await expect.poll(() => closed.length).toBe(1);
  client.resetAndDestroy();
  await Promise.all(closed);
  expect(await recorded(engine)).toMatchObject({ error: { code: 'CLIENT_GONE' } });
});

describe('the URL', () => {
  it.each([
    ['http://127.0.0.1:3128', 'http', '127.0.0.1', 3128, null],
    ['http://proxy.corp', 'http', 'proxy.corp', 80, null],
    ['http://user:p%40ss@[::1]:8080', 'http', '::1', 8080, { user: 'user', password: 'p@ss' }],
    ['socks5h://a%zz:b@h:1080', 'socks5', 'h', 1080, { user: 'a%zz', password: 'b' }],
  ])('%s', (url, kind, host, port, credentials) => {
    expect(readProxyUrl(url)).toMatchObject({ kind, host, port, credentials });
    expect(readProxyUrl(url).label).not.toMatch(/@|p%40ss|:b/);
  });

  it.each(['https://u:secret1@a:1', 'ftp://u:secret1@a', 'a:1', 'socks5://u:secret1@a', 'http://u:secret1@a:1/x'])(
    '%s is refused, and the message does not repeat it',
    (upstreamProxy) => {
      const { error } = configSchema.safeParse({ listeners: { p: { address: '127.0.0.1:0', upstreamProxy } } });
      expect(error).toBeDefined();
      expect(error?.message).not.toContain('secret1');
    },
  );

  it.each<[authority: string, switches: boolean, form: string]>([
    ['a.test', false, 'absolute'],
    ['a.test:80', false, 'absolute'],
    ['a.test', true, 'tunnel'],
    ['a.test:8080', false, 'tunnel'],
    ['other.test', false, 'tunnel'],
    ['', false, 'tunnel'],
  ])('a request for a.test that says Host: %s (upgrade: %s) goes by %s', (authority, switches, form) => {
    const to = { scheme: 'http', host: 'a.test', port: 80 };
    expect(hopThrough(readProxyUrl('http://p:1'), to, { authority, switches, via: 'v' }).form).toBe(form);
  });
});

describe('a SOCKS5 handshake', () => {
  it.each([
    ['192.0.2.1', '05010001c0000201'],
    ['2001:db8::1', '0501000420010db8000000000000000000000001'],
    ['::ffff:192.0.2.1', '0501000400000000000000000000ffffc0000201'],
    ['a.test', '0501000306612e74657374'],
  ])('asks for %s, and takes an answer cut anywhere', (host, request) => {
    for (let cut = 1; cut < 12; cut++) {
      const handshake = handshakeWith(readProxyUrl('socks5://p:1'), host, 443, '');
      expect(handshake.begin().toString('hex')).toBe('050100');
      expect(handshake.feed(Buffer.of(5)).rest).toBeNull();
      expect(handshake.feed(Buffer.of(0)).bytes.toString('hex')).toBe(`${request}01bb`);
      const answer = Buffer.from('05000001000000000000ffee', 'hex');
      const first = handshake.feed(answer.subarray(0, cut)).rest;
      const rest = cut < 10 ? handshake.feed(answer.subarray(cut)).rest : first;
      expect(rest?.toString('hex')).toBe(cut < 10 || cut === 12 ? 'ffee' : answer.subarray(10, cut).toString('hex'));
    }
  });
});
