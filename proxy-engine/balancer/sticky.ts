/** Sticky sessions: a cookie names the backend that a client had. Which one it is, and the cookie to send. */
import type { PoolConfig } from '../contract/config.ts';
import { cookieValue } from '../match/request-fields.ts';
import type { Backend } from './backend.ts';
import { xxHash64Text } from './xxhash64.ts';

export type StickyConfig = NonNullable<PoolConfig['sticky']>;

/** What stands in the cookie for a backend: 16 hex digits made of its address, which a client should not read. */
export function stickyValue({ address }: Pick<Backend, 'address'>): string {
  const { hi, lo } = xxHash64Text(address);
  return hi.toString(16).padStart(8, '0') + lo.toString(16).padStart(8, '0');
}

/** The backend that the request's cookie names; null: none, or one that is gone. */
export function stickyBackend(
  { cookie }: StickyConfig,
  cookieHeader: string | undefined,
  backends: readonly Backend[],
): Backend | null {
  const value = cookieValue(cookieHeader, cookie);
  if (value === undefined) return null;
  return backends.find((backend) => stickyValue(backend) === value) ?? null;
}

/** The Set-Cookie value (RFC 6265 §4.1) that binds a client to `backend`. */
export function stickyCookie({ cookie, path, ttl }: StickyConfig, backend: Backend): string {
  const seconds = Math.max(1, Math.round(ttl / 1000)); // 0 would drop it at once
  return `${cookie}=${stickyValue(backend)}; Path=${path}; Max-Age=${seconds}; HttpOnly; SameSite=Lax`;
}
