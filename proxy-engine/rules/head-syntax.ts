/** What may stand in a head that a script or a person wrote (RFC 9110 §5, §9.1; RFC 9112 §3.2). */

export const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
export const METHOD = /^[A-Z][A-Z0-9-]*$/;
// biome-ignore lint: control characters are the point
export const TARGET = /^(?:\/[^\0-\x20#\x7f]*|\*)$/;

export function isHeaderValue(text: string): boolean {
  return /^[\t -~\x80-\uffff]*$/.test(text);
}
