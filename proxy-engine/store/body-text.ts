import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync, zstdDecompressSync } from 'node:zlib';
import type { StoredExchange } from './stored-exchange.ts';
import { StoredSubject } from './stored-subject.ts';

const MAX_DECODED_BYTES = 8 * 1024 ** 2;

type Decode = (body: Buffer, options: { maxOutputLength: number }) => Buffer;

const CODINGS: Readonly<Record<string, Decode>> = {
  gzip: gunzipSync,
  'x-gzip': gunzipSync,
  deflate: (body, options) =>
    ((body[0] ?? 0) & 0x0f) === 8 ? inflateSync(body, options) : inflateRawSync(body, options),
  br: brotliDecompressSync,
  zstd: zstdDecompressSync,
};

/** A body as text, decoded as far as it was kept; what cannot be decoded is searched as it is. */
export function bodyText(stored: StoredExchange, side: 'request' | 'response'): string | undefined {
  const chunks = stored.bodies[side]?.chunks;
  if (!chunks) return undefined;
  const raw = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
  const subject = new StoredSubject(stored, () => undefined);
  const coding =
    side === 'request' ? subject.requestHeader('content-encoding') : subject.responseHeader('content-encoding');
  return decoded(raw, coding).toString('utf8');
}

function decoded(raw: Buffer, coding: string | undefined): Buffer {
  const decode = coding === undefined ? undefined : CODINGS[coding.trim().toLowerCase()];
  if (!decode) return raw;
  try {
    return decode(raw, { maxOutputLength: MAX_DECODED_BYTES });
  } catch {
    return raw;
  }
}
