/** What is on the wire is kept as latin1 strings, one char a byte; people are shown text. Pure. */

/** A header value, host or target as the text that its bytes are in UTF-8; where they are not, a character a byte. */
export function wireText(value: string): string {
  // What has other characters is text already.
  if (!/[\x80-\xff]/.test(value) || /[\u0100-\uffff]/.test(value)) return value;
  try {
    const bytes = Uint8Array.from(value, (char) => char.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return value;
  }
}
