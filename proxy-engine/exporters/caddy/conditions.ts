/** Conditions as expressions (CEL) of matchers. */
import type { Condition, Subject, Test } from '../condition.ts';
import { matchesEmpty } from '../empty-matches.ts';
import { encodedPattern } from '../encoded.ts';
import { fieldPattern, NOTHING, parameterPattern } from '../field-pattern.ts';
import { checkHeader } from '../lookups.ts';
import { Inexpressible } from '../notes.ts';
import { isAlways } from '../simplify.ts';
import {
  COOKIES,
  cookiePattern,
  headerPlaceholder,
  isHostHeader,
  named,
  parameterInQuery,
  parameterPlaceholder,
  placeholder,
  QUERY,
} from './placeholders.ts';

/** `@name expression …`; `also`: what has to hold besides; `opens`: it leads past what closes. */
export function matcher(
  name: string,
  condition: Condition,
  { also = [], opens = false }: { also?: readonly string[]; opens?: boolean } = {},
): string {
  const text = [...(isAlways(condition) ? [] : [operand(condition, opens)]), ...also].join(' && ');
  if (text.includes('`')) throw new Inexpressible('a backquote has no spelling here');
  return `@${name} expression \`${text}\``;
}

/** `opens`: where it holds, something else does not close; a `not` turns that round. */
function expression(condition: Condition, opens: boolean): string {
  switch (condition.kind) {
    case 'all':
      return condition.of.length === 0 ? 'true' : joined(condition.of, ' && ', opens);
    case 'any':
      return condition.of.length === 0 ? 'false' : joined(condition.of, ' || ', opens);
    case 'not':
      return `!(${expression(condition.of, !opens)})`;
    case 'present':
      return presentText(condition.subject);
    case 'status':
      throw new Inexpressible('Caddy decides before there is a response');
    case 'test':
      return testText(condition, opens);
  }
}

function joined(of: readonly Condition[], operator: string, opens: boolean): string {
  return of.map((each) => operand(each, opens)).join(operator);
}

function operand(condition: Condition, opens: boolean): string {
  const text = expression(condition, opens);
  return condition.kind === 'all' || condition.kind === 'any' ? `(${text})` : text;
}

function presentText(subject: Subject): string {
  if (subject.kind === 'cookie') return headerMatches('Cookie', cookiePattern(named(subject.name)));
  if (isHostHeader(subject) || subject.kind === 'route' || subject.kind === 'pool')
    return `${placeholder(subject)} != ""`;
  if (subject.kind === 'header') checkHeader(subject.name, 'Caddy');
  if (subject.kind === 'header') return `header({${celText(subject.name)}: "*"})`;
  if (subject.kind === 'parameter') return matches(QUERY, parameterInQuery(named(subject.name)));
  return `${placeholder(subject)} != null`;
}

/** Braces would be placeholders, and backquotes end the expression. */
function celText(text: string): string {
  return JSON.stringify(text).replace(/[{`]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`);
}

const MAY_BE_ABSENT: ReadonlySet<string> = new Set(['header', 'parameter', 'cookie', 'route', 'pool']);

/** What is absent reads as an empty text, for which some tests hold. */
function testText(test: Test, opens: boolean): string {
  const { subject, comparison, value } = test;
  const text = comparedText(test, opens);
  const holdsForEmpty = comparison === 'regex' ? matchesEmpty(value) : value === '';
  return holdsForEmpty && MAY_BE_ABSENT.has(subject.kind) ? `(${presentText(subject)} && ${text})` : text;
}

function comparedText(test: Test, opens: boolean): string {
  const { subject, comparison, value, ignoreCase } = test;
  if (subject.kind === 'parameter') return matches(parameterPlaceholder(subject.name), encodedTest(test));
  const place = placeholder(subject);
  const text = celText(value);
  const isPlain = comparison === 'is' && (!ignoreCase || subject.kind !== 'host');
  if (isPlain) return ofLines(test, `${place} == ${text}`, opens);
  const isPattern = ignoreCase || comparison === 'regex';
  return ofLines(test, isPattern ? matches(place, pattern(test)) : `${place}.${FUNCTIONS[comparison]}(${text})`, opens);
}

function matches(place: string, regex: string): string {
  return `${place}.matches(${celText(regex)})`;
}

/** Where Caddy has joined several lines of a header, it holds when it does so for one of them; where that opens, never. */
function ofLines(test: Test, whole: string, opens: boolean): string {
  const { subject } = test;
  if ((subject.kind !== 'header' && subject.kind !== 'cookie') || isHostHeader(subject)) return whole;
  const [name, lines, line] =
    subject.kind === 'cookie'
      ? ['Cookie', COOKIES, cookieLine(test, subject.name)]
      : [subject.name, headerPlaceholder(subject.name), pattern(test)];
  // One that is all of them is the only one.
  return opens
    ? `(${whole} && (!${lines}.contains(",") || header({${celText(name)}: ${celText(lines)}})))`
    : `(${whole} || (${lines}.contains(",") && ${headerMatches(name, line)}))`;
}

function headerMatches(name: string, line: string): string {
  return `header_regexp(${celText(name)}, ${celText(line)})`;
}

/** A line of cookies with one of that name for which `test` holds. */
function cookieLine({ comparison, value, ignoreCase }: Test, name: string): string {
  const found = comparison === 'regex' ? fieldPattern(value, { stops: ';' }, ignoreCase) : escapeText(value);
  const before = comparison === 'suffix' || comparison === 'contains' ? '[^;]*' : '';
  const after = comparison === 'prefix' || comparison === 'contains' ? '[^;]*' : '';
  return `${cookiePattern(named(name))}\\s*"?(?${ignoreCase ? 'i' : ''}:${before}${found ?? NOTHING}${after})"?\\s*(?:;|$)`;
}

const FUNCTIONS: Record<Exclude<Test['comparison'], 'regex'>, string> = {
  is: 'matches',
  prefix: 'startsWith',
  suffix: 'endsWith',
  contains: 'contains',
};

function encodedTest(test: Test): string {
  return test.comparison === 'regex'
    ? pattern({ ...test, value: parameterPattern(test.value, test.ignoreCase) })
    : pattern(test, encodedPattern);
}

function pattern({ comparison, value, ignoreCase }: Test, literally = escapeText): string {
  const flag = ignoreCase ? '(?i)' : '';
  const escaped = literally(value);
  switch (comparison) {
    case 'is':
      return `${flag}^${escaped}$`;
    case 'prefix':
      return `${flag}^${escaped}`;
    case 'suffix':
      return `${flag}${escaped}$`;
    case 'contains':
      return `${flag}${escaped}`;
    case 'regex':
      return `${flag}${value}`;
  }
}

function escapeText(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
}
