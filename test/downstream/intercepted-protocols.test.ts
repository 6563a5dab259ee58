/** What is no plain request inside TLS that is opened: WebSockets and gRPC, with their messages and statuses shown. */

import { readFileSync } from 'node:fs';
import { createSecureServer } from 'node:http2';
import { createServer } from 'node:https';
import { type AddressInfo, connect as connectTcp } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { Client, credentials, ServerCredentials } from '@grpc/grpc-js';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { openAuthority } from '../../proxy-engine/tls/authority.ts';
import { LeafCertificates } from '../../proxy-engine/tls/leaf-certificate.ts';
import { portOf, recorded, runConfig, shown } from '../support/engine.ts';
import { call, ECHO, startGrpcServer } from '../support/grpc.ts';
import { newAuthority, temporaryDirectory } from '../support/tls.ts';

/** A forward listener that opens everything, and the origin's pool, which trusts it. */
async function intercepting(origin: number, originCa: string) {
  const directory = temporaryDirectory();
  const { certificateFile } = await openAuthority(`${directory}/authority`);
  const engine = await runConfig(
    {
      listeners: { proxy: { address: '127.0.0.1:0', mode: 'forward', intercept: 'host = localhost' } },
      routes: [{ name: 'all', pool: 'origin' }],
      pools: { origin: { backends: [{ url: `https://localhost:${origin}` }], tls: { ca: [originCa] } } },
    },
    directory,
  );
  onTestFinished(() => engine.close(0));
  return { engine, port: portOf(engine, 'proxy'), ca: readFileSync(certificateFile) };
}

async function certificate() {
  const authority = await newAuthority();
  return { ca: authority.certificateFile, pair: await new LeafCertificates(authority).issue(['localhost']) };
}

/** TLS to localhost through a CONNECT. */
function throughTunnel(proxy: number, target: number, ca: Buffer): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp(proxy, '127.0.0.1', () =>
      socket.write(`CONNECT localhost:${target} HTTP/1.1\r\nHost: localhost:${target}\r\n\r\n`),
    );
    socket.once('data', () => {
      const secure = connectTls({ socket, ca, servername: 'localhost' }, () => resolve(secure));
      secure.once('error', reject);
    });
  });
}

it('a WebSocket', async () => {
  const { ca: originCa, pair } = await certificate();
  const server = createServer(pair);
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(`re: ${String(data)}`)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets.clients) socket.terminate();
    server.close();
  });
  const target = (server.address() as AddressInfo).port;
  const { engine, port, ca } = await intercepting(target, originCa);
  const tunnel = await throughTunnel(port, target, ca);
  const socket = new WebSocket(`wss://localhost:${target}/chat`, { createConnection: () => tunnel });
  onTestFinished(() => socket.terminate());
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const answer = new Promise((resolve) => socket.once('message', (data) => resolve(String(data))));
  socket.send('hello');
  expect(await answer).toBe('re: hello');
  const { id } = await shown(engine, ({ status }) => status === 101);
  const messages = (await engine.store.messages({ id, from: 0, limit: 10 }))?.messages;
  expect(messages?.map(({ from, data }) => [from, data])).toEqual([
    ['client', 'hello'],
    ['server', 're: hello'],
  ]);
  expect(await engine.store.get(id)).toMatchObject({
    scheme: 'https',
    path: '/chat',
    tls: { serverName: 'localhost' },
  });
});

it('gRPC, which HTTP/2 carries on both sides', async () => {
  const { ca: originCa, pair } = await certificate();
  const server = await startGrpcServer(
    ServerCredentials.createSsl(null, [{ private_key: Buffer.from(pair.key), cert_chain: Buffer.from(pair.cert) }]),
  );
  const { engine, port, ca } = await intercepting(server.port, originCa);
  process.env['grpc_proxy'] = `http://127.0.0.1:${port}`;
  onTestFinished(() => void delete process.env['grpc_proxy']);
  const client = new Client(`localhost:${server.port}`, credentials.createSsl(ca));
  onTestFinished(() => client.close());
  expect((await call(client, ECHO.unary, 'hello')).answer).toBe('echo hello');
  const { error } = await call(client, ECHO.fail, 'hello');
  expect(error?.details).toBe('no such thing: né');
  expect(await recorded(engine, ({ path }) => path === ECHO.unary.path)).toMatchObject({
    protocol: 'HTTP/2',
    scheme: 'https',
    attempts: [{ protocol: 'HTTP/2', outcome: 'answered' }],
    response: { trailers: expect.arrayContaining([['grpc-status', '0']]) },
  });
});

it.each([
  ['straight', false],
  ['through an upstream proxy', true],
])('gRPC in clear, to a server that speaks HTTP/2 alone, %s', async (_how, hasUpstream) => {
  const server = await startGrpcServer(ServerCredentials.createInsecure());
  const forward = { address: '127.0.0.1:0', mode: 'forward' as const };
  const other = await runConfig({ listeners: { proxy: forward } }, temporaryDirectory());
  onTestFinished(() => other.close(0));
  const upstreamProxy = hasUpstream ? { upstreamProxy: `http://127.0.0.1:${portOf(other, 'proxy')}` } : {};
  const engine = await runConfig(
    { listeners: { proxy: { ...forward, intercept: 'host = localhost', ...upstreamProxy } } },
    temporaryDirectory(),
  );
  onTestFinished(() => engine.close(0));
  process.env['grpc_proxy'] = `http://127.0.0.1:${portOf(engine, 'proxy')}`;
  onTestFinished(() => void delete process.env['grpc_proxy']);
  const client = new Client(`localhost:${server.port}`, credentials.createInsecure());
  onTestFinished(() => client.close());
  expect((await call(client, ECHO.unary, 'hello')).answer).toBe('echo hello');
  expect(await recorded(engine, ({ path }) => path === ECHO.unary.path)).toMatchObject({
    scheme: 'http',
    attempts: [{ protocol: 'HTTP/2', outcome: 'answered' }],
  });
});

it('a request to an origin of HTTP/2 that wants a certificate, which ends with the reason', async () => {
  const { ca: originCa, pair } = await certificate();
  const server = createSecureServer({
    ...pair,
    requestCert: true,
    rejectUnauthorized: true,
    ca: readFileSync(originCa),
  });
  server.on('sessionError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const target = (server.address() as AddressInfo).port;
  const { engine, port, ca } = await intercepting(target, originCa);
  const tunnel = await throughTunnel(port, target, ca);
  tunnel.write(`GET / HTTP/1.1\r\nHost: localhost:${target}\r\nConnection: close\r\n\r\n`);
  expect(String(Buffer.concat(await tunnel.toArray()))).toContain('it wants a client certificate');
  expect(await recorded(engine)).toMatchObject({ error: { code: 'TLS_FAILED' } });
});
