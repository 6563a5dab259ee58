/** `${NAME}` and `${NAME:-default}` in the strings of a document. */
import type { ConfigIssue } from '../../contract/config-issue.ts';
import {
  type Environment,
  hideValues,
  type Reference,
  replaceReferences,
  variablesOf,
} from '../../contract/environment-reference.ts';
import { type Path, parsePath, valueAt } from './path.ts';
import { type ConfigSource, issueAt } from './source.ts';

export type { Environment };

/** What takes nothing from the environment. */
const plain = new WeakSet<object>();

/**
 * The value of `source` with every reference replaced; what has none stays the same object. A variable that is not set and has no
 * default is an issue.
 */
export function substituteEnvironment(source: ConfigSource, environment: Environment, issues: ConfigIssue[]): unknown {
  let references = 0;

  function walk(value: unknown, path: Path): unknown {
    if (typeof value === 'string') return replaceReferences(value, (reference) => valueOf(reference, path));
    if (typeof value !== 'object' || value === null || plain.has(value)) return value;
    const before = references;
    const replaced = Array.isArray(value)
      ? value.map((item, index) => walk(item, [...path, index]))
      : Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item, [...path, key])]));
    if (references > before) return replaced;
    plain.add(value);
    return value;
  }

  function valueOf({ name, fallback }: Reference, path: Path): string | null {
    references++;
    const value = environment[name];
    if (value !== undefined && (value !== '' || fallback === undefined)) return value;
    if (fallback !== undefined) return fallback;
    const message = `environment variable ${name} is not set; set it, or give a default: \${${name}:-…}`;
    issues.push(issueAt(source, path, message));
    return null;
  }

  return walk(source.value, []);
}

/** Messages go to logs: where they repeat the value of a variable, it becomes `${NAME}` again. */
export function withoutValues(
  issues: readonly ConfigIssue[],
  sources: readonly ConfigSource[],
  environment: Environment,
): ConfigIssue[] {
  return issues.map((issue) => {
    const source = sources.find(({ file }) => file === issue.file);
    const names = variablesOf(valueAt(source?.value, parsePath(issue.path)));
    return { ...issue, message: hideValues(issue.message, names, environment) };
  });
}
