import type { BodyWindow, ParsedInput } from '../../contract/api.ts';
import type { RequestMessage, ResponseMessage } from '../../contract/exchange.ts';
import { decodeBody } from '../../rules/content-coding.ts';

const MAX_DECODED_BYTES = 32 * 1024 ** 2;

/** The part of a body that was asked for, decoded when that was asked for and can be done. `isPartial`: the rest of it is not kept, or still to come. */
export async function bodyWindow(
  message: RequestMessage | ResponseMessage | undefined,
  raw: Buffer,
  { decoded: wantsDecoded, offset, length }: Pick<ParsedInput<'exchange.body'>, 'decoded' | 'offset' | 'length'>,
  isPartial = message?.body.truncated ?? false,
): Promise<BodyWindow> {
  const header = (name: string) => message?.headers.find(([found]) => found.toLowerCase() === name)?.[1];
  const decode = (asPart: boolean) => decodeBody(raw, header('content-encoding'), MAX_DECODED_BYTES, asPart);
  const whole = wantsDecoded ? await decode(isPartial) : raw;
  const decoded = typeof whole === 'string' && !isPartial ? await decode(true) : whole;
  const bytes = typeof decoded === 'string' ? raw : Buffer.from(decoded);
  return {
    data: bytes.subarray(offset, offset + length).toString('base64'),
    offset,
    totalBytes: bytes.length,
    truncated: message?.body.truncated ?? false,
    contentType: header('content-type'),
    decodeError: typeof decoded === 'string' ? decoded : undefined,
    endsEarly: decoded === whole ? undefined : typeof decoded !== 'string' || undefined,
  };
}
