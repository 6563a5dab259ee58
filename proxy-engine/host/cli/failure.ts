import { constants } from 'node:os';
import type { ConfigIssue } from '../../contract/config-issue.ts';

/** How a command ends when it is not done (control.md): 1 the input is wrong, 2 it could not run, 3 exported in part. */
export type FailureExitCode = 1 | 2 | 3;

/** Ends the command. The message says in one line what, where and what to do; '' when all has been said. */
export class CliFailure extends Error {
  readonly exitCode: FailureExitCode;

  constructor(exitCode: FailureExitCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** Of a config that does not run: 2 when nothing but the system speaks against it (a port is taken, a file missing), 1 when it has mistakes. */
export function exitCodeOf(issues: readonly ConfigIssue[]): 1 | 2 {
  return issues.every(({ message }) => namesSystemError(message)) ? 2 : 1;
}

/** `EADDRINUSE`, `ENOENT`; a message may have other words in capitals, such as the name of a pool. */
function namesSystemError(message: string): boolean {
  return (message.match(/\bE[A-Z0-9]+\b/g) ?? []).some((word) => Object.hasOwn(constants.errno, word));
}
