import type { Http2Stream } from 'node:http2';

/**
 * RST_STREAM at once. node:http2 ends the writable side of a stream before it resets it, by which half a message would look
 * whole to the other side; so it may not end this one.
 */
export function resetStream(raw: Http2Stream, code: number): void {
  raw.end = () => raw;
  raw.close(code);
}
