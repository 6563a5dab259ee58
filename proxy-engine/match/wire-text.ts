/** Header values, targets and hosts are latin1 strings, one char a byte (http/headers.ts); what people write is Unicode. */

// biome-ignore lint: the range is the point
const NON_ASCII = /[^\0-\x7f]/;

/** Text as its UTF-8 bytes look in a latin1 string. */
export function toWire(text: string): string {
  return NON_ASCII.test(text) ? Buffer.from(text, 'utf8').toString('latin1') : text;
}

/** The reverse, for showing and for regular expressions; what is not UTF-8 becomes U+FFFD. */
export function fromWire(text: string): string {
  return NON_ASCII.test(text) ? Buffer.from(text, 'latin1').toString('utf8') : text;
}

export function isAscii(text: string): boolean {
  return !NON_ASCII.test(text);
}
