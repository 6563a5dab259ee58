import type { Http2Stream } from 'node:http2';

/** Tells later whether the other side has ended the stream itself (END_STREAM). */
export interface EndOfStream {
  readonly seen: boolean;
}

/**
 * node:http2 ends the readable side of a stream that was reset with NO_ERROR as if it were whole, though it may be half a body
 * (RFC 9113 §8.1). It closes such a stream before it ends it; END_STREAM ends one that is still open.
 */
export function watchEndOfStream(raw: Http2Stream): EndOfStream {
  const end = { seen: false };
  const push = raw.push;
  raw.push = (chunk: unknown, encoding) => {
    if (chunk === null && !raw.closed) end.seen = true;
    return push.call(raw, chunk, encoding);
  };
  return end;
}
