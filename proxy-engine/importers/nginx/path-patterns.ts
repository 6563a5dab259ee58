/** Patterns for paths: nginx compares them with what is decoded, conditions here with what the client wrote, escapes and all. */
import { type ReadablePattern, readablePattern } from './patterns.ts';

/** A letter, an escape of one, a class, the beginning of a group. */
const ATOM = /\\x[0-9a-f]{2}|\\[^]|\[\^?\]?(?:\\[^]|[^\]\\])*\]|\(\?[\w<]*[:>)]|[^]/giu;

/** What cannot be told letter by letter: borders of words, classes by name, changes of the mode. */
const UNCLEAR = /\\[^dDwWsStnrfvx\W_]|\[\[:|\[[^\]]*\[[:.=]|\[\^?\]|\(\?i?[^:<Pi)]|%|\[[ -%]-/;

/** None of these is a part of an escape. */
const PLAIN = /^(?:\\[/._~-]|[/_~g-z-]|$)/i;

const ESCAPE = '%[0-9A-Fa-f]{2}';

/** Clients write them either way: the first route of the server turns away those that are escaped and asked for by name. */
const EITHER_WAY = "!$&'()*+,;=:@~";

/** The pattern that holds for a path as it is written where nginx's holds for what it decodes to. */
export function pathPattern(written: string): ReadablePattern {
  const { pattern, isExact } = readablePattern(written);
  return { pattern: UNCLEAR.test(pattern) ? pattern : asWritten(pattern), isExact };
}

/** One that holds, too, where slashes that are not the first of the path come as `%2F`. */
export function withEscapedSlashes(written: string): string {
  return asWritten(readablePattern(written).pattern, true);
}

/** Whether it can only be compared with paths that have no escapes. */
export function isUnclear(written: string): boolean {
  return UNCLEAR.test(readablePattern(written).pattern);
}

function asWritten(pattern: string, isSlashed = false): string {
  const atoms = [...pattern.matchAll(ATOM)].map(([atom]) => atom);
  const made = atoms.map((atom, i) => {
    const own = atomAsWritten(atom, atoms.slice(i + 1));
    return isSlashed && atoms[i - 1] !== '^' && takesSlash(atom) ? `(?:${own}|(?i:%2F))` : own;
  });
  const text = made.join('');
  // Else it could begin in the middle of an escape.
  return hasPlainBeginning(pattern, atoms) ? text : `^(?:[^%]|${ESCAPE})*?(?:${text})`;
}

function hasPlainBeginning(pattern: string, [first = '', second = '']: readonly string[]): boolean {
  return (first === '^' || PLAIN.test(first)) && !/^[?*{]/.test(second) && !withoutGroups(pattern).includes('|');
}

/** What stands outside of all of them. */
function withoutGroups(pattern: string): string {
  let [before, after] = ['', pattern.replace(/\\[^]|\[(?:\\[^]|[^\]])*\]/g, '')];
  while (before !== after) [before, after] = [after, after.replace(/\([^()]*\)/g, '')];
  return after;
}

/** Dots hold for it as they are. */
function takesSlash(atom: string): boolean {
  const isClass = /^\[|^\\[DWS]$/.test(atom);
  return /^(?:\\?\/|\\x2f)$/i.test(atom) || (isClass && new RegExp(atom).test('/'));
}

function atomAsWritten(atom: string, rest: readonly string[]): string {
  const letter = atom.replace(/^\\(?=[^\w])/, '');
  const isSyntax = atom.startsWith('(') || /^[)|*+?{}^$]$/.test(atom);
  if (isSyntax || /^[\w/._~-]$/.test(letter) !== (atom === '.') || EITHER_WAY.includes(letter)) return atom;
  return isWild(atom) && isSafeBehind(rest) ? atom : eitherWay(atom);
}

/** One that holds for escapes as for what they stand for, if it may take as many as come. */
function isWild(atom: string): boolean {
  return atom === '.' || /^\[\^[/._~\-g-z]+\]$/i.test(atom);
}

/** Whether what comes then cannot begin within an escape. */
function isSafeBehind([count = '', ...rest]: readonly string[]): boolean {
  if (count !== '*' && count !== '+') return false;
  const next = rest.findIndex((atom) => atom !== ')' && atom !== '?');
  const [first = '', second = ''] = next < 0 ? [] : rest.slice(next);
  return (first === '$' || PLAIN.test(first)) && !/^[?*{]/.test(second);
}

/** The letters that it holds for, as such or escaped. */
function eitherWay(atom: string): string {
  if (/[^ -~]/.test(atom) && atom.length <= 2) return `(?:${atom}|(?i:${encodeURIComponent(atom)}))`;
  const plain = withoutPercent(atom);
  const codes = escapedCodes(atom);
  if (codes.length === 0) return plain;
  if (codes.length === ESCAPABLE.length) return `(?:${plain}|${ESCAPE})`;
  return `(?:${plain}|%(?i:${hexOf(codes)}))`;
}

/** `2[0C]|5B`: pairs of digits by the first one. */
function hexOf(codes: readonly number[]): string {
  const seconds = new Map<string, string>();
  for (const code of codes) {
    const [first = '', second = ''] = code.toString(16).toUpperCase().padStart(2, '0');
    seconds.set(first, (seconds.get(first) ?? '') + second);
  }
  return [...seconds]
    .map(([first, each]) => first + (each.length === 16 ? '[0-9A-F]' : each.length > 1 ? `[${each}]` : each))
    .join('|');
}

/** What comes escaped, once the odd paths are gone. */
const ESCAPABLE = Array.from({ length: 255 }, (_, i) => i + 1).filter(
  (code) => code !== 0x0a && code !== 0x2f && !/[\w.-]/.test(String.fromCharCode(code)),
);

/** nginx compares bytes. */
function escapedCodes(atom: string): number[] {
  const asBytes = Buffer.from(atom, 'utf8').toString('latin1');
  // Of the two, only JavaScript's takes more for a space than ASCII has.
  const bytes = new RegExp(
    asBytes
      .replaceAll('\\s', '\\t-\\r ')
      .replace(/^(\\t.*)$/, '[$1]')
      .replace('\\S', '[^\\t-\\r ]'),
    's',
  );
  return ESCAPABLE.filter((code) => bytes.test(String.fromCharCode(code)));
}

/** A per cent sign in the path begins an escape. */
function withoutPercent(atom: string): string {
  if (atom === '.') return '[^%]';
  if (atom.startsWith('[^')) return `${atom.slice(0, -1)}%]`;
  const negated = /^\\([DWS])$/.exec(atom)?.[1];
  return negated === undefined ? atom : `[^\\${negated.toLowerCase()}%]`;
}
