import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';
import { Server as GrpcServer, ServerCredentials, type sendUnaryData } from '@grpc/grpc-js';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { HealthCheckConfig } from '../../proxy-engine/contract/config.ts';
import { describeCheck, probe } from '../../proxy-engine/health/probe.ts';
import { servingStatus } from '../../proxy-engine/health/probe-grpc.ts';
import { bodyMatches } from '../../proxy-engine/health/probe-http.ts';
import type { ProbeResult } from '../../proxy-engine/health/probe-tcp.ts';
import { laneOptions } from '../../proxy-engine/upstream/lane-options.ts';
import { startBackend } from '../support/backend.ts';
import { backendAt, poolConfig } from '../support/backends.ts';
import { CLOSED_PORT } from '../support/free-port.ts';
import { type Http2Answerer, startHttp2Backend } from '../support/http2.ts';
import { startRawBackend } from '../support/raw.ts';
import { certificateFiles, clientCertificate, newAuthority, selfSigned, temporaryDirectory } from '../support/tls.ts';

function checkOf(check: object): HealthCheckConfig {
  const { healthCheck } = poolConfig({ backends: [{ url: 'http://127.0.0.1:1' }], healthCheck: check });
  if (!healthCheck) throw new Error('no check');
  return healthCheck;
}

function probeAt(url: string, check: object, pool: object = {}): Promise<ProbeResult> {
  const lane = laneOptions('p', poolConfig({ backends: [{ url }], ...pool }), '.');
  return probe(backendAt(url), checkOf(check), lane);
}

/** A raw server that does `act` on the first data of each connection. */
async function rawPort(act: Parameters<typeof startRawBackend>[0]): Promise<number> {
  const server = await startRawBackend(act);
  onTestFinished(() => server.close());
  return server.port;
}

describe('http', () => {
  const answers: Record<string, [status: number, body: string]> = {
    '/ok': [200, 'all is ok'],
    '/moved': [302, ''],
    '/none': [404, 'ok'],
    '/busy': [503, 'ok'],
  };

  test.each<[object, boolean, string | RegExp]>([
    [{ path: '/ok' }, true, /^200 in \d+ ms$/],
    [{ path: '/moved' }, true, /^302 in/],
    [{ path: '/none' }, false, 'answered 404'],
    [{ path: '/busy' }, false, 'answered 503'],
    [{ path: '/busy', expectStatus: [200, '500-599'] }, true, /^503 in/],
    [{ path: '/ok', expectBody: 'is ok' }, true, /^200 in/],
    [{ path: '/ok', expectBody: 'fine' }, false, 'the body does not match expectBody'],
    [{ path: '/ok', expectBody: '/^all .* ok$/' }, true, /^200 in/],
    [{ path: '/ok', expectBody: '/^ok/' }, false, 'the body does not match expectBody'],
    [{ path: '/ok', method: 'HEAD' }, true, /^200 in/],
  ])('%j: passed %s, %s', async (check, passed, detail) => {
    const backend = await startBackend('a', (incoming, response) => {
      const [status, body] = answers[incoming.url ?? ''] ?? [500, ''];
      response.writeHead(status).end(body);
    });
    onTestFinished(() => backend.close());
    const result = await probeAt(backend.url, check);
    expect(result.passed).toBe(passed);
    expect(result.detail).toMatch(detail);
  });

  test('it asks as it was told to', async () => {
    let asked: unknown;
    const backend = await startBackend('a', ({ method, url, headers }, response) => {
      asked = { method, url, host: headers.host, token: headers['x-token'], agent: headers['user-agent'] };
      response.end();
    });
    onTestFinished(() => backend.close());
    const check = {
      path: '/up?deep=1',
      method: 'OPTIONS',
      host: 'api.test',
      headers: { 'x-token': 't上' },
      port: backend.port,
    };
    const { passed } = await probeAt('http://127.0.0.1:1', check);
    expect(passed).toBe(true);
    expect(asked).toEqual({
      method: 'OPTIONS',
      url: '/up?deep=1',
      host: 'api.test',
      token: 't\xe4\xb8\x8a',
      agent: 'switchyard-health-check',
    });
  });

  test.each<[string, Parameters<typeof startRawBackend>[0], string, check?: object]>([
    ['says nothing', () => {}, 'no answer within 80 ms', { timeout: '80ms' }],
    ['hangs up', (socket) => socket.destroy(), 'connection reset'],
    ['resets', (socket) => socket.resetAndDestroy(), 'connection reset'],
    ['is no HTTP', (socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'), 'malformed response'],
    [
      'stalls in the head',
      (socket) => socket.write('HTTP/1.1 200 OK\r\nX-A:'),
      'no answer within 80 ms',
      { timeout: '80ms' },
    ],
  ])('a backend that %s', async (_name, act, detail, check = { timeout: '1m' }) => {
    const { passed, detail: told } = await probeAt(`http://127.0.0.1:${await rawPort(act)}`, check);
    expect(passed).toBe(false);
    expect(told).toBe(detail);
  });

  test('a body that never ends is read no further than it must be', async () => {
    const port = await rawPort((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nready\r\n');
      socket.write(`10000\r\n${'x'.repeat(65_536)}\r\n`);
    });
    expect(await probeAt(`http://127.0.0.1:${port}`, { expectBody: 'ready' })).toMatchObject({ passed: true });
  });

  test('nobody listens', async () => {
    const result = await probeAt(`http://127.0.0.1:${CLOSED_PORT}`, {});
    expect(result).toMatchObject({ passed: false, detail: 'connection refused' });
  });

  test('no connection is left behind', async () => {
    const server = createServer((_request, response) => void response.end('ok'));
    const port = await listening(server);
    await probeAt(`http://127.0.0.1:${port}`, { expectBody: 'ok' });
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
});

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

test.each([
  ['ok', 'ok', true],
  ['not', 'ok', false],
  ['a/b', '/b', true],
  ['status: UP', '/status:\\s+UP/', true],
  ['two\nlines', '/^lines$/', false],
])('body %j, expected %s: %s', (body, expected, holds) => {
  expect(bodyMatches(body, expected)).toBe(holds);
});

describe('a check connects as the traffic of its pool does', () => {
  /** Certificate files of `api.internal` and of two clients, of which one is known. */
  async function files() {
    const directory = temporaryDirectory();
    const authority = await newAuthority();
    const server = await certificateFiles(authority, directory, 'api.internal');
    const [known, stranger] = [
      await clientCertificate(directory, 'known'),
      await clientCertificate(directory, 'other'),
    ];
    const read = { cert: readFileSync(server.cert), key: readFileSync(server.key) };
    const trust = { ca: [authority.certificateFile], serverName: 'api.internal' };
    return { read, trust, known, stranger };
  }

  const answersOk: Http2Answerer = (stream) => {
    stream.respond({ ':status': 200 });
    stream.end();
  };

  test('HTTP/2 in clear', async () => {
    const { port } = await startHttp2Backend(answersOk);
    const url = `http://127.0.0.1:${port}`;
    expect(await probeAt(url, {}, { protocol: 'http2' })).toMatchObject({ passed: true });
    expect(await probeAt(url, {}, { protocol: 'http1' })).toMatchObject({
      passed: false,
      detail: 'malformed response',
    });
    const old = await startBackend('a');
    onTestFinished(() => old.close());
    const broken = await probeAt(old.url, {}, { protocol: 'http2' });
    expect(broken).toMatchObject({ passed: false, detail: 'what it sent is not HTTP/2' });
  });

  test('HTTP/2 asks with the host, the headers and the body that the check says', async () => {
    const asked: unknown[] = [];
    const { port } = await startHttp2Backend((stream, headers) => {
      asked.push([headers[':method'], headers[':path'], headers[':authority'], headers['x-token'], headers.host]);
      stream.respond({ ':status': 200 });
      stream.end('all is ok');
    });
    const check = { path: '/up', host: 'api.test', headers: { 'X-Token': 't上' } };
    const at = (body: string) =>
      probeAt(`http://127.0.0.1:${port}`, { ...check, expectBody: body }, { protocol: 'http2' });
    expect(await at('is ok')).toMatchObject({ passed: true });
    expect(await at('fine')).toMatchObject({ passed: false, detail: 'the body does not match expectBody' });
    expect(asked[0]).toEqual(['GET', '/up', 'api.test', 't\xe4\xb8\x8a', undefined]);
  });

  test('TLS with nothing but HTTP/2, and with nothing but HTTP/1.1', async () => {
    const { read, trust } = await files();
    const { port } = await startHttp2Backend(answersOk, read);
    const url = `https://127.0.0.1:${port}`;
    expect(await probeAt(url, {}, { tls: trust })).toMatchObject({ passed: true });
    expect(await probeAt(url, {}, { tls: trust, protocol: 'http2' })).toMatchObject({ passed: true });
    const refused = await probeAt(url, {}, { tls: trust, protocol: 'http1' });
    expect(refused).toMatchObject({ passed: false, detail: expect.stringContaining('ALPN') });
    const http1 = await listening(createHttps(read, (_request, response) => void response.end('ok')));
    expect(await probeAt(`https://127.0.0.1:${http1}`, {}, { tls: trust })).toMatchObject({ passed: true });
  });

  test('a certificate that the traffic would not take', async () => {
    const port = await listening(createHttps(await selfSigned('/CN=other'), (_, response) => void response.end('ok')));
    const url = `https://127.0.0.1:${port}`;
    const refused = await probeAt(url, {});
    expect(refused).toMatchObject({ passed: false, detail: expect.stringContaining('self-signed') });
    expect(await probeAt(url, {}, { tls: { verify: false } })).toMatchObject({ passed: true });
  });

  test('a backend that wants a client certificate', async () => {
    const { read, trust, known, stranger } = await files();
    const options = { ...read, ca: [readFileSync(known.ca)], requestCert: true, rejectUnauthorized: true };
    const port = await listening(createHttps(options, (_request, response) => void response.end('ok')));
    const at = (identity: object) => probeAt(`https://127.0.0.1:${port}`, {}, { tls: { ...trust, ...identity } });
    expect(await at({ cert: known.cert, key: known.key })).toMatchObject({ passed: true });
    expect(await at({})).toMatchObject({ passed: false, detail: expect.stringContaining('client certificate') });
    expect(await at({ cert: stranger.cert, key: stranger.key })).toMatchObject({ passed: false });
  });

  test('a backend that serves one name only', async () => {
    const { read, trust } = await files();
    const options = {
      SNICallback: (name: string, done: (error: Error | null, context?: SecureContext) => void) =>
        name === 'api.internal' ? done(null, createSecureContext(read)) : done(new Error('unknown name')),
    };
    const port = await listening(createHttps(options, (_request, response) => void response.end('ok')));
    const url = `https://localhost:${port}`;
    expect(await probeAt(url, {}, { tls: trust })).toMatchObject({ passed: true });
    const refused = await probeAt(url, {}, { tls: { ca: trust.ca } });
    expect(refused.passed).toBe(false);
    expect(refused.detail).not.toBe('');
  });

  test('gRPC over TLS with a client certificate', async () => {
    const { read, trust, known } = await files();
    const options = { ...read, ca: [readFileSync(known.ca)], requestCert: true, rejectUnauthorized: true };
    const { port } = await startHttp2Backend((stream) => {
      stream.respond({ ':status': 200 }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      stream.end(Buffer.from([0, 0, 0, 0, 2, 8, 1]));
    }, options);
    const at = (identity: object) =>
      probeAt(`https://127.0.0.1:${port}`, { type: 'grpc' }, { tls: { ...trust, ...identity } });
    expect(await at({ cert: known.cert, key: known.key })).toMatchObject({ passed: true, detail: 'SERVING' });
    expect(await at({})).toMatchObject({ passed: false, detail: expect.stringContaining('client certificate') });
  });
});

describe('tcp', () => {
  test('a port that accepts', async () => {
    const port = await rawPort(() => {});
    expect(await probeAt(`http://127.0.0.1:${port}`, { type: 'tcp' })).toMatchObject({
      passed: true,
      detail: 'accepts connections',
    });
  });

  test('a port where nobody listens, and another one that is asked instead', async () => {
    const closed = `http://127.0.0.1:${CLOSED_PORT}`;
    expect(await probeAt(closed, { type: 'tcp' })).toMatchObject({ passed: false, detail: 'connection refused' });
    expect(await probeAt(closed, { type: 'tcp', port: await rawPort(() => {}) })).toMatchObject({ passed: true });
  });
});

describe('grpc', () => {
  const message = (...bytes: number[]) => Buffer.from([0, 0, 0, 0, bytes.length, ...bytes]);

  test.each([
    ['serving', message(8, 1), '0', true, 'SERVING'],
    ['not serving', message(8, 2), '0', false, 'NOT_SERVING'],
    ['unknown', message(), '0', false, 'UNKNOWN'],
    ['no such service', null, '12', false, 'grpc-status 12'],
    ['nothing at all', null, '0', false, 'no health in the answer'],
  ])('%s', async (_name, body, grpcStatus, passed, detail) => {
    const asked: unknown[] = [];
    const { port } = await startHttp2Backend((stream, headers) => {
      asked.push([headers[':method'], headers[':path'], headers['content-type'], headers.te]);
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': grpcStatus }));
      stream.end(body ?? undefined);
    });
    expect(await probeAt(`http://127.0.0.1:${port}`, { type: 'grpc' })).toMatchObject({ passed, detail });
    expect(asked).toEqual([['POST', '/grpc.health.v1.Health/Check', 'application/grpc', 'trailers']]);
  });

  test('a real server of gRPC: SERVING, then NOT_SERVING, then without the service', async () => {
    const server = new GrpcServer();
    onTestFinished(() => server.forceShutdown());
    let serving = 1;
    const raw = (bytes: Buffer) => bytes;
    const codec = { requestSerialize: raw, requestDeserialize: raw, responseSerialize: raw, responseDeserialize: raw };
    const check = { path: '/grpc.health.v1.Health/Check', requestStream: false, responseStream: false, ...codec };
    server.addService(
      { check },
      { check: (_call: unknown, reply: sendUnaryData<Buffer>) => reply(null, Buffer.from([8, serving])) },
    );
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, at) =>
        error ? reject(error) : resolve(at),
      ),
    );
    const ask = () => probeAt(`http://127.0.0.1:${port}`, { type: 'grpc' });
    expect(await ask()).toMatchObject({ passed: true, detail: 'SERVING' });
    serving = 2;
    expect(await ask()).toMatchObject({ passed: false, detail: 'NOT_SERVING' });
    server.removeService({ check });
    expect(await ask()).toMatchObject({ passed: false, detail: 'grpc-status 12' });
  });

  test.each([
    ['trailers only', { ':status': 200, 'grpc-status': '14' }, 'grpc-status 14'],
    ['no gRPC', { ':status': 404 }, 'answered 404'],
  ])('%s', async (_name, headers, detail) => {
    const { port } = await startHttp2Backend((stream) => stream.respond(headers, { endStream: true }));
    expect(await probeAt(`http://127.0.0.1:${port}`, { type: 'grpc' })).toMatchObject({ passed: false, detail });
  });

  test('silence, and nobody there', async () => {
    const { port } = await startHttp2Backend(() => {});
    expect(await probeAt(`http://127.0.0.1:${port}`, { type: 'grpc', timeout: '80ms' })).toMatchObject({
      passed: false,
      detail: 'no answer within 80 ms',
    });
    expect(await probeAt(`http://127.0.0.1:${CLOSED_PORT}`, { type: 'grpc' })).toMatchObject({
      passed: false,
      detail: 'connection refused',
    });
  });

  test.each([
    [[0, 0, 0, 0, 2, 8, 1], 'SERVING'],
    [[0, 0, 0, 0, 2, 8, 3], 'SERVICE_UNKNOWN'],
    [[0, 0, 0, 0, 0], 'UNKNOWN'],
    [[0, 0], 'no health in the answer'],
  ])('%j says %s', (bytes, status) => {
    expect(servingStatus(Uint8Array.from(bytes))).toBe(status);
  });
});

test.each([
  [{}, 'GET / every 5 s'],
  [{ path: '/healthz', method: 'HEAD', interval: '500ms' }, 'HEAD /healthz every 500 ms'],
  [{ type: 'tcp', interval: '2s' }, 'TCP connect every 2 s'],
  [{ type: 'grpc' }, 'grpc.health.v1 every 5 s'],
])('%j is told as %s', (check, text) => {
  expect(describeCheck(checkOf(check))).toBe(text);
});
