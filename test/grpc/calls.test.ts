/** Calls of @grpc/grpc-js, client and server, through the proxy over HTTP/2 on both sides. */
import { once } from 'node:events';
import { constants } from 'node:http2';
import { Client, credentials, Metadata, ServerCredentials, type ServiceError, status } from '@grpc/grpc-js';
import { describe, expect, onTestFinished, test } from 'vitest';
import { commands } from '../../proxy-engine/contract/api.ts';
import { resetStream } from '../../proxy-engine/http2/reset-stream.ts';
import { LeafCertificates } from '../../proxy-engine/tls/leaf-certificate.ts';
import { portOf, recorded, runConfig, startEngine } from '../support/engine.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { CLOSED_PORT } from '../support/free-port.ts';
import { bytes, call, ECHO, startGrpcServer, text } from '../support/grpc.ts';
import { type Http2Answerer, startHttp2Backend } from '../support/http2.ts';
import { newAuthority, temporaryDirectory } from '../support/tls.ts';

function closeLater({ client, engine }: { client: Client; engine: { close(timeoutMs: number): Promise<void> } }): void {
  onTestFinished(async () => {
    client.close();
    await engine.close(0);
  });
}

async function through(port: number, clock?: FakeClock, rules: object[] = []) {
  const more = { rules: rules as never, ...(clock && { clock }) };
  const { engine, port: gateway } = await startEngine([port], { pool: { protocol: 'http2' }, ...more });
  const client = new Client(`127.0.0.1:${gateway}`, credentials.createInsecure());
  closeLater({ client, engine });
  return { engine, client };
}

async function inClear() {
  const server = await startGrpcServer();
  return { ...server, ...(await through(server.port)) };
}

/** TLS with ALPN on both sides, each verified. */
async function overTls() {
  const authority = await newAuthority();
  const { cert, key } = await new LeafCertificates(authority).issue(['127.0.0.1']);
  const pair = { cert_chain: Buffer.from(cert), private_key: Buffer.from(key) };
  const server = await startGrpcServer(ServerCredentials.createSsl(null, [pair]));
  const engine = await runConfig(
    {
      listeners: { gateway: { address: '127.0.0.1:0', tls: { local: true } } },
      routes: [{ name: 'all', pool: 'p' }],
      pools: {
        p: {
          backends: [{ name: 'a', url: `https://127.0.0.1:${server.port}` }],
          tls: { ca: [authority.certificateFile] },
        },
      },
    },
    temporaryDirectory(),
  );
  const trusted = Buffer.from((await engine.authority()).certificatePem);
  const client = new Client(`localhost:${portOf(engine, 'gateway')}`, credentials.createSsl(trusted));
  closeLater({ client, engine });
  return { ...server, client, engine };
}

describe.each([
  ['in clear', inClear],
  ['over TLS', overTls],
])('gRPC %s', (_, start) => {
  test('unary, with trailers', async () => {
    const { client } = await start();
    const answer = await new Promise((resolve) => {
      const pending = client.makeUnaryRequest(ECHO.unary.path, bytes, text, 'x', (_error, value) => {
        pending.once('status', ({ code, metadata }) => resolve([code, value, metadata.get('after')]));
      });
    });
    expect(answer).toEqual([status.OK, 'echo x', ['all']]);
  });

  test('a status without a message (trailers only)', async () => {
    const { client } = await start();
    const { error } = await call(client, ECHO.fail, 'x');
    expect(error).toMatchObject({ code: status.NOT_FOUND, details: 'no such thing: né' });
  });

  test('a client stream', async () => {
    const { client } = await start();
    const answer = await new Promise((resolve, reject) => {
      const stream = client.makeClientStreamRequest(ECHO.collect.path, bytes, text, (error, value) =>
        error ? reject(error) : resolve(value),
      );
      for (const part of ['a', 'b', 'c']) stream.write(part);
      stream.end();
    });
    expect(answer).toBe('a+b+c');
  });

  test('a server stream', async () => {
    const { client } = await start();
    const stream = client.makeServerStreamRequest(ECHO.repeat.path, bytes, text, 'n');
    expect(await stream.toArray()).toEqual(['n0', 'n1', 'n2']);
  });

  test('both ways: each message arrives before the next is sent', async () => {
    const { client } = await start();
    const stream = client.makeBidiStreamRequest(ECHO.chat.path, bytes, text);
    for (const part of ['a', 'b', 'c']) {
      stream.write(part);
      expect(await once(stream, 'data')).toEqual([`re: ${part}`]);
    }
    stream.end();
    stream.resume();
    expect(await once(stream, 'status')).toMatchObject([{ code: status.OK }]);
  });

  test('a call that its client cancels is cancelled at the server', async () => {
    const { client, events } = await start();
    const [called, cancelled] = [once(events, 'called'), once(events, 'cancelled')];
    const pending = client.makeUnaryRequest(ECHO.hang.path, bytes, text, 'x', () => {});
    // Before that there is nothing that the server could be told of.
    await called;
    pending.cancel();
    await cancelled;
  });
});

test('a stream, which may never end, is held with its head alone, both ways', async () => {
  const clock = new FakeClock();
  const rules = [{ name: 'stop', request: [{ breakpoint: true }], response: [{ breakpoint: true }] }];
  const { client, engine } = await through((await startGrpcServer()).port, clock, rules);
  const stream = client.makeBidiStreamRequest(ECHO.chat.path, bytes, text);
  const first = once(stream, 'data');
  stream.write('a');
  for (const phase of ['request', 'response'] as const) {
    await expect
      .poll(() => {
        clock.advance(500);
        return engine.breakpoints.state().held.map((row) => row.phase);
      })
      .toEqual([phase]);
    expect(await engine.breakpoints.detail(1)).toMatchObject({ body: '', bodyComplete: false });
    engine.breakpoints.decide(commands['breakpoint.resume'].parse({ id: 1, action: 'continue' }));
  }
  expect(await first).toEqual(['re: a']);
  stream.end();
  stream.resume();
  expect(await once(stream, 'status')).toMatchObject([{ code: status.OK }]);
});

test('a backend that is not there is UNAVAILABLE, with the reason', async () => {
  const { client, engine } = await through(CLOSED_PORT);
  const { error } = await call(client, ECHO.unary, 'x');
  expect(error).toMatchObject({ code: status.UNAVAILABLE, details: expect.stringContaining('refused') });
  expect(error?.metadata.get('x-switchyard-error')).toEqual(['CONNECT_REFUSED']);
  expect(await recorded(engine)).toMatchObject({ status: 200, error: { code: 'CONNECT_REFUSED' } });
});

describe('grpc-timeout', () => {
  test('ends a call that takes longer, at the backend as well', async () => {
    const [opened, closed] = [Promise.withResolvers<void>(), Promise.withResolvers<number>()];
    const backend = await startHttp2Backend((stream) => {
      stream.resume();
      stream.once('close', () => closed.resolve(stream.rstCode ?? 0));
      opened.resolve();
    });
    const clock = new FakeClock();
    const { client, engine } = await through(backend.port, clock);
    const called = call(client, ECHO.unary, 'x', 50);
    await opened.promise;
    clock.advance(1000);
    const { error } = await called;
    expect(error).toMatchObject({ code: status.DEADLINE_EXCEEDED, details: 'not done within 50 ms (grpc-timeout)' });
    expect(await closed.promise).toBe(constants.NGHTTP2_CANCEL);
    // The client chose the time: the backend has not failed.
    expect(await recorded(engine)).toMatchObject({ error: { code: 'DEADLINE_EXCEEDED', source: 'client' } });
  });

  test('ends a stream that has begun with the same status', async () => {
    const clock = new FakeClock();
    const { stream } = await broken(() => {}, { timeoutMs: 100, clock });
    const seen = await messagesAndError(stream, () => clock.advance(1000));
    expect(seen).toEqual({ messages: ['one'], code: status.DEADLINE_EXCEEDED });
  });

  test('reaches the backend as the client said it', async () => {
    const asked = Promise.withResolvers<unknown>();
    const backend = await startHttp2Backend((stream, headers) => {
      asked.resolve([headers['grpc-timeout'], headers.te, headers['content-type']]);
      stream.respond({ ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '0' }, { endStream: true });
    });
    const { client } = await through(backend.port);
    await call(client, ECHO.unary, 'x', 30_000);
    expect(await asked.promise).toEqual(['30000m', 'trailers', 'application/grpc']);
  });
});

/** A length-prefixed message. */
function framed(message: string): Buffer {
  return Buffer.concat([Buffer.from([0, 0, 0, 0, message.length]), Buffer.from(message)]);
}

/** A stream of which one message comes before `strike` happens to it. */
async function broken(
  strike: (stream: Parameters<Http2Answerer>[0]) => void,
  { timeoutMs, clock }: { timeoutMs?: number; clock?: FakeClock } = {},
) {
  const backend = await startHttp2Backend((stream) => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
    stream.write(framed('one'), () => strike(stream));
  });
  const { client, engine } = await through(backend.port, clock);
  const metadata = new Metadata();
  if (timeoutMs !== undefined) metadata.set('grpc-timeout', `${timeoutMs}m`);
  return { stream: client.makeServerStreamRequest(ECHO.repeat.path, bytes, text, 'x', metadata), engine };
}

async function messagesAndError(stream: AsyncIterable<string>, onMessage = () => {}) {
  const messages: string[] = [];
  try {
    for await (const message of stream) {
      messages.push(message);
      onMessage();
    }
  } catch (error) {
    return { messages, code: (error as ServiceError).code };
  }
  return { messages, code: status.OK };
}

describe('a backend that breaks in the middle of a stream', () => {
  test.each<[what: string, strike: Http2Answerer, code: status]>([
    ['closes the connection', (stream) => stream.session?.socket.destroy(), status.UNAVAILABLE],
    ['resets the connection', (stream) => stream.session?.socket.resetAndDestroy(), status.UNAVAILABLE],
    ['sends GOAWAY with an error', (stream) => stream.session?.destroy(undefined, 11), status.UNAVAILABLE],
    ['sends half a message and closes', (stream) => half(stream), status.UNAVAILABLE],
    ['refuses the stream', (stream) => resetStream(stream, constants.NGHTTP2_REFUSED_STREAM), status.UNAVAILABLE],
    ['resets the stream', (stream) => resetStream(stream, constants.NGHTTP2_INTERNAL_ERROR), status.INTERNAL],
    ['cancels the stream', (stream) => resetStream(stream, constants.NGHTTP2_CANCEL), status.CANCELLED],
    ['wants calm', (stream) => resetStream(stream, constants.NGHTTP2_ENHANCE_YOUR_CALM), status.RESOURCE_EXHAUSTED],
  ])('%s', async (_, strike, code) => {
    const { stream, engine } = await broken((raw) => strike(raw, {}, []));
    expect(await messagesAndError(stream)).toEqual({ messages: ['one'], code });
    expect((await recorded(engine)).error).toMatchObject({ source: 'backend' });
  });
});

function half(stream: Parameters<Http2Answerer>[0]): void {
  stream.write(framed('two').subarray(0, 6), () => stream.session?.socket.destroy());
}
