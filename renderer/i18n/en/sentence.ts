import type { SentenceWords } from '../../traffic/expression-sentence.ts';

export const enSentence: SentenceWords = {
  and: ' and ',
  or: ' or ',
  list: ', ',
  not: (term) => `not ${term}`,
  has: (field) => `${field} is there`,
  flag: (flag) => flag,
  oneOf: (field, values) => `${field} is one of ${values}`,
  urlContains: (text) => `the URL contains “${text}”`,
  compare: {
    '=': (field, value) => `${field} is ${value}`,
    '!=': (field, value) => `${field} is not ${value}`,
    '^=': (field, value) => `${field} starts with ${value}`,
    '$=': (field, value) => `${field} ends with ${value}`,
    '*=': (field, value) => `${field} contains ${value}`,
    '~': (field, value) => `${field} matches ${value}`,
    '~i': (field, value) => `${field} matches ${value} in any case`,
    '<': (field, value) => `${field} is less than ${value}`,
    '<=': (field, value) => `${field} is at most ${value}`,
    '>': (field, value) => `${field} is more than ${value}`,
    '>=': (field, value) => `${field} is at least ${value}`,
  },
};
