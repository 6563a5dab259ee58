/** What can be made of a recorded exchange: an expression that holds for its like, a rule, an answer. */

import type { Exchange, HeaderLines } from '../../proxy-engine/contract/exchange.ts';
import { printValue } from '../../proxy-engine/contract/expression/print.ts';
import { wireText } from '../../proxy-engine/contract/wire-text.ts';
import type { RawRule } from './document.ts';

type Like = Pick<Exchange, 'method' | 'host' | 'path'> & Partial<Pick<Exchange, 'steps'>>;

/**
 * Holds for requests of that method to that host and path, whatever the query: as a rule at the end of the list sees them, when those
 * before it have acted.
 */
export function matchOf(exchange: Like): string {
  const { method, host, path } = asLeft(exchange);
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

/** What rules left of the request; scripts and people, whose steps have whole heads, come later. */
function asLeft({ method, host, path, steps = [] }: Like): Pick<Exchange, 'method' | 'host' | 'path'> {
  const left = steps.findLast(
    ({ phase, rule, changes, after }) =>
      phase === 'request' && rule !== undefined && after !== undefined && changes.every(({ op }) => op !== 'head'),
  )?.after;
  if (!left) return { method, host, path };
  const cut = left.line.indexOf(' ');
  const written = left.headers.find(([name]) => name.toLowerCase() === 'host')?.[1];
  return {
    method: left.line.slice(0, cut),
    host: written === undefined ? host : wireText(written),
    path: wireText(left.line.slice(cut + 1)),
  };
}

/** The path of a target, which is a whole URL on a forward listener. */
function pathOf(target: string): string {
  return target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '').split('?', 1)[0] ?? '';
}

/** Rules act on it as a whole, and do not see what passes through it. */
export function isTunnel({ method }: Pick<Exchange, 'method'>): boolean {
  return method === 'CONNECT';
}

/** Whether a rule can give its answer: none was given, or it was no answer but a switch to another protocol. */
export function canAnswerLike({ response }: Pick<Exchange, 'response'>): boolean {
  return response !== undefined && response.status >= 200;
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
  const [headers, ...further] = keptHeaders(response?.headers ?? []);
  const respond = {
    status: response?.status ?? 200,
    ...(headers && { headers }),
    ...(body !== null && body !== '' && { body: escaped(body) }),
  };
  return {
    match: matchOf(exchange),
    request: [{ respond }],
    ...(further.length > 0 && { response: further.map((append) => ({ append })) }),
  };
}

/** Whether its answer set cookies, which are somebody's: no rule gives them to others. */
export function setsCookies({ response }: Pick<Exchange, 'response'>): boolean {
  return response?.headers.some(([name]) => name.toLowerCase() === 'set-cookie') ?? false;
}

/** The first line of each name, then the second ones, and so on: an answer has one of each, what follows is appended. */
function keptHeaders(lines: HeaderLines): Record<string, string>[] {
  const rounds: Record<string, string>[] = [];
  for (const [written, value] of lines) {
    const name = written.toLowerCase();
    if (NOT_KEPT.has(name) || name.startsWith('x-switchyard')) continue;
    const free = rounds.find((round) => !Object.hasOwn(round, name));
    const round = free ?? {};
    if (!free) rounds.push(round);
    round[name] = escaped(wireText(value));
  }
  return rounds;
}

function escaped(text: string): string {
  return text.replaceAll('$', '$$$$');
}
