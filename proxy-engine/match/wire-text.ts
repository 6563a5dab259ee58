/** Header values, targets and hosts are latin1 strings, one char a byte (http/headers.ts); what people write is Unicode. */
import { wireText } from '../contract/wire-text.ts';

// biome-ignore lint: the range is the point
const NON_ASCII = /[^\0-\x7f]/;

/** Text as its UTF-8 bytes look in a latin1 string. */
export function toWire(text: string): string {
  return NON_ASCII.test(text) ? Buffer.from(text, 'utf8').toString('latin1') : text;
}

/** What is shown as the text: its bytes in UTF-8, and those in latin1 where nobody takes them for UTF-8. */
export function wireForms(text: string): string[] {
  const utf8 = toWire(text);
  const isLatin1 = utf8 !== text && !/[\u0100-\uffff]/.test(text) && wireText(text) === text;
  return isLatin1 ? [utf8, text] : [utf8];
}

/** The reverse, for showing and for regular expressions; what is not UTF-8 becomes U+FFFD. */
export function fromWire(text: string): string {
  return NON_ASCII.test(text) ? Buffer.from(text, 'latin1').toString('utf8') : text;
}

export function isAscii(text: string): boolean {
  return !NON_ASCII.test(text);
}
