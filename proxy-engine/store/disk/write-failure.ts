/** Why something cannot be written, and where that can be helped what to do. Of the system, or of SQLite. */
export function writeFailure({ message }: Error): string {
  return isFull(message) ? 'the disk is full; make room on it, or clear the list' : message;
}

/** What a command that was to write is refused with when the disk is full; anything else stays what it is. */
export function refusalOf(error: Error & { code?: string }): { message: string; code: string | undefined } {
  if (!isFull(error.message)) return { message: error.message, code: error.code };
  return { message: `nothing was written: ${writeFailure(error)}`, code: 'WRITE_FAILED' };
}

function isFull(message: string): boolean {
  return /ENOSPC|EDQUOT|disk is full/.test(message);
}
