/** Takes content codings off a body (RFC 9110 §8.4), with a bound on what comes out. */
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw, zstdDecompress } from 'node:zlib';

const CODINGS: Readonly<Record<string, (body: Uint8Array, limit: { maxOutputLength: number }) => Promise<Uint8Array>>> =
  {
    gzip: promisify(gunzip),
    'x-gzip': promisify(gunzip),
    deflate: inflateEither,
    br: promisify(brotliDecompress),
    zstd: promisify(zstdDecompress),
  };

/** More than this on top of each other is refused: nobody does it, except to make bodies explode. */
const MAX_CODINGS = 2;

/** The decoded body, or why there is none. `contentEncoding` is the header's value. */
export async function decodeBody(
  body: Uint8Array,
  contentEncoding: string | undefined,
  maxBytes: number,
): Promise<Uint8Array | string> {
  const codings = (contentEncoding ?? '').split(',').map((coding) => coding.trim().toLowerCase());
  const present = codings.filter((coding) => coding !== '' && coding !== 'identity');
  if (present.length > MAX_CODINGS) return `more than ${MAX_CODINGS} content codings`;
  let decoded = body;
  for (const coding of present.reverse()) {
    const decode = Object.hasOwn(CODINGS, coding) ? CODINGS[coding] : undefined;
    if (!decode) return `unknown content coding ${coding}`;
    if (decoded.length === 0) return decoded;
    try {
      decoded = await decode(decoded, { maxOutputLength: maxBytes });
    } catch (error) {
      return isTooLarge(error)
        ? `more than ${maxBytes} bytes when decoded`
        : `not valid ${coding}: ${messageOf(error)}`;
    }
  }
  return decoded;
}

/** `deflate` is zlib (RFC 9110 §8.4.1.2), but some send it bare. */
async function inflateEither(body: Uint8Array, limit: { maxOutputLength: number }): Promise<Uint8Array> {
  try {
    return await promisify(inflate)(body, limit);
  } catch (error) {
    if (isTooLarge(error)) throw error;
    return promisify(inflateRaw)(body, limit);
  }
}

function isTooLarge(error: unknown): boolean {
  return error instanceof RangeError && (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
