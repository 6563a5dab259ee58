import { charsetOf } from '../../proxy-engine/contract/charset.ts';

export function bytesFromBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index++) bytes[index] = binary.charCodeAt(index);
  return bytes;
}

export function base64FromBytes(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += 8192) pieces.push(String.fromCharCode(...bytes.subarray(at, at + 8192)));
  return btoa(pieces.join(''));
}

export interface ReadText {
  text: string;
  /** The WHATWG name of the encoding it was read in. */
  charset: string;
  /** Some bytes are not valid in it and stand as U+FFFD. */
  invalid: boolean;
  /** The charset that the message names, when it is unknown. */
  unknownCharset?: string;
}

/** Text in the charset that its mark, the content type or the text itself names, else UTF-8. A partial one may end within a character, which is left out. */
export function readText(bytes: Uint8Array, contentType: string | undefined, partial = false): ReadText {
  const label = charsetOf(bytes, contentType) ?? 'utf-8';
  const known = isEncoding(label);
  const decoder = new TextDecoder(known ? label : 'utf-8');
  const text = decoder.decode(bytes, { stream: partial });
  return {
    text,
    charset: decoder.encoding,
    invalid: text.includes('\uFFFD') && !isValid(bytes, decoder.encoding, partial),
    unknownCharset: known ? undefined : label,
  };
}

/** Without the rest of a UTF-8 character that began before these bytes. */
export function fromWholeCharacter(bytes: Uint8Array): Uint8Array {
  const first = bytes.subarray(0, 3).findIndex((byte) => (byte & 0xc0) !== 0x80);
  return first > 0 ? bytes.subarray(first) : bytes;
}

function isEncoding(label: string): boolean {
  try {
    return new TextDecoder(label).encoding !== 'replacement';
  } catch {
    return false;
  }
}

function isValid(bytes: Uint8Array, charset: string, partial: boolean): boolean {
  try {
    new TextDecoder(charset, { fatal: true }).decode(bytes, { stream: partial });
    return true;
  } catch {
    return false;
  }
}

/** The charset that is named, when this browser knows it; else UTF-8. Wrong bytes become U+FFFD. */
export function decodeText(bytes: Uint8Array, contentType: string | undefined): string {
  return readText(bytes, contentType).text;
}

export function looksBinary(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 1024).some((byte) => byte < 9 || (byte > 13 && byte < 32 && byte !== 27));
}

/** One line of a hex view: offset, sixteen bytes or eight, and what of them is printable ASCII. `before`: bytes before these. */
export function hexLine(
  bytes: Uint8Array,
  line: number,
  before = 0,
  perLine: 8 | 16 = 16,
): { offset: string; hex: string; ascii: string } {
  const part = bytes.subarray(line * perLine, (line + 1) * perLine);
  const pairs = Array.from(part, (byte) => byte.toString(16).padStart(2, '0'));
  return {
    offset: (before + line * perLine).toString(16).padStart(8, '0'),
    hex: `${pairs.slice(0, 8).join(' ')}  ${pairs.slice(8).join(' ')}`.padEnd(3 * perLine).slice(0, 3 * perLine),
    ascii: Array.from(part, (byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : '·')).join(''),
  };
}
