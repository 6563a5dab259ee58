import {
  brotliDecompressSync,
  constants,
  gunzipSync,
  inflateRawSync,
  inflateSync,
  zstdDecompressSync,
} from 'node:zlib';
import { compressionHeader, framingOf } from '../../contract/body-framing.ts';
import { charsetOf, isUtf8 } from '../../contract/charset.ts';
import { codingsOf, MAX_CODINGS } from '../../rules/content-coding.ts';
import { MAX_DECODED_BYTES } from './body-window.ts';
import { isForm, unescapedForm } from './form-text.ts';
import { FrameWalk, fromBase64Pieces } from './framed-messages.ts';
import type { StoredExchange } from './stored-exchange.ts';
import { type BodyTexts, StoredSubject } from './stored-subject.ts';

type Side = 'request' | 'response';

/** Of a body whose messages are compressed each by itself, one counts for so many decoded bytes at least, so that a great many of them take no minutes. */
const LEAST_MESSAGE_BYTES = 512;

/** In one go, for a search asks in the middle of its work; a body may have been kept up to any byte. */
type Decode = (body: Buffer, maxOutputLength: number) => Buffer;

const gunzip: Decode = (body, maxOutputLength) => gunzipSync(body, deflated(maxOutputLength));

const CODINGS: Readonly<Record<string, Decode>> = {
  gzip: gunzip,
  'x-gzip': gunzip,
  deflate: (body, max) =>
    ((body[0] ?? 0) & 0x0f) === 8 ? inflateSync(body, deflated(max)) : inflateRawSync(body, deflated(max)),
  br: (body, maxOutputLength) =>
    brotliDecompressSync(body, { maxOutputLength, finishFlush: constants.BROTLI_OPERATION_FLUSH }),
  zstd: (body, maxOutputLength) => zstdDecompressSync(body, { maxOutputLength, finishFlush: constants.ZSTD_e_flush }),
};

function deflated(maxOutputLength: number) {
  return { maxOutputLength, finishFlush: constants.Z_SYNC_FLUSH };
}

/** Bodies as they are searched: what was said, and of a form what its fields hold. */
export const bodyTexts: BodyTexts = { body: bodyText, form: formText };

/** A body as text, and behind it the messages that this side of a WebSocket has sent. */
function bodyText(stored: StoredExchange, side: Side): string | undefined {
  const body = ownBodyText(stored, side);
  const sent = stored.messages?.sent(side === 'request' ? 'client' : 'server');
  return body && sent ? `${body}\n${sent}` : sent || body;
}

/** Decoded as far as it was kept; what cannot be decoded is searched as it is. */
function ownBodyText(stored: StoredExchange, side: Side): string | undefined {
  const raw = wholeBody(stored, side);
  if (!raw) return undefined;
  const header = headersOf(stored, side);
  const body = plain(decoded(raw, header('content-encoding')), header);
  return inCharset(body, charsetOf(body, header('content-type')));
}

/** In the charset that the form is said to have: what is percent-encoded is in it, too. */
function formText(stored: StoredExchange, side: Side): string | undefined {
  const raw = wholeBody(stored, side);
  if (!raw || raw.length === 0) return undefined;
  const header = headersOf(stored, side);
  const contentType = header('content-type') ?? '';
  if (!isForm(contentType)) return undefined;
  const fields = unescapedForm(decoded(raw, header('content-encoding')));
  return fields === null ? undefined : inCharset(fields, charsetOf(fields, contentType));
}

function wholeBody(stored: StoredExchange, side: Side): Buffer | undefined {
  const chunks = stored.bodies[side]?.chunks;
  return chunks?.length === 1 ? chunks[0] : chunks && Buffer.concat(chunks);
}

function headersOf(stored: StoredExchange, side: Side): (name: string) => string | undefined {
  const subject = new StoredSubject(stored, null);
  return (name) => (side === 'request' ? subject.requestHeader(name) : subject.responseHeader(name));
}

/** With its messages decompressed, when it is a row of such. */
function plain(body: Buffer, header: (name: string) => string | undefined): Buffer {
  const framing = framingOf(header('content-type'));
  if (framing === null) return body;
  const bytes = framing === 'grpc-web-text' ? fromBase64Pieces(body).bytes : body;
  const compression = compressionHeader(framing);
  const coding = compression === null ? '' : (header(compression)?.toLowerCase() ?? '');
  return Object.hasOwn(CODINGS, coding)
    ? decompressed(bytes, new FrameWalk(bytes, framing), CODINGS[coding] as Decode)
    : bytes;
}

/** What is too much, or cannot be decompressed, stays as it is. */
function decompressed(body: Buffer, walk: FrameWalk, decode: Decode): Buffer {
  const pieces: Buffer[] = [];
  let at = 0;
  let left = MAX_DECODED_BYTES;
  while (left > 0 && walk.step()) {
    if (!walk.isCompressed) continue;
    const message = decodedOrNull(walk.bytes, decode, left);
    left -= Math.max(LEAST_MESSAGE_BYTES, message?.length ?? 0);
    if (!message) continue;
    pieces.push(body.subarray(at, walk.next - walk.sizeBytes), message);
    at = walk.next;
  }
  return at === 0 ? body : Buffer.concat([...pieces, body.subarray(at)]);
}

function decodedOrNull(bytes: Buffer, decode: Decode, maxBytes: number): Buffer | null {
  try {
    return decode(bytes, maxBytes);
  } catch {
    return null;
  }
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
    return codings.reduce((body, coding) => (CODINGS[coding] as Decode)(body, MAX_DECODED_BYTES), raw);
  } catch {
    return raw;
  }
}
