/** Texts that everything contains that a pattern matches: looked for first, they spare most of the matching. */

import { ESCAPED, endOfPiece, hasAlternatives, PLAIN } from './pieces.ts';

/** `source`: a valid pattern of RE2 without flags outside of it. Empty: nothing can be told. */
export function requiredLiterals(source: string): string[] {
  if (/\(\?(?!:)|\\Q/.test(source) || hasAlternatives(source)) return [];
  const found: string[] = [];
  let run = '';
  const endRun = () => {
    if (run !== '') found.push(run);
    run = '';
  };
  for (let at = 0; at < source.length; ) {
    const end = source[at] === '(' ? endOfGroup(source, at) : endOfPiece(source, at);
    const piece = source.slice(at, end);
    const quantifier = /^(?:[?*+]|\{\d+(?:,\d*)?\})\??/.exec(source.slice(end))?.[0] ?? '';
    const literal = PLAIN.test(piece) ? piece : ESCAPED.test(piece) ? piece.slice(1) : null;
    if (literal !== null && (quantifier === '' || quantifier.startsWith('+'))) run += literal;
    if (literal === null || quantifier !== '') endRun();
    at = end + quantifier.length;
  }
  endRun();
  return found;
}

function endOfGroup(source: string, from: number): number {
  let depth = 0;
  for (let at = from; at < source.length; at = endOfPiece(source, at)) {
    if (source[at] === '(') depth++;
    else if (source[at] === ')' && --depth === 0) return at + 1;
  }
  return source.length;
}
