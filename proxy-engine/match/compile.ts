/** Expressions compiled once to closures. A closure allocates nothing for plain fields and never throws. */
import { FIELDS, type FieldName, type FlagName, type Scope } from '../contract/expression/fields.ts';
import { parseExpression } from '../contract/expression/parse.ts';
import type {
  Expression,
  ExpressionIssue,
  FieldRef,
  NumberOperator,
  Quantity,
  TextOperator,
} from '../contract/expression/syntax.ts';
import { wireText } from '../contract/wire-text.ts';
import { headerSides, isWireField, numberAccess, type TextAccess, textValues } from './access.ts';
import { patternOnWire } from './characters.ts';
import { compilePattern, isMistake } from './pattern.ts';
import type { ExchangeSubject, RequestSubject } from './subject.ts';
import { isAscii, wireForms } from './wire-text.ts';

/** What rules are asked about: a request that has been routed. */
export type RoutedSubject = RequestSubject & Pick<ExchangeSubject, 'route' | 'pool'>;

/** What each scope is asked about. */
export interface SubjectOf {
  request: RequestSubject;
  routed: RoutedSubject;
  response: ExchangeSubject;
  exchange: ExchangeSubject;
}

export interface CompiledExpression<S> {
  ok: true;
  holds(this: void, subject: S): boolean;
  expression: Expression;
}

export interface RefusedExpression {
  ok: false;
  issues: ExpressionIssue[];
}

type Holds = (subject: ExchangeSubject) => boolean;
type Check = (value: string) => boolean;

/** Parses, checks and compiles; `scope` says what is known where the expression stands. */
export function compileExpression<S extends Scope>(
  text: string,
  scope: S,
): CompiledExpression<SubjectOf[S]> | RefusedExpression {
  const parsed = parseExpression(text, scope);
  if (!parsed.ok) return parsed;
  const compiling: Compiling = { text, scope, issues: [] };
  const holds = compileTerm(compiling, parsed.expression);
  if (compiling.issues.length > 0) return { ok: false, issues: compiling.issues };
  // The parser refused every field that the scope does not know, so the closure asks for nothing else.
  return { ok: true, holds: holds as (subject: RequestSubject) => boolean, expression: parsed.expression };
}

interface Compiling {
  text: string;
  scope: Scope;
  issues: ExpressionIssue[];
}

function compileTerm(compiling: Compiling, term: Expression): Holds {
  switch (term.kind) {
    case 'or':
      return anyOf(term.terms.map((each) => compileTerm(compiling, each)));
    case 'and':
      return allOf(term.terms.map((each) => compileTerm(compiling, each)));
    case 'not': {
      const holds = compileTerm(compiling, term.term);
      return (s) => !holds(s);
    }
    case 'text':
      return compileText(compiling, term.field, term.operator, term.value, term);
    case 'text-in':
      return compileTextIn(compiling, term.field, term.values);
    case 'number':
      return compileNumber(term.field.name, term.operator, term.value);
    case 'number-in':
      return anyOf(term.values.map((value) => compileNumber(term.field.name, '=', value)));
    case 'has':
      return withField(compiling, term.field, () => true);
    case 'flag':
      return FLAG_TESTS[term.flag];
    case 'url-contains': {
      return anyOf(
        wireForms(term.text).map(
          (wanted): Holds =>
            (s) =>
              s.url.includes(wanted),
        ),
      );
    }
  }
}

const FLAG_TESTS: Record<FlagName, Holds> = {
  completed: (s) => s.completed,
  failed: (s) => s.failed,
  retried: (s) => s.attempts > 1,
  websocket: (s) => s.websocket,
  tunnel: (s) => s.tunnel,
  sse: (s) => s.sse,
  grpc: (s) => s.grpc,
  mocked: (s) => s.mocked,
  pinned: (s) => s.pinned,
  replayed: (s) => s.replayed,
};

function compileText(
  compiling: Compiling,
  field: FieldRef,
  operator: TextOperator,
  value: string,
  at: Expression,
): Holds {
  if (operator === '!=') {
    const equals = compileText(compiling, field, '=', value, at);
    return (s) => !equals(s);
  }
  if (operator === '~' || operator === '~i') return compileMatch(compiling, field, operator, value, at);
  if (operator === '=') return compileTextIn(compiling, field, [value]);
  const check = { '^=': starting, '$=': ending, '*=': containing }[operator];
  return anyOf(literals(field, value).map((wanted) => withField(compiling, field, check(wanted))));
}

function starting(wanted: string): Check {
  return (v) => v.startsWith(wanted);
}

function ending(wanted: string): Check {
  return (v) => v.endsWith(wanted);
}

function containing(wanted: string): Check {
  return (v) => v.includes(wanted);
}

function compileTextIn(compiling: Compiling, field: FieldRef, values: readonly string[]): Holds {
  const wanted = values.flatMap((value) => literals(field, value));
  const [only] = wanted;
  if (wanted.length === 1) return withField(compiling, field, (v) => v === only);
  const set = new Set(wanted);
  return withField(compiling, field, (v) => set.has(v));
}

function compileMatch(
  compiling: Compiling,
  field: FieldRef,
  operator: '~' | '~i',
  value: string,
  at: Expression,
): Holds {
  // Where case says nothing (hosts, methods), a pattern does not look at it either.
  const pattern = compilePattern(value, operator === '~i' || FIELDS[field.name].fold !== undefined);
  if (isMistake(pattern)) {
    compiling.issues.push(issueIn(compiling.text, at, value, pattern));
    return () => false;
  }
  const decode = isWireField(field) && !isAscii(patternOnWire(value));
  return withField(compiling, field, decode ? (v) => pattern.test(wireText(v)) : pattern.test);
}

/** A mistake that the parser does not know, in `text` where its piece of the pattern stands; else at the whole condition. */
function issueIn(text: string, { from, to }: Expression, pattern: string, mistake: ExpressionIssue): ExpressionIssue {
  const piece = pattern.slice(mistake.from, mistake.to);
  const at = text.slice(from, to).indexOf(piece);
  const place = at < 0 ? { from, to } : { from: from + at, to: from + at + piece.length };
  return { ...place, message: mistake.message };
}

/** Asks every value of the field; absent ones hold nothing. */
function withField(compiling: Compiling, field: FieldRef, check: Check): Holds {
  const sides = compiling.scope === 'exchange' ? headerSides(field) : undefined;
  if (sides) return withLines(sides, field.key ?? '', check);
  const values = textValues(
    field,
    compiling.scope === 'exchange' || compiling.scope === 'response' ? 'both' : 'request',
  );
  if (values === 'rules') return (s) => s.rules.some(check);
  return anyOf(values.map((access) => single(access, check)));
}

/** Of several lines of one header each is asked, where what came is looked through; what is on its way is asked for the first. */
function withLines(sides: readonly ('request' | 'response')[], name: string, check: Check): Holds {
  return (s) => sides.some((side) => s.headerLines(side, name).some(check));
}

function single(access: TextAccess, check: Check): Holds {
  return (s) => {
    const value = access(s);
    return value !== undefined && check(value);
  };
}

function compileNumber(name: FieldName, operator: NumberOperator, { low, high }: Quantity): Holds {
  const access = numberAccess(name);
  const check = numberCheck(operator, low, high);
  const whenAbsent = operator === '!=';
  return (s) => {
    const value = access(s);
    return value === undefined ? whenAbsent : check(value);
  };
}

function numberCheck(operator: NumberOperator, low: number, high: number): (value: number) => boolean {
  switch (operator) {
    case '=':
      return (v) => v >= low && v <= high;
    case '!=':
      return (v) => v < low || v > high;
    case '<':
      return (v) => v < low;
    case '<=':
      return (v) => v <= high;
    case '>':
      return (v) => v > high;
    case '>=':
      return (v) => v >= low;
  }
}

/** The value as the field may have it: in its case, and as bytes where the field is bytes. */
export function literals(field: FieldRef, value: string): readonly string[] {
  const { fold } = FIELDS[field.name];
  const folded = fold === 'lower' ? value.toLowerCase() : fold === 'upper' ? value.toUpperCase() : value;
  return isWireField(field) ? wireForms(folded) : [folded];
}

function anyOf(terms: readonly Holds[]): Holds {
  const [first, second] = terms;
  if (terms.length === 1 && first) return first;
  if (terms.length === 2 && first && second) return (s) => first(s) || second(s);
  return (s) => {
    for (const holds of terms) if (holds(s)) return true;
    return false;
  };
}

function allOf(terms: readonly Holds[]): Holds {
  const [first, second] = terms;
  if (terms.length === 2 && first && second) return (s) => first(s) && second(s);
  return (s) => {
    for (const holds of terms) if (!holds(s)) return false;
    return true;
  };
}
