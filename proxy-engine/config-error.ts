import type { ConfigIssue } from './contract/config-issue.ts';

/** A config that cannot be applied; what ran before still runs. `issues` says everything that is wrong with it. */
export class ConfigError extends Error {
  readonly issues: readonly ConfigIssue[];

  constructor(issues: readonly ConfigIssue[], options?: { cause?: unknown }) {
    super(issues.map((issue) => (issue.path ? `${issue.path}: ${issue.message}` : issue.message)).join('\n'), options);
    this.name = 'ConfigError';
    this.issues = issues;
  }
}
