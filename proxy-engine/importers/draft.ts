/** What an importer makes of another program's file: parts of a config, and for each thing of the file what became of it. */
import type { ConfigDocument } from '../contract/config.ts';
import type { ImportItem } from '../contract/transfer.ts';

type Listed<K extends 'routes' | 'rules'> = NonNullable<ConfigDocument[K]>[number];
type Named<K extends 'listeners' | 'pools'> = NonNullable<ConfigDocument[K]>[string];

export type DraftRule = Omit<Listed<'rules'>, 'name'>;
export type DraftRoute = Omit<Listed<'routes'>, 'name'>;
export type DraftPool = Named<'pools'>;
export type DraftListener = Named<'listeners'>;
export type DraftAction = NonNullable<DraftRule['request']>[number];
export type DraftResponseAction = NonNullable<DraftRule['response']>[number];

/** Names that are not free any more, by kind. */
export type TakenNames = Record<'listeners' | 'routes' | 'pools' | 'rules' | 'groups', ReadonlySet<string>>;

/** An entry with the item that tells of it. */
interface Entry<T> {
  value: T;
  item: ImportItem;
}

/** Thrown when a file is not what it is said to be at all; the message says where and what was expected. */
export class UnreadableImport extends Error {}

export class Draft {
  readonly items: ImportItem[] = [];
  readonly listeners = new Map<string, Entry<DraftListener>>();
  readonly pools = new Map<string, Entry<DraftPool>>();
  readonly routes: Entry<Listed<'routes'>>[] = [];
  readonly rules: Entry<Listed<'rules'>>[] = [];
  readonly #taken: Record<keyof TakenNames, Set<string>>;
  /** Names that were asked for, without groups. */
  named = 0;
  /** Of these, those that the config has already. */
  repeated = 0;
  readonly #there: TakenNames;
  /** By what they begin with: the number that is tried next. */
  readonly #numbers = new Map<string, number>();
  /** By the names that the file has for them. */
  readonly #groups = new Map<string, string>();

  constructor(taken: TakenNames) {
    this.#there = taken;
    this.#taken = {
      listeners: new Set(taken.listeners),
      routes: new Set(taken.routes),
      pools: new Set(taken.pools),
      rules: new Set(taken.rules),
      groups: new Set(taken.groups),
    };
  }

  /**
   * `at`: where in the file, as its program's users know it, such as `line 12`. Its group is one of this file: in one of the same
   * name that is there already, perhaps only one rule may be on.
   */
  addRule(at: string, wanted: string, { group, ...rule }: DraftRule, why?: string): string {
    const name = this.#freeName('rules', wanted);
    const value = { name, ...(group === undefined ? {} : { group: this.#groupOf(group) }), ...rule };
    this.rules.push({ value, item: this.#made(at, `rule ${name}`, why) });
    return name;
  }

  /** Before those that are there. */
  addFirstRule(at: string, wanted: string, rule: DraftRule): void {
    this.addRule(at, wanted, rule);
    this.rules.unshift(...this.rules.splice(-1));
  }

  addRoute(at: string, wanted: string, route: DraftRoute, why?: string): string {
    const name = this.#freeName('routes', wanted);
    this.routes.push({ value: { name, ...route }, item: this.#made(at, `route ${name}`, why) });
    return name;
  }

  addPool(at: string, wanted: string, pool: DraftPool, why?: string): string {
    const name = this.#freeName('pools', wanted);
    this.pools.set(name, { value: pool, item: this.#made(at, `pool ${name}`, why) });
    return name;
  }

  addListener(at: string, wanted: string, listener: DraftListener, why?: string): string {
    const name = this.#freeName('listeners', wanted);
    this.listeners.set(name, { value: listener, item: this.#made(at, `listener ${name}`, why) });
    return name;
  }

  map(at: string, what: string): void {
    this.items.push({ at, what, outcome: 'mapped' });
  }

  approximate(at: string, what: string, why: string): void {
    this.items.push({ at, what, outcome: 'approximated', why });
  }

  refuse(at: string, what: string, why: string): void {
    this.items.push({ at, what, outcome: 'unmapped', why });
  }

  #made(at: string, what: string, why: string | undefined): ImportItem {
    const item: ImportItem =
      why === undefined ? { at, what, outcome: 'mapped' } : { at, what, outcome: 'approximated', why };
    this.items.push(item);
    return item;
  }

  #groupOf(wanted: string): string {
    const name = this.#groups.get(wanted) ?? this.#freeName('groups', wanted);
    this.#groups.set(wanted, name);
    return name;
  }

  /** What the name may not have becomes a space; a number follows when it is taken. */
  #freeName(kind: keyof TakenNames, wanted: string): string {
    const base =
      wanted
        .replaceAll(/(?:[\s/"',()[\]]|\$(?=\{))+/g, ' ')
        .trim()
        .slice(0, 100)
        .trim() || 'imported';
    if (kind !== 'groups') {
      this.named += 1;
      if (this.#there[kind].has(base)) this.repeated += 1;
    }
    const name = this.#numbered(kind, base);
    this.#taken[kind].add(name);
    return name;
  }

  #numbered(kind: keyof TakenNames, base: string): string {
    if (!this.#taken[kind].has(base)) return base;
    const key = `${kind} ${base}`;
    let number = this.#numbers.get(key) ?? 2;
    while (this.#taken[kind].has(`${base} ${number}`)) number += 1;
    this.#numbers.set(key, number + 1);
    return `${base} ${number}`;
  }
}

/** Why a removal of Host is left out. */
export const NO_HOST = 'a request has one Host, which can be set, not removed';
