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
