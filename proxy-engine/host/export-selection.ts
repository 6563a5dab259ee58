/** What `config.export` is asked to take has to be there: of a name that is misspelled there would be nothing, and no word. */
import type { Config } from '../contract/config.ts';
import type { ExportSelection } from '../contract/transfer.ts';
import { notThere } from './command-failure.ts';

export function checkSelection({ routes, rules, pools }: Config, select: ExportSelection = {}): void {
  const there = {
    route: [select.routes, routes],
    rule: [select.rules, rules],
    pool: [select.pools, Object.keys(pools).map((name) => ({ name }))],
  } as const;
  for (const kind of ['route', 'rule', 'pool'] as const) {
    const [names = [], known] = there[kind];
    const unknown = names.find((name) => !known.some((each) => each.name === name));
    if (unknown !== undefined) notThere(kind, unknown, known);
  }
}
