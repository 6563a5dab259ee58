/**
 * What a rule set from a shared database may not have. Whoever writes the key would read files of this machine, run programs on it,
 * log in elsewhere with its certificates, or have its environment sent to a host of theirs.
 */
import type { ConfigIssue } from '../../contract/config-issue.ts';
import { variablesOf } from '../../contract/environment-reference.ts';
import type { Path } from './path.ts';
import { type ConfigSource, issueAt } from './source.ts';

/** Keys of actions and routes behind which a file of this machine stands. */
const LOCAL: ReadonlySet<string> = new Set(['mapLocal', 'script', 'bodyFile']);

/** The same of keys that mean something else in other places, by what they stand under. */
const LOCAL_UNDER: Readonly<Record<string, ReadonlySet<string>>> = {
  body: new Set(['file']),
  discover: new Set(['file']),
  tls: new Set(['ca', 'cert', 'key']),
};

/** Keys whose contents are the user's: names of headers and parameters, values. */
const FREE: ReadonlySet<string> = new Set(['headers', 'set', 'append', 'jsonPatch']);

const NO_FILES =
  'a shared rule set may not name files of this machine; put it into the document, or into a file that it includes';
const NO_VARIABLES =
  'a shared rule set may not take environment variables of this machine; put it into the document, or into a file that it includes';

/** One issue for each such thing in the document, which need not be valid. */
export function localThings(source: ConfigSource): ConfigIssue[] {
  return [
    ...Array.from(filesIn(source.value, []), (path) => issueAt(source, path, NO_FILES, 'key')),
    ...Array.from(variablesIn(source.value, []), (path) => issueAt(source, path, NO_VARIABLES)),
  ];
}

function* filesIn(value: unknown, at: Path): Generator<Path> {
  for (const [step, below] of stepsOf(value)) {
    const path = [...at, step];
    // A pool or a group may be called so.
    const isName = at.length === 1 && (at[0] === 'pools' || at[0] === 'groups');
    const key = String(step);
    const isFile = LOCAL.has(key) || LOCAL_UNDER[String(at.at(-1))]?.has(key) === true;
    if (!isName && isFile) yield path;
    else if (isName || !FREE.has(key)) yield* filesIn(below, path);
  }
}

function* variablesIn(value: unknown, at: Path): Generator<Path> {
  if (typeof value === 'string' && variablesOf(value).length > 0) yield at;
  for (const [step, below] of stepsOf(value)) yield* variablesIn(below, [...at, step]);
}

function stepsOf(value: unknown): [string | number, unknown][] {
  if (Array.isArray(value)) return [...value.entries()];
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}
