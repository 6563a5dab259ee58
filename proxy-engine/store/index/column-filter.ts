/** What columns in memory can decide of a filter. Means exactly what the condition of SQL means (sql-filter.ts), which is asked where there are no columns. */
import { FIELDS, type FieldName, type FlagName } from '../../contract/expression/fields.ts';
import type { Expression, FieldRef, NumberOperator, Quantity, TextOperator } from '../../contract/expression/syntax.ts';
import { isWireField } from '../../match/access.ts';
import { literals } from '../../match/compile.ts';
import { compilePattern, isMistake } from '../../match/pattern.ts';
import { requiredLiterals } from '../../match/required-literals.ts';
import { isAscii, wireForms } from '../../match/wire-text.ts';
import { type BytesTest, containing, containingAll, startingWith, testOf } from './bytes-test.ts';
import type { ColumnBlock } from './column-block.ts';
import { ORIGIN, type ShapeCondition, shapeCondition } from './sql-filter.ts';

/** Asks one exchange; one that is not there may be asked, too. */
export type RowTest = (block: ColumnBlock, row: number) => boolean;

/** By id of a shape: 1 where the condition holds. */
export type ShapesWhere = (condition: ShapeCondition) => Uint8Array;

export interface ColumnFilter {
  /** Shapes may have come since it was bound last. */
  bind(shapesWhere: ShapesWhere): RowTest;
  /** It asks targets, too, which takes longer; blocks may have none. */
  readsText: boolean;
}

/** null: columns do not have what it asks. */
export function columnFilter(term: Expression): ColumnFilter | null {
  const ofShape = shapeCondition(term);
  if (ofShape !== null) return shapeFilter(ofShape);
  switch (term.kind) {
    case 'and':
      return allOf(term.terms.map(columnFilter));
    case 'or':
      return anyOf(term.terms.map(columnFilter));
    case 'not':
      return not(columnFilter(term.term));
    case 'text':
      return textFilter(term.field, term.operator, term.value);
    case 'text-in':
      return anyOf(term.values.map((value) => textFilter(term.field, '=', value)));
    case 'number':
      return numberFilter(term.field.name, term.operator, term.value);
    case 'number-in':
      return anyOf(term.values.map((value) => numberFilter(term.field.name, '=', value)));
    case 'flag':
      return flagFilter(term.flag);
    case 'url-contains':
      return anyOf(wireForms(term.text).map(urlContains));
    case 'has':
      return null;
  }
}

function of(test: RowTest, readsText = false): ColumnFilter {
  return { bind: () => test, readsText };
}

/** Where it is known before any exchange is asked. */
function never(): boolean {
  return false;
}

function shapeFilter(condition: ShapeCondition): ColumnFilter {
  return {
    bind(shapesWhere) {
      const isIn = shapesWhere(condition);
      if (!isIn.includes(1)) return never;
      return ({ shape }, row) => isIn[shape[row] as number] === 1;
    },
    readsText: false,
  };
}

/** Those that are quick are asked first. */
function parts(filters: readonly (ColumnFilter | null)[]): readonly ColumnFilter[] | null {
  const known = filters.filter((filter) => filter !== null);
  if (known.length < filters.length) return null;
  return known.toSorted((a, b) => Number(a.readsText) - Number(b.readsText));
}

export function allOf(filters: readonly (ColumnFilter | null)[]): ColumnFilter | null {
  return joined(filters, (tests) => {
    if (tests.includes(never)) return never;
    return (block, row) => {
      for (const test of tests) if (!test(block, row)) return false;
      return true;
    };
  });
}

function anyOf(filters: readonly (ColumnFilter | null)[]): ColumnFilter | null {
  return joined(filters, (all) => {
    const tests = all.filter((test) => test !== never);
    return (block, row) => {
      for (const test of tests) if (test(block, row)) return true;
      return false;
    };
  });
}

function joined(
  filters: readonly (ColumnFilter | null)[],
  join: (tests: readonly RowTest[]) => RowTest,
): ColumnFilter | null {
  const known = parts(filters);
  if (known === null) return null;
  const [only] = known;
  if (only && known.length === 1) return only;
  return {
    bind: (shapesWhere) => join(known.map((filter) => filter.bind(shapesWhere))),
    readsText: known.some(({ readsText }) => readsText),
  };
}

function not(filter: ColumnFilter | null): ColumnFilter | null {
  if (filter === null) return null;
  return {
    bind(shapesWhere) {
      const test = filter.bind(shapesWhere);
      return (block, row) => !test(block, row);
    },
    readsText: filter.readsText,
  };
}

export type NumberColumn = 'status' | 'attempts' | 'duration' | 'ttfb' | 'requestSize' | 'responseSize';

const NUMBERS: ReadonlySet<FieldName> = new Set<NumberColumn>([
  'status',
  'attempts',
  'duration',
  'ttfb',
  'requestSize',
  'responseSize',
]);

/** A number that there is not is NaN, for which nothing holds. */
export function numberOf(name: NumberColumn): (block: ColumnBlock, row: number) => number {
  if (name === 'status') return ({ status }, row) => status[row] || Number.NaN;
  return (block, row) => block[name][row] as number;
}

function numberFilter(name: FieldName, operator: NumberOperator, { low, high }: Quantity): ColumnFilter | null {
  if (!NUMBERS.has(name)) return null;
  const number = numberOf(name as NumberColumn);
  const isBetween: RowTest = (block, row) => {
    const value = number(block, row);
    return value >= low && value <= high;
  };
  switch (operator) {
    case '=':
      return of(isBetween);
    case '!=':
      return not(of(isBetween));
    case '<':
      return of((block, row) => number(block, row) < low);
    case '<=':
      return of((block, row) => number(block, row) <= high);
    case '>':
      return of((block, row) => number(block, row) > high);
    case '>=':
      return of((block, row) => number(block, row) >= low);
  }
}

type TextField = 'path' | 'query';

/** null: it is none that columns have. */
function textFieldOf({ name, key }: FieldRef): TextField | null {
  if (name === 'path' && key === null) return 'path';
  return name === 'query' && (key === null || key === '') ? 'query' : null;
}

function onTarget(test: BytesTest): ColumnFilter {
  return of(({ text, targetStart, targetBytes }, row) => {
    const start = targetStart[row] as number;
    return text !== null && test(text, start, start + (targetBytes[row] as number));
  }, true);
}

/** Longer texts are left to SQLite: each place where the target may begin in them is asked for. */
const LONGEST_IN_URL = 64;

/** In the origin, in the target, or the end of the one and the beginning of the other. */
function urlContains(wanted: string): ColumnFilter | null {
  if (wanted.length > LONGEST_IN_URL) return null;
  const across = Array.from({ length: Math.max(0, wanted.length - 1) }, (_, n) => {
    const [end, beginning] = [wanted.slice(0, n + 1), wanted.slice(n + 1)];
    const ends = shapeFilter({ where: `substr(${ORIGIN}, -length(?)) = ?`, params: [end, end] });
    return allOf([ends, anyOf(asHeld(beginning).map((each) => onTarget(startingWith(each))))]);
  });
  const inOrigin = shapeFilter({ where: `instr(${ORIGIN}, ?) > 0`, params: [wanted] });
  return anyOf([inOrigin, ...asHeld(wanted).map((each) => onTarget(containing(each))), ...across]);
}

/** A question mark may stand between path and query, or later: then it is one. */
function asHeld(text: string): Buffer[] {
  const texts = new Set([text, text.replace('?', '\0')]);
  return [...texts].map((each) => Buffer.from(each, 'utf8'));
}

function onText(field: TextField, test: BytesTest): ColumnFilter {
  if (field === 'path')
    return of(({ text, targetStart, pathBytes }, row) => {
      const start = targetStart[row] as number;
      return text !== null && test(text, start, start + (pathBytes[row] as number));
    }, true);
  return of(({ text, targetStart, pathBytes, targetBytes }, row) => {
    const start = targetStart[row] as number;
    const end = start + (targetBytes[row] as number);
    // Behind the question mark, if there is one.
    return text !== null && test(text, Math.min(start + (pathBytes[row] as number) + 1, end), end);
  }, true);
}

function textFilter(ref: FieldRef, operator: TextOperator, value: string): ColumnFilter | null {
  if (ref.name === 'url' && operator === '*=') return anyOf(literals(ref, value).map(urlContains));
  const field = textFieldOf(ref);
  if (field === null) return null;
  if (operator === '!=') return not(textFilter(ref, '=', value));
  if (operator === '~' || operator === '~i') return patternFilter(ref, field, operator, value);
  const tests = literals(ref, value).map((wanted) => testOf(operator, Buffer.from(wanted, 'utf8')));
  return anyOf(tests.map((test) => onText(field, test)));
}

function patternFilter(ref: FieldRef, field: TextField, operator: '~' | '~i', value: string): ColumnFilter | null {
  if (isWireField(ref) && !isAscii(value)) return null;
  const foldsCase = operator === '~i' || FIELDS[ref.name].fold !== undefined;
  const pattern = compilePattern(value, foldsCase);
  if (isMistake(pattern)) return null;
  const needed = foldsCase ? [] : requiredLiterals(value).map((each) => containing(Buffer.from(each, 'utf8')));
  const hasAll = containingAll(needed);
  return onText(field, (text, from, to) => hasAll(text, from, to) && pattern.test(text.toString('utf8', from, to)));
}

function flagFilter(flag: FlagName): ColumnFilter | null {
  switch (flag) {
    case 'completed':
      return of(({ duration }, row) => !Number.isNaN(duration[row] as number));
    case 'retried':
      return of(({ attempts }, row) => (attempts[row] as number) > 1);
    case 'mocked':
      return of(({ attempts }, row) => attempts[row] === 0);
    default:
      return null;
  }
}
