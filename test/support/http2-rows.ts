/** Rows of what a client of HTTP/2 does to a listener, and how each must end. */
import { expect, onTestFinished } from 'vitest';
import { startBackend } from './backend.ts';
import { startEngine, type TestEngine } from './engine.ts';
import { END_STREAM, type Field, frame, pseudo, RawHttp2, request, TYPE } from './http2-frames.ts';

export interface Row {
  rfc: string;
  what: string;
  /** Sent after the preface and SETTINGS. */
  frames: readonly Buffer[];
  /** What stream 1 or the connection ends with; `|`: either. */
  ends: string;
  /** What the backend gets, by default nothing. */
  gets?: readonly string[];
}

/** What the backend of a row sees. */
export interface Seen {
  /** Method and path of each request. */
  reached: string[];
  /** Header names and values of the last one. */
  rawHeaders: string[];
}

/** An engine in front of a backend that sends bodies back; ends with the test. */
export async function startSeenEngine(): Promise<TestEngine & { seen: Seen }> {
  const seen: Seen = { reached: [], rawHeaders: [] };
  const backend = await startBackend('a', (incoming, response) => {
    seen.reached.push(`${incoming.method} ${incoming.url}`);
    seen.rawHeaders = incoming.rawHeaders;
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => response.end(Buffer.concat(chunks)));
  });
  const engine = await startEngine([backend.port]);
  onTestFinished(async () => {
    await engine.close();
    await backend.close();
  });
  return { ...engine, seen };
}

/** Plays a row; then the next client must be served, and nothing of the row may have become a request of its own. */
export async function play({ frames, ends, gets = [] }: Row): Promise<void> {
  const { port, seen } = await startSeenEngine();
  const connection = RawHttp2.open(port);
  connection.send(...frames);
  expect(ends.split('|')).toContain(await connection.ends());
  const next = RawHttp2.open(port);
  next.send(request(1, pseudo('/next')));
  expect(await next.ends()).toBe('200');
  expect(seen.reached.filter((one) => !gets.includes(one))).toEqual(['GET /next']);
}

/** What the backend gets of `request(1)`, and of `opened()`. */
export const SERVED = ['GET /x'];
export const POSTED = ['POST /x'];
export const POST = pseudo('/x', 'POST');

/** HEADERS of a request whose body is to come. */
export function opened(stream = 1, fields: readonly Field[] = POST): Buffer {
  return request(stream, fields, 0);
}

export function data(text: string, flags = END_STREAM, stream = 1): Buffer {
  return frame(TYPE.data, flags, stream, Buffer.from(text));
}
