/** Values with variables (config.md, "Actions"): `x-$client_ip`, `/users/$header[x-user]`, `$$` for a dollar. Compiled once to segments. */
import { randomUUID } from 'node:crypto';
import { nearest } from '../contract/expression/nearest-word.ts';
import { cookieValue } from './request-fields.ts';
import type { RequestSubject } from './subject.ts';
import { fromWire, toWire } from './wire-text.ts';

/** What variables are taken from; what is not known yet is the empty string. */
export interface VariableSubject extends RequestSubject {
  readonly id?: number;
  readonly route?: string | undefined;
  readonly pool?: string | undefined;
  readonly backend?: string | undefined;
  /** The id that this exchange carries upstream: the client's own when it sent one. */
  readonly requestId?: string;
}

type Read = (subject: VariableSubject, groups: readonly string[]) => string;

const PLAIN: Readonly<Record<string, Read>> = {
  client_ip: (s) => s.clientIp,
  method: (s) => s.method,
  host: (s) => s.host,
  path: (s) => s.path,
  query: (s) => s.query,
  scheme: (s) => s.scheme,
  listener: (s) => s.listener,
  route: (s) => s.route ?? '',
  pool: (s) => s.pool ?? '',
  backend: (s) => s.backend ?? '',
  exchange_id: (s) => (s.id === undefined ? '' : String(s.id)),
  request_id: (s) => s.requestId ?? '',
  uuid: () => randomUUID(),
  time_iso: () => new Date().toISOString(),
};

const KEYED: Readonly<Record<string, (key: string) => Read>> = {
  header: (key) => {
    const lowerName = key.toLowerCase();
    return (s) => s.requestHeader(lowerName) ?? '';
  },
  cookie: (key) => (s) => cookieValue(s.requestHeader('cookie'), key) ?? '',
};

/** Variables whose values are bytes in latin1 strings; those of the others are Unicode. */
const WIRE_VARIABLES: ReadonlySet<string> = new Set(['host', 'path', 'query', 'request_id', ...Object.keys(KEYED)]);

export const VARIABLES: readonly string[] = [
  ...Object.keys(PLAIN),
  ...Object.keys(KEYED).map((name) => `${name}[NAME]`),
];

export interface Template {
  /** The value; `groups` are those of a match, for `$1` and its like. */
  render(subject: VariableSubject, groups?: readonly string[]): string;
  /** The value when it has no variables, else null. */
  readonly constant: string | null;
  /** What is wrong with it; it renders those parts as they are written. */
  readonly issues: readonly string[];
}

export interface TemplateOptions {
  /** Where it is rendered; before there is a response, no backend is known. Default: `response`. */
  phase?: 'request' | 'response';
  /** Highest `$n` allowed; 0: none. */
  groups?: number;
  /** Bodies are often programs: there, an unknown `$word` is text. */
  lenient?: boolean;
  /** Bodies are Unicode, everything else goes out as bytes. */
  unicode?: boolean;
}

const NONE: readonly string[] = [];
const TOKEN = /\$(?:\$|(\d+)|([a-z_]+)(?:\[([^\]]*)\])?)/gi;

/** Compiles a value; never throws. */
export function compileTemplate(text: string, options: TemplateOptions = {}): Template {
  const issues: string[] = [];
  const segments: (string | Read)[] = [];
  let end = 0;
  for (const token of text.matchAll(TOKEN)) {
    segments.push(encode(text.slice(end, token.index), options));
    segments.push(segmentOf(token, options, issues));
    end = token.index + token[0].length;
  }
  segments.push(encode(text.slice(end), options));
  return templateOf(joinTexts(segments), issues);
}

function segmentOf(token: RegExpExecArray, options: TemplateOptions, issues: string[]): string | Read {
  const [written, group, name, key] = token;
  if (written === '$$') return '$';
  if (group !== undefined) {
    const n = Number(group);
    if (n <= (options.groups ?? 0) && options.groups) return (_subject, groups) => groups[n] ?? '';
    if (!options.lenient) issues.push(`\`${written}\`: there is no such group; write $$ for a dollar`);
    return written;
  }
  const word = (name ?? '').toLowerCase();
  if (word === 'backend' && options.phase === 'request') issues.push(NO_BACKEND_YET);
  const read = key === undefined ? PLAIN[word] : KEYED[word]?.(key);
  if (read && (key === undefined ? Object.hasOwn(PLAIN, word) : Object.hasOwn(KEYED, word)))
    return inForm(word, read, options);
  // `$path[` is the variable and a bracket.
  if (key !== undefined && Object.hasOwn(PLAIN, word))
    return inForm(word, (s, groups) => `${PLAIN[word]?.(s, groups) ?? ''}[${key}]`, options);
  if (!options.lenient) issues.push(unknownVariable(written, word));
  return written;
}

/** As the text around it is: Unicode, or its bytes. */
function inForm(word: string, read: Read, { unicode = false }: TemplateOptions): Read {
  if (WIRE_VARIABLES.has(word) !== unicode) return read;
  return unicode ? (s, groups) => fromWire(read(s, groups)) : (s, groups) => toWire(read(s, groups));
}

const NO_BACKEND_YET =
  '`$backend` is not known yet: a backend is picked when the request actions are done; use it in a response action, or write $$backend';

function unknownVariable(written: string, word: string): string {
  if (Object.hasOwn(KEYED, word)) return `\`${written}\` needs a name in brackets: $${word}[NAME]`;
  const near = nearest(word, [...Object.keys(PLAIN), ...Object.keys(KEYED)]);
  return `there is no variable \`${written}\`${near ? `; did you mean \`$${near}\`?` : ''}; write $$ for a dollar`;
}

function templateOf(segments: readonly (string | Read)[], issues: readonly string[]): Template {
  const [first = ''] = segments;
  if (segments.length <= 1 && typeof first === 'string') return { render: () => first, constant: first, issues };
  return {
    render(subject, groups = NONE) {
      let out = '';
      for (const segment of segments) out += typeof segment === 'string' ? segment : segment(subject, groups);
      return out;
    },
    constant: null,
    issues,
  };
}

function joinTexts(segments: readonly (string | Read)[]): (string | Read)[] {
  const joined: (string | Read)[] = [];
  for (const segment of segments) {
    const last = joined.at(-1);
    if (typeof segment === 'string' && typeof last === 'string') joined[joined.length - 1] = last + segment;
    else if (segment !== '') joined.push(segment);
  }
  return joined;
}

function encode(text: string, options: TemplateOptions): string {
  return options.unicode ? text : toWire(text);
}

/**
 * The key of a limit or a split: `client_ip`, `header[x-user]`, or a value with variables (`$host$path`).
 * A string that is none of these is an issue of the template.
 */
export function compileKey(text: string): Template {
  return compileTemplate(text.includes('$') ? text : `$${text}`);
}
