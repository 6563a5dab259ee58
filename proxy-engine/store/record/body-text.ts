import {
  brotliDecompressSync,
  constants,
  gunzipSync,
  inflateRawSync,
  inflateSync,
  zstdDecompressSync,
} from 'node:zlib';
import { charsetOf, isUtf8 } from '../../contract/charset.ts';
import { codingsOf, MAX_CODINGS } from '../../rules/content-coding.ts';
import type { StoredExchange } from './stored-exchange.ts';
import { StoredSubject } from './stored-subject.ts';

/** As much as the window shows of one. */
const MAX_DECODED_BYTES = 32 * 1024 ** 2;

/** In one go, for a search asks in the middle of its work; a body may have been kept up to any byte. */
type Decode = (body: Buffer) => Buffer;

const deflated = { maxOutputLength: MAX_DECODED_BYTES, finishFlush: constants.Z_SYNC_FLUSH };
const gunzip: Decode = (body) => gunzipSync(body, deflated);

const CODINGS: Readonly<Record<string, Decode>> = {
  gzip: gunzip,
  'x-gzip': gunzip,
  deflate: (body) => (((body[0] ?? 0) & 0x0f) === 8 ? inflateSync(body, deflated) : inflateRawSync(body, deflated)),
  br: (body) => brotliDecompressSync(body, { ...deflated, finishFlush: constants.BROTLI_OPERATION_FLUSH }),
  zstd: (body) => zstdDecompressSync(body, { ...deflated, finishFlush: constants.ZSTD_e_flush }),
};

/** A body as text, and behind it the messages that this side of a WebSocket has sent. */
export function bodyText(stored: StoredExchange, side: 'request' | 'response'): string | undefined {
  const body = ownBodyText(stored, side);
  const sent = stored.messages?.sent(side === 'request' ? 'client' : 'server');
  return body && sent ? `${body}\n${sent}` : sent || body;
}

/** Decoded as far as it was kept; what cannot be decoded is searched as it is. */
function ownBodyText(stored: StoredExchange, side: 'request' | 'response'): string | undefined {
  const chunks = stored.bodies[side]?.chunks;
  if (!chunks) return undefined;
  const raw = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
  const subject = new StoredSubject(stored, () => undefined);
  const header = (name: string) => (side === 'request' ? subject.requestHeader(name) : subject.responseHeader(name));
  const body = decoded(raw, header('content-encoding'));
  return inCharset(body, charsetOf(body, header('content-type')));
}

/** As the window shows it; a charset that nobody knows is taken for UTF-8. */
function inCharset(body: Buffer, charset: string | undefined): string {
  if (charset === undefined || isUtf8(charset)) return body.toString('utf8');
  try {
    return new TextDecoder(charset).decode(body);
  } catch {
    return body.toString('utf8');
  }
}

function decoded(raw: Buffer, contentEncoding: string | undefined): Buffer {
  const codings = codingsOf(contentEncoding).reverse();
  if (codings.length > MAX_CODINGS || !codings.every((coding) => Object.hasOwn(CODINGS, coding))) return raw;
  try {
    return codings.reduce((body, coding) => (CODINGS[coding] as Decode)(body), raw);
  } catch {
    return raw;
  }
}
