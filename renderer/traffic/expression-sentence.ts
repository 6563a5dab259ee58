import type {
  Expression,
  FieldRef,
  NumberOperator,
  TextOperator,
} from '../../proxy-engine/contract/expression/syntax.ts';

/** The words of a language for the sentence of an expression. */
export interface SentenceWords {
  and: string;
  or: string;
  not: (term: string) => string;
  has: (field: string) => string;
  flag: (flag: string) => string;
  oneOf: (field: string, values: string) => string;
  urlContains: (text: string) => string;
  compare: Record<TextOperator | NumberOperator, (field: string, value: string) => string>;
  list: string;
}

/** What an expression means, as a clause: `pool is api and (attempts is more than 1 or status is 5xx)`. */
export function sentenceOf(expression: Expression, words: SentenceWords): string {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return expression.terms.map((term) => nested(term, words)).join(words[expression.kind]);
    case 'not':
      return words.not(nested(expression.term, words));
    case 'text':
      return words.compare[expression.operator](fieldName(expression.field), quoted(expression.value));
    case 'number':
      return words.compare[expression.operator](fieldName(expression.field), expression.value.text);
    case 'text-in':
      return words.oneOf(fieldName(expression.field), expression.values.map(quoted).join(words.list));
    case 'number-in':
      return words.oneOf(fieldName(expression.field), expression.values.map((value) => value.text).join(words.list));
    case 'has':
      return words.has(fieldName(expression.field));
    case 'flag':
      return words.flag(expression.flag);
    case 'url-contains':
      return words.urlContains(expression.text);
  }
}

function nested(term: Expression, words: SentenceWords): string {
  const text = sentenceOf(term, words);
  return term.kind === 'or' || term.kind === 'and' ? `(${text})` : text;
}

function fieldName({ name, key }: FieldRef): string {
  return key === null ? name : `${name} ${key}`;
}

/** Values that could be read as words of the sentence stand in quotes. */
function quoted(value: string): string {
  return /\s/.test(value) || value === '' ? `“${value}”` : value;
}
