/** Characters of a pattern that are written by their numbers. */
import { isAscii } from './wire-text.ts';

const NUMBERS = /\\(?:x\{([0-9A-Fa-f]+)\}|x([0-9A-Fa-f]{2})|([1-7][0-7]{1,2})|Q.*?(?:\\E|$)|.)/gsu;

/** `pattern` with characters beyond ASCII as themselves where it has their numbers. */
export function withCharacters(pattern: string): string {
  return pattern.replace(NUMBERS, (written, braces?: string, hex?: string, octal?: string) => {
    const code = octal === undefined ? Number.parseInt(braces ?? hex ?? '', 16) : Number.parseInt(octal, 8);
    // Half of a pair is no character.
    return code > 0x7f && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : written;
  });
}

/** `pattern` as it is asked of what came over the wire: of bytes, unless it is not ASCII, or has the number of what no byte is. */
export function patternOnWire(pattern: string): string {
  const written = withCharacters(pattern);
  return isAscii(pattern) && !/[^\0-\xff]/.test(written) ? pattern : written;
}
