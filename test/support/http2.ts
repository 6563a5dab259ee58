/** Clients and servers of HTTP/2 over node:http2. */
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  createSecureServer,
  createServer,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type SecureServerOptions,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { onTestFinished } from 'vitest';

/** Everything that came back of one request. */
export interface Http2Answer {
  status: number;
  /** Names and values as they came, `:status` first. */
  fields: string[];
  /** Statuses of 1xx, in order. */
  informed: number[];
  body: string;
  trailers: Record<string, unknown>;
  /** Of RST_STREAM; 0: it ended well. */
  rstCode: number;
}

/** Closes when the test ends. */
export function connectHttp2(url: string, options: Parameters<typeof connect>[1] = {}): ClientHttp2Session {
  const session = connect(url, { strictSingleValueFields: false, ...options } as never);
  session.on('error', () => {});
  onTestFinished(() => session.destroy());
  return session;
}

/** Sends a request and collects its answer; `body` undefined: none. */
export function ask(
  session: ClientHttp2Session,
  headers: OutgoingHttpHeaders = {},
  { body, trailers }: { body?: string | Buffer; trailers?: OutgoingHttpHeaders } = {},
): Promise<Http2Answer> {
  const endStream = body === undefined && trailers === undefined;
  const stream = session.request(headers, { endStream, waitForTrailers: trailers !== undefined });
  if (trailers) stream.once('wantTrailers', () => stream.sendTrailers(trailers));
  if (!endStream) Readable.from(pieces(body ?? '')).pipe(stream);
  return answerOf(stream);
}

/** Pieces of a size that a client writes; node:http2 gives up on a single one of more than 10 MB. */
function* pieces(body: string | Buffer): Generator<Buffer> {
  const bytes = Buffer.from(body);
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}

/** Resolves when the stream is closed, whatever the reason. */
export function answerOf(stream: ClientHttp2Stream): Promise<Http2Answer> {
  const answer: Http2Answer = { status: 0, fields: [], informed: [], body: '', trailers: {}, rstCode: 0 };
  const chunks: Buffer[] = [];
  stream.on('headers', (headers) => answer.informed.push(headers[':status'] ?? 0));
  stream.on('response', (headers, _flags, ...rest: unknown[]) => {
    answer.status = headers[':status'] ?? 0;
    answer.fields = (rest[0] ?? []) as string[];
  });
  stream.on('trailers', (trailers) => {
    answer.trailers = { ...trailers };
  });
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  stream.on('error', () => {});
  return new Promise((resolve) =>
    stream.once('close', () => {
      answer.body = Buffer.concat(chunks).toString();
      answer.rstCode = stream.rstCode ?? 0;
      resolve(answer);
    }),
  );
}

export type Http2Answerer = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, flat: string[]) => void;

export interface Http2Server {
  port: number;
  /** Open and past connections. */
  sessions: ServerHttp2Session[];
}

/** A backend of HTTP/2, in clear unless `options` has a certificate; closes when the test ends. */
export async function startHttp2Backend(
  answer: Http2Answerer,
  options: SecureServerOptions = {},
): Promise<Http2Server> {
  const settings: SecureServerOptions = { strictSingleValueFields: false, ...options } as never;
  const server = options.cert ? createSecureServer(settings) : createServer(settings);
  const sessions: ServerHttp2Session[] = [];
  server.on('session', (session: ServerHttp2Session) => {
    sessions.push(session);
    session.on('error', () => {});
  });
  server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, _flags: number, flat: string[]) => {
    stream.on('error', () => {});
    answer(stream, headers, flat);
  });
  server.on('sessionError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, sessions };
}
