/** Conditions as route matches and as trees of the matching API; both ask for headers, the pseudo-headers among them. */
import { type Alphabet, anyOf, escaped, restOf } from '../alphabet.ts';
import type { Condition, Subject, Test } from '../condition.ts';
import { matchesEmpty } from '../empty-matches.ts';
import { encodedPattern } from '../encoded.ts';
import { fieldPattern } from '../field-pattern.ts';
import { Inexpressible } from '../notes.ts';
import { alternatives, type Literal } from '../simplify.ts';
import { type Message, typed } from './syntax.ts';

/** What one test asks of one header. */
interface HeaderTest {
  header: string;
  /** A `StringMatcher`; null: the header is there. */
  value: Message | null;
}

/** `RouteMatch`es, any of which has to hold. */
export function routeMatches(condition: Condition): Message[] {
  const all = alternatives(withPresence(condition));
  if (all === null) throw new Inexpressible('the condition has too many alternatives for a list of matches');
  return all.map(routeMatch);
}

/** What holds for an empty header would not tell it from none. */
function withPresence(condition: Condition): Condition {
  switch (condition.kind) {
    case 'all':
    case 'any':
      return { kind: condition.kind, of: condition.of.map(withPresence) };
    case 'not':
      return { kind: 'not', of: withPresence(condition.of) };
    case 'test':
      return condition.subject.kind === 'header' && holdsForEmpty(condition)
        ? { kind: 'all', of: [{ kind: 'present', subject: condition.subject }, condition] }
        : condition;
    default:
      return condition;
  }
}

function holdsForEmpty({ comparison, value }: Test): boolean {
  return comparison === 'regex' ? matchesEmpty(value) : value === '';
}

function routeMatch(literals: readonly Literal[]): Message {
  const named = literals.findIndex(({ negated, test }) => !negated && pathSpecifier(test) !== null);
  const specifier = named >= 0 && literals[named] ? pathSpecifier(literals[named].test) : null;
  const headers = literals.filter((_, i) => i !== named).map(headerMatcher);
  return { ...(specifier ?? { prefix: '/' }), ...(headers.length > 0 ? { headers } : {}) };
}

/** The condition as the path of a `RouteMatch`, which is compared without its query; null: it is another one. */
function pathSpecifier(test: Literal['test']): Message | null {
  if (test.kind !== 'test' || test.subject.kind !== 'path') return null;
  if (test.comparison === 'is' && !test.ignoreCase) return { path: test.value };
  if (test.comparison === 'prefix' && !test.ignoreCase) return { prefix: test.value };
  return { safe_regex: { regex: wholePattern(test) } };
}

function headerMatcher({ negated, test }: Literal): Message {
  const { header, value } = headerTest(test);
  if (value === null) return { name: header, present_match: true, ...(negated ? { invert_match: true } : {}) };
  const inverted = negated ? { invert_match: true, treat_missing_header_as_empty: true } : {};
  return { name: header, string_match: value, ...inverted };
}

const INPUTS = 'envoy.type.matcher.v3';

/** A predicate of the matching API. */
export function predicate(condition: Condition): Message {
  switch (condition.kind) {
    case 'all':
      return condition.of.length === 1 && condition.of[0]
        ? predicate(condition.of[0])
        : { and_matcher: { predicate: condition.of.map(predicate) } };
    case 'any':
      return { or_matcher: { predicate: condition.of.map(predicate) } };
    case 'not':
      return { not_matcher: predicate(condition.of) };
    case 'status':
      return single('HttpResponseStatusCodeMatchInput', {}, { safe_regex: { regex: statusPattern(condition) } });
    default:
      return headerPredicate(condition);
  }
}

function headerPredicate(test: Exclude<Literal['test'], { kind: 'status' }>): Message {
  if (test.subject.kind === 'responseHeader') {
    const value = test.kind === 'test' ? stringMatcher(test) : ANYTHING;
    return single('HttpResponseHeaderMatchInput', { header_name: test.subject.name }, value);
  }
  const { header, value } = headerTest(test);
  return single('HttpRequestHeaderMatchInput', { header_name: header }, value ?? ANYTHING);
}

const ANYTHING = { safe_regex: { regex: '(?s).*' } };

function single(input: string, fields: Message, value_match: Message): Message {
  const typed_config = typed(`${INPUTS}.${input}`, fields);
  // This API's patterns still name their engine.
  const engine = { google_re2: {} };
  const regexMatcher = value_match['safe_regex'];
  const value = typeof regexMatcher === 'object' ? { safe_regex: { ...engine, ...regexMatcher } } : value_match;
  return { single_predicate: { input: { name: input, typed_config }, value_match: value } };
}

/** Every status from `low` to `high`, in whole hundreds where there are some. */
function statusPattern({ low, high }: { low: number; high: number }): string {
  const words: string[] = [];
  for (let status = low; status <= high; ) {
    const isWhole = status % 100 === 0 && status + 99 <= high;
    words.push(isWhole ? `${status / 100}..` : String(status));
    status += isWhole ? 100 : 1;
  }
  return words.join('|');
}

function headerTest(test: Literal['test']): HeaderTest {
  if (test.kind === 'status') throw new Inexpressible('Envoy finds the route before there is a response');
  const { subject } = test;
  const isPresence = test.kind === 'present';
  switch (subject.kind) {
    case 'method':
    case 'scheme':
      return { header: `:${subject.kind}`, value: isPresence ? null : stringMatcher(ofLine(test)) };
    case 'host':
      return { header: ':authority', value: isPresence ? null : regex(authority(test), true) };
    case 'path':
      return {
        header: ':path',
        value: isPresence ? null : regex(`${pattern(test, IN_PATH)}(\\?.*)?`, test.ignoreCase),
      };
    case 'parameter':
      return { header: ':path', value: listed(test, subject.name, PARAMETERS) };
    case 'cookie':
      return { header: 'cookie', value: listed(test, subject.name, COOKIES) };
    case 'header':
      return { header: subject.name, value: isPresence ? null : stringMatcher(test) };
    default:
      throw new Inexpressible(`Envoy does not match by ${NAMES[subject.kind] ?? subject.kind}`);
  }
}

/** A text has been written as requests have it. */
function ofLine(test: Test): Test {
  return { ...test, ignoreCase: test.comparison === 'regex' };
}

const NAMES: Partial<Record<Subject['kind'], string>> = {
  clientIp: "the client's address",
  url: 'the whole URL',
  query: 'the whole query',
  responseHeader: 'a header of the response before there is one',
};

function regex(text: string, ignoreCase = false): Message {
  return { safe_regex: { regex: ignoreCase ? `(?i)${text}` : text } };
}

const IN_PATH: Alphabet = { stops: '?' };
const IN_NAME: Alphabet = { stops: ':[]' };
/** What stands between the brackets of an address. */
const IN_LITERAL: Alphabet = { only: '0123456789abcdefABCDEF:.' };

/** A name, or an address in brackets, which Switchyard compares without them; both may have a port. */
function authority(test: Test): string {
  const source = sourceOf(test);
  const name = fieldPattern(source, IN_NAME, true);
  const address = fieldPattern(source, IN_LITERAL, true);
  const forms = [...(name === null ? [] : [name]), ...(address === null ? [] : [`\\[${address}\\]`])];
  if (forms.length === 0) return NEVER;
  return `${forms.length === 1 ? forms[0] : `(?:${forms.join('|')})`}${PORT}`;
}

/** Every comparison as a pattern that is looked for. */
function sourceOf({ comparison, value }: Test): string {
  if (comparison === 'regex') return value;
  const start = comparison === 'is' || comparison === 'prefix' ? '^' : '';
  const end = comparison === 'is' || comparison === 'suffix' ? '$' : '';
  return `${start}${escaped(value)}${end}`;
}

/** It may be empty (RFC 3986 §3.2.3). */
const PORT = '(:[0-9]*)?';
/** Nothing has a character of none. */
const NEVER = '[^\\x00-\\x{10ffff}]';

/** How a list of `name=value` is written. */
interface List {
  before: string;
  name(this: void, text: string): string;
  /** Of a value that is `text`. */
  value(this: void, text: string): string;
  alphabet: Alphabet;
  after: string;
  literal(this: void, text: string): string;
}

const PARAMETERS: List = {
  before: '[^?]*\\?(.*&)?',
  name: encodedPattern,
  value: (text) => `=${text}`,
  alphabet: { encoded: true },
  after: '(&.*)?',
  literal: encodedPattern,
};
const COOKIES: List = {
  before: '(.*;)?[ \\t]*',
  name: (text) => `${escaped(text)}[ \\t]*`,
  value: (text) => `=[ \\t]*"?${text}"?`,
  alphabet: { stops: ';' },
  after: '[ \\t]*(;.*)?',
  literal: escaped,
};

function listed(test: Test | { kind: 'present' }, name: string, list: List): Message {
  const key = `${list.before}${list.name(name)}`;
  if (test.kind === 'present') {
    const any = list.value(restOf(list.alphabet));
    return regex(`${key}${list === PARAMETERS ? `(${any})?` : any}${list.after}`);
  }
  const text = pattern(test, list.alphabet, list.literal);
  const value = list.value(test.ignoreCase ? `(?i:${text})` : text);
  // A parameter without an equals sign is an empty one.
  const mayBeBare = list === PARAMETERS && holdsForEmpty(test);
  return regex(`${key}${mayBeBare ? `(${value})?` : value}${list.after}`);
}

function stringMatcher(test: Test): Message {
  const { comparison, value, ignoreCase } = test;
  if (comparison === 'regex') return { safe_regex: { regex: wholePattern(test) } };
  // Only `exact` may be empty.
  if (value === '' && comparison !== 'is') return ANYTHING;
  const word = comparison === 'is' ? 'exact' : comparison;
  return { [word]: value, ...(ignoreCase ? { ignore_case: true } : {}) };
}

const WHOLE: Alphabet = { stops: '' };

/** Envoy's patterns have to match the whole text. */
function wholePattern(test: Test): string {
  const text = test.comparison === 'regex' ? ownPattern(test) : pattern(test, WHOLE);
  // None may be empty.
  return `${test.ignoreCase ? '(?i)' : ''}${text || '()'}`;
}

/** Where the field is the whole text, anchors mean what they mean. */
function ownPattern({ value, ignoreCase }: Test): string {
  try {
    return fieldPattern(value, WHOLE, ignoreCase) ?? NEVER;
  } catch (error) {
    if (error instanceof Inexpressible) return `.*(?:${value}).*`;
    throw error;
  }
}

function pattern(test: Test, alphabet: Alphabet, literal: List['literal'] = escaped): string {
  const { comparison, value, ignoreCase } = test;
  if (comparison === 'regex') return fieldPattern(value, alphabet, ignoreCase) ?? NEVER;
  const any = anyOf(alphabet);
  const before = comparison === 'suffix' || comparison === 'contains' ? any : '';
  const after = comparison === 'prefix' || comparison === 'contains' ? restOf(alphabet) : '';
  return `${before}${literal(value)}${after}`;
}
