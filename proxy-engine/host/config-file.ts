/** The config on disk: read, watched, written whole. */
import { readFileSync, realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { ConfigError } from '../config-error.ts';
import type { Environment } from './config/environment.ts';
import { type LoadedConfig, loadConfig } from './config/load.ts';

export interface ConfigText {
  text: string;
  /** As it is told to people; absent for a document that is in no file. */
  file?: string;
  baseDir: string;
}

export interface ReadConfig extends LoadedConfig, ConfigText {}

/** The file cannot be read at all; nothing is wrong with its content. */
export class UnreadableFile extends Error {
  readonly code: string;

  constructor(file: string, cause: NodeJS.ErrnoException) {
    const reason = REASONS[cause.code ?? ''] ?? cause.message;
    super(`cannot read ${file}: ${reason}`, { cause });
    this.code = cause.code ?? 'EIO';
  }
}

const REASONS: Record<string, string> = {
  ENOENT: 'there is no such file; check the name, or start with `switchyard demo`',
  EACCES: 'permission denied; make it readable for this user',
  EISDIR: 'it is a directory; name the file in it',
};

/** Reads `file` as text. Throws `UnreadableFile`. */
export function readConfigText(file: string): ConfigText {
  try {
    return { text: decode(readFileSync(file)), file, baseDir: dirname(resolve(file)) };
  } catch (error) {
    throw new UnreadableFile(file, error as NodeJS.ErrnoException);
  }
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes); // takes a byte order mark away
}

/** Throws `ConfigError` with every mistake. `instead`: texts that stand for files which are not written yet. */
export function readConfig(
  from: ConfigText,
  environment: Environment = process.env,
  instead: ReadonlyMap<string, string> = new Map(),
): ReadConfig {
  const result = loadConfig(from.text, {
    file: from.file,
    baseDir: from.baseDir,
    environment,
    readFile: (path) => instead.get(path) ?? decode(readFileSync(path)),
  });
  if (!result.ok) throw new ConfigError(result.issues);
  return { ...from, config: result.config, sources: result.sources };
}

/** Files whose change means a new config: the document and what it includes. */
export function filesOf(read: ReadConfig): string[] {
  return read.sources.flatMap((source) => source.file ?? []).map((file) => resolve(file));
}

/**
 * Writes the file whole: a reader sees the old text or the new one, nothing between. Links are followed, mode and owner stay.
 */
export async function writeConfigText(file: string, text: string): Promise<void> {
  const { default: writeFileAtomic } = await import('write-file-atomic');
  await writeFileAtomic(realPath(file), text);
}

function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}
