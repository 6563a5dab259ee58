/** Why a config does not run, for people. */
import { ConfigError } from '../../config-error.ts';
import type { ConfigIssue } from '../../contract/config-issue.ts';
import { formatIssue } from './load.ts';

export function issuesOf(error: unknown): readonly ConfigIssue[] {
  if (error instanceof ConfigError) return error.issues;
  return [{ path: '', message: error instanceof Error ? error.message : String(error) }];
}

/** The first mistake in full, and how many more there are. */
export function reasonOf(error: unknown): string {
  const [first, ...more] = issuesOf(error);
  if (!first) return 'unknown reason';
  const text = first.line === undefined && first.path === '' ? first.message : formatIssue(first);
  return more.length > 0 ? `${text} (and ${more.length} more)` : text;
}
