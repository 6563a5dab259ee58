/** Tells an expression as a plain sentence: `exchanges of pool api that needed more than one attempt, or were answered with a server error`. */
import { ENGLISH } from './sentence-en.ts';
import type { Grammar, Leaf } from './sentence-grammar.ts';
import { CHINESE } from './sentence-zh.ts';
import type { Expression } from './syntax.ts';

export type SentenceLanguage = 'en' | 'zh-TW';

const GRAMMARS: Record<SentenceLanguage, Grammar> = { en: ENGLISH, 'zh-TW': CHINESE };

/** The sentence, without a full stop. */
export function sentence(expression: Expression, language: SentenceLanguage): string {
  const grammar = GRAMMARS[language];
  const told = flatten(expression, false);
  const terms = told.kind === 'all' ? told.terms : [told];
  const qualifiers: string[] = [];
  const rest: Told[] = [];
  for (const term of terms) {
    const qualifier = term.kind === 'leaf' && !term.negated ? grammar.qualifier(term.leaf) : null;
    if (qualifier === null) rest.push(term);
    else qualifiers.push(qualifier);
  }
  return grammar.sentence(qualifiers, rest.length === 0 ? null : outermost(grammar, rest));
}

/** The expression with `not` carried down to the conditions (De Morgan), where every language can say it. */
type Told = { kind: 'all' | 'any'; terms: Told[] } | { kind: 'leaf'; leaf: Leaf; negated: boolean };

function flatten(term: Expression, negated: boolean): Told {
  if (term.kind === 'not') return flatten(term.term, !negated);
  if (term.kind !== 'and' && term.kind !== 'or') return { kind: 'leaf', leaf: term, negated };
  const kind = (term.kind === 'and') === negated ? 'any' : 'all';
  const terms = term.terms.map((each) => flatten(each, negated));
  return { kind, terms: terms.flatMap((each) => (each.kind === kind ? each.terms : [each])) };
}

/** The outermost level needs no brackets in words: one `or`, or a list of `and`. */
function outermost(grammar: Grammar, terms: readonly Told[]): string {
  const [only] = terms;
  if (terms.length === 1 && only?.kind === 'any') return grammar.any(only.terms.map((term) => tell(grammar, term)));
  return grammar.all(terms.map((term) => tell(grammar, term)));
}

function tell(grammar: Grammar, term: Told): string {
  if (term.kind === 'leaf') return grammar.clause(term.leaf, term.negated);
  const clauses = term.terms.map((each) => tell(grammar, each));
  return term.kind === 'all' ? grammar.allInside(clauses) : grammar.anyInside(clauses);
}
