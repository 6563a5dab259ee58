/** Whether the bytes of a body are those of its text, as a search finds them. On the request path. */
import { compressionHeader, framingOf } from '../../contract/body-framing.ts';
import { isForeign } from '../../contract/charset.ts';
import type { Headers } from '../../http/headers.ts';

/** What a content type says. */
export interface BodyCodings {
  /** Its bytes are not those of its text in UTF-8: another charset, or base64. */
  readonly isOther: boolean;
  /** The header that says whether its messages are compressed; null: it has none such. */
  readonly compressionHeader: string | null;
}

const PLAIN: BodyCodings = { isOther: false, compressionHeader: null };
const OTHER: BodyCodings = { isOther: true, compressionHeader: null };
const GRPC: BodyCodings = { isOther: false, compressionHeader: compressionHeader('grpc') };
const CONNECT: BodyCodings = { isOther: false, compressionHeader: compressionHeader('connect') };

export function bodyCodings(contentType: string): BodyCodings {
  const framing = framingOf(contentType);
  if (framing === 'grpc-web-text' || isForeign(contentType)) return OTHER;
  if (framing === null || framing === 'delimited') return PLAIN;
  return framing === 'connect' ? CONNECT : GRPC;
}

export function hasCoding(headers: Headers, { isOther, compressionHeader }: BodyCodings): boolean {
  if (isOther || headers.has('content-encoding')) return true;
  return compressionHeader !== null && (headers.get(compressionHeader) ?? 'identity') !== 'identity';
}
