/** The list of the rules page, line by line: routes and rules as they act, with the heads of groups and of included documents. */
import type { EngineState } from '../../proxy-engine/contract/state.ts';
import type { DocumentEntries, Entry, EntryList } from './document.ts';

type RouteState = EngineState['routes'][number];
type RuleState = EngineState['rules'][number];

export type ListItem =
  | { kind: 'heading'; list: EntryList; count: number }
  /** Above the entries of an included document. */
  | { kind: 'source'; list: EntryList; source: string; count: number }
  /** Above neighbouring rules of one group; `continued`: others stand between them and the rest of it. */
  | { kind: 'group'; id: string; group: string; continued: boolean; folded: boolean }
  /** `entry` is absent while the documents are not loaded yet. */
  | { kind: 'route'; state: RouteState; number: number; entry: Entry | undefined }
  | { kind: 'rule'; state: RuleState; entry: Entry | undefined };

/** Pixels. */
export const ITEM_HEIGHTS: Readonly<Record<ListItem['kind'], number>> = {
  heading: 58,
  source: 30,
  group: 30,
  route: 44,
  rule: 44,
};

/** `folded`: ids of groups whose members are not shown. */
export function listItems(
  { routes, rules }: Pick<EngineState, 'routes' | 'rules'>,
  entries: DocumentEntries,
  folded: ReadonlySet<string>,
): ListItem[] {
  return [
    { kind: 'heading', list: 'routes', count: routes.length },
    ...routeItems(routes, byName(entries.routes)),
    { kind: 'heading', list: 'rules', count: rules.length },
    ...ruleItems(rules, byName(entries.rules), folded),
  ];
}

function byName(entries: readonly Entry[]): ReadonlyMap<string, Entry> {
  return new Map(entries.map((entry) => [entry.name, entry]));
}

function routeItems(routes: readonly RouteState[], entries: ReadonlyMap<string, Entry>): ListItem[] {
  const head = sourceHeads('routes');
  return routes.flatMap((state, index) => {
    const entry = entries.get(state.name);
    return [...head(entry), { kind: 'route', state, number: index + 1, entry } as const];
  });
}

function ruleItems(
  rules: readonly RuleState[],
  entries: ReadonlyMap<string, Entry>,
  folded: ReadonlySet<string>,
): ListItem[] {
  const head = sourceHeads('rules');
  const seen = new Set<string>();
  let open: string | undefined;
  return rules.flatMap((state) => {
    const entry = entries.get(state.name);
    const items: ListItem[] = head(entry);
    if (items.length > 0) open = undefined;
    const { group } = state;
    const id = `${entry?.source ?? ''}\n${group}`;
    if (group !== undefined && group !== open)
      items.push({ kind: 'group', id, group, continued: seen.has(group), folded: folded.has(id) });
    open = group;
    if (group !== undefined) seen.add(group);
    if (group === undefined || !folded.has(id)) items.push({ kind: 'rule', state, entry });
    return items;
  });
}

/** The head of an included document above the first of its entries. */
function sourceHeads(list: EntryList): (entry: Entry | undefined) => ListItem[] {
  let current: string | undefined;
  return (entry) => {
    if (!entry || entry.source === current) return [];
    current = entry.source;
    return entry.included ? [{ kind: 'source', list, source: entry.source, count: entry.count }] : [];
  };
}

/** What tells an item from the others, whatever its place. */
export function itemKey(item: ListItem, index: number): string {
  switch (item.kind) {
    case 'heading':
      return `heading ${item.list}`;
    case 'source':
      return `source ${item.list} ${item.source}`;
    case 'group':
      return item.continued ? `group ${item.id} ${index}` : `group ${item.id}`;
    default:
      return `${item.kind} ${item.state.name}`;
  }
}
