/** `${NAME}` and `${NAME:-default}` in the strings of a document. */
import type { ConfigIssue } from '../../contract/config-issue.ts';
import type { Path } from './path.ts';
import { type ConfigSource, issueAt } from './source.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** As in a shell, `:-` also stands in for an empty variable. `$${NAME}` is left alone: `$$` is a dollar. */
const REFERENCE = /\$?\$\{([A-Za-z_][A-Za-z0-9_]*)(:-([^}]*))?\}/g;

/** The value of `source` with every reference replaced; a variable that is not set and has no default is an issue. */
export function substituteEnvironment(source: ConfigSource, environment: Environment, issues: ConfigIssue[]): unknown {
  function walk(value: unknown, path: Path): unknown {
    if (typeof value === 'string') return replace(value, path);
    if (Array.isArray(value)) return value.map((item, index) => walk(item, [...path, index]));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item, [...path, key])]));
  }

  function replace(text: string, path: Path): string {
    return text.replace(REFERENCE, (whole: string, name: string, hasDefault?: string, fallback = '') => {
      if (whole.startsWith('$$')) return whole;
      const value = environment[name];
      if (value !== undefined && (value !== '' || hasDefault === undefined)) return value;
      if (hasDefault !== undefined) return fallback;
      const message = `environment variable ${name} is not set; set it, or give a default: \${${name}:-…}`;
      issues.push(issueAt(source, path, message));
      return whole;
    });
  }

  return walk(source.value, []);
}
