/** What locations say of time-outs and retries, which belong to the pool here. */
import type { DraftPool } from '../draft.ts';
import { written } from './ledger.ts';
import type { Site } from './site.ts';
import { type Directive, durationOf, last } from './syntax.ts';

type RetryOn = NonNullable<NonNullable<DraftPool['retry']>['on']>;

const RETRY_WORDS: Readonly<Record<string, RetryOn>> = {
  error: ['connect', 'reset'],
  timeout: ['timeout'],
  http_500: [500],
  http_502: [502],
  http_503: [503],
  http_504: [504],
  http_429: [429],
};

const POOL_WIDE = [
  'proxy_connect_timeout',
  'proxy_read_timeout',
  'proxy_send_timeout',
  'proxy_next_upstream',
  'proxy_next_upstream_tries',
];

/** What the locations before said of a pool. */
const said = new WeakMap<DraftPool, string>();

/** Where locations differ, the last one decides, and that is told. */
export function applyToPool(pool: DraftPool | undefined, { directives, draft, ledger, at }: Site): void {
  if (!pool) return;
  const own = POOL_WIDE.flatMap((each) => last(directives, each) ?? []);
  ledger.settle(...own);
  noteUnknownRetries(own, ledger);
  const [send, read] = [last(directives, 'proxy_send_timeout'), last(directives, 'proxy_read_timeout')];
  if (send && send.words[0] !== read?.words[0]) ledger.approximate(send, 'one idle time-out holds for both directions');
  const words = own.map(written).join('; ');
  const before = said.get(pool) ?? words;
  said.set(pool, own.length > 0 ? words : before);
  if (before !== words)
    draft.approximate(
      at,
      words || before,
      'time-outs and retries belong to the pool here: they hold for all its routes',
    );
  Object.assign(pool, timeoutsOf(directives), retryOf(directives));
}

function noteUnknownRetries(own: readonly Directive[], ledger: Site['ledger']): void {
  const directive = last(own, 'proxy_next_upstream');
  const known = ['off', 'non_idempotent', ...Object.keys(RETRY_WORDS)];
  const unknown = directive?.words.filter((word) => !known.includes(word)) ?? [];
  if (directive && unknown.length > 0)
    ledger.approximate(directive, `${unknown.join(', ')} is no reason to try again here`);
}

function timeoutsOf(directives: readonly Directive[]): Pick<DraftPool, 'timeouts'> {
  const connect = durationOf(last(directives, 'proxy_connect_timeout')?.words[0]);
  const read = durationOf(last(directives, 'proxy_read_timeout')?.words[0]);
  if (connect === undefined && read === undefined) return {};
  return { timeouts: { ...(connect && { connect }), ...(read && { head: read, idle: read }) } };
}

function retryOf(directives: readonly Directive[]): Pick<DraftPool, 'retry'> {
  const words = last(directives, 'proxy_next_upstream')?.words;
  const tries = Number(last(directives, 'proxy_next_upstream_tries')?.words[0] ?? 0);
  if (!words && tries === 0) return {};
  const on = words?.includes('off') ? [] : [...new Set((words ?? []).flatMap((word) => RETRY_WORDS[word] ?? []))];
  const wishes = words === undefined ? {} : { on, nonIdempotent: words.includes('non_idempotent') };
  return { retry: { ...(tries > 0 ? { attempts: Math.min(16, tries) } : {}), ...wishes } };
}
