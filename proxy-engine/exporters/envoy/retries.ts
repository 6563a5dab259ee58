/** Which exchanges are tried again. */
import { isDefaultRetry } from '../backend-facts.ts';
import type { Plan, PlannedPool } from '../plan.ts';
import { hasLevels } from './clusters.ts';
import { duration, extension, type Message } from './syntax.ts';

const CONDITIONS = { connect: 'connect-failure', reset: 'reset', timeout: 'reset', refused_stream: 'refused-stream' };

const SAFE_METHODS = { safe_regex: { regex: 'GET|HEAD|OPTIONS|TRACE|PUT|DELETE' } };

/** How often the picker looks for a backend that was not tried yet. */
const OTHER_BACKEND = {
  retry_host_predicate: [
    extension(
      'envoy.retry_host_predicates.previous_hosts',
      'envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate',
    ),
  ],
  host_selection_retry_max_attempts: 5,
};

/** What was not healthy enough to answer is left for the backups at once. */
const OTHER_PRIORITY = {
  retry_priority: extension(
    'envoy.retry_priorities.previous_priorities',
    'envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig',
    { update_frequency: 1 },
  ),
};

export function retryPolicy({ notes }: Plan, { config, path }: PlannedPool): Message {
  const { retry } = config;
  if (retry.attempts === 1 || retry.on.length === 0) return {};
  const statuses = retry.on.filter((on) => typeof on === 'number');
  const words = new Set(retry.on.flatMap((on) => (typeof on === 'string' ? [CONDITIONS[on]] : [])));
  if (statuses.length > 0) words.add('retriable-status-codes');
  notes.map(`${path}.retry`, `${retry.attempts} attempts on ${retry.on.join(', ')}`);
  noteDifferences(notes, config, path);
  return {
    retry_policy: {
      retry_on: [...words].join(','),
      num_retries: retry.attempts - 1,
      ...(statuses.length > 0 ? { retriable_status_codes: statuses } : {}),
      ...(retry.nonIdempotent ? {} : { retriable_request_headers: [{ name: ':method', string_match: SAFE_METHODS }] }),
      ...OTHER_BACKEND,
      ...(hasLevels(config) ? OTHER_PRIORITY : {}),
      retry_back_off: backOff(notes, retry.backoff, path),
    },
  };
}

/** Envoy takes no base of nothing, and no bound below it. */
function backOff(
  notes: Plan['notes'],
  { base, max }: PlannedPool['config']['retry']['backoff'],
  path: string,
): Message {
  const least = Math.max(1, base);
  if (least !== base || max < least)
    notes.approximate(`${path}.retry.backoff`, `back-off from ${base} ms to ${max} ms`, `from ${least} ms on`);
  return { base_interval: duration(least), max_interval: duration(Math.max(least, max)) };
}

function noteDifferences(notes: Plan['notes'], { retry, ...config }: PlannedPool['config'], path: string): void {
  if (!retry.nonIdempotent)
    notes.approximate(`${path}.retry`, 'POST and PATCH', 'never tried again, also when nothing of them was sent');
  if (retry.on.includes('timeout'))
    notes.approximate(
      `${path}.retry.on`,
      'retry on timeout',
      'when Envoy resets the attempt; add a per_try_timeout by hand',
    );
  if (!isDefaultRetry({ retry, ...config })) notes.map(`${path}.retry`, 'retry budget, back-off and replay bound');
}
