import { AndWord, HasWord, InWord, NotWord, OrWord } from './expression.generated.terms.ts';

const WORDS: ReadonlyMap<string, number> = new Map([
  ['and', AndWord],
  ['or', OrWord],
  ['not', NotWord],
  ['in', InWord],
  ['has', HasWord],
]);

/** The term of a keyword in any case; -1: it is a name. Called by the generated parser, which also hands its stack. */
export function keyword(word: string, _stack?: unknown): number {
  return word.length > 3 ? -1 : (WORDS.get(word.toLowerCase()) ?? -1);
}
