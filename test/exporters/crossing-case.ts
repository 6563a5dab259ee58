/** Single cases in few words. */
import type { Case } from './crossing-parts.ts';
import type { Sent } from './wire.ts';

export type Found = Omit<Case, 'name'>;

export const POOL = { pool: 'api' };

export function get(path: string, headers: Sent['headers'] = {}): Sent {
  return { method: 'GET', path, headers: { host: 'api.test', ...headers } };
}

/** To the backend, which is told what `action` makes of the request. */
export function changed(action: object, ...requests: Sent[]): Found {
  return { route: POOL, rules: [{ request: [action] }], requests };
}
