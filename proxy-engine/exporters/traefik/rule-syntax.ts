/** Conditions in Traefik's rule syntax v3. */
import { isIP } from 'node:net';
import { escaped } from '../alphabet.ts';
import type { Condition, Subject, Test } from '../condition.ts';
import { checkHeader } from '../lookups.ts';
import { Inexpressible } from '../notes.ts';

/** A router's `rule`. */
export function ruleText(condition: Condition): string {
  switch (condition.kind) {
    case 'all':
      return condition.of.length === 0 ? ALL : condition.of.map(operand).join(' && ');
    case 'any':
      return condition.of.length === 0 ? `!${ALL}` : condition.of.map(operand).join(' || ');
    case 'not':
      return `!${operand(condition.of)}`;
    case 'present':
      return presentText(condition.subject);
    case 'status':
      throw new Inexpressible('Traefik decides before there is a response');
    case 'test':
      return testText(condition);
  }
}

const ALL = 'PathPrefix(`/`)';

function operand(condition: Condition): string {
  const text = ruleText(condition);
  return (condition.kind === 'all' || condition.kind === 'any') && condition.of.length > 1 ? `(${text})` : text;
}

function call(name: string, ...words: string[]): string {
  return `${name}(${words.map(quoted).join(', ')})`;
}

/** A router with an empty word is refused. */
function quoted(text: string): string {
  if (text === '') throw new Inexpressible('Traefik compares with no empty text');
  return text.includes('`') ? JSON.stringify(text) : `\`${text}\``;
}

/** Go takes Host out of the headers. */
function isHostHeader(subject: Subject): boolean {
  return subject.kind === 'header' && subject.name.toLowerCase() === 'host';
}

function hostText(test: Test): string {
  if (isHostHeader(test.subject) && /:\d*$/.test(test.value))
    throw new Inexpressible('Traefik compares Host without its port');
  if (/\P{ASCII}/u.test(test.value)) throw new Inexpressible('Traefik takes hosts in ASCII only');
  return test.comparison === 'is' && test.value !== '' ? call('Host', test.value) : call('HostRegexp', pattern(test));
}

function presentText(subject: Subject): string {
  if (isHostHeader(subject)) return ALL;
  switch (subject.kind) {
    case 'header':
      checkHeader(subject.name, 'Traefik');
      return call('HeaderRegexp', subject.name, '.*');
    case 'parameter':
      return call('QueryRegexp', subject.name, '.*');
    case 'cookie':
      return call('HeaderRegexp', 'Cookie', `(^|;)[ \\t]*${escaped(subject.name)}[ \\t]*=`);
    default:
      throw new Inexpressible(`Traefik does not ask whether there is a ${subject.kind}`);
  }
}

function testText(test: Test): string {
  const { subject, value } = test;
  const isExact = test.comparison === 'is';
  if (isHostHeader(subject)) return hostText(test);
  switch (subject.kind) {
    case 'method':
      if (!isExact) throw new Inexpressible('Traefik compares whole methods only');
      return call('Method', value);
    case 'host':
      return hostText(test);
    case 'path':
      return pathText({ ...test, value: decoded(test) });
    case 'header':
      checkHeader(subject.name, 'Traefik');
      return isExact && !test.ignoreCase && value !== ''
        ? call('Header', subject.name, value)
        : call('HeaderRegexp', subject.name, pattern(test));
    case 'parameter':
      return isExact && !test.ignoreCase && value !== ''
        ? call('Query', subject.name, value)
        : call('QueryRegexp', subject.name, pattern(test));
    case 'cookie':
      return call('HeaderRegexp', 'Cookie', cookiePattern(subject.name, test));
    case 'clientIp':
      if (!isExact) throw new Inexpressible('Traefik compares whole addresses only');
      // A range is one for Traefik alone; what is no address nobody has.
      if (isIP(value) === 0) return `!${ALL}`;
      return call('ClientIP', value);
    default:
      throw new Inexpressible(`Traefik has no matcher for ${subject.kind}`);
  }
}

function pathText(test: Test): string {
  const { comparison, value, ignoreCase } = test;
  // The others want a slash.
  if (ignoreCase || !value.startsWith('/')) return call('PathRegexp', pattern(test));
  if (comparison === 'is') return call('Path', value);
  return comparison === 'prefix' ? call('PathPrefix', value) : call('PathRegexp', pattern(test));
}

/** Escapes of other characters than reserved ones (RFC 3986 §2.2): Traefik compares a path without them. */
const DECODED = /(?:%(?!2[134-9ABCF]|3[ABDF]|40|5[BD])[0-9A-F]{2})+/gi;

function decoded({ comparison, value }: Test): string {
  return value.replace(DECODED, (escapes) => {
    const text = Buffer.from(escapes.replaceAll('%', ''), 'hex').toString();
    if (text.includes('\ufffd')) throw new Inexpressible('Traefik decodes paths, and compares UTF-8');
    return comparison === 'regex' ? escaped(text) : text;
  });
}

function pattern({ comparison, value, ignoreCase }: Test): string {
  const text = comparison === 'regex' ? value : escaped(value);
  const start = comparison === 'is' || comparison === 'prefix' ? '^' : '';
  const end = comparison === 'is' || comparison === 'suffix' ? '$' : '';
  return `${ignoreCase ? '(?i)' : ''}${start}${text}${end}` || '.*';
}

function cookiePattern(name: string, { comparison, value, ignoreCase }: Test): string {
  if (comparison === 'regex') throw new Inexpressible('a pattern inside the value of a cookie');
  const before = comparison === 'suffix' || comparison === 'contains' ? '[^;]*' : '';
  const after = comparison === 'prefix' || comparison === 'contains' ? '' : '"?[ \\t]*(;|$)';
  return `${ignoreCase ? '(?i)' : ''}(^|;)[ \\t]*${escaped(name)}[ \\t]*=[ \\t]*"?${before}${escaped(value)}${after}`;
}
