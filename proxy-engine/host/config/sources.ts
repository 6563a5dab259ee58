/** Which part of a config stands in which of its sources: the document, files and shared rule sets that it includes. */
import type { EngineState } from '../../contract/state.ts';
import { CommandFailure } from '../command-failure.ts';
import type { ReadConfig } from '../config-file.ts';
import { type Edit, editText } from './edit.ts';
import { ownPath } from './load.ts';

/** New texts of the files that the edits touch. Paths are those of the whole config; an included part is changed in its own file. */
export function editSources(read: ReadConfig, edits: readonly Edit[]): Map<string, string> {
  const texts = new Map<string, string>();
  for (const edit of edits) {
    const { source, path } = ownPath(edit.path, read.sources);
    const file = source.file ?? '';
    try {
      texts.set(file, editText(texts.get(file) ?? source.text, [{ path, value: edit.value }]));
    } catch (error) {
      throw new CommandFailure('BAD_INPUT', (error as Error).message, { path: 'edits', cause: error });
    }
  }
  return texts;
}

/** The rules, in the order of the config, with where they come from. */
export function withSources(rules: EngineState['rules'], { sources }: ReadConfig): EngineState['rules'] {
  return rules.map((rule, index) => {
    const { source } = ownPath(['rules', index], sources);
    return source === sources[0] || source.file === undefined ? rule : { ...rule, source: source.file };
  });
}
