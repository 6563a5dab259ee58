/** A config for people and programs to look at: what it takes from the environment stands in it as `${NAME}`. */
import { type Environment, hideValues, variablesOf } from '../../contract/environment-reference.ts';
import type { EngineState } from '../../contract/state.ts';
import type { ReadConfig } from '../config-file.ts';
import { type LoadedConfig, ownPath } from './load.ts';
import { type Path, valueAt } from './path.ts';
import type { ConfigSource } from './source.ts';

/** Texts only: a number that a variable gave is the number. Whoever applies it again writes no value into a file. */
export function asWritten({ config, sources }: LoadedConfig): LoadedConfig['config'] {
  function walk(value: unknown, path: Path): unknown {
    if (typeof value === 'string') return written(path) ?? value;
    if (Array.isArray(value)) return value.map((item, index) => walk(item, [...path, index]));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item, [...path, key])]));
  }

  function written(path: Path): string | null {
    const { source, path: own } = ownPath(path, sources);
    const text = valueAt(source.value, own);
    return typeof text === 'string' && variablesOf(text).length > 0 ? text : null;
  }

  return walk(config, []) as LoadedConfig['config'];
}

/** What exports are cut from, and what they may not tell. */
export function writtenAs({ sources }: Pick<LoadedConfig, 'sources'>): {
  documents: string[];
  environment: Environment;
} {
  return { documents: sources.map(({ text }) => text), environment: process.env };
}

type Told = Pick<EngineState, 'routes' | 'rules' | 'pools'>;

/** Conditions, destinations and checks of the state with `${NAME}` for values from the environment; null: the config takes none. */
export function toldAsWritten(read: ReadConfig, { routes, rules, pools }: Told): Told | null {
  const names = variablesIn(read);
  if (names.length === 0) return null;
  const hide = (text: string) => hideValues(text, names, process.env);
  const withMatch = <T extends { match?: string }>(entry: T) => ({
    ...entry,
    ...(entry.match !== undefined && { match: hide(entry.match) }),
  });
  return {
    routes: routes.map((route) => ({ ...withMatch(route), to: hide(route.to) })),
    rules: rules.map(withMatch),
    pools: pools.map((pool) => ({ ...pool, ...(pool.check !== undefined && { check: hide(pool.check) }) })),
  };
}

/** The state is asked for many times a second. */
const known = new WeakMap<readonly ConfigSource[], string[]>();

function variablesIn({ sources }: ReadConfig): string[] {
  const names = known.get(sources) ?? variablesOf(sources.map(({ value }) => value));
  known.set(sources, names);
  return names;
}
