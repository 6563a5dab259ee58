import type { Exchange } from '../../../proxy-engine/contract/exchange.ts';

/** Whether it was sent straight to a pool: neither routes nor rules were asked. */
export function isPastRoutes({ route, pool, rules }: Pick<Exchange, 'route' | 'pool' | 'rules'>): boolean {
  return route === undefined && pool !== undefined && rules.length === 0;
}

/** Where no backend was asked; undefined: one was, or nothing was decided here, or nobody answered. */
export function answeredBy({
  attempts,
  error,
  route,
  pool,
  status,
}: Pick<Exchange, 'attempts' | 'error' | 'route' | 'pool' | 'status'>): 'rule' | 'route' | undefined {
  if (attempts.length > 0 || error || route === undefined || status === undefined) return undefined;
  return pool === undefined ? 'route' : 'rule';
}
