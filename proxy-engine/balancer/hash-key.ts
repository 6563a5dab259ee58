import type { PoolConfig } from '../contract/config.ts';
import type { RequestSubject } from '../match/subject.ts';

/** What keyed policies hash of a request; null when it has no such thing, or an empty one. */
export function hashKey(pool: Pick<PoolConfig, 'policy' | 'hash'>, subject: RequestSubject): string | null {
  if (pool.policy === 'ip_hash') return subject.clientIp;
  if (!pool.hash) return null;
  const { on, name = '' } = pool.hash;
  switch (on) {
    case 'header':
      return subject.requestHeader(name.toLowerCase()) || null;
    case 'cookie':
      return readCookie(subject.requestHeader('cookie'), name) || null;
    case 'query':
      return readQuery(subject.query, name) || null;
    case 'path':
      return subject.path || null;
    case 'uri':
      return subject.query === '' ? subject.path || null : `${subject.path}?${subject.query}`;
    case 'client_ip':
      return subject.clientIp || null;
  }
}

/** The value of the first parameter of this name as the client encoded it, which is what nginx and Envoy hash. */
function readQuery(query: string, name: string): string | undefined {
  const pair = query.split('&').find((part) => part.startsWith(`${name}=`));
  return pair?.slice(name.length + 1);
}

/** The value of a cookie in a Cookie header (RFC 6265 §4.2.1), without decoding it; undefined when it is not there. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const equals = pair.indexOf('=');
    if (equals >= 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim();
  }
  return undefined;
}
