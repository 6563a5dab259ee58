import type { ParsedInput } from '../../contract/api.ts';
import type { BodyWindow } from '../../contract/body-commands.ts';
import type { RequestMessage, ResponseMessage } from '../../contract/exchange.ts';
import { decodeBody } from '../../rules/content-coding.ts';
import { exchangeOf, type StoredExchange } from './stored-exchange.ts';

/** As much as is decoded of one body, or of one message in it. */
export const MAX_DECODED_BYTES = 32 * 1024 ** 2;

/** The body of one side of an exchange, and what it belongs to. */
export interface KeptBody {
  /** Absent: there was no answer. */
  message: RequestMessage | ResponseMessage | undefined;
  raw: Buffer;
  /** The rest of it is not kept, or still to come. */
  isPartial: boolean;
}

export function keptBody(stored: StoredExchange, side: 'request' | 'response'): KeptBody {
  const message = exchangeOf(stored)[side];
  const chunks = stored.bodies[side]?.chunks ?? [];
  return {
    message,
    raw: chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks),
    isPartial: stored.row.durationMs === undefined || (message?.body.truncated ?? false),
  };
}

/** The part of a body that was asked for, decoded when that was asked for and can be done. */
export async function bodyWindow(
  kept: KeptBody,
  { decoded, offset, length }: Pick<ParsedInput<'exchange.body'>, 'decoded' | 'offset' | 'length'>,
): Promise<BodyWindow> {
  const { bytes, ...about } = await decodedBody(kept, decoded);
  const { message } = kept;
  return {
    data: bytes.subarray(offset, offset + length).toString('base64'),
    offset,
    totalBytes: bytes.length,
    truncated: message?.body.truncated ?? false,
    contentType: headerOf(message, 'content-type'),
    ...about,
  };
}

/** A body, decoded when that is wanted and can be done. */
export async function decodedBody(
  { message, raw, isPartial }: KeptBody,
  isWanted: boolean,
): Promise<{ bytes: Buffer } & Pick<BodyWindow, 'decodeError' | 'endsEarly'>> {
  const coding = headerOf(message, 'content-encoding');
  const decode = (asPart: boolean) => decodeBody(raw, coding, MAX_DECODED_BYTES, asPart);
  const whole = isWanted ? await decode(isPartial) : raw;
  const decoded = typeof whole === 'string' && !isPartial ? await decode(true) : whole;
  return {
    bytes: typeof decoded === 'string' ? raw : Buffer.from(decoded.buffer, decoded.byteOffset, decoded.length),
    decodeError: typeof decoded === 'string' ? decoded : undefined,
    endsEarly: decoded === whole ? undefined : typeof decoded !== 'string' || undefined,
  };
}

/** The first of that name, in lower case. */
export function headerOf(message: KeptBody['message'], name: string): string | undefined {
  return message?.headers.find(([found]) => found.toLowerCase() === name)?.[1];
}
