import type { PolicyName, PoolConfig } from '../contract/config.ts';
import type { RoutedSubject } from '../match/subject.ts';

const OF_ENVOY: ReadonlySet<PolicyName> = new Set(['ring_hash', 'maglev']);

/**
 * What keyed policies hash of a request, read as the system reads it whose policy it is; null when the request has none. An empty
 * value is no key to nginx, and one like others to Envoy.
 */
export function hashKey(pool: Pick<PoolConfig, 'policy' | 'hash'>, subject: RoutedSubject): string | null {
  if (pool.policy === 'ip_hash') return subject.clientIp;
  if (!pool.hash) return null;
  const isOfEnvoy = OF_ENVOY.has(pool.policy);
  const value = readKey(pool.hash, subject, isOfEnvoy);
  return (isOfEnvoy ? value : value || null) ?? null;
}

function readKey(
  { on, name = '' }: NonNullable<PoolConfig['hash']>,
  subject: RoutedSubject,
  isOfEnvoy: boolean,
): string | undefined {
  switch (on) {
    case 'header':
      return subject.requestHeader(name.toLowerCase());
    case 'cookie': {
      const cookies = subject.requestHeader('cookie') ?? '';
      return isOfEnvoy ? envoyCookie(cookies, name) : nginxCookie(cookies, name);
    }
    case 'query':
      return isOfEnvoy ? envoyArgument(subject.query, name) : nginxArgument(subject.query, name);
    case 'path':
      return subject.path;
    case 'uri':
      return subject.target;
    case 'client_ip':
      return subject.clientIp;
  }
}

/** `$arg_name`: the first of that name, in letters of either case, that has a `=`; not decoded. */
function nginxArgument(query: string, name: string): string | undefined {
  const start = `${name.toLowerCase()}=`;
  const pair = query.split('&').find((part) => part.slice(0, start.length).toLowerCase() === start);
  return pair?.slice(start.length);
}

/** `query_parameter`: the first of exactly that name, with or without a `=`; not decoded. */
function envoyArgument(query: string, name: string): string | undefined {
  const pair = query.split('&').find((part) => part === name || part.startsWith(`${name}=`));
  return pair?.slice(name.length + 1);
}

/**
 * `$cookie_name`: letters of either case; a comma ends another cookie as a semicolon does, but not this one; blanks behind
 * the value stay. One of that name without a `=` hides the next one, whatever that is.
 */
function nginxCookie(cookies: string, name: string): string | undefined {
  const wanted = name.toLowerCase();
  for (let at = 0; at < cookies.length; ) {
    if (cookies.slice(at, at + wanted.length).toLowerCase() === wanted) {
      at = behindBlanks(cookies, at + wanted.length);
      if (cookies[at++] === '=') return cookies.slice(behindBlanks(cookies, at), endOf(cookies, at, ';'));
    }
    while (at < cookies.length && cookies[at] !== ';' && cookies[at] !== ',') at++;
    at = behindBlanks(cookies, at + 1);
  }
  return undefined;
}

/** `cookie`: exactly that name, blanks behind it belong to it; without the quotes around the value (RFC 6265 §4.1.1). An empty one is none. */
function envoyCookie(cookies: string, name: string): string | undefined {
  for (const pair of cookies.split(';')) {
    const start = behindBlanks(pair, 0);
    const equals = pair.indexOf('=');
    if (equals >= start && pair.slice(start, equals) === name)
      return pair.slice(equals + 1).replace(/^"(.*)"$/, '$1') || undefined;
  }
  return undefined;
}

function behindBlanks(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ') at++;
  return at;
}

function endOf(text: string, from: number, separator: string): number {
  const at = text.indexOf(separator, from);
  return at < 0 ? text.length : at;
}
