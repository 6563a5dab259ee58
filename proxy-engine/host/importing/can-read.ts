/** Files that an imported config would name. */
import { accessSync, constants } from 'node:fs';
import { resolve } from 'node:path';

/** `baseDir`: to which relative names are relative. */
export function canRead(baseDir: string): (name: string) => boolean {
  return (name) => {
    try {
      accessSync(resolve(baseDir, name), constants.R_OK);
      return true;
    } catch {
      return false;
    }
  };
}
