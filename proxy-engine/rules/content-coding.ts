/** Takes content codings off a body (RFC 9110 §8.4), with a bound on what comes out. */
import type { Transform } from 'node:stream';
import { promisify } from 'node:util';
import {
  brotliDecompress,
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
  gunzip,
  inflate,
  inflateRaw,
  zstdDecompress,
} from 'node:zlib';

interface Bounds {
  maxOutputLength: number;
  /** Set: the body may end anywhere, and what is there is decoded. */
  finishFlush?: number;
}

type Decode = (body: Uint8Array, bounds: Bounds) => Promise<Uint8Array>;

const CODINGS: Readonly<Record<string, { decode: Decode; partialFlush: number }>> = {
  gzip: { decode: promisify(gunzip), partialFlush: constants.Z_SYNC_FLUSH },
  'x-gzip': { decode: promisify(gunzip), partialFlush: constants.Z_SYNC_FLUSH },
  deflate: { decode: inflateEither, partialFlush: constants.Z_SYNC_FLUSH },
  br: { decode: promisify(brotliDecompress), partialFlush: constants.BROTLI_OPERATION_FLUSH },
  zstd: { decode: promisify(zstdDecompress), partialFlush: constants.ZSTD_e_flush },
};

/** More than this on top of each other is refused: nobody does it, except to make bodies explode. */
export const MAX_CODINGS = 2;

/** The decoded body, or why there is none. `contentEncoding` is the header's value; `isPartial`: only the beginning of it is here. */
export async function decodeBody(
  body: Uint8Array,
  contentEncoding: string | undefined,
  maxBytes: number,
  isPartial = false,
): Promise<Uint8Array | string> {
  const present = codingsOf(contentEncoding);
  if (present.length > MAX_CODINGS) return `more than ${MAX_CODINGS} content codings`;
  let decoded = body;
  for (const coding of present.reverse()) {
    const known = Object.hasOwn(CODINGS, coding) ? CODINGS[coding] : undefined;
    if (!known) return `unknown content coding ${coding}`;
    if (decoded.length === 0) return decoded;
    try {
      const finishFlush = isPartial ? { finishFlush: known.partialFlush } : {};
      decoded = await known.decode(decoded, { maxOutputLength: maxBytes, ...finishFlush });
    } catch (error) {
      return isTooLarge(error)
        ? `more than ${sizeText(maxBytes)} when decoded`
        : `not valid ${coding}: ${messageOf(error)}`;
    }
  }
  return decoded;
}

/** The codings of a body, the outermost last. */
export function codingsOf(contentEncoding: string | undefined): string[] {
  const codings = (contentEncoding ?? '').split(',').map((coding) => coding.trim().toLowerCase());
  return codings.filter((coding) => coding !== '' && coding !== 'identity');
}

/** Decodes a body as it comes; null: not a coding that is known. `first`: its first bytes, one at least. */
export function createDecoder(coding: string, first: Uint8Array): Transform | null {
  switch (coding) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      // Of zlib (RFC 1950 §2.2), the lower half of the first byte is 8; what is sent bare never begins so.
      return ((first[0] ?? 0) & 0x0f) === 8 ? createInflate() : createInflateRaw();
    case 'br':
      return createBrotliDecompress();
    case 'zstd':
      return createZstdDecompress();
    default:
      return null;
  }
}

/** `deflate` is zlib (RFC 9110 §8.4.1.2), but some send it bare. */
async function inflateEither(body: Uint8Array, bounds: Bounds): Promise<Uint8Array> {
  try {
    return await promisify(inflate)(body, bounds);
  } catch (error) {
    if (isTooLarge(error)) throw error;
    return promisify(inflateRaw)(body, bounds);
  }
}

function isTooLarge(error: unknown): boolean {
  return error instanceof RangeError && (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function sizeText(bytes: number): string {
  return bytes % 1024 ** 2 === 0 ? `${bytes / 1024 ** 2} MiB` : `${bytes} bytes`;
}
