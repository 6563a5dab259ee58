/** Environment variables whose values an export to another program has in it. */
import { parse } from 'yaml';
import { type Environment, textsIn, variablesOf } from '../contract/environment-reference.ts';
import type { Notes } from './notes.ts';
import type { Selected } from './select.ts';

type Part = Readonly<Record<string, unknown>> | null;

/** Tells of each by the place where the config takes it; where one is not set, a default stands in. */
export function noteEnvironment(
  documents: readonly string[],
  selected: Selected,
  environment: Environment,
  notes: Notes,
): void {
  const parts = documents.map((text): Part => parse(text, { merge: true }));
  for (const { value, path } of chosen(parts, selected))
    for (const { text, path: at } of textsIn(value, path))
      for (const name of variablesOf(text).filter((each) => (environment[each] ?? '') !== ''))
        notes.approximate(
          at,
          `holds the value of ${name}`,
          'the file has what the variable is now, and is as secret as it; Switchyard reads it from the environment',
        );
}

/** As it is written, by its place in the config. A rule that is switched off is in no file. */
function* chosen(parts: readonly Part[], { config, indexes }: Selected): Generator<{ value: unknown; path: string }> {
  for (const kind of ['routes', 'rules'] as const) {
    const written = parts.flatMap((part) => (part?.[kind] ?? []) as unknown[]);
    for (const [i, index] of indexes[kind].entries())
      if (kind === 'routes' || config.rules[i]?.enabled) yield { value: written[index], path: `${kind}[${index}]` };
  }
  for (const kind of ['listeners', 'pools'] as const)
    for (const name of Object.keys(config[kind])) {
      const value = parts.map((part) => (part?.[kind] as Part | undefined)?.[name]).find((each) => each !== undefined);
      yield { value, path: `${kind}.${name}` };
    }
}
