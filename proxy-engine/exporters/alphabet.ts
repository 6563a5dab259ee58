/** The characters that a field may have, and what of a pattern's pieces is among them. */
import { RE2JS } from 're2js';

/** `stops`: characters that are not in it; `only`: nothing but these is. Both are ASCII. */
export type Alphabet = { stops: string } | { only: string };

/** Any text of it. */
export function anyOf(alphabet: Alphabet): string {
  return `${anyChar(alphabet)}*`;
}

function anyChar(alphabet: Alphabet): string {
  if ('only' in alphabet) return classOf(Array.from(alphabet.only));
  return alphabet.stops === '' ? '.' : `[^${escaped(alphabet.stops)}]`;
}

function has(alphabet: Alphabet, char: string): boolean {
  return 'only' in alphabet ? alphabet.only.includes(char) : !alphabet.stops.includes(char);
}

/** A character that stands for itself; null: it is not in the alphabet. */
export function charOf(char: string, alphabet: Alphabet, folds: boolean): string | null {
  const forms = folds ? [char, char.toLowerCase(), char.toUpperCase()] : [char];
  return forms.some((form) => has(alphabet, form)) ? escaped(char) : null;
}

const ASCII = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));
const BEYOND = '中';

/** A character, an escape or a class as far as it is in the alphabet; null: it has nothing in common with it. */
export function pieceOf(piece: string, alphabet: Alphabet, folds: boolean): string | null {
  if (Array.from(piece).length === 1 && piece !== '.') return charOf(piece, alphabet, folds);
  if ('stops' in alphabet && alphabet.stops === '') return piece;
  if (piece === '.') return anyChar(alphabet);
  if (piece.startsWith('[^') && 'stops' in alphabet) return without(piece, alphabet.stops);
  const regex = RE2JS.compile(piece, folds ? RE2JS.CASE_INSENSITIVE : 0);
  const found = ASCII.filter((char) => regex.matches(char));
  const inside = found.filter((char) => has(alphabet, char));
  const isBeyond = has(alphabet, BEYOND) && regex.matches(BEYOND);
  if (inside.length === found.length && 'stops' in alphabet) return piece;
  if (inside.length === 0 && !isBeyond) return null;
  const text = classOf(inside, isBeyond ? '\\x{80}-\\x{10ffff}' : '');
  // Letters beyond ASCII have k and s as their other case, which need not be in it.
  return folds ? `(?-i:${text})` : text;
}

/** A bracket at the start of a class would end it behind something else. */
function without(piece: string, stops: string): string {
  const rest = piece.slice(2);
  return `[^${escaped(stops)}${rest.startsWith(']') ? '\\' : ''}${rest}`;
}

function classOf(chars: readonly string[], more = ''): string {
  const codes = chars.map((char) => char.charCodeAt(0)).sort((a, b) => a - b);
  let text = '';
  for (let i = 0; i < codes.length; ) {
    let end = i;
    while (codes[end + 1] === (codes[end] ?? 0) + 1) end++;
    text += end === i ? hex(codes[i]) : `${hex(codes[i])}-${hex(codes[end])}`;
    i = end + 1;
  }
  return `[${text}${more}]`;
}

function hex(code = 0): string {
  const char = String.fromCharCode(code);
  return /[\w.:]/.test(char) ? char : `\\x${code.toString(16).padStart(2, '0')}`;
}

/** `text` as a pattern for itself. */
export function escaped(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
}
