/** What is tried again, and where. */
import { isDefaultRetry, originsOf } from '../backend-facts.ts';
import { duration } from '../duration.ts';
import { isAtLeast, type Plan, type PlannedPool } from '../plan.ts';
import { block } from './text.ts';

/**
 * Caddy before 2.11.2: a connection that fails uses up the body of its request. A further try would fail, too, and count against the sound
 * backend that got it.
 */
export function tryingBlocks(plan: Plan, pool: PlannedPool, lines: readonly string[]): string[] {
  const again = block('reverse_proxy', [...lines, ...retryLines(plan, pool)]);
  const isAlone = originsOf(pool.config).length === 1 && !pool.config.discover;
  if (!triesAgain(pool.config) || keepsBodies(plan) || isAlone) return again;
  const once = block('reverse_proxy', [...lines, NO_RETRIES]);
  return [
    ...block(`@bodied_${pool.id}`, ['method POST PUT PATCH', 'not header Content-Length 0']),
    ...block(`handle @bodied_${pool.id}`, once),
    ...block('handle', again),
  ];
}

const NO_RETRIES = 'lb_retries 0';

function keepsBodies({ version }: Plan): boolean {
  return isAtLeast(version, '2.11.2');
}

function retryLines({ notes, version }: Plan, { config, path }: PlannedPool): string[] {
  const { retry } = config;
  notes.lack(`${path}.retry`, `retry budget and replay bound`, 'Caddy has none', isDefaultRetry(config));
  if (!triesAgain(config)) return [NO_RETRIES];
  const statuses = retry.on.filter((on) => typeof on === 'number');
  if (statuses.length > 0 && !isAtLeast(version, '2.11.3'))
    notes.refuse(`${path}.retry.on`, `retry on ${statuses.join(', ')}`, 'Caddy retries by the response from 2.11.3 on');
  else if (statuses.length > 0)
    notes.refuse(
      `${path}.retry.on`,
      `retry on ${statuses.join(', ')}`,
      'add an lb_retry_match with a CEL expression by hand',
    );
  notes.approximate(
    `${path}.retry`,
    `${retry.attempts} attempts on ${retry.on.join(', ')}`,
    'what could not connect is tried again, POST, PUT and PATCH with a body from Caddy 2.11.2 on; after other failures GET only; maybe on the same backend',
  );
  const lines = [`lb_retries ${retry.attempts - 1}`, `lb_try_interval ${duration(retry.backoff.base)}`];
  return retry.nonIdempotent
    ? [...lines, ...block('lb_retry_match', ['method GET HEAD PUT DELETE OPTIONS POST PATCH'])]
    : lines;
}

function triesAgain({ retry }: PlannedPool['config']): boolean {
  return retry.attempts > 1 && retry.on.length > 0;
}

/** Whether a request that is tried again would come to the backend that has just failed it. */
export function picksAgain(config: PlannedPool['config']): boolean {
  const { policy, sticky } = config;
  return triesAgain(config) && (sticky !== undefined || !['round_robin', 'random'].includes(policy));
}
