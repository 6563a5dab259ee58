/** Rule sets that live in a Redis or etcd key: `redis://HOST[:6379]/[DB/]KEY`, `etcd://HOST[:2379]/KEY`; `rediss` and `etcds` over TLS. */

export type SharedAddress =
  | { kind: 'redis'; url: string; database: number; key: string }
  | { kind: 'etcd'; origin: string; user: string; password: string; key: string };

export function isShared(include: string): boolean {
  return /^(rediss?|etcds?):\/\//.test(include);
}

/** A string says what is wrong with the address. Characters of a key may be percent-encoded. */
export function parseShared(text: string): SharedAddress | string {
  if (!URL.canParse(text)) return `expected an address such as ${EXAMPLE}`;
  const { protocol, hostname, port, username, password, pathname, search, hash } = new URL(text);
  const isRedis = protocol.startsWith('redis');
  const key = decode(pathname.slice(1));
  if (hostname === '' || key === null || key === '' || search !== '' || hash !== '')
    return `expected HOST[:PORT]/KEY, as in ${EXAMPLE}`;
  const [user, secret] = [decode(username) ?? '', decode(password) ?? ''];
  const host = `${hostname}:${port || (isRedis ? 6379 : 2379)}`;
  if (!isRedis) {
    return {
      kind: 'etcd',
      origin: `${protocol === 'etcds:' ? 'https' : 'http'}://${host}`,
      user,
      password: secret,
      key,
    };
  }
  const database = /^(\d{1,5})\/(.+)$/s.exec(key);
  const login = username === '' && password === '' ? '' : `${username}:${password}@`;
  return {
    kind: 'redis',
    url: `${protocol}//${login}${host}`,
    database: Number(database?.[1] ?? 0),
    key: database?.[2] ?? key,
  };
}

const EXAMPLE = 'redis://127.0.0.1:6379/team-rules or etcd://127.0.0.1:2379/team-rules';

/** The address as it is told to people and kept on disk: without user and password. */
export function tellShared(text: string): string {
  const isWhole = typeof parseShared(text) !== 'string';
  // Of what is no address, the password may be why: with a slash in it, say.
  return text.replace(isWhole ? /^(\w+:\/\/)[^/]*@/ : /^(\w+:\/*).*@/s, '$1');
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
