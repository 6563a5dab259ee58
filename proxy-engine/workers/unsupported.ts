/** What one engine of several threads does not do. It is refused: half of it would be something else without saying so. */
import type { Config } from '../contract/config.ts';
import type { ConfigIssue } from '../contract/config-issue.ts';

/** Everything in `config` that cannot be done by so many threads; of one, nothing. */
export function unsupportedIn(config: Config, workers: number): ConfigIssue[] {
  if (workers === 1) return [];
  return [...rulesIn(config), ...poolsIn(config, workers)];
}

function rulesIn({ rules }: Config): ConfigIssue[] {
  return rules.flatMap((rule, i) => {
    const issues: ConfigIssue[] = [];
    for (const phase of ['request', 'response'] as const)
      for (const [n, action] of rule[phase].entries())
        if ('breakpoint' in action)
          issues.push({ path: `rules[${i}].${phase}[${n}]`, message: notSupported('breakpoints') });
    return issues;
  });
}

function poolsIn({ pools }: Config, workers: number): ConfigIssue[] {
  return Object.entries(pools).flatMap(([name, { connections }]) => {
    if (connections.perBackend >= workers) return [];
    const message = notSupported(
      `fewer connections than workers: ${connections.perBackend} cannot be shared by ${workers}`,
    );
    return [{ path: `pools.${name}.connections.perBackend`, message }];
  });
}

/** In words that say how to have it all the same. */
export function notSupported(what: string): string {
  return `not supported with --workers: ${what}; run it with one worker`;
}
