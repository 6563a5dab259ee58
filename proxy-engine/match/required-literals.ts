/** Texts that everything contains that a pattern matches: looked for first, they spare most of the matching. */

/** Characters that stand for themselves behind a backslash. */
const ESCAPED = /^\\[./?*+()[\]{}^$|\-\\]/;
const PLAIN = /^[^\\^$.|?*+()[\]{}]/;

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

function hasAlternatives(source: string): boolean {
  for (let at = 0; at < source.length; at = source[at] === '(' ? endOfGroup(source, at) : endOfPiece(source, at))
    if (source[at] === '|') return true;
  return false;
}

function endOfGroup(source: string, from: number): number {
  let depth = 0;
  for (let at = from; at < source.length; at = endOfPiece(source, at)) {
    if (source[at] === '(') depth++;
    else if (source[at] === ')' && --depth === 0) return at + 1;
  }
  return source.length;
}

/** Behind the escape, the class or the character at `at`. */
function endOfPiece(source: string, at: number): number {
  if (source[at] === '\\') return at + 2;
  if (source[at] !== '[') return at + 1;
  // A bracket right at the start of a class stands for itself; a named class has brackets of its own.
  let end = at + (source[at + 1] === '^' ? 2 : 1) + 1;
  while (end < source.length && source[end] !== ']') {
    if (source[end] === '\\') end += 2;
    else if (source.startsWith('[:', end)) end = source.indexOf(':]', end) + 2;
    else end++;
  }
  return end + 1;
}
