import type { EngineState } from '../../contract/state.ts';
import type { ReadConfig } from '../config-file.ts';
import { ownPath } from './load.ts';

/** The rules, in the order of the config, with where they come from. */
export function withSources(rules: EngineState['rules'], { sources }: ReadConfig): EngineState['rules'] {
  return rules.map((rule, index) => {
    const { source } = ownPath(['rules', index], sources);
    return source === sources[0] || source.file === undefined ? rule : { ...rule, source: source.file };
  });
}
