/** The part of a config that is exported. */
import type { Config, RouteConfig, RuleConfig } from '../contract/config.ts';
import type { ExportSelection } from '../contract/transfer.ts';
import type { SelectionIndexes } from './plan.ts';

export interface Selected {
  config: Config;
  indexes: SelectionIndexes;
}

/** A kind that `select` does not name is taken whole; pools that taken routes and rules need come along. */
export function selectConfig(config: Config, select: ExportSelection = {}): Selected {
  const routes = pick(config.routes, select.routes);
  const rules = pick(config.rules, select.rules);
  const needed = new Set([
    ...routes.items.flatMap(poolsOfRoute),
    ...rules.items.flatMap(poolsOfRule),
    ...(select.pools ?? []),
  ]);
  const groups = new Set(rules.items.map(({ group }) => group));
  const pools = Object.entries(config.pools).filter(([name]) => select.pools === undefined || needed.has(name));
  return {
    config: {
      ...config,
      routes: routes.items,
      rules: rules.items,
      pools: Object.fromEntries(pools),
      groups: Object.fromEntries(
        Object.entries(config.groups).filter(([name]) => select.rules === undefined || groups.has(name)),
      ),
    },
    indexes: { routes: routes.indexes, rules: rules.indexes },
  };
}

function pick<T extends { name: string }>(all: readonly T[], names: readonly string[] | undefined) {
  const wanted = names && new Set(names);
  const kept = all.map((item, index) => ({ item, index })).filter(({ item }) => !wanted || wanted.has(item.name));
  return { items: kept.map(({ item }) => item), indexes: kept.map(({ index }) => index) };
}

function poolsOfRoute({ pool, split = [], mirror }: RouteConfig): string[] {
  return [pool, mirror?.pool, ...split.map((share) => share.pool)].filter((name) => name !== undefined);
}

function poolsOfRule({ request }: RuleConfig): string[] {
  return request.flatMap((action) => {
    if ('pool' in action) return [action.pool];
    return 'backend' in action ? [action.backend.split('/')[0] ?? ''] : [];
  });
}
