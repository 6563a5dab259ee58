import type { Exchange } from '../../proxy-engine/contract/exchange.ts';
import type { ExchangeDetail } from './exchange-store.ts';

const CURL_BODY_BYTES = 64 * 1024;

export function bytesFromBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index++) bytes[index] = binary.charCodeAt(index);
  return bytes;
}

/** The charset a content type names, when this browser knows it; else UTF-8. Wrong bytes become U+FFFD. */
export function decodeText(bytes: Uint8Array, contentType: string | undefined): string {
  const label = /charset="?([\w:.-]+)/i.exec(contentType ?? '')?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(label).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}

/** The request body as text for a command line; undefined when there is none, or it is too long or not text. */
export async function bodyTextForCurl(detail: ExchangeDetail, exchange: Exchange): Promise<string | undefined> {
  const { body } = exchange.request;
  if (body.sizeBytes === 0 || body.truncated || body.captured > CURL_BODY_BYTES) return undefined;
  const window = await detail.body(exchange.id, 'request', false, 0, CURL_BODY_BYTES);
  const text = decodeText(bytesFromBase64(window.data), undefined);
  return text.includes('�') || text.includes('\0') ? undefined : text;
}

export type BodyKind = 'json' | 'form' | 'image' | 'text' | 'hex';

/** How a body is best shown, from its content type and its first bytes. */
export function bodyKind(contentType: string | undefined, bytes: Uint8Array): BodyKind {
  const type = (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (/[/+]json$/.test(type) || type === 'application/x-ndjson') return 'json';
  if (type === 'application/x-www-form-urlencoded') return 'form';
  if (type.startsWith('image/')) return 'image';
  if (type.startsWith('text/') || /[/+](xml|javascript|yaml|graphql)$/.test(type)) return 'text';
  if (looksBinary(bytes)) return 'hex';
  return /^\s*[[{]/.test(decodeText(bytes.subarray(0, 64), undefined)) ? 'json' : 'text';
}

function looksBinary(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 1024).some((byte) => byte < 9 || (byte > 13 && byte < 32 && byte !== 27));
}

/** One line of a hex view: offset, sixteen bytes, and what of them is printable ASCII. */
export function hexLine(bytes: Uint8Array, line: number): { offset: string; hex: string; ascii: string } {
  const part = bytes.subarray(line * 16, line * 16 + 16);
  const pairs = Array.from(part, (byte) => byte.toString(16).padStart(2, '0'));
  return {
    offset: (line * 16).toString(16).padStart(8, '0'),
    hex: `${pairs.slice(0, 8).join(' ')}  ${pairs.slice(8).join(' ')}`.padEnd(48),
    ascii: Array.from(part, (byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : '·')).join(''),
  };
}
