/** The process that records into a directory, by a file in it. Only what others are told: what keeps them out is the lock of the index. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const OWNER = 'owner';

/** A full disk is no reason not to open. */
export function nameOwner(dir: string): void {
  try {
    writeFileSync(join(dir, OWNER), String(process.pid));
  } catch {
    rmSync(join(dir, OWNER), { force: true });
  }
}

/** Its process id; null: nobody is named. */
export function ownerOf(dir: string): number | null {
  try {
    return Number.parseInt(readFileSync(join(dir, OWNER), 'utf8'), 10) || null;
  } catch {
    return null;
  }
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
