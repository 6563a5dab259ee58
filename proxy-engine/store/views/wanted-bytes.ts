/** What bytes of a record or of its bodies must contain for a term of a filter to hold, as far as that can be said. Pure. */
import type { FieldName } from '../../contract/expression/fields.ts';
import type { Expression, TextOperator } from '../../contract/expression/syntax.ts';
import { compilePattern, isMistake } from '../../match/pattern.ts';
import { alternativesOf } from '../../match/pieces.ts';
import { requiredLiterals } from '../../match/required-literals.ts';
import { isAscii } from '../../match/wire-text.ts';

/** Where the bytes must be: in the record itself, which has the heads, or in bodies. */
export type Part = 'record' | 'body' | 'requestBody' | 'responseBody';

/** These bytes; texts in either case or one of several, as patterns for bytes as latin1, all of which must match; any bytes at all. */
export type Mark = { kind: 'bytes'; bytes: Buffer } | { kind: 'texts'; patterns: RegExp[] } | { kind: 'any' };

export interface Wanted {
  part: Part;
  mark: Mark;
  /** What then has to be asked of the text of a body; null: nothing, the bytes decide; absent: more than its text has to be asked. */
  test?: ((text: string) => boolean) | null;
  /** Whether what is looked for has the same bytes in nearly every charset. */
  isAscii: boolean;
  /** It must not be so. */
  negated?: true;
}

/** null: nothing can be said. */
export function wantedBytes(term: Expression): Wanted | null {
  if (term.kind === 'not') {
    const wanted = wantedBytes(term.term);
    return wanted?.test === undefined || wanted.negated ? null : { ...wanted, negated: true };
  }
  if (term.kind !== 'text') return null;
  const part = partOf(term.field.name);
  if (part === null) return null;
  const { operator, value } = term;
  if (operator === '~' || operator === '~i') return wantedOfPattern(part, operator, value);
  // Heads are recorded as they were on the wire, and what rules made of them as text.
  if (!CONTAINING.has(operator) || value === '' || (part === 'record' && !isAscii(value))) return null;
  return {
    part,
    mark: { kind: 'bytes', bytes: Buffer.from(value, 'utf8') },
    isAscii: isAscii(value),
    ...(operator === '*=' && part !== 'record' && { test: null }),
  };
}

const CONTAINING: ReadonlySet<TextOperator> = new Set<TextOperator>(['*=', '^=', '$=', '=']);

function wantedOfPattern(part: Part, operator: '~' | '~i', value: string): Wanted | null {
  const pattern = compilePattern(value, operator === '~i');
  if (isMistake(pattern)) return null;
  const mark = markOf(value, operator === '~i', part);
  // Of heads every record has some.
  if (part === 'record') return mark.kind === 'any' ? null : { part, mark, isAscii: true };
  return { part, mark, isAscii: isAscii(value), test: (text) => pattern.test(text) };
}

/** By the longest text that must be there, of each alternative; in either case by all of them, for then a pattern takes long. */
function markOf(source: string, foldsCase: boolean, part: Part): Mark {
  // Flags and quotations mean the alternatives behind them, too.
  if (/\(\?(?!:)|\\Q/.test(source)) return { kind: 'any' };
  const usable = foldsCase || part === 'record' ? /[^\P{ASCII}\0]+/gu : /[^\ufffd\p{Cs}]+/gu;
  const texts = alternativesOf(source).map((alternative) => textsIn(alternative, usable));
  const longest = texts.map(([first = '']) => first);
  if (longest.includes('')) return { kind: 'any' };
  const [only = []] = texts;
  const isOne = texts.length === 1;
  if (isOne && !foldsCase) return { kind: 'bytes', bytes: Buffer.from(longest.join(''), 'utf8') };
  const sources = isOne ? only.map(bytePattern) : [longest.map((text) => bytePattern(text)).join('|')];
  return { kind: 'texts', patterns: sources.map((each) => new RegExp(each)) };

  function bytePattern(text: string): string {
    const bytes = Buffer.from(text, 'utf8').toString('latin1');
    return bytes.replace(/./gs, (char) => (foldsCase && /[a-z]/i.test(char) ? inEitherCase(char) : escaped(char)));
  }
}

/** The longest first. What is no character, or may be written in several ways, is not looked for. */
function textsIn(source: string, usable: RegExp): string[] {
  const runs = requiredLiterals(source).flatMap((literal) => literal.match(usable) ?? []);
  return runs.sort((a, b) => b.length - a.length);
}

function escaped(byte: string): string {
  return `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

/** Two letters have a third form in Unicode: the sign of kelvin and the long s, here as the bytes of UTF-8. */
function inEitherCase(char: string): string {
  const lower = char.toLowerCase();
  if (lower === 'k') return '(?:[kK]|\\xe2\\x84\\xaa)';
  if (lower === 's') return '(?:[sS]|\\xc5\\xbf)';
  return `[${lower}${lower.toUpperCase()}]`;
}

function partOf(field: FieldName): Part | null {
  switch (field) {
    case 'body':
    case 'requestBody':
    case 'responseBody':
      return field;
    case 'header':
    case 'requestHeader':
    case 'responseHeader':
      return 'record';
    default:
      return null;
  }
}
