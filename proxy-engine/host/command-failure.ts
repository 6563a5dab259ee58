import type { ApiError } from '../contract/api.ts';
import type { ConfigIssue } from '../contract/config-issue.ts';

/** `BAD_INPUT` the input is not what the command takes; `BAD_CONFIG` a config with mistakes; `CONFLICT` the file says something else; `WRITE_FAILED` the disk does not take it. */
export type FailureCode =
  | 'BAD_INPUT'
  | 'BAD_CONFIG'
  | 'NOT_FOUND'
  | 'UNKNOWN_COMMAND'
  | 'CONFLICT'
  | 'WRITE_FAILED'
  | 'INTERNAL';

/** A command that was refused, as its caller is told. */
export class CommandFailure extends Error {
  readonly code: FailureCode;
  readonly path: string | undefined;
  readonly issues: readonly ConfigIssue[] | undefined;

  constructor(
    code: FailureCode,
    message: string,
    details: { path?: string; issues?: readonly ConfigIssue[]; cause?: unknown } = {},
  ) {
    super(message, { cause: details.cause });
    this.code = code;
    this.path = details.path;
    this.issues = details.issues;
  }

  toApiError(): ApiError {
    return { code: this.code, message: this.message, path: this.path, issues: this.issues && [...this.issues] };
  }
}

/** A name that nothing has, with the names there are. */
export function notThere(
  what: 'pool' | 'backend' | 'route' | 'rule' | 'listener',
  name: string,
  there: readonly { name: string }[],
): never {
  const names = there.map((item) => item.name);
  const hint = names.length === 0 ? 'there is none' : `there are ${names.slice(0, 8).join(', ')}`;
  throw new CommandFailure('NOT_FOUND', `no ${what} is called ${JSON.stringify(name)}; ${hint}`, { path: what });
}

export function noExchange(id: number): never {
  throw new CommandFailure('NOT_FOUND', `there is no exchange ${id}; it was cleared, or pushed out by newer ones`, {
    path: 'id',
  });
}

/** What went wrong in a command, as its caller is told. */
export function toCommandFailure(name: string, error: unknown): CommandFailure {
  if (error instanceof CommandFailure) return error;
  // Filters and ids are judged where they are used; what is thrown there with a code is meant for the caller.
  const code = (error as { code?: unknown } | null)?.code;
  const message = error instanceof Error ? error.message : String(error);
  if (code === 'NOT_FOUND' || code === 'CONFLICT' || code === 'WRITE_FAILED')
    return new CommandFailure(code, message, { cause: error });
  if (code === 'BAD_FILTER' || code === 'BAD_INPUT') return new CommandFailure('BAD_INPUT', message, { cause: error });
  return new CommandFailure('INTERNAL', `${name} failed: ${message}`, { cause: error });
}
