/** What one engine of several threads does not do. It is refused: half of it would be something else without saying so. */
import type { Config } from '../contract/config.ts';
import type { ConfigIssue } from '../contract/config-issue.ts';

/** Everything in `config` that cannot be done by so many threads; of one, nothing. */
export function unsupportedIn({ pools }: Config, workers: number): ConfigIssue[] {
  return Object.entries(pools).flatMap(([name, { connections }]) => {
    if (connections.perBackend >= workers) return [];
    const what = `fewer connections than workers: ${connections.perBackend} cannot be shared by ${workers}`;
    const message = `not supported with --workers: ${what}; run it with fewer workers`;
    return [{ path: `pools.${name}.connections.perBackend`, message }];
  });
}
