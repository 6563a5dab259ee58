import type { ParsedInput } from '../../contract/api.ts';
import { type BodyMessage, type BodyMessageWindow, MAX_BODY_MESSAGE_BYTES } from '../../contract/body-commands.ts';
import { type BodyFraming, compressionHeader, framingOf } from '../../contract/body-framing.ts';
import { decodeBody } from '../../rules/content-coding.ts';
import { decodedBody, headerOf, type KeptBody, MAX_DECODED_BYTES } from './body-window.ts';
import { FrameWalk, fromBase64Pieces } from './framed-messages.ts';

/** About so much is given at once. */
const WINDOW_BYTES = 1024 ** 2;
/** What cannot be decompressed counts for so much: finding that out may have taken as long as a large one. */
const FAILURE_BYTES = 128 * 1024;

/** Messages of a body of such a framing, some of them in the order of the body. */
interface Framed {
  bytes: Buffer;
  framing: BodyFraming;
  /** What is said of how they are compressed. */
  encoding: string | undefined;
  isPartial: boolean;
}

/** The messages that were asked for of a body that is a row of them. */
export async function bodyMessages(
  kept: KeptBody,
  { decoded, from, limit }: Pick<ParsedInput<'exchange.bodyMessages'>, 'decoded' | 'from' | 'limit'>,
): Promise<BodyMessageWindow> {
  const { message, isPartial } = kept;
  const framing = framingOf(headerOf(message, 'content-type'));
  if (framing === null) return { total: 0, messages: [], problem: 'its content type tells of no messages' };
  const whole = await decodedBody(kept, decoded);
  const { bytes, brokenAt } =
    framing === 'grpc-web-text' ? fromBase64Pieces(whole.bytes) : { bytes: whole.bytes, brokenAt: null };
  const framed = {
    bytes,
    framing,
    encoding: headerOf(message, compressionHeader(framing) ?? '')?.toLowerCase(),
    isPartial,
  };
  const { total, problem } = count(framed);
  return {
    total,
    messages: await messagesIn(framed, from < 0 ? Math.max(0, total + from) : from, limit),
    problem: brokenAt === null ? problem : `byte ${brokenAt} is not base64`,
  };
}

function count({ bytes, framing, isPartial }: Framed): { total: number; problem?: string } {
  const walk = new FrameWalk(bytes, framing);
  let total = 0;
  while (walk.step()) total++;
  const left = bytes.length - walk.next;
  const isBegun = isPartial && left < 5;
  return left <= 0 || isBegun ? { total } : { total, problem: `no message begins at byte ${walk.next}` };
}

async function messagesIn(framed: Framed, from: number, limit: number): Promise<BodyMessage[]> {
  const walk = new FrameWalk(framed.bytes, framed.framing);
  const messages: BodyMessage[] = [];
  for (let skipped = 0; skipped < from; skipped++) if (!walk.step()) return messages;
  let left = WINDOW_BYTES;
  while (messages.length < limit && walk.step()) {
    const { bytes, ...message } = await readMessage(walk, framed);
    left -= message.decodeError === undefined ? bytes.length : FAILURE_BYTES + bytes.length;
    if (left < 0 && messages.length > 0) break;
    messages.push({ index: from + messages.length, ...message, data: bytes.toString('base64') });
  }
  return messages;
}

type ReadMessage = Omit<BodyMessage, 'index' | 'data'> & { bytes: Buffer };

async function readMessage(walk: FrameWalk, { encoding }: Framed): Promise<ReadMessage> {
  const { sizeBytes, isCut, isEnd, isCompressed, bytes } = walk;
  const about = { sizeBytes, ...(isCut && { isCut }), ...(isEnd && { isEnd }) };
  if (!isCompressed) return { ...about, ...beginningOf(bytes) };
  const read = await decompressed(bytes, encoding, isCut);
  if (typeof read === 'string') return { ...about, encoding, decodeError: read, ...beginningOf(bytes) };
  return { ...about, encoding, ...beginningOf(read) };
}

function beginningOf(bytes: Uint8Array): { bytes: Buffer; totalBytes: number } {
  const { buffer, byteOffset, length } = bytes;
  return { bytes: Buffer.from(buffer, byteOffset, Math.min(length, MAX_BODY_MESSAGE_BYTES)), totalBytes: length };
}

/** Or why not. */
async function decompressed(
  bytes: Buffer,
  encoding: string | undefined,
  isPartial: boolean,
): Promise<Uint8Array | string> {
  if (encoding === undefined || encoding === 'identity') return 'nothing says how it is compressed';
  return decodeBody(bytes, encoding, MAX_DECODED_BYTES, isPartial);
}
