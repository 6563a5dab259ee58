/** Calls of @grpc/grpc-js, client and server, through the proxy over HTTP/2 on both sides. */
import { EventEmitter, once } from 'node:events';
import { constants } from 'node:http2';
import {
  Client,
  credentials,
  Metadata,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceError,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js';
import { describe, expect, onTestFinished, test } from 'vitest';
import { recorded, startEngine } from '../support/engine.ts';
import { CLOSED_PORT } from '../support/free-port.ts';
import { startHttp2Backend } from '../support/http2.ts';

const bytes = (text: string) => Buffer.from(text);
const text = (buffer: Buffer) => buffer.toString();

function method(name: string, requestStream: boolean, responseStream: boolean) {
  const codec = { requestSerialize: bytes, requestDeserialize: text };
  const answers = { responseSerialize: bytes, responseDeserialize: text };
  return { path: `/test.Echo/${name}`, requestStream, responseStream, ...codec, ...answers };
}

const ECHO = {
  unary: method('Unary', false, false),
  fail: method('Fail', false, false),
  hang: method('Hang', false, false),
  collect: method('Collect', true, false),
  repeat: method('Repeat', false, true),
  chat: method('Chat', true, true),
};

type Unary = ServerUnaryCall<string, string>;
type Reply = sendUnaryData<string>;

async function startServer(): Promise<{ port: number; events: EventEmitter }> {
  const server = new Server();
  const events = new EventEmitter();
  server.addService(ECHO, {
    unary: ({ request }: Unary, reply: Reply) => {
      const trailer = new Metadata();
      trailer.set('after', 'all');
      reply(null, `echo ${request}`, trailer);
    },
    fail: (_call: Unary, reply: Reply) => reply({ code: status.NOT_FOUND, details: 'no such thing: né' }),
    hang: (call: Unary) => call.once('cancelled', () => events.emit('cancelled')),
    collect: (call: ServerReadableStream<string, string>, reply: Reply) => {
      const parts: string[] = [];
      call.on('data', (part: string) => parts.push(part));
      call.on('end', () => reply(null, parts.join('+')));
    },
    repeat: (call: ServerWritableStream<string, string>) => {
      for (let i = 0; i < 3; i++) call.write(`${call.request}${i}`);
      call.end();
    },
    chat: (call: ServerDuplexStream<string, string>) => {
      call.on('data', (part: string) => call.write(`re: ${part}`));
      call.on('end', () => call.end());
    },
  });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  onTestFinished(() => server.forceShutdown());
  return { port, events };
}

async function through(port: number) {
  const engine = await startEngine([port], { pool: { protocol: 'http2' } });
  const client = new Client(`127.0.0.1:${engine.port}`, credentials.createInsecure());
  onTestFinished(async () => {
    client.close();
    await engine.close();
  });
  return { ...engine, client };
}

async function startAll() {
  const server = await startServer();
  return { ...server, ...(await through(server.port)) };
}

/** What a unary call ends with. */
function call(client: Client, { path }: { path: string }, request: string, deadlineMs?: number) {
  const metadata = new Metadata();
  if (deadlineMs !== undefined) metadata.set('grpc-timeout', `${deadlineMs}m`);
  return new Promise<{ error: ServiceError | null; answer: string | undefined }>((resolve) =>
    client.makeUnaryRequest(path, bytes, text, request, metadata, (error, answer) => resolve({ error, answer })),
  );
}

describe('gRPC', () => {
  test('unary, with trailers', async () => {
    const { client } = await startAll();
    const answer = await new Promise((resolve) => {
      const pending = client.makeUnaryRequest(ECHO.unary.path, bytes, text, 'x', (_error, value) => {
        pending.once('status', ({ code, metadata }) => resolve([code, value, metadata.get('after')]));
      });
    });
    expect(answer).toEqual([status.OK, 'echo x', ['all']]);
  });

  test('a status without a message (trailers only)', async () => {
    const { client } = await startAll();
    const { error } = await call(client, ECHO.fail, 'x');
    expect(error).toMatchObject({ code: status.NOT_FOUND, details: 'no such thing: né' });
  });

  test('a client stream', async () => {
    const { client } = await startAll();
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
    const { client } = await startAll();
    const stream = client.makeServerStreamRequest(ECHO.repeat.path, bytes, text, 'n');
    expect(await stream.toArray()).toEqual(['n0', 'n1', 'n2']);
  });

  test('both ways: each message arrives before the next is sent', async () => {
    const { client } = await startAll();
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
    const { client, events, engine } = await startAll();
    const cancelled = once(events, 'cancelled');
    const pending = client.makeUnaryRequest(ECHO.hang.path, bytes, text, 'x', () => {});
    await expect.poll(() => engine.state().pools[0]?.backends[0]?.inFlight).toBe(1);
    pending.cancel();
    await cancelled;
  });

  test('a backend that is not there is UNAVAILABLE, with the reason', async () => {
    const { client, engine } = await through(CLOSED_PORT);
    const { error } = await call(client, ECHO.unary, 'x');
    expect(error).toMatchObject({ code: status.UNAVAILABLE, details: expect.stringContaining('refused') });
    expect(error?.metadata.get('x-switchyard-error')).toEqual(['CONNECT_REFUSED']);
    expect(await recorded(engine)).toMatchObject({ status: 200, error: { code: 'CONNECT_REFUSED' } });
  });

  test('grpc-timeout ends a call that takes longer, at the backend as well', async () => {
    const closed = Promise.withResolvers<number>();
    const backend = await startHttp2Backend((stream) => {
      stream.resume();
      stream.once('close', () => closed.resolve(stream.rstCode ?? 0));
    });
    const { client, engine } = await through(backend.port);
    const { error } = await call(client, ECHO.unary, 'x', 50);
    expect(error).toMatchObject({ code: status.DEADLINE_EXCEEDED, details: 'not done within 50 ms (grpc-timeout)' });
    expect(await closed.promise).toBe(constants.NGHTTP2_CANCEL);
    // The client chose the time: the backend has not failed.
    expect(await recorded(engine)).toMatchObject({ error: { code: 'DEADLINE_EXCEEDED', source: 'client' } });
  });
});
