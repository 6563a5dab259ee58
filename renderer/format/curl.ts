import type { Exchange } from '../../proxy-engine/contract/exchange.ts';

const LEFT_TO_CURL = new Set([
  'host',
  'content-length',
  'connection',
  'transfer-encoding',
  'accept-encoding',
  'expect',
]);

/** A POSIX shell word that means exactly `text`. */
export function shellQuote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

export function exchangeUrl(exchange: Pick<Exchange, 'scheme' | 'host' | 'path'>): string {
  return `${exchange.scheme}://${exchange.host}${exchange.path}`;
}

/** The request as the client sent it, as a curl command. `body` is its text, when there is any. */
export function curlCommand(exchange: Exchange, body?: string): string {
  const { method, headers } = exchange.request;
  const parts = ['curl'];
  if (method !== 'GET' || body !== undefined) parts.push('-X', method);
  parts.push(shellQuote(exchangeUrl(exchange)));
  const lines = headers
    .filter(([name]) => !LEFT_TO_CURL.has(name.toLowerCase()))
    .map(([name, value]) => `-H ${shellQuote(value === '' ? `${name};` : `${name}: ${value}`)}`);
  if (headers.some(([name]) => name.toLowerCase() === 'accept-encoding')) lines.push('--compressed');
  if (body !== undefined) lines.push(`--data-raw ${shellQuote(body)}`);
  return [parts.join(' '), ...lines].join(' \\\n  ');
}
