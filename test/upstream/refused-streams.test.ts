/** Requests that a backend of HTTP/2 did not look at (RFC 9113 §6.8 and §8.7) are asked again, and none is lost. */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:http2';
import { Client, credentials } from '@grpc/grpc-js';
import { describe, expect, onTestFinished, test } from 'vitest';
import { resetStream } from '../../proxy-engine/http2/reset-stream.ts';
import { send, startBackend } from '../support/backend.ts';
import { recorded, recordedRows, startEngine } from '../support/engine.ts';
import { freePort } from '../support/free-port.ts';
import { call, ECHO, startGrpcServer } from '../support/grpc.ts';
import { ask, connectHttp2, startHttp2Backend } from '../support/http2.ts';
import { startNginx } from '../support/other-proxies.ts';
import { certificateFiles, newAuthority, temporaryDirectory } from '../support/tls.ts';

const AT_ONCE = 30;

/** A real nginx that ends each connection of HTTP/2 after so many requests; `got`: what went through it, each `path length`. */
async function endingNginx(keepaliveRequests: number, secure: boolean) {
  const got: string[] = [];
  const behind = await startBackend('behind', (incoming, response) => {
    let length = 0;
    incoming.on('data', (chunk: Buffer) => (length += chunk.length));
    incoming.once('end', () => {
      got.push(`${incoming.url} ${length}`);
      response.end('ok');
    });
  });
  onTestFinished(() => behind.close());
  const port = await freePort();
  const { cert, key } = await certificateFiles(await newAuthority(), temporaryDirectory(), '127.0.0.1');
  const tls = secure ? `ssl_certificate ${cert}; ssl_certificate_key ${key};` : '';
  const nginx = await startNginx(
    '',
    `listen 127.0.0.1:${port} http2 ${secure ? 'ssl' : ''}; ${tls} keepalive_requests ${keepaliveRequests};
     client_max_body_size 10m; location / { proxy_pass ${behind.url}; }`,
  );
  onTestFinished(() => nginx.close());
  return { url: `${secure ? 'https' : 'http'}://127.0.0.1:${port}`, got };
}

async function gatewayFor(url: string) {
  const { engine, port, close } = await startEngine([], {
    pool: {
      backends: [{ name: 'a', url }],
      protocol: 'http2',
      tls: { verify: false },
      retry: { attempts: 1 },
      // Connections are opened one after the other, on whatever machine this runs.
      timeouts: { connect: '1m' },
      connections: { perBackend: 4 },
    },
  });
  onTestFinished(close);
  const address = `127.0.0.1:${port}`;
  return { engine, address, session: connectHttp2(`http://${address}`) };
}

describe.each([
  ['in clear', false],
  ['over TLS', true],
] as const)('nginx %s', (_how, secure) => {
  test.each([
    ['GET', 5, 0],
    ['GET', 50, 0],
    ['POST', 5, 1000],
    ['POST', 50, 100_000],
  ])('that takes %s on one connection %i times loses none of %i bytes', async (method, keepaliveRequests, bytes) => {
    const { url, got } = await endingNginx(keepaliveRequests, secure);
    const { engine, session } = await gatewayFor(url);
    const body = bytes > 0 ? { body: randomBytes(bytes) } : {};
    const paths = Array.from({ length: 120 }, (_, at) => `/${at}`);
    const statuses: number[] = [];
    const next = paths.values();
    const client = async () => {
      for (const path of next) statuses.push((await ask(session, { ':method': method, ':path': path }, body)).status);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, client));
    expect(statuses).toEqual(paths.map(() => 200));
    expect(got.toSorted()).toEqual(paths.map((path) => `${path} ${bytes}`).toSorted());
    const rows = await recordedRows(engine);
    // Each attempt shows. What the first connections have taught need not be learnt again: most requests need only one.
    const { backends } = engine.state().pools[0] ?? {};
    expect(backends).toMatchObject([{ failures: 0, recentFailures: [] }]);
    expect(rows.filter(({ attempts }) => attempts > 1).length).toBeLessThanOrEqual(2 * AT_ONCE);
  });
});

test('no call of gRPC is lost behind an nginx that takes five on one connection', async () => {
  const server = await startGrpcServer();
  const port = await freePort();
  const location = `location / { grpc_pass grpc://127.0.0.1:${server.port}; }`;
  const nginx = await startNginx('', `listen 127.0.0.1:${port} http2; keepalive_requests 5; ${location}`);
  onTestFinished(() => nginx.close());
  const { address } = await gatewayFor(`http://127.0.0.1:${port}`);
  const client = new Client(address, credentials.createInsecure());
  onTestFinished(() => client.close());
  const asked = Array.from({ length: 60 }, (_, at) => `call ${at}`);
  const answers = await Promise.all(asked.map((word) => call(client, ECHO.unary, word)));
  expect(answers).toEqual(asked.map((word) => ({ error: null, answer: `echo ${word}` })));
});

test('a stream that is refused once is asked again, whatever the method and however few attempts there are', async () => {
  let asked = 0;
  const backend = await startHttp2Backend((stream) => {
    if (++asked === 1) resetStream(stream, constants.NGHTTP2_REFUSED_STREAM);
    else stream.respond({ ':status': 200 }, { endStream: true });
  });
  const { engine, session } = await gatewayFor(`http://127.0.0.1:${backend.port}`);
  expect(await ask(session, { ':method': 'POST' }, { body: 'x' })).toMatchObject({ status: 200 });
  expect((await recorded(engine)).attempts.map(({ outcome, error }) => [outcome, error?.code])).toEqual([
    ['retried', 'REFUSED_STREAM'],
    ['answered', undefined],
  ]);
});

test('a backend that refuses everything is not asked for ever', async () => {
  const backend = await startHttp2Backend((stream) => resetStream(stream, constants.NGHTTP2_REFUSED_STREAM));
  const { engine, port, close } = await startEngine([backend.port], {
    pool: {
      protocol: 'http2',
      retry: { attempts: 2, backoff: { base: '1ms', max: '1ms' } },
      timeouts: { connect: '1m' },
    },
  });
  onTestFinished(close);
  const { status, headers } = await send(`127.0.0.1:${port}`);
  expect([status, headers['x-switchyard-error']]).toEqual([502, 'REFUSED_STREAM']);
  expect((await recorded(engine)).attempts).toHaveLength(5 + 2);
});
