/** 繁體中文 for expressions. Everything stands before `的交換`. */
import type { FieldName, FlagName } from './fields.ts';
import { type Grammar, type Leaf, mayBeAbsent } from './sentence-grammar.ts';
import type { FieldRef, NumberOperator, Quantity, TextOperator } from './syntax.ts';

const NAMES: Record<FieldName, string> = {
  method: '方法',
  scheme: '協定類型',
  host: '主機',
  port: '連接埠',
  path: '路徑',
  query: '查詢字串',
  url: '網址',
  protocol: '協定',
  listener: '監聽器',
  route: '路由',
  pool: '集區',
  backend: '後端',
  rule: '規則',
  error: '錯誤',
  clientIp: '用戶端位址',
  contentType: '內容類型',
  note: '備註',
  color: '顏色',
  header: '標頭',
  requestHeader: '請求標頭',
  responseHeader: '回應標頭',
  cookie: 'Cookie',
  body: '主體',
  requestBody: '請求主體',
  responseBody: '回應主體',
  status: '狀態碼',
  attempts: '嘗試次數',
  duration: '耗時',
  ttfb: '首位元組時間',
  requestSize: '請求大小',
  responseSize: '回應大小',
};

/** Told first, as what the exchanges belong to. */
const QUALIFIERS: ReadonlySet<FieldName> = new Set<FieldName>([
  'host',
  'listener',
  'route',
  'pool',
  'backend',
  'clientIp',
  'method',
  'scheme',
  'protocol',
]);

/** Marks the edges of words that are not Chinese: a space there, except beside punctuation. */
const EDGE = '\u2063';

const FLAGS: Record<FlagName, [yes: string, no: string]> = {
  completed: ['已完成', '尚未完成'],
  failed: ['失敗', '沒有失敗'],
  retried: ['嘗試超過一次', '嘗試不超過一次'],
  websocket: [`屬於${edged('WebSocket')}`, `不屬於${edged('WebSocket')}`],
  tunnel: ['屬於通道', '不屬於通道'],
  sse: ['屬於事件串流', '不屬於事件串流'],
  grpc: [`屬於${edged('gRPC')}`, `不屬於${edged('gRPC')}`],
  mocked: ['代替後端直接回應', '並非代替後端直接回應'],
  pinned: ['已釘選', '未釘選'],
  replayed: ['為重送', '並非重送'],
};

const STATUS_CLASSES: Readonly<Record<string, string>> = {
  '1xx': '資訊狀態',
  '2xx': '成功',
  '3xx': '重新導向',
  '4xx': '用戶端錯誤',
  '5xx': '伺服器錯誤',
};

const TEXT_VERBS = {
  '=': ['為', '不為'],
  '^=': ['開頭為', '開頭不為'],
  '$=': ['結尾為', '結尾不為'],
  '*=': ['包含', '不包含'],
  '~': ['符合', '不符合'],
  '~i': ['不分大小寫符合', '不分大小寫皆不符合'],
} as const;

const COMPARISONS: Record<NumberOperator, [yes: string, no: string]> = {
  '=': ['為', '不為'],
  '!=': ['不為', '為'],
  '<': ['小於', '不小於'],
  '<=': ['不超過', '超過'],
  '>': ['超過', '不超過'],
  '>=': ['至少為', '小於'],
};

export const CHINESE: Grammar = {
  qualifier,
  clause,
  allInside: (clauses) => `（${clauses.join('且')}）`,
  anyInside: (clauses) => `（${clauses.join('或')}）`,
  all: (clauses) => clauses.join('，且'),
  any: (clauses) => clauses.join('，或'),
  sentence: (qualifiers, clauses) => closed([...qualifiers, ...(clauses === null ? [] : [clauses])].join('，')),
};

function closed(text: string): string {
  return `${text}的交換`
    .replace(/\u2063*([，（）])\u2063*/g, '$1')
    .replace(/^\u2063+/, '')
    .replace(/\u2063+/g, ' ');
}

function qualifier(term: Leaf): string | null {
  if (term.kind !== 'text' && term.kind !== 'text-in') return null;
  if (!QUALIFIERS.has(term.field.name)) return null;
  if (term.kind === 'text-in') return `${NAMES[term.field.name]}為${choice(term.values.map(shown))}`;
  return term.operator === '=' ? `${NAMES[term.field.name]}為${shown(term.value)}` : null;
}

function clause(term: Leaf, negated: boolean): string {
  switch (term.kind) {
    case 'flag':
      return FLAGS[term.flag][negated ? 1 : 0];
    case 'has':
      return `${negated ? '沒有' : '有'}${named(term.field)}`;
    case 'url-contains':
      return `網址中${negated ? '沒有' : '有'}「${term.text}」`;
    case 'text':
      if (term.field.name === 'rule' && (term.operator === '=' || term.operator === '!='))
        return ruleClause([term.value], negated !== (term.operator === '!='));
      return textClause(term.field, term.operator, compared(term), negated);
    case 'text-in':
      if (term.field.name === 'rule') return ruleClause(term.values, negated);
      return textClause(term.field, '=', choice(term.values.map(shown)), negated);
    case 'number':
      return numberClause(term.field.name, term.operator, term.value, negated);
    case 'number-in':
      return numbersClause(term.field.name, term.values, negated);
  }
}

/** What may be absent is equal to nothing: without it, every `not` holds. */
function textClause(field: FieldRef, operator: TextOperator, value: string, negated: boolean): string {
  const isNot = negated !== (operator === '!=');
  const [yes, no] = TEXT_VERBS[operator === '!=' ? '=' : operator];
  return `${named(field)}${isNot ? no : yes}${value}${isNot && mayBeAbsent(field) ? '（或沒有）' : ''}`;
}

function ruleClause(names: readonly string[], negated: boolean): string {
  return `${negated ? '未經' : '經'}規則${choice(names.map(shown))}處理`;
}

function numberClause(name: FieldName, operator: NumberOperator, value: Quantity, negated: boolean): string {
  const equality = operator === '=' || operator === '!=';
  if (equality && name === 'status') return answered([value], negated !== (operator === '!='));
  const words = COMPARISONS[operator][negated ? 1 : 0];
  if (name === 'attempts') return `嘗試${equality ? '次數' : ''}${words}${edged(value.text)}次`;
  return `${NAMES[name]}${words}${spaced(value)}`;
}

function numbersClause(name: FieldName, values: readonly Quantity[], negated: boolean): string {
  if (name === 'status') return answered(values, negated);
  return `${NAMES[name]}${negated ? '不為' : '為'} ${choice(values.map(spaced))}`;
}

function answered(values: readonly Quantity[], negated: boolean): string {
  const words = values.map(({ text }) => STATUS_CLASSES[text.toLowerCase()] ?? edged(text));
  return `${negated ? '不以' : '以'}${choice(words)}回應`;
}

function named({ name, key }: FieldRef): string {
  if (key === null) return name === 'cookie' ? edged(NAMES[name]) : NAMES[name];
  return `${name === 'query' ? '查詢參數' : NAMES[name]}${shown(key)}`;
}

function spaced({ text }: Quantity): string {
  return edged(text.replace(/(\d)([a-z])/i, '$1 $2'));
}

function compared({ operator, value }: { operator: TextOperator; value: string }): string {
  return value === '' && (operator === '=' || operator === '!=') ? '空' : shown(value);
}

function shown(text: string): string {
  return text === '' || /[\s，（）「」]/.test(text) ? `「${text}」` : edged(text);
}

function edged(text: string): string {
  return `${EDGE}${text}${EDGE}`;
}

function choice(items: readonly string[]): string {
  return items.join('或');
}
