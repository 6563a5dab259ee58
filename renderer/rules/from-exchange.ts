/** What can be made of a recorded exchange: an expression that holds for its like, a rule, an answer. */

import type { Exchange, HeaderLines } from '../../proxy-engine/contract/exchange.ts';
import { printValue } from '../../proxy-engine/contract/expression/print.ts';
import type { RawRule } from './document.ts';

/** Holds for requests of that method to that host and path, whatever the query. */
export function matchOf({ method, host, path }: Pick<Exchange, 'method' | 'host' | 'path'>): string {
  const bare = pathOf(path);
  const hostname = host
    .replace(/:\d+$/, '')
    .replace(/^\[|\]$/g, '')
    .toLowerCase();
  const terms = [`method = ${printValue(method)}`];
  if (hostname !== '') terms.push(`host = ${printValue(hostname)}`);
  if (bare.startsWith('/')) terms.push(`path = ${printValue(bare)}`);
  return terms.join(' and ');
}

/** The path of a target, which is a whole URL on a forward listener. */
function pathOf(target: string): string {
  return target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '').split('?', 1)[0] ?? '';
}

/** A name for the rule: `GET /v1/items`. Characters that a name may not have are left out. */
export function ruleNameOf({ method, path }: Pick<Exchange, 'method' | 'path'>): string {
  const bare = pathOf(path)
    .replaceAll(/[\s/"',()[\]]+/g, ' ')
    .trim();
  return `${method} ${bare}`.trim().slice(0, 60).trim();
}

/** Headers of an answer that tell of one transfer, not of the content. */
const NOT_KEPT = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'date',
  'keep-alive',
  'server',
  'set-cookie',
  'trailer',
  'transfer-encoding',
  'via',
]);

/** A rule that answers as this exchange was answered; `body`: as text, when it is known. Dollars stand for themselves. */
export function mockRule(exchange: Exchange, body: string | null): RawRule {
  const { response } = exchange;
  const headers = keptHeaders(response?.headers ?? []);
  const respond = {
    status: response?.status ?? 200,
    ...(Object.keys(headers).length > 0 && { headers }),
    ...(body !== null && body !== '' && { body: escaped(body) }),
  };
  return { match: matchOf(exchange), request: [{ respond }] };
}

function keptHeaders(lines: HeaderLines): Record<string, string> {
  const kept = lines.filter(
    ([name]) => !NOT_KEPT.has(name.toLowerCase()) && !name.toLowerCase().startsWith('x-switchyard'),
  );
  return Object.fromEntries(kept.map(([name, value]) => [name.toLowerCase(), escaped(value)]));
}

function escaped(text: string): string {
  return text.replaceAll('$', '$$$$');
}
