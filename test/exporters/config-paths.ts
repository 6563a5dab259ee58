/** Every place of the config at which somebody can write something, read from its schema. */

/** What the test needs to know of a schema of zod. */
interface Definition {
  type: string;
  shape?: Record<string, Schema>;
  innerType?: Schema;
  element?: Schema;
  valueType?: Schema;
  options?: readonly Schema[];
  in?: Schema;
  entries?: Record<string, string>;
  values?: readonly unknown[];
}

interface Schema {
  def: Definition;
}

/** `pools.*.retry.on[]`, and the values that it can have; null: any text or number. */
export type Places = Map<string, readonly unknown[] | null>;

export function placesOf(schema: unknown): Places {
  const places: Places = new Map();
  visit(schema as Schema, '', places);
  return places;
}

function visit({ def }: Schema, path: string, places: Places): void {
  switch (def.type) {
    case 'object':
      for (const [key, each] of Object.entries(def.shape ?? {}))
        visit(each, path === '' ? key : `${path}.${key}`, places);
      return;
    case 'array':
      return visit(def.element!, `${path}[]`, places);
    case 'record':
      return visit(def.valueType!, `${path}.*`, places);
    case 'union':
      for (const each of def.options ?? []) visit(each, path, places);
      return;
    case 'optional':
    case 'default':
    case 'prefault':
      return visit(def.innerType!, path, places);
    case 'pipe':
      return visit(def.in!, path, places);
    default:
      add(places, path, valuesOf(def));
  }
}

function valuesOf({ type, entries, values }: Definition): readonly unknown[] | null {
  if (type === 'boolean') return [true, false];
  if (type === 'enum') return Object.values(entries ?? {});
  return type === 'literal' ? (values ?? []) : null;
}

function add(places: Places, path: string, values: readonly unknown[] | null): void {
  const known = places.get(path);
  const both = known === undefined ? values : values && known ? [...known, ...values] : (values ?? known);
  places.set(path, both);
}

const NAMES: Record<string, string> = {
  listeners: 'gateway',
  pools: 'api',
  groups: 'G',
  set: 'x-a',
  append: 'x-a',
  headers: 'x-a',
};

/** Writes `value` at `place` of a document: into its first listener, route, pool and rule. `undefined` takes away. */
export function put(document: object, place: string, value: unknown): void {
  const keys = place.replaceAll('[]', '.0').split('.');
  let at = document as Record<string, unknown>;
  keys.forEach((key, i) => {
    const name = key === '*' ? (NAMES[keys[i - 1] ?? ''] ?? 'op') : key;
    if (i === keys.length - 1) {
      if (value === undefined) delete at[name];
      else at[name] = value;
      return;
    }
    const isContainer = typeof at[name] === 'object' && at[name] !== null;
    if (!isContainer) at[name] = keys[i + 1] === '0' ? [] : {};
    at = at[name] as Record<string, unknown>;
  });
}
