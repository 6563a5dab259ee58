/** Caddyfile syntax: quoting, placeholders, matchers. */
import { type Condition, type Subject, type Test, testsOf } from '../condition.ts';
import { matchesEmpty } from '../empty-matches.ts';
import { Inexpressible, type Notes } from '../notes.ts';
import { AS_THEY_ARE, encodedPattern } from '../parameters.ts';
import { isAlways } from '../simplify.ts';
import { refuseVariable, type ValuePart } from '../value.ts';
import type { Differences } from '../variables.ts';

/** One token. In double quotes a backslash is itself, unless a quote follows; in backquotes everything is. */
export function quoted(text: string): string {
  if (text === '}') throw new Inexpressible('a brace alone has no spelling in a Caddyfile');
  if (/^[^\s"`#\\{}][^\s"`\\{}]*$/.test(text)) return text;
  // Before anything else is read, that is an environment variable.
  if (text.includes('{$')) throw new Inexpressible('`{$` has no spelling in a Caddyfile');
  if (!text.includes('"') && !text.endsWith('\\')) return `"${text}"`;
  if (!text.includes('`')) return `\`${text}\``;
  if (/\\(?:"|$)/.test(text)) throw new Inexpressible('a text with both kinds of quotes has no spelling here');
  return `"${text.replaceAll('"', '\\"')}"`;
}

/** The same as a value that is compared: bare, Caddy makes numbers and truth values of `1.0`, `01` and `t`; braces are no placeholder. */
export function textToken(text: string): string {
  const token = quoted(text.includes('{') ? text.replace(/[{}]/g, '\\$&') : text);
  return /^["`]/.test(token) ? token : `"${token}"`;
}

export function block(head: string, lines: readonly string[]): string[] {
  return [`${head} {`, ...lines.map((line) => (line === '' ? line : `\t${line}`)), '}'];
}

export function duration(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}

/** A value with variables as one token. */
export function renderValue(parts: readonly ValuePart[], group?: (n: number) => string): string {
  // Where no brace opens, Caddy looks for none that is escaped.
  const literal = (text: string) => (parts.some(opens) ? text.replace(/[{}]/g, '\\$&') : text);
  const text = parts.map((part) => (typeof part === 'string' ? literal(part) : variable(part, group))).join('');
  if (text.includes('{$')) throw new Inexpressible('`{$` has no spelling in a Caddyfile');
  // A token of one closing brace ends a block, whatever stands around it.
  if (text === '}') return '"{http.vars.nothing}\\}"';
  const isBare = /^[^\s"`#\\]+$/.test(text) && !parts.some((part) => typeof part === 'string' && part.includes('}'));
  return isBare ? text : quoted(text);
}

/** What Caddy has in their place. */
export const VARIABLES: Differences = {
  host: 'Caddy has it as the client or a rule wrote it, capitals included; an IPv6 address has brackets',
  uuid: 'one for a request, however often it is asked for',
  exchange_id: 'a random UUID, not a number',
  request_id: 'empty where the client sent none',
  backend: 'the address of the backend, not its name',
};

function opens(part: ValuePart): boolean {
  return typeof part !== 'string' || part.includes('{');
}

function variable(part: Exclude<ValuePart, string>, group?: (n: number) => string): string {
  if ('group' in part) return group?.(part.group) ?? refuseVariable(part);
  switch (part.variable) {
    case 'client_ip':
      return '{http.request.remote.host}';
    case 'uuid':
    case 'exchange_id':
      return '{http.request.uuid}';
    case 'request_id':
      return '{http.request.header.X-Request-Id}';
    case 'method':
    case 'scheme':
      return `{http.request.${part.variable}}`;
    case 'host':
      return HOST;
    case 'path':
      return PATH;
    case 'query':
      return QUERY;
    case 'header':
      return headerPlaceholder(part.name ?? '');
    case 'cookie':
      return `{${COOKIE}${named(part.name ?? '')}}`;
    case 'route':
    case 'pool':
    case 'listener':
      return `{http.vars.${part.variable}}`;
    case 'backend':
      return '{http.reverse_proxy.upstream.hostport}';
    default:
      return refuseVariable(part);
  }
}

/** `@name expression …`; `also`: what has to hold besides. */
export function matcher(name: string, condition: Condition, also: readonly string[] = []): string {
  const text = [...(isAlways(condition) ? [] : [operand(condition)]), ...also].join(' && ');
  if (text.includes('`')) throw new Inexpressible('a backquote has no spelling here');
  return `@${name} expression \`${text}\``;
}

function expression(condition: Condition): string {
  switch (condition.kind) {
    case 'all':
      return condition.of.length === 0 ? 'true' : condition.of.map(operand).join(' && ');
    case 'any':
      return condition.of.length === 0 ? 'false' : condition.of.map(operand).join(' || ');
    case 'not':
      return `!(${expression(condition.of)})`;
    case 'present':
      return presentText(condition.subject);
    case 'status':
      throw new Inexpressible('Caddy decides before there is a response');
    case 'test':
      return testText(condition);
  }
}

function operand(condition: Condition): string {
  const text = expression(condition);
  return condition.kind === 'all' || condition.kind === 'any' ? `(${text})` : text;
}

function isHostHeader(subject: Subject): boolean {
  return subject.kind === 'header' && subject.name.toLowerCase() === 'host';
}

/** Go takes Host out of the headers. */
function headerPlaceholder(name: string): string {
  return name.toLowerCase() === 'host' ? '{http.request.hostport}' : `{http.request.header.${named(name)}}`;
}

/** Where the request goes; Caddy's own placeholder follows the Host header, which rules may set to something else. */
const HOST = '{http.vars.host}';

/** Caddy's own placeholders of cookies take a name in any case, and stand as they are written where there is none. */
const COOKIE = 'cookies.';

/** The first of its name, as it was sent: Caddy's own placeholder joins all of them. */
const PARAMETER = 'parameters.';

export function parameterPlaceholder(name: string): string {
  return `{${PARAMETER}${named(name)}}`;
}

/** As it is on the wire: Caddy's own placeholder is the decoded one. */
export const PATH = '{wire.path}';

const QUERY = '{http.request.uri.query}';

/** Where the request goes; Caddy's own placeholder is empty where none was written. */
const PORT = '{asked.port}';

/** Of the protocol of the request, as Via has it. */
export const VERSION = '{sent.version}';

/** The maps that `lines` need. */
export function mapsFor(lines: readonly string[], isSecure: boolean): string[] {
  const text = lines.join('\n');
  const named = (pattern: RegExp) => new Set(Array.from(text.matchAll(pattern), ([, name = '']) => name));
  return [
    ...(text.includes(PATH) ? map('{http.request.uri}', PATH, '^([^?]*)') : []),
    ...(text.includes(VERSION) ? map('{http.request.proto}', VERSION, '^HTTP/(1\\.0|2|3)', '1.1') : []),
    ...(text.includes(PORT) ? map('{http.vars.hostport}', PORT, ':([0-9]+)$', isSecure ? '443' : '80') : []),
    ...[...named(/\{cookies\.([\w.-]+)\}/g)].flatMap((name) =>
      map('{http.request.header.Cookie}', `{${COOKIE}${name}}`, `${cookiePattern(name)}\\s*"?([^;"]*)`),
    ),
    ...[...named(/\{parameters\.([\w.-]+)\}/g)].flatMap((name) =>
      map(QUERY, `{${PARAMETER}${name}}`, parameterPattern(name)),
    ),
  ];
}

/** `target` is the first group of `pattern` in `source`, asked for when it is needed. */
function map(source: string, target: string, pattern: string, otherwise = '""'): string[] {
  return block(`map ${source} ${target}`, [`\`~${pattern}\` \${1}`, `default ${otherwise}`]);
}

function cookiePattern(name: string): string {
  return `(?:^|;)\\s*${name.replaceAll('.', '\\.')}\\s*=`;
}

function parameterPattern(name: string): string {
  return `(?:^|&)${encodedPattern(name)}(?:=([^&]*))?(?:&|$)`;
}

/** Tells how Caddy finds parameters, and what a pattern sees of them. */
export function noteParameters(notes: Notes, path: string, what: string, condition: Condition): void {
  for (const test of testsOf(condition)) {
    if (test.kind === 'status' || test.subject.kind !== 'parameter') continue;
    notes.approximate(path, what, AS_THEY_ARE);
    if (test.kind === 'test' && test.comparison === 'regex')
      notes.approximate(path, what, `a pattern sees all parameters ${test.subject.name}, joined with commas`);
  }
}

function presentText(subject: Subject): string {
  if (subject.kind === 'cookie')
    return `({http.request.header.Cookie} != null && {http.request.header.Cookie}.matches(${celText(cookiePattern(named(subject.name)))}))`;
  if (isHostHeader(subject) || subject.kind === 'route' || subject.kind === 'pool')
    return `${placeholder(subject)} != ""`;
  if (subject.kind === 'header') return `header({${celText(subject.name)}: "*"})`;
  if (subject.kind === 'parameter') return `${QUERY}.matches(${celText(parameterPattern(named(subject.name)))})`;
  return `${placeholder(subject)} != null`;
}

/** Braces would be placeholders, and backquotes end the expression. */
function celText(text: string): string {
  return JSON.stringify(text).replace(/[{`]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`);
}

/** A name inside a placeholder. */
function named(name: string): string {
  if (!/^[\w.-]+$/.test(name)) throw new Inexpressible(`the name ${JSON.stringify(name)} has no spelling in Caddy`);
  return name;
}

const MAY_BE_ABSENT: ReadonlySet<string> = new Set(['header', 'parameter', 'cookie', 'route', 'pool']);

/** What is absent reads as an empty text, for which some tests hold. */
function testText(test: Test): string {
  const { subject, comparison, value } = test;
  const text = comparedText(test);
  const holdsForEmpty = comparison === 'regex' ? matchesEmpty(value) : value === '';
  return holdsForEmpty && MAY_BE_ABSENT.has(subject.kind) ? `(${presentText(subject)} && ${text})` : text;
}

function comparedText({ subject, comparison, value, ignoreCase }: Test): string {
  if (subject.kind === 'parameter' && comparison !== 'regex')
    return `${parameterPlaceholder(subject.name)}.matches(${celText(pattern(comparison, value, ignoreCase, encodedPattern))})`;
  const place = placeholder(subject);
  const text = celText(value);
  if (comparison === 'is' && !ignoreCase) return `${place} == ${text}`;
  if (comparison === 'is' && subject.kind !== 'host') return `${place} == ${text}`;
  return ignoreCase || comparison === 'regex'
    ? `${place}.matches(${celText(pattern(comparison, value, ignoreCase))})`
    : `${place}.${FUNCTIONS[comparison]}(${text})`;
}

const FUNCTIONS: Record<Exclude<Test['comparison'], 'regex'>, string> = {
  is: 'matches',
  prefix: 'startsWith',
  suffix: 'endsWith',
  contains: 'contains',
};

function pattern(comparison: Test['comparison'], value: string, ignoreCase: boolean, literally = escapeText): string {
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

function placeholder(subject: Subject): string {
  switch (subject.kind) {
    case 'method':
    case 'scheme':
      return `{http.request.${subject.kind}}`;
    case 'port':
      return PORT;
    case 'host':
      return HOST;
    case 'path':
      return PATH;
    case 'query':
      return QUERY;
    case 'clientIp':
      return '{http.request.remote.host}';
    case 'header':
      return headerPlaceholder(subject.name);
    case 'cookie':
      return `{${COOKIE}${named(subject.name)}}`;
    case 'parameter':
      return `{http.request.uri.query.${named(subject.name)}}`;
    case 'route':
    case 'pool':
      return `{http.vars.${subject.kind}}`;
    case 'url':
      throw new Inexpressible('Caddy has no placeholder for the whole URL');
    case 'listener':
      throw new Inexpressible('Caddy does not know names of listeners');
    case 'responseHeader':
      throw new Inexpressible('Caddy decides before there is a response');
  }
}
