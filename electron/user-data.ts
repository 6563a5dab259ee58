/** Where the app keeps what is its own. No Electron in here: a plain function. */
import { accessSync, constants, mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';

export interface UserData {
  directory: string;
  /** Set when it is a temporary one: why. */
  problem?: string;
}

/**
 * What `wanted` answers, or a new directory in `temporary` where that cannot be written: Electron would end without a word.
 * A packed app throws already when it is asked for its directory.
 */
export function userDataIn(wanted: () => string, temporary: string): UserData {
  try {
    const directory = wanted();
    mkdirSync(directory, { recursive: true });
    accessSync(directory, constants.W_OK);
    return { directory };
  } catch (error) {
    const directory = mkdtempSync(join(temporary, 'switchyard-'));
    return { directory, problem: (error as Error).message };
  }
}
