/** What Envoy finds in its matchers: `RouteMatch`es and predicates, asked of a request. */
import { RE2JS } from 're2js';

export interface Asked {
  /** Pseudo-headers among them, names in lower case. */
  headers: Readonly<Record<string, string | undefined>>;
}

interface StringMatcher {
  exact?: string;
  prefix?: string;
  suffix?: string;
  contains?: string;
  safe_regex?: { regex: string };
  ignore_case?: boolean;
}

interface HeaderMatcher {
  name: string;
  present_match?: true;
  string_match?: StringMatcher;
  invert_match?: true;
  treat_missing_header_as_empty?: true;
}

export interface RouteMatch {
  path?: string;
  prefix?: string;
  safe_regex?: { regex: string };
  headers?: HeaderMatcher[];
}

export interface Predicate {
  and_matcher?: { predicate: Predicate[] };
  or_matcher?: { predicate: Predicate[] };
  not_matcher?: Predicate;
  single_predicate?: { input: { typed_config: { header_name: string } }; value_match: StringMatcher };
}

const compiled = new Map<string, RE2JS>();

/** RE2 has to match the whole text. */
function matches(regex: string, text: string): boolean {
  const pattern = compiled.get(regex) ?? RE2JS.compile(regex);
  compiled.set(regex, pattern);
  return pattern.matches(text);
}

function holdsForText(matcher: StringMatcher, value: string): boolean {
  if (matcher.safe_regex) return matches(matcher.safe_regex.regex, value);
  const fold = (text: string) => (matcher.ignore_case ? text.toLowerCase() : text);
  const { exact, prefix, suffix, contains = '' } = matcher;
  if (exact !== undefined) return fold(value) === fold(exact);
  if (prefix !== undefined) return fold(value).startsWith(fold(prefix));
  return suffix === undefined ? fold(value).includes(fold(contains)) : fold(value).endsWith(fold(suffix));
}

function headerHolds(matcher: HeaderMatcher, { headers }: Asked): boolean {
  const found = headers[matcher.name.toLowerCase()];
  const value = found ?? (matcher.treat_missing_header_as_empty ? '' : undefined);
  if (value === undefined) return matcher.present_match === true && matcher.invert_match === true;
  const holds = matcher.string_match ? holdsForText(matcher.string_match, value) : found !== undefined;
  return holds !== (matcher.invert_match === true);
}

/** Whether the route is that of the request. */
export function routeHolds(match: RouteMatch, asked: Asked): boolean {
  const path = (asked.headers[':path'] ?? '').split('?')[0] ?? '';
  const { prefix = '/', safe_regex } = match;
  const atPath =
    match.path !== undefined
      ? path === match.path
      : safe_regex
        ? matches(safe_regex.regex, path)
        : path.startsWith(prefix);
  return atPath && (match.headers ?? []).every((header) => headerHolds(header, asked));
}

/** Whether the filter acts. A predicate of an empty list holds for none, whichever it is. */
export function predicateHolds(predicate: Predicate, asked: Asked): boolean {
  const { and_matcher, or_matcher, not_matcher, single_predicate } = predicate;
  if (and_matcher) return and_matcher.predicate.every((each) => predicateHolds(each, asked));
  if (or_matcher) return or_matcher.predicate.some((each) => predicateHolds(each, asked));
  if (not_matcher) return !predicateHolds(not_matcher, asked);
  if (!single_predicate) return false;
  const value = asked.headers[single_predicate.input.typed_config.header_name.toLowerCase()];
  return value !== undefined && holdsForText(single_predicate.value_match, value);
}
