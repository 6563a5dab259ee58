/** What a rule set from a shared database may not have: whoever writes the key would read files of this machine, or run programs on it. */
import type { ConfigIssue } from '../../contract/config-issue.ts';
import type { Path } from './path.ts';
import { type ConfigSource, issueAt } from './source.ts';

/** Keys of actions, routes and pools behind which a file of this machine stands. */
const LOCAL: ReadonlySet<string> = new Set(['mapLocal', 'script', 'bodyFile']);

/** Keys whose contents are the user's: names of headers and parameters, values. */
const FREE: ReadonlySet<string> = new Set(['headers', 'set', 'append', 'jsonPatch']);

/** One issue for each such thing in `value`, which need not be valid. */
export function localThings(source: ConfigSource, value: unknown): ConfigIssue[] {
  return [...find(value, [])].map((path) =>
    issueAt(
      source,
      path,
      'a shared rule set may not name files of this machine; put it into the document, or into a file that it includes',
      'key',
    ),
  );
}

function* find(value: unknown, at: Path): Generator<Path> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, below] of Object.entries(value)) {
    const path = [...at, Array.isArray(value) ? Number(key) : key];
    // A pool or a group may be called so.
    const isName = at.length === 1 && (at[0] === 'pools' || at[0] === 'groups');
    const isFile = key === 'file' && (at.at(-1) === 'body' || at.at(-1) === 'discover');
    if (!isName && (isFile || LOCAL.has(key))) yield path;
    else if (isName || !FREE.has(key)) yield* find(below, path);
  }
}
