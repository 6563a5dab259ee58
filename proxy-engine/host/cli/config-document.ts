/** A config that a command reads, and a text that it writes. */
import { stat, writeFile } from 'node:fs/promises';
import writeFileAtomic from 'write-file-atomic';
import { ConfigError } from '../../config-error.ts';
import { formatIssue } from '../config/load.ts';
import {
  type ConfigText,
  type ReadConfig,
  readConfigText,
  readConfigWithShared,
  UnreadableFile,
} from '../config-file.ts';
import { SharedSets } from '../shared/shared-sets.ts';
import { CliFailure } from './failure.ts';

/** Fails with 2 when there is no such file, with 1 and every mistake when it is no config. */
export async function readConfigOf(file: string): Promise<ReadConfig> {
  try {
    return await checkedConfig(readConfigText(file));
  } catch (error) {
    if (error instanceof UnreadableFile) throw new CliFailure(2, error.message, { cause: error });
    throw withMistakes(error, 1);
  }
}

/** Fails with 1 and every mistake when `document` is no config. */
export async function checkedConfig(document: ConfigText): Promise<ReadConfig> {
  const shared = new SharedSets(null);
  try {
    return await readConfigWithShared(document, shared);
  } catch (error) {
    throw withMistakes(error, 1);
  } finally {
    await shared.close();
  }
}

/** Every mistake on a line of its own; another error as it is. */
export function withMistakes(error: unknown, exitCode: CliFailure['exitCode']): unknown {
  if (!(error instanceof ConfigError)) return error;
  return new CliFailure(exitCode, error.issues.map(formatIssue).join('\n'), { cause: error });
}

/** Writes the whole file, or to standard output when there is none. */
export async function writeOutput(text: string, file: string | undefined): Promise<void> {
  if (file === undefined) {
    process.stdout.write(text);
    return;
  }
  try {
    // A device or a pipe is written to, never replaced by a file.
    const isFile = (await stat(file).catch(() => null))?.isFile() ?? true;
    await (isFile ? writeFileAtomic(file, text) : writeFile(file, text));
  } catch (error) {
    throw new CliFailure(2, `${file}: cannot be written: ${(error as Error).message}`, { cause: error });
  }
}
