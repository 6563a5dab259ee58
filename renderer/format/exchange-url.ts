import type { Exchange } from '../../proxy-engine/contract/exchange.ts';

export function exchangeUrl(exchange: Pick<Exchange, 'scheme' | 'host' | 'path'>): string {
  return `${exchange.scheme}://${exchange.host}${exchange.path}`;
}
