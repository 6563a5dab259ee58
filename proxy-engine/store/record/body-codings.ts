/** Whether the bytes of a body are those of its text, as a search finds them. On the request path. */
import { compressionHeader, framingOf } from '../../contract/body-framing.ts';
import { isForeign } from '../../contract/charset.ts';
import type { Headers } from '../../http/headers.ts';
import { isForm } from './form-text.ts';

/** What a content type says. */
export interface BodyCodings {
  /** Its bytes are not those of its text in UTF-8: another charset, or base64. */
  readonly isOther: boolean;
  /** It is a form whose fields are percent-encoded, in UTF-8. */
  readonly isForm: boolean;
  /** The header that says whether its messages are compressed; null: it has none such. */
  readonly compressionHeader: string | null;
}

const PLAIN: BodyCodings = { isOther: false, isForm: false, compressionHeader: null };
const OTHER: BodyCodings = { ...PLAIN, isOther: true };
const FORM: BodyCodings = { ...PLAIN, isForm: true };
const GRPC: BodyCodings = { ...PLAIN, compressionHeader: compressionHeader('grpc') };
const CONNECT: BodyCodings = { ...PLAIN, compressionHeader: compressionHeader('connect') };

export function bodyCodings(contentType: string): BodyCodings {
  const framing = framingOf(contentType);
  if (framing === 'grpc-web-text' || isForeign(contentType)) return OTHER;
  if (framing === null) return isForm(contentType) ? FORM : PLAIN;
  if (framing === 'delimited') return PLAIN;
  return framing === 'connect' ? CONNECT : GRPC;
}

export function hasCoding(headers: Headers, { isOther, compressionHeader }: BodyCodings): boolean {
  if (isOther || headers.has('content-encoding')) return true;
  return compressionHeader !== null && (headers.get(compressionHeader) ?? 'identity') !== 'identity';
}
