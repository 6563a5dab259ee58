/** English for expressions. Clauses follow `exchanges that`. */
import type { FieldName, FlagName } from './fields.ts';
import { type Grammar, type Leaf, mayBeAbsent } from './sentence-grammar.ts';
import type { FieldRef, NumberOperator, Quantity, TextOperator } from './syntax.ts';

/** What exchanges are of, to, by …: told before the clauses when it is a plain equality. */
const QUALIFIERS: Partial<Record<FieldName, string>> = {
  host: 'to host',
  listener: 'on listener',
  route: 'of route',
  pool: 'of pool',
  backend: 'of backend',
  clientIp: 'from',
  method: 'with method',
  scheme: 'over',
  protocol: 'over',
};

const NAMES: Record<FieldName, string> = {
  method: 'method',
  scheme: 'scheme',
  host: 'host',
  port: 'port',
  path: 'path',
  query: 'query',
  url: 'URL',
  protocol: 'protocol',
  listener: 'listener',
  route: 'route',
  pool: 'pool',
  backend: 'backend',
  rule: 'rule',
  error: 'error',
  clientIp: 'client address',
  contentType: 'content type',
  note: 'note',
  color: 'colour',
  header: 'header',
  requestHeader: 'request header',
  responseHeader: 'response header',
  cookie: 'cookie',
  body: 'body',
  requestBody: 'request body',
  responseBody: 'response body',
  status: 'status',
  attempts: 'number of attempts',
  duration: 'duration',
  ttfb: 'time to first byte',
  requestSize: 'request size',
  responseSize: 'response size',
};

const FLAGS: Record<FlagName, [yes: string, no: string]> = {
  completed: ['are complete', 'are not complete'],
  failed: ['failed', 'did not fail'],
  retried: ['needed more than one attempt', 'needed no second attempt'],
  websocket: ['are WebSockets', 'are not WebSockets'],
  tunnel: ['are tunnels', 'are not tunnels'],
  sse: ['are event streams', 'are not event streams'],
  grpc: ['are gRPC calls', 'are not gRPC calls'],
  mocked: ['were answered in place of a backend', 'were not answered in place of a backend'],
  pinned: ['are pinned', 'are not pinned'],
  replayed: ['are replays', 'are not replays'],
};

const STATUS_CLASSES: Readonly<Record<string, string>> = {
  '1xx': 'an informational status',
  '2xx': 'a success',
  '3xx': 'a redirect',
  '4xx': 'a client error',
  '5xx': 'a server error',
};

const TEXT_VERBS = {
  '=': ['is', 'is not'],
  '^=': ['starts with', 'does not start with'],
  '$=': ['ends with', 'does not end with'],
  '*=': ['contains', 'does not contain'],
  '~': ['matches', 'does not match'],
  '~i': ['matches in any case', 'does not match in any case'],
} as const;

const COMPARISONS: Record<NumberOperator, [yes: string, no: string]> = {
  '=': ['exactly', 'other than'],
  '!=': ['other than', 'exactly'],
  '<': ['less than', 'at least'],
  '<=': ['at most', 'more than'],
  '>': ['more than', 'at most'],
  '>=': ['at least', 'less than'],
};

export const ENGLISH: Grammar = {
  qualifier,
  clause,
  allInside: (clauses) => `both ${clauses.join(' and ')}`.replace(/^both (?=.* and .* and )/, 'all of: '),
  anyInside: (clauses) => `either ${clauses.join(' or ')}`,
  all: (clauses) => list(clauses, 'and'),
  any: (clauses) => `${clauses.slice(0, -1).join(', ')}, or ${clauses.at(-1)}`,
  sentence: (qualifiers, clauses) =>
    ['exchanges', ...qualifiers, ...(clauses === null ? [] : [`that ${clauses}`])].join(' '),
};

function qualifier(term: Leaf): string | null {
  if (term.kind !== 'text' && term.kind !== 'text-in') return null;
  const preposition = term.field.key === null ? QUALIFIERS[term.field.name] : undefined;
  if (preposition === undefined) return null;
  if (term.kind === 'text-in') return `${preposition} ${list(term.values.map(shown), 'or')}`;
  return term.operator === '=' ? `${preposition} ${shown(term.value)}` : null;
}

function clause(term: Leaf, negated: boolean): string {
  switch (term.kind) {
    case 'flag':
      return FLAGS[term.flag][negated ? 1 : 0];
    case 'has':
      return `${negated ? 'have no' : 'have a'} ${named(term.field)}`;
    case 'url-contains':
      return `have ${negated ? 'no ' : ''}“${term.text}” in the URL`;
    case 'text':
      if (term.field.name === 'rule' && (term.operator === '=' || term.operator === '!='))
        return ruleClause([term.value], negated !== (term.operator === '!='));
      return textClause(term.field, term.operator, compared(term), negated);
    case 'text-in':
      if (term.field.name === 'rule') return ruleClause(term.values, negated);
      return textClause(term.field, '=', list(term.values.map(shown), 'or'), negated);
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
  if (isNot && mayBeAbsent(field)) return `have no ${named(field)} that ${yes} ${value}`;
  return `have ${aOrAn(named(field))} that ${isNot ? no : yes} ${value}`;
}

/** Of the names above: a URL, an error. */
function aOrAn(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;
}

function ruleClause(names: readonly string[], negated: boolean): string {
  return `${negated ? 'were not' : 'were'} touched by rule ${list(names.map(shown), 'or')}`;
}

function numberClause(name: FieldName, operator: NumberOperator, value: Quantity, negated: boolean): string {
  const equality = operator === '=' || operator === '!=';
  if (equality && name === 'status') return answered([value], negated !== (operator === '!='));
  const words = COMPARISONS[operator][negated ? 1 : 0];
  switch (name) {
    case 'attempts':
      return `needed ${words} ${value.low === 1 ? 'one attempt' : `${value.text} attempts`}`;
    case 'status':
      return `have a status of ${words} ${value.text}`;
    case 'duration':
      return `took ${words} ${spaced(value)}`;
    default:
      return `have ${aOrAn(NAMES[name])} of ${words} ${spaced(value)}`;
  }
}

function numbersClause(name: FieldName, values: readonly Quantity[], negated: boolean): string {
  if (name === 'status') return answered(values, negated);
  return `have ${aOrAn(NAMES[name])} that ${negated ? 'is not' : 'is'} ${list(values.map(spaced), 'or')}`;
}

function answered(values: readonly Quantity[], negated: boolean): string {
  const words = values.map(({ text }) => STATUS_CLASSES[text.toLowerCase()] ?? text);
  return `${negated ? 'were not' : 'were'} answered with ${list(words, 'or')}`;
}

function named({ name, key }: FieldRef): string {
  return key === null
    ? NAMES[name]
    : name === 'query'
      ? `query parameter ${shown(key)}`
      : `${NAMES[name]} ${shown(key)}`;
}

/** Nothing has a word of its own where a text is equal to it. */
function compared({ operator, value }: { operator: TextOperator; value: string }): string {
  return value === '' && (operator === '=' || operator === '!=') ? 'empty' : shown(value);
}

/** `200ms` → `200 ms`. */
function spaced({ text }: Quantity): string {
  return text.replace(/(\d)([a-z])/i, '$1 $2');
}

/** Quoted when it could be read as part of the sentence. */
function shown(text: string): string {
  return text === '' || /[\s,“”]/.test(text) ? `“${text}”` : text;
}

function list(items: readonly string[], word: 'and' | 'or'): string {
  if (items.length < 2) return items[0] ?? '';
  return `${items.slice(0, -1).join(', ')} ${word} ${items.at(-1)}`;
}
