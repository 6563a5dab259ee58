/** A client of HTTP/2 over node:http2: everything that came back of one request. */
import { type ClientHttp2Session, type ClientHttp2Stream, connect, type OutgoingHttpHeaders } from 'node:http2';
import { Readable } from 'node:stream';
import { onTestFinished } from 'vitest';

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

/** Polls until `condition` holds. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`not so after ten seconds: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
