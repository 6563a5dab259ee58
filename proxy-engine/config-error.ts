import type { ConfigIssue } from './contract/config-issue.ts';

/** A config that cannot be applied; what ran before still runs. `issues` says everything that is wrong with it. */
export class ConfigError extends Error {
  readonly issues: readonly ConfigIssue[];
  /** What it is made of, and what it names that cannot be read: a change of one of them may mend it. */
  readonly files: readonly string[];

  constructor(issues: readonly ConfigIssue[], options: { cause?: unknown; files?: readonly string[] } = {}) {
    super(issues.map((issue) => (issue.path ? `${issue.path}: ${issue.message}` : issue.message)).join('\n'), options);
    this.name = 'ConfigError';
    this.issues = issues;
    this.files = options.files ?? [];
  }
}
