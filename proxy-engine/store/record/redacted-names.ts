/** Which headers are secret, kept beside what was recorded: the command line exports it without the config. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { configSchema } from '../../contract/config.ts';

const names = z.array(z.string());

/** The old or the new ones, whatever happens meanwhile; on a full disk the old ones. */
export function keepRedactedNames(dir: string, redact: readonly string[]): void {
  const file = fileIn(dir);
  try {
    writeFileSync(`${file}.new`, JSON.stringify(redact), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  } catch {
    // What it costs is told by the recordings, which cannot be written either.
  }
}

/**
 * `capture.redact` of the config that recorded last in that directory, or in the one that a saved recording lies beside; its default, when
 * neither is known.
 */
export function redactedNames(dir: string): readonly string[] {
  const known = namesIn(dir) ?? namesIn(join(dir, '../../capture'));
  return known ?? configSchema.parse({ version: 1 }).capture.redact;
}

function namesIn(dir: string): readonly string[] | null {
  try {
    return names.parse(JSON.parse(readFileSync(fileIn(dir), 'utf8')));
  } catch {
    return null;
  }
}

function fileIn(dir: string): string {
  return join(dir, 'redact.json');
}
