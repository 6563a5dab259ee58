/** A server of @grpc/grpc-js whose messages are texts, and how to call it. */
import { EventEmitter } from 'node:events';
import {
  type Client,
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
import { onTestFinished } from 'vitest';

export const bytes = (text: string) => Buffer.from(text);
export const text = (buffer: Buffer) => buffer.toString();

function method(name: string, requestStream: boolean, responseStream: boolean) {
  const codec = { requestSerialize: bytes, requestDeserialize: text };
  const answers = { responseSerialize: bytes, responseDeserialize: text };
  return { path: `/test.Echo/${name}`, requestStream, responseStream, ...codec, ...answers };
}

export const ECHO = {
  unary: method('Unary', false, false),
  fail: method('Fail', false, false),
  hang: method('Hang', false, false),
  collect: method('Collect', true, false),
  repeat: method('Repeat', false, true),
  chat: method('Chat', true, true),
};

type Unary = ServerUnaryCall<string, string>;
type Reply = sendUnaryData<string>;

/** Ends with the test. `events`: `called`, when a call that hangs is there; `cancelled`, when the server hears that a call is not wanted any more. */
export async function startGrpcServer(
  serverCredentials = ServerCredentials.createInsecure(),
): Promise<{ port: number; events: EventEmitter }> {
  const server = new Server();
  const events = new EventEmitter();
  server.addService(ECHO, {
    unary: ({ request }: Unary, reply: Reply) => {
      const trailer = new Metadata();
      trailer.set('after', 'all');
      reply(null, `echo ${request}`, trailer);
    },
    fail: (_call: Unary, reply: Reply) => reply({ code: status.NOT_FOUND, details: 'no such thing: né' }),
    hang: (call: Unary) => {
      call.once('cancelled', () => events.emit('cancelled'));
      events.emit('called');
    },
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
    server.bindAsync('127.0.0.1:0', serverCredentials, (error, bound) => (error ? reject(error) : resolve(bound))),
  );
  onTestFinished(() => server.forceShutdown());
  return { port, events };
}

/** What a unary call ends with. */
export function call(client: Client, { path }: { path: string }, request: string, deadlineMs?: number) {
  const metadata = new Metadata();
  if (deadlineMs !== undefined) metadata.set('grpc-timeout', `${deadlineMs}m`);
  return new Promise<{ error: ServiceError | null; answer: string | undefined }>((resolve) =>
    client.makeUnaryRequest(path, bytes, text, request, metadata, (error, answer) => resolve({ error, answer })),
  );
}
