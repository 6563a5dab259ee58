/** What of a filter the index can decide: an expression as a condition of SQL. The rest is asked of the recordings themselves. */
import { FIELDS, type FieldName, type FlagName } from '../contract/expression/fields.ts';
import type { Expression, FieldRef, NumberOperator, Quantity, TextOperator } from '../contract/expression/syntax.ts';
import { isWireField } from '../match/access.ts';
import { literal } from '../match/compile.ts';
import { isAscii, toWire } from '../match/wire-text.ts';
import { LINE } from './record-format.ts';

export interface SqlFilter {
  where: string;
  params: (string | number)[];
  /** False: what the condition lets through still has to be asked. */
  exact: boolean;
}

type Condition = Pick<SqlFilter, 'where' | 'params'>;

/** `null` is the filter of everything. */
export function sqlFilter(expression: Expression | null): SqlFilter {
  if (expression === null) return { where: '1', params: [], exact: true };
  const terms = expression.kind === 'and' ? expression.terms : [expression];
  const known = terms.map(condition);
  const usable = known.filter((term) => term !== null);
  const all = joined(usable, ' AND ', '1');
  return { ...all, exact: usable.length === terms.length };
}

/** null: the index does not know. A condition is never NULL, so that `not` means the same as in the compiled closure. */
function condition(term: Expression): Condition | null {
  switch (term.kind) {
    case 'and':
    case 'or': {
      const parts = term.terms.map(condition);
      if (parts.includes(null)) return null;
      return joined(parts as Condition[], term.kind === 'and' ? ' AND ' : ' OR ', '1');
    }
    case 'not': {
      const inner = condition(term.term);
      return inner && { where: `NOT (${inner.where})`, params: inner.params };
    }
    case 'text':
      return textCondition(term.field, term.operator, term.value);
    case 'text-in':
      return any(term.values.map((value) => textCondition(term.field, '=', value)));
    case 'number':
      return numberCondition(term.field.name, term.operator, term.value);
    case 'number-in':
      return any(term.values.map((value) => numberCondition(term.field.name, '=', value)));
    case 'has':
      return hasCondition(term.field);
    case 'flag':
      return flagCondition(term.flag);
    case 'url-contains':
      return { where: `instr(${URL}, ?) > 0`, params: [toWire(term.text)] };
  }
}

function joined(parts: readonly Condition[], by: string, none: string): Condition {
  if (parts.length === 0) return { where: none, params: [] };
  return { where: parts.map(({ where }) => `(${where})`).join(by), params: parts.flatMap(({ params }) => params) };
}

function any(parts: (Condition | null)[]): Condition | null {
  return parts.includes(null) ? null : joined(parts as Condition[], ' OR ', '0');
}

const QUERY = `CASE WHEN instr(target, '?') > 0 THEN substr(target, instr(target, '?') + 1) ELSE '' END`;
const URL = `scheme || '://' || authority || target`;

/** Text fields that the index has, as the expression language sees them. */
const TEXTS: Partial<Record<FieldName, string>> = {
  method: 'method',
  scheme: 'scheme',
  host: 'host',
  path: 'path',
  url: URL,
  protocol: 'protocol',
  listener: 'listener',
  clientIp: 'clientIp',
  route: 'route',
  pool: 'pool',
  backend: 'backend',
  error: 'error',
  contentType: 'lower(contentType)',
  note: 'note',
  color: 'color',
};

const NUMBERS: Partial<Record<FieldName, string>> = {
  status: 'status',
  attempts: 'attempts',
  duration: 'duration',
  ttfb: 'ttfb',
  requestSize: 'requestSize',
  responseSize: 'responseSize',
};

function columnOf({ name, key }: FieldRef): string | undefined {
  return name === 'query' && (key === null || key === '') ? QUERY : key === null ? TEXTS[name] : undefined;
}

function textCondition(field: FieldRef, operator: TextOperator, value: string): Condition | null {
  if (operator === '!=') {
    const equal = textCondition(field, '=', value);
    return equal && { where: `NOT (${equal.where})`, params: equal.params };
  }
  if (field.name === 'rule') return ruleCondition(operator, literal(field, value));
  const column = columnOf(field);
  if (column === undefined) return null;
  const wanted = literal(field, value);
  switch (operator) {
    case '=':
      return { where: `(${column} = ?) IS TRUE`, params: [wanted] };
    case '^=':
      return { where: `(substr(${column}, 1, length(?)) = ?) IS TRUE`, params: [wanted, wanted] };
    case '$=':
      return wanted === ''
        ? hasCondition(field)
        : { where: `(substr(${column}, -length(?)) = ?) IS TRUE`, params: [wanted, wanted] };
    case '*=':
      return { where: `(instr(${column}, ?) > 0) IS TRUE`, params: [wanted] };
    case '~':
    case '~i':
      return patternCondition(field, column, operator, value);
  }
}

/** Exactly one rule of that name; other questions about names are asked of the recordings. */
function ruleCondition(operator: TextOperator, wanted: string): Condition | null {
  if (operator !== '=') return null;
  return { where: `(instr('${LINE}' || rules || '${LINE}', ?) > 0) IS TRUE`, params: [`${LINE}${wanted}${LINE}`] };
}

function patternCondition(field: FieldRef, column: string, operator: '~' | '~i', value: string): Condition | null {
  if (isWireField(field) && !isAscii(value)) return null;
  const foldsCase = operator === '~i' || FIELDS[field.name].fold !== undefined;
  return { where: `matches(?, ${foldsCase ? 1 : 0}, ${column}) = 1`, params: [value] };
}

function numberCondition(name: FieldName, operator: NumberOperator, { low, high }: Quantity): Condition | null {
  const column = NUMBERS[name];
  if (column === undefined) return null;
  switch (operator) {
    case '=':
      return { where: `(${column} BETWEEN ? AND ?) IS TRUE`, params: [low, high] };
    case '!=':
      return { where: `(${column} NOT BETWEEN ? AND ?) IS NOT FALSE`, params: [low, high] };
    case '<':
      return { where: `(${column} < ?) IS TRUE`, params: [low] };
    case '<=':
      return { where: `(${column} <= ?) IS TRUE`, params: [high] };
    case '>':
      return { where: `(${column} > ?) IS TRUE`, params: [high] };
    case '>=':
      return { where: `(${column} >= ?) IS TRUE`, params: [low] };
  }
}

function hasCondition(field: FieldRef): Condition | null {
  if (field.name === 'rule') return { where: 'rules IS NOT NULL', params: [] };
  const column = columnOf(field) ?? NUMBERS[field.name];
  return column === undefined ? null : { where: `(${column}) IS NOT NULL`, params: [] };
}

function flagCondition(flag: FlagName): Condition | null {
  switch (flag) {
    case 'completed':
      return { where: 'duration IS NOT NULL', params: [] };
    case 'failed':
      return { where: 'error IS NOT NULL', params: [] };
    case 'retried':
      return { where: 'attempts > 1', params: [] };
    case 'mocked':
      return { where: 'attempts = 0', params: [] };
    case 'sse':
      return { where: `(substr(contentType, 1, 17) = 'text/event-stream') IS TRUE`, params: [] };
    case 'websocket':
    case 'tunnel':
    case 'grpc':
    case 'pinned':
    case 'replayed':
      return null;
  }
}
