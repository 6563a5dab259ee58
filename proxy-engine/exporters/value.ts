/** Values with variables, in parts, so that each target writes its own names for them (see match/template). */
import { Inexpressible } from './notes.ts';

export type ValuePart =
  | string
  | { variable: string; name?: string }
  /** `$1`: a group of the pattern that matched. */
  | { group: number };

const TOKEN = /\$(?:\$|(\d+)|([a-z_]+)(?:\[([^\]]*)\])?)/gi;

export const PLAIN_VARIABLES: ReadonlySet<string> = new Set(
  'client_ip method host path query scheme listener route pool backend exchange_id request_id uuid time_iso'.split(' '),
);
const NAMED_VARIABLES: ReadonlySet<string> = new Set(['header', 'cookie']);

export function readValue(text: string): ValuePart[] {
  const parts: ValuePart[] = [];
  let end = 0;
  for (const token of text.matchAll(TOKEN)) {
    parts.push(text.slice(end, token.index), ...partsOf(token));
    end = token.index + token[0].length;
  }
  parts.push(text.slice(end));
  return parts.filter((part) => part !== '');
}

function partsOf([written, group, word, name]: RegExpExecArray): ValuePart[] {
  if (written === '$$') return ['$'];
  if (group !== undefined) return [{ group: Number(group) }];
  const variable = (word ?? '').toLowerCase();
  if (name !== undefined && NAMED_VARIABLES.has(variable)) return [{ variable, name: name.toLowerCase() }];
  if (PLAIN_VARIABLES.has(variable)) return name === undefined ? [{ variable }] : [{ variable }, `[${name}]`];
  return [written];
}

/** The key of a limit or of a split: `client_ip`, `header[x-user]`, or a value with variables. */
export function readKey(text: string): ValuePart[] {
  return readValue(text.includes('$') ? text : `$${text}`);
}

/** The text of a value without variables, else null. */
export function constantOf(text: string): string | null {
  const parts = readValue(text);
  return parts.every((part) => typeof part === 'string') ? parts.join('') : null;
}

const EMPTY_AT_TIMES: ReadonlySet<string> = new Set(['query', 'header', 'cookie', 'backend', 'route', 'pool']);

/** Whether nothing in it is sure to be there. */
export function mayBeEmpty(parts: readonly ValuePart[]): boolean {
  return parts.every((part) => typeof part !== 'string' && ('group' in part || EMPTY_AT_TIMES.has(part.variable)));
}

/** `$host` as a person wrote it. */
export function printPart(part: Exclude<ValuePart, string>): string {
  if ('group' in part) return `$${part.group}`;
  return part.name === undefined ? `$${part.variable}` : `$${part.variable}[${part.name}]`;
}

export function refuseVariable(part: Exclude<ValuePart, string>): never {
  throw new Inexpressible(`${printPart(part)} has no counterpart`);
}

/** With what a client sends as it likes: it could end a path, or add parameters. */
export const UNSAFE_IN_PATHS: ReadonlySet<string> = new Set(['header', 'cookie', 'query', 'request_id']);
export const UNSAFE_IN_QUERIES: ReadonlySet<string> = new Set([...UNSAFE_IN_PATHS, 'host', 'path', 'time_iso']);

/** Targets put values of variables in as they are. */
export function refuseUnsafe(parts: readonly ValuePart[], unsafe: ReadonlySet<string>): void {
  for (const part of parts)
    if (typeof part !== 'string' && 'variable' in part && unsafe.has(part.variable))
      throw new Inexpressible(`${printPart(part)} would have to be percent-encoded`);
}

/** A path as it goes over the wire (RFC 3986 §3.3): begins with a slash; what may not stand in it is percent-encoded. */
export function asPath(parts: readonly ValuePart[]): ValuePart[] {
  const escaped = asPathPart(parts);
  const [first] = escaped;
  const startsRight = typeof first === 'string' ? first.startsWith('/') : first !== undefined;
  return startsRight ? escaped : ['/', ...escaped];
}

/** What replaces a part of a path. */
export function asPathPart(parts: readonly ValuePart[]): ValuePart[] {
  refuseUnsafe(parts, UNSAFE_IN_PATHS);
  return parts.map((part) => (typeof part === 'string' ? escapePath(part) : part));
}

function escapePath(text: string): string {
  return text.replace(/[\0-\x20"#<>?\x7f-\uffff]+/g, (found) =>
    Array.from(Buffer.from(found, 'utf8'), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}
