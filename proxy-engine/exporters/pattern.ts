/** RE2 patterns for other engines. */
import { endOfPiece, hasAlternatives } from '../match/pieces.ts';

/** A pattern that starts where the text starts, and only there; flags may come first. */
export function isAnchored(pattern: string): boolean {
  return /^(?:\(\?[isU]+\))*(?:\^|\\A)(?![*?{])/.test(pattern) && !hasAlternatives(pattern);
}

/** A pattern that matches at the end, and nowhere else. */
export function isAtEnd(pattern: string): boolean {
  return /(?:^|[^\\])(?:\\\\)*\$$/.test(pattern) && !hasAlternatives(pattern);
}

/** RE2's spellings that PCRE does not have. */
export function patternText(pattern: string): string {
  return pattern.replaceAll('(?P<', '(?<').replaceAll('\\z', '$');
}

/** The same for texts that may have line feeds: there, `$` of PCRE holds before the last one, too, and `\\s` and `\\v` are more. */
export function patternOfLines(pattern: string): string {
  const end = /\(\?[a-zA-Z]*m/.test(pattern) ? '$' : '\\z';
  let written = '';
  for (let at = 0; at < pattern.length; ) {
    const next = endOfText(pattern, at);
    const piece = pattern.slice(at, next);
    written += piece === '$' ? end : piece.startsWith('\\Q') ? piece : inRe2(piece);
    at = next;
  }
  return written.replaceAll('(?P<', '(?<');
}

const SPACES = '\\t\\n\\f\\r\\x20';

function inRe2(piece: string): string {
  if (piece === '\\s') return `[${SPACES}]`;
  if (piece === '\\S') return `[^${SPACES}]`;
  return piece.replace(/\\([\s\S])/g, (escape, char) => (char === 's' ? SPACES : char === 'v' ? '\\x0b' : escape));
}

/** Number of numbered groups; those with names have numbers, too. */
export function groupCount(pattern: string): number {
  let count = 0;
  reopenGroups(pattern, (n) => {
    count = n;
    return '';
  });
  return count;
}

/** `pattern` with every numbered group opened as `open` says. */
export function reopenGroups(pattern: string, open: (n: number) => string): string {
  let written = '';
  let n = 0;
  for (let at = 0; at < pattern.length; ) {
    const [opener] = NUMBERED.exec(pattern.slice(at)) ?? [];
    const end = opener === undefined ? endOfText(pattern, at) : at + opener.length;
    written += opener === undefined ? pattern.slice(at, end) : open(++n);
    at = end;
  }
  return written;
}

const NUMBERED = /^\((?:\?P?<\w+>|(?!\?))/;

/** Behind what stands for itself at `at`, which `\Q` … `\E` may quote. */
function endOfText(pattern: string, at: number): number {
  if (!pattern.startsWith('\\Q', at)) return endOfPiece(pattern, at);
  const end = pattern.indexOf('\\E', at);
  return end < 0 ? pattern.length : end + 2;
}
