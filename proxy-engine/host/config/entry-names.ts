/** The names of a document's routes and rules as the config knows them: with their variables filled in. */
import type { ConfigPart, EntryList } from '../../contract/config-edit.ts';
import { substituteEnvironment } from './environment.ts';
import { listOf } from './looking-in.ts';
import type { ConfigSource } from './source.ts';

/** undefined for an entry that has none. */
export function entryNames(source: ConfigSource, list: EntryList): unknown[] {
  const names = namesOf(source.value, list);
  return names.some(hasVariable) ? namesOf(substituteEnvironment(source, process.env, []), list) : names;
}

/** A document as the window is told it. */
export function partOf(source: ConfigSource): ConfigPart {
  const { file: name = '', text, value } = source;
  const filled = { routes: filledNames(source, 'routes'), rules: filledNames(source, 'rules') };
  const isPlain = Object.values(filled).every((names) => Object.keys(names).length === 0);
  return { name, text, value, ...(!isPlain && { filled }) };
}

/** What is written, and what it stands for. */
function filledNames(source: ConfigSource, list: EntryList): Record<string, string> {
  const names = entryNames(source, list);
  const written = namesOf(source.value, list);
  return Object.fromEntries(written.flatMap((text, index) => (text === names[index] ? [] : [[text, names[index]]])));
}

function namesOf(value: unknown, list: EntryList): unknown[] {
  return listOf(value, list).map((entry) => (entry as { name?: unknown } | null)?.name);
}

function hasVariable(name: unknown): boolean {
  return typeof name === 'string' && name.includes('${');
}
