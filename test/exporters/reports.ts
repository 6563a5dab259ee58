/** Where the entries of an export's report stand, by what became of them. */
import { configSchema } from '../../proxy-engine/contract/config.ts';
import type { ExportTarget } from '../../proxy-engine/contract/transfer.ts';
import { exportConfig } from '../../proxy-engine/exporters/export.ts';

export interface Places {
  mapped?: string[];
  approximated?: string[];
  unmapped?: string[];
}

interface Parts {
  listener?: object;
  route?: object;
  pool?: object;
  rule?: object;
}

/** A listener, a route that holds for /v1/, a pool of two backends and one rule, with what is given. */
export function smallConfig({ listener, route, pool, rule }: Parts) {
  return configSchema.parse({
    version: 1,
    listeners: { gateway: { address: '127.0.0.1:8080', ...listener } },
    routes: [{ name: 'api', match: 'path ^= /v1/', pool: 'api', ...route }],
    pools: {
      api: {
        backends: [
          { name: 'a', url: 'http://127.0.0.1:1' },
          { name: 'b', url: 'http://127.0.0.1:2', weight: 3 },
        ],
        ...pool,
      },
    },
    rules: rule ? [{ name: 'r', ...rule }] : [],
  });
}

/** The text of the export, and for each of `places` the ones that are in the right list. */
export function exported(target: ExportTarget, parts: Parts, targetVersion?: string) {
  const result = exportConfig(smallConfig(parts), target, targetVersion === undefined ? {} : { targetVersion });
  const pathsIn = (list: readonly { path: string }[]) => list.map(({ path }) => path);
  const found = {
    mapped: pathsIn(result.mapped),
    approximated: pathsIn(result.approximated),
    unmapped: pathsIn(result.unmapped),
  };
  return { text: result.text, found };
}

/** What a report has to contain for `places`. */
export function containing(
  { mapped = [], approximated = [], unmapped = [] }: Places,
  contains: (paths: string[]) => unknown,
) {
  return { mapped: contains(mapped), approximated: contains(approximated), unmapped: contains(unmapped) };
}
