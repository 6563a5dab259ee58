/** What of a filter the index can decide: an expression as a condition of SQL. The rest is asked of the recordings themselves. */
import { FIELDS, type FieldName, type FlagName } from '../../contract/expression/fields.ts';
import type { Expression, FieldRef, NumberOperator, Quantity, TextOperator } from '../../contract/expression/syntax.ts';
import { isWireField } from '../../match/access.ts';
import { literals } from '../../match/compile.ts';
import { requiredLiterals } from '../../match/required-literals.ts';
import { isAscii, wireForms } from '../../match/wire-text.ts';
import { LINE } from '../record/record-format.ts';

export interface SqlFilter {
  where: string;
  params: (string | number)[];
  /** False: what the condition lets through still has to be asked. */
  exact: boolean;
  /** Terms, joined by `and`, of which the condition says nothing. */
  open: number;
}

/** `about`: the table whose columns it names. */
interface Condition extends Pick<SqlFilter, 'where' | 'params'> {
  about: Table;
}

type Table = 'shape' | 'exchange';

interface Column {
  sql: string;
  of: Table;
}

/** `null` is the filter of everything. */
export function sqlFilter(expression: Expression | null): SqlFilter {
  if (expression === null) return { where: '1', params: [], exact: true, open: 0 };
  const terms = conjuncts(expression);
  const known = terms.map(condition);
  const usable = known.filter((term) => term !== null);
  const { where, params } = ofExchanges(joined(usable, ' AND ', '1'));
  return { where, params, exact: usable.length === terms.length, open: terms.length - usable.length };
}

/** What SQLite is asked of shapes. */
export type ShapeCondition = Pick<SqlFilter, 'where' | 'params'>;

/** null: it is not about shapes alone. */
export function shapeCondition(term: Expression): ShapeCondition | null {
  const found = condition(term);
  return found?.about === 'shape' ? found : null;
}

/** Terms of a filter that the condition decides. */
export function decided(expression: Expression): Expression[] {
  return conjuncts(expression).filter((term) => condition(term) !== null);
}

/** What all must hold for the whole to hold. */
export function conjuncts(expression: Expression): Expression[] {
  return expression.kind === 'and' ? expression.terms.flatMap(conjuncts) : [expression];
}

/** null: the index does not know. NULL counts as false, also under a `not`, as in the compiled closure. */
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
      return inner && { ...inner, where: `(${inner.where}) IS NOT TRUE` };
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
      return any(
        wireForms(term.text).map((form) => ({ where: `instr(${URL}, ?) > 0`, params: [form], about: 'exchange' })),
      );
  }
}

/** Conditions about shapes only are asked of the shapes, which are few: once, not for every exchange. */
function ofExchanges(condition: Condition): Condition {
  if (condition.about === 'exchange') return condition;
  const where = `shape IN (SELECT id FROM shapes WHERE ${condition.where})`;
  return { where, params: condition.params, about: 'exchange' };
}

function joined(parts: readonly Condition[], by: string, none: string): Condition {
  if (parts.length === 0) return { where: none, params: [], about: 'exchange' };
  const shapes = parts.filter(({ about }) => about === 'shape');
  const exchanges = parts.filter(({ about }) => about === 'exchange');
  const ofShapes = together(shapes, by, 'shape');
  if (exchanges.length === 0) return ofShapes;
  return together(shapes.length === 0 ? exchanges : [ofExchanges(ofShapes), ...exchanges], by, 'exchange');
}

function together(parts: readonly Condition[], by: string, about: Table): Condition {
  const where = parts.map((part) => `(${part.where})`).join(by);
  return { where, params: parts.flatMap(({ params }) => params), about };
}

function any(parts: (Condition | null)[]): Condition | null {
  return parts.includes(null) ? null : joined(parts as Condition[], ' OR ', '0');
}

const TARGET = `path || ifnull('?' || query, '')`;
/** Of a shape: what stands before the target in a URL. */
export const ORIGIN = `scheme || '://' || authority`;
const URL = `(SELECT ${ORIGIN} FROM shapes WHERE id = shape) || ${TARGET}`;

/** `host` is `authority` without its port; an IPv6 address has its brackets there. */
const HOST = `CASE WHEN host LIKE '[%]' THEN substr(host, 2, length(host) - 2) ELSE host END`;
const PORT = `CASE WHEN length(authority) > length(host) THEN CAST(CAST(substr(authority, length(host) + 2) AS INTEGER) AS TEXT)
  WHEN scheme = 'https' THEN '443' ELSE '80' END`;

const ofShape = (sql: string): Column => ({ sql, of: 'shape' });
const ofExchange = (sql: string): Column => ({ sql, of: 'exchange' });

/** Text fields that the index has, as the expression language sees them. */
const TEXTS: Partial<Record<FieldName, Column>> = {
  method: ofShape('upper(method)'),
  scheme: ofShape('scheme'),
  host: ofShape(HOST),
  port: ofShape(PORT),
  path: ofExchange('path'),
  url: ofExchange(URL),
  protocol: ofShape('protocol'),
  listener: ofShape('listener'),
  clientIp: ofShape('clientIp'),
  route: ofShape('route'),
  pool: ofShape('pool'),
  backend: ofShape('backend'),
  error: ofShape('error'),
  contentType: ofShape('lower(contentType)'),
  note: ofExchange('note'),
  color: ofExchange('color'),
};
const QUERY = ofExchange(`ifnull(query, '')`);

const NUMBERS: Partial<Record<FieldName, string>> = {
  status: 'status',
  attempts: 'attempts',
  duration: 'duration',
  ttfb: 'ttfb',
  requestSize: 'requestSize',
  responseSize: 'responseSize',
};

function columnOf({ name, key }: FieldRef): Column | undefined {
  return name === 'query' && (key === null || key === '') ? QUERY : key === null ? TEXTS[name] : undefined;
}

function textCondition(field: FieldRef, operator: TextOperator, value: string): Condition | null {
  if (operator === '!=') {
    const equal = textCondition(field, '=', value);
    return equal && { ...equal, where: `(${equal.where}) IS NOT TRUE` };
  }
  if (field.name === 'rule') return ruleCondition(operator, value);
  const found = columnOf(field);
  if (found === undefined) return null;
  if (operator === '~' || operator === '~i') return patternCondition(field, found, operator, value);
  return any(literals(field, value).map((wanted) => literalCondition(field, found, operator, wanted)));
}

function literalCondition(
  field: FieldRef,
  { sql: column, of: about }: Column,
  operator: '=' | '^=' | '$=' | '*=',
  wanted: string,
): Condition | null {
  switch (operator) {
    case '=':
      return { where: `${column} = ?`, params: [wanted], about };
    case '^=':
      return prefixCondition(column, wanted, about);
    case '$=':
      return wanted === ''
        ? hasCondition(field)
        : { where: `substr(${column}, -length(?)) = ?`, params: [wanted, wanted], about };
    case '*=':
      return { where: `instr(${column}, ?) > 0`, params: [wanted], about };
  }
}

/** Between the text and what comes after all that begins with it: SQLite compares bytes, which is the order of code points. */
function prefixCondition(column: string, wanted: string, about: Table): Condition {
  const last = wanted.codePointAt(wanted.length - 1) ?? 0;
  // The edges of the surrogates and of Unicode have no neighbour that could be written.
  if (wanted === '' || last >= 0xd7ff)
    return { where: `substr(${column}, 1, length(?)) = ?`, params: [wanted, wanted], about };
  const beyond = wanted.slice(0, -1) + String.fromCodePoint(last + 1);
  return { where: `${column} >= ? AND ${column} < ?`, params: [wanted, beyond], about };
}

/** Exactly one rule of that name; other questions about names are asked of the recordings. */
function ruleCondition(operator: TextOperator, wanted: string): Condition | null {
  if (operator !== '=') return null;
  const where = `(instr('${LINE}' || rules || '${LINE}', ?) > 0) IS TRUE`;
  return { where, params: [`${LINE}${wanted}${LINE}`], about: 'shape' };
}

function patternCondition(field: FieldRef, { sql, of }: Column, operator: '~' | '~i', value: string): Condition | null {
  if (isWireField(field) && !isAscii(value)) return null;
  const foldsCase = operator === '~i' || FIELDS[field.name].fold !== undefined;
  const needed = foldsCase ? [] : requiredLiterals(value);
  const contains = needed.map(() => `instr(${sql}, ?) > 0 AND `).join('');
  return { where: `${contains}matches(?, ${foldsCase ? 1 : 0}, ${sql}) = 1`, params: [...needed, value], about: of };
}

function numberCondition(name: FieldName, operator: NumberOperator, { low, high }: Quantity): Condition | null {
  const column = NUMBERS[name];
  if (column === undefined) return null;
  const about = 'exchange';
  switch (operator) {
    case '=':
      return { where: `${column} BETWEEN ? AND ?`, params: [low, high], about };
    case '!=':
      return { where: `(${column} NOT BETWEEN ? AND ?) IS NOT FALSE`, params: [low, high], about };
    case '<':
      return { where: `${column} < ?`, params: [low], about };
    case '<=':
      return { where: `${column} <= ?`, params: [high], about };
    case '>':
      return { where: `${column} > ?`, params: [high], about };
    case '>=':
      return { where: `${column} >= ?`, params: [low], about };
  }
}

function hasCondition(field: FieldRef): Condition | null {
  if (field.name === 'rule') return { where: 'rules IS NOT NULL', params: [], about: 'shape' };
  const number = NUMBERS[field.name];
  const column = columnOf(field) ?? (number === undefined ? undefined : ofExchange(number));
  return column === undefined ? null : { where: `(${column.sql}) IS NOT NULL`, params: [], about: column.of };
}

function flagCondition(flag: FlagName): Condition | null {
  const has = (where: string, about: Table): Condition => ({ where, params: [], about });
  switch (flag) {
    case 'completed':
      return has('duration IS NOT NULL', 'exchange');
    case 'failed':
      return has('error IS NOT NULL', 'shape');
    case 'retried':
      return has('attempts > 1', 'exchange');
    case 'mocked':
      return has('attempts = 0', 'exchange');
    case 'sse':
      return has(`(lower(substr(contentType, 1, 17)) = 'text/event-stream') IS TRUE`, 'shape');
    case 'pinned':
      return has('id IN (SELECT id FROM marks WHERE pinned)', 'exchange');
    case 'websocket':
    case 'tunnel':
    case 'grpc':
    case 'replayed':
      return null;
  }
}
