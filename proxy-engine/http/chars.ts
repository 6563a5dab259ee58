/** Which chars may stand where, as lookup tables over one byte (RFC 9110 §5.1, §5.5, §5.6.2; RFC 3986). */

function table(allowed: (code: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, code) => (allowed(code) ? 1 : 0));
}

const TOKEN_MARKS = "!#$%&'*+-.^_`|~";
const isAlphaNumeric = (code: number) =>
  (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);

/** tchar: header names and methods. */
export const TOKEN = table((code) => isAlphaNumeric(code) || TOKEN_MARKS.includes(String.fromCharCode(code)));

/** field-vchar, SP and HTAB: header values. */
export const FIELD_VALUE = table((code) => code === 9 || (code >= 32 && code !== 127));

/** What a request-target may hold. Bytes over 127 pass: many clients send raw UTF-8 and the backend decides. No `#`: a fragment is never sent. */
export const TARGET = table((code) => code > 32 && code !== 127 && code !== 35);

/** reg-name, IPv4 and what is inside the brackets of an IP literal. */
export const HOST = table(
  (code) => isAlphaNumeric(code) || "-._~!$&'()*+;=%".includes(String.fromCharCode(code)) || code > 127,
);

export const CR = 13;
export const LF = 10;
export const SP = 32;
export const HTAB = 9;
export const COLON = 58;
export const SLASH = 47;
export const OPENING_BRACKET = 91;
export const DIGIT_0 = 48;

export function isToken(text: string): boolean {
  if (text.length === 0) return false;
  for (let i = 0; i < text.length; i++) if (TOKEN[text.charCodeAt(i)] !== 1) return false;
  return true;
}

/** Reads a number of one to `most` digits and nothing else; -1: `text` is none. */
export function digits(text: string, most: number): number {
  if (text.length === 0 || text.length > most) return -1;
  let number = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - DIGIT_0;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
  }
  return number;
}
