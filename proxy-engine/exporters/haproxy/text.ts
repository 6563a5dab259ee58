/** HAProxy's syntax: quoting, log-format strings, access lists. */
import type { Condition, Subject, Test } from '../condition.ts';
import { matchesEmpty } from '../empty-matches.ts';
import { Inexpressible } from '../notes.ts';
import { patternOfLines, patternText } from '../pattern.ts';
import { alternatives, isAlways, type Literal } from '../simplify.ts';
import { refuseVariable, type ValuePart } from '../value.ts';
import { type Differences, SAFE_NAME } from '../variables.ts';

/** Of one text: a head, or an answer, has to fit a buffer, and every connection has two of them. */
const LONGEST_BYTES = 131_072;

/** One word of a line: in double quotes when it must be. */
export function word(text: string): string {
  if (/^[\w./:@,=+%{}()[\]^*?|<>~;!-]+$/.test(text) && text.length <= LONGEST_BYTES) return text;
  if (text.includes('\0')) throw new Inexpressible('a NUL has no spelling in HAProxy');
  if (Buffer.byteLength(text) > LONGEST_BYTES)
    throw new Inexpressible(
      'HAProxy has to keep it in a buffer; of more than 128 KiB, every connection would need too much',
    );
  return `"${text.replace(/[\\"$]/g, '\\$&').replace(/[^\P{Cc}\x80-\x9f]/gu, hexEscape)}"`;
}

/** A name in the parentheses of a sample. */
export function argument(name: string): string {
  if (name === '' || /[^\x21-\x7e]|["'\\(),#$]/.test(name))
    throw new Inexpressible(`the name ${JSON.stringify(name)} has no spelling in HAProxy`);
  return name;
}

export function section(head: string, lines: readonly string[]): string[] {
  return ['', head, ...lines.map((line) => `    ${line}`)];
}

/** A pattern as an argument of a converter, where quotes have no spelling of their own. */
export function patternArgument(pattern: string): string {
  return `'${patternText(pattern).replace(/\\?(['"])|\\./gs, (found, quote) => (quote ? hexEscape(quote) : found))}'`;
}

export function hexEscape(char: string): string {
  return `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

/** HAProxy keeps no further ones. */
export const LAST_GROUP = 9;

export function groupReference(n: number): string {
  if (n > LAST_GROUP) throw new Inexpressible(`HAProxy keeps ${LAST_GROUP} groups of a pattern`);
  return `\\${n}`;
}

/** A value with variables as a log-format string, quoted; `converters` are of variables. */
export function format(parts: readonly ValuePart[], groups?: (n: number) => string, converters = ''): string {
  const text = parts.map((part) =>
    typeof part === 'string' ? part.replaceAll('%', '%%') : variable(part, groups, converters),
  );
  // An empty word is no word; a variable that nobody set is an empty text.
  return word(text.join('') || '%[var(txn.unset)]');
}

function variable(
  part: Exclude<ValuePart, string>,
  groups: ((n: number) => string) | undefined,
  converters: string,
): string {
  if ('group' in part) return groups?.(part.group) ?? refuseVariable(part);
  return `%[${part.variable === 'uuid' ? 'uuid' : fetchOf(part)}${converters}]`;
}

/** What HAProxy has in their place. */
export const VARIABLES: Differences = {
  exchange_id: 'a random UUID, not a number',
  request_id: 'empty where the client sent none',
  time_iso: 'in whole seconds',
  host: 'an IPv6 address has brackets',
  listener: SAFE_NAME,
  pool: SAFE_NAME,
  backend: 'other characters of the name than letters, digits and . : _ - are one _',
};

/** HAProxy's own sample stays what the client said, whatever rules set. */
const METHOD = 'var(txn.method)';

/** The first of that name, without quotes around it; empty where there is none: HAProxy's own sample takes the last. */
export function cookie(name: string): string {
  return `req.fhdr(cookie,1),regsub(${patternArgument(`^(?:.*?;)??\\s*${escapeText(name)}\\s*=\\s*(?:"([^;]*)"|([^;]*?))\\s*(?:;.*)?$|^.*$`)},'\\1\\2')`;
}

export function escapeText(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
}

/** The sample that is a variable's value. */
export function fetchOf(part: { variable: string; name?: string }): string {
  switch (part.variable) {
    case 'client_ip':
      return 'src';
    case 'method':
      return METHOD;
    case 'host':
      return 'var(txn.to),host_only';
    case 'path':
      return 'path';
    case 'query':
      return 'query';
    case 'scheme':
      return 'ssl_fc,iif(https,http)';
    case 'listener':
      return 'fe_name';
    case 'route':
      return 'var(txn.route)';
    case 'pool':
      return 'var(txn.pool)';
    case 'backend':
      return 'srv_name';
    case 'exchange_id':
      return 'uuid';
    case 'request_id':
      return 'req.fhdr(x-request-id,1)';
    case 'time_iso':
      return 'date,utime("%Y-%m-%dT%H:%M:%SZ")';
    case 'kept':
      return part.name ?? '';
    case 'header':
      return `req.fhdr(${argument(part.name ?? '')},1)`;
    case 'cookie':
      return cookie(part.name ?? '');
    default:
      return refuseVariable(part);
  }
}

/** The value of a limit's or split's key as one sample expression. */
export function keyFetch(parts: readonly ValuePart[]): string {
  const [part] = parts;
  if (parts.length !== 1 || part === undefined || typeof part === 'string' || 'group' in part)
    throw new Inexpressible('HAProxy takes one value as a key, not a text of several');
  return fetchOf(part);
}

/** `if { path -m beg /v1/ } || …`, or nothing when it always holds. `extra` terms hold in every alternative. */
export function ifHolds(condition: Condition, extra: readonly string[] = [], sample: Sampler = sampleOf): string {
  if (isAlways(condition)) return extra.length === 0 ? '' : ` if ${extra.join(' ')}`;
  const found = alternatives(condition);
  if (found === null) throw new Inexpressible('the condition has too many alternatives for access lists');
  if (found.length === 0) return ' if FALSE';
  return ` if ${found.map((literals) => [...extra, ...literals.map((each) => acl(each, sample))].join(' ')).join(' || ')}`;
}

/** `line` once for each alternative: a line of HAProxy has 64 words at most. */
export function linesFor(
  line: string,
  condition: Condition,
  extra: readonly string[] = [],
  sample: Sampler = sampleOf,
): string[] {
  const found = alternatives(condition);
  if (found === null) throw new Inexpressible('the condition has too many alternatives for access lists');
  return found.map((literals) => {
    const words = [...extra, ...literals.map((each) => acl(each, sample))];
    return words.length === 0 ? line : `${line} if ${words.join(' ')}`;
  });
}

/** The end of a line: under which condition. */
export function when(holds: Condition | string, extra: readonly string[] = [], sample: Sampler = sampleOf): string {
  return typeof holds === 'string' ? ` if ${[...extra, holds].join(' ')}` : ifHolds(holds, extra, sample);
}

/** Whether it fits one line. */
export function isOneAlternative(condition: Condition): boolean {
  return alternatives(condition)?.length === 1;
}

/** Fails where a condition cannot be written; done once, before it is used. */
export function check(condition: Condition): void {
  ifHolds(condition);
}

/** How a subject is asked for. */
export type Sampler = (subject: Subject, holdsForEmpty?: boolean) => string;

function acl({ negated, test }: Literal, sample: Sampler): string {
  const text =
    test.kind === 'test'
      ? testText(test, sample)
      : test.kind === 'present'
        ? `${word(sample(test.subject))} -m found`
        : `status ${test.low}:${test.high}`;
  return `${negated ? '!' : ''}{ ${text} }`;
}

const MATCHERS: Record<Test['comparison'], string> = {
  is: 'str',
  prefix: 'beg',
  suffix: 'end',
  contains: 'sub',
  regex: 'reg',
};

function testText({ subject, comparison, ignoreCase, value }: Test, sample: Sampler): string {
  const flag = ignoreCase ? ' -i' : '';
  // No word of a line may be empty, and a brace alone ends the test.
  if (value === '') return `${word(sample(subject, true))} -m ${comparison === 'is' ? 'len 0' : 'found'}`;
  if (value === '}') throw new Inexpressible('a brace alone has no spelling in HAProxy');
  const asked = sample(subject, comparison === 'regex' && matchesEmpty(value));
  return `${word(asked)} -m ${MATCHERS[comparison]}${flag} -- ${word(comparison === 'regex' ? patternFor(subject, value) : value)}`;
}

function patternFor({ kind }: Subject, pattern: string): string {
  return kind === 'parameter' ? patternOfLines(pattern) : patternText(pattern);
}

/** Where the first parameter or cookie of its name stands, once conditions ask for it (see `asked`). */
export function askedVariable(kind: 'parameter' | 'cookie', name: string): string {
  const hex = (byte: number) => byte.toString(16).padStart(2, '0');
  const id = name.replace(/[^a-z0-9]/gi, (char) => `_${Array.from(Buffer.from(char, 'utf8'), hex).join('')}`);
  return `txn.${kind}_${id}`;
}

/** Of a request, while it is there. */
export function sampleOf(subject: Subject, holdsForEmpty = false): string {
  switch (subject.kind) {
    case 'method':
      return METHOD;
    case 'scheme':
      return 'ssl_fc,iif(https,http)';
    case 'host':
      return 'var(txn.to),host_only';
    case 'port':
      return 'var(txn.to),port_only';
    case 'path':
      return 'path';
    case 'query':
      // Where there is none, HAProxy has no sample.
      return holdsForEmpty ? "pathq,regsub('^[^?]*.?','')" : 'query';
    case 'url':
      return 'var(txn.url)';
    case 'clientIp':
      return 'src';
    case 'listener':
      return 'fe_name';
    case 'route':
      return 'var(txn.route)';
    case 'pool':
      return 'var(txn.pool)';
    case 'header':
      return `req.fhdr(${argument(subject.name)},1)`;
    case 'parameter':
      return `var(${askedVariable('parameter', subject.name)})`;
    case 'cookie':
      return `var(${askedVariable('cookie', subject.name)})`;
    case 'responseHeader':
      return `res.fhdr(${argument(subject.name)},1)`;
  }
}

/** Holds when a rule has said what the backend is told as Host. */
export const HOST_WRITTEN = '{ var(txn.host_written) -m bool }';
