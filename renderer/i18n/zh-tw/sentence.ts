import type { SentenceWords } from '../../traffic/expression-sentence.ts';

export const zhTwSentence: SentenceWords = {
  and: '，且 ',
  or: '，或 ',
  list: '、',
  not: (term) => `並非 ${term}`,
  has: (field) => `有 ${field}`,
  flag: (flag) => flag,
  oneOf: (field, values) => `${field} 是 ${values} 之一`,
  urlContains: (text) => `URL 包含「${text}」`,
  compare: {
    '=': (field, value) => `${field} 是 ${value}`,
    '!=': (field, value) => `${field} 不是 ${value}`,
    '^=': (field, value) => `${field} 以 ${value} 開頭`,
    '$=': (field, value) => `${field} 以 ${value} 結尾`,
    '*=': (field, value) => `${field} 包含 ${value}`,
    '~': (field, value) => `${field} 符合 ${value}`,
    '~i': (field, value) => `${field} 符合 ${value}（不分大小寫）`,
    '<': (field, value) => `${field} 小於 ${value}`,
    '<=': (field, value) => `${field} 至多 ${value}`,
    '>': (field, value) => `${field} 大於 ${value}`,
    '>=': (field, value) => `${field} 至少 ${value}`,
  },
};
