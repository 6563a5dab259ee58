/** A backend that a rule names, as a pool of that one: other programs choose among pools. */
import type { Config, PoolConfig, RuleConfig } from '../contract/config.ts';
import { originsOf } from './backend-facts.ts';
import type { Notes } from './notes.ts';

/** Adds such pools, called `POOL/NAME`, which `acting` rules choose instead; a pool of a config has no slash in its name. */
export function withLonePools(
  config: Config,
  acting: ReadonlySet<RuleConfig>,
  notes: Notes,
  pathOf: (rule: number) => string,
): Config {
  const pools = { ...config.pools };
  const rules = config.rules.map((rule, i) => {
    if (!acting.has(rule)) return rule;
    const request = rule.request.map((action, j) => {
      const lone = 'backend' in action ? loneOf(config, action.backend) : undefined;
      if (!lone || !('backend' in action)) return action;
      notes.approximate(`${pathOf(i)}.request[${j}]`, `backend ${action.backend}`, HOW);
      pools[action.backend] = lone;
      return { pool: action.backend };
    });
    return { ...rule, request };
  });
  return { ...config, rules, pools };
}

const HOW =
  'a pool of its own, which $pool names, too: without check, ejection and cookie, and its connections count apart';

/** It takes part whatever its weight and health; in `drain`, it does not. Nobody knows here what discovery finds. */
function loneOf({ pools }: Config, text: string): PoolConfig | undefined {
  const pool = pools[poolOf(text)];
  if (!pool?.backends || pool.discover) return undefined;
  const at = originsOf(pool).findIndex(({ name }) => text === `${poolOf(text)}/${name}`);
  const backend = pool.backends[at];
  if (!backend) return undefined;
  return {
    ...pool,
    backends: [{ ...backend, weight: 1, backup: false }],
    policy: 'round_robin',
    healthCheck: undefined,
    ejection: false,
    slowStart: undefined,
    panicThreshold: 0,
    sticky: undefined,
  };
}

/** The pool from which it is one backend, else it itself. */
export function poolOf(name: string): string {
  return name.split('/')[0] ?? name;
}
