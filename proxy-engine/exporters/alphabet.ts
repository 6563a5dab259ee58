/** The characters that a field may have, and what of a pattern's pieces is among them. */
import { RE2JS } from 're2js';
import { classOf } from './classes.ts';
import { ANY_ENCODED, DOT_ENCODED, encodedClass, encodedPattern } from './encoded.ts';
import { Inexpressible } from './notes.ts';

/** `stops`: characters that are not in it; `only`: nothing but these is. Both are ASCII. `encoded`: any, as it stands in a query. */
export type Alphabet = { stops: string } | { only: string } | { encoded: true };

/** Any text of it. */
export function anyOf(alphabet: Alphabet): string {
  return `${anyChar(alphabet)}*`;
}

/** Up to its end. */
export function restOf(alphabet: Alphabet): string {
  return 'encoded' in alphabet ? '[^&]*' : anyOf(alphabet);
}

function anyChar(alphabet: Alphabet): string {
  if ('encoded' in alphabet) return ANY_ENCODED;
  if ('only' in alphabet) return classOf(Array.from(alphabet.only));
  return alphabet.stops === '' ? '.' : `[^${escaped(alphabet.stops)}]`;
}

function has(alphabet: Alphabet, char: string): boolean {
  if ('encoded' in alphabet) return true;
  return 'only' in alphabet ? alphabet.only.includes(char) : !alphabet.stops.includes(char);
}

/** A character that stands for itself; null: it is not in the alphabet. */
export function charOf(char: string, alphabet: Alphabet, folds: boolean): string | null {
  const forms = folds ? [char, char.toLowerCase(), char.toUpperCase()] : [char];
  if ('encoded' in alphabet) return `(?:${[...new Set(forms)].map(encodedPattern).join('|')})`;
  return forms.some((form) => has(alphabet, form)) ? escaped(char) : null;
}

const ASCII = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));
const BEYOND = '中';

/** What `.` stands for; `all`: a line feed, too. */
export function dotOf(alphabet: Alphabet, all: boolean): string {
  return 'encoded' in alphabet && !all ? DOT_ENCODED : anyChar(alphabet);
}

/** An escape, a class or a character besides `.` as far as it is in the alphabet; null: it has nothing in common with it. */
export function pieceOf(piece: string, alphabet: Alphabet, folds: boolean): string | null {
  if (Array.from(piece).length === 1) return charOf(piece, alphabet, folds);
  if ('stops' in alphabet && alphabet.stops === '') return piece;
  if (piece.startsWith('[^') && 'stops' in alphabet) return without(piece, alphabet.stops);
  const regex = RE2JS.compile(piece, folds ? RE2JS.CASE_INSENSITIVE : 0);
  const found = ASCII.filter((char) => regex.matches(char));
  if ('encoded' in alphabet) return encodedPiece(piece, found, regex.matches(BEYOND));
  const inside = found.filter((char) => has(alphabet, char));
  const isBeyond = has(alphabet, BEYOND) && regex.matches(BEYOND);
  if (inside.length === found.length && 'stops' in alphabet) return piece;
  if (inside.length === 0 && !isBeyond) return null;
  const text = classOf(inside, isBeyond ? '\\x{80}-\\x{10ffff}' : '');
  // Letters beyond ASCII have k and s as their other case, which need not be in it.
  return folds ? `(?-i:${text})` : text;
}

function encodedPiece(piece: string, found: readonly string[], isBeyond: boolean): string | null {
  if (/\P{ASCII}|\\[pPx]/u.test(piece))
    throw new Inexpressible('the pattern asks a parameter for a list of characters that are not ASCII');
  return found.length === 0 && !isBeyond ? null : encodedClass(found, isBeyond);
}

/** A bracket at the start of a class would end it behind something else. */
function without(piece: string, stops: string): string {
  const rest = piece.slice(2);
  return `[^${escaped(stops)}${rest.startsWith(']') ? '\\' : ''}${rest}`;
}

/** `text` as a pattern for itself. */
export function escaped(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
}
