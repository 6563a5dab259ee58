/** The config on disk: read, watched, written whole. */
import { isUtf8 } from 'node:buffer';
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { ConfigError } from '../config-error.ts';
import type { Environment } from './config/environment.ts';
import { type LoadedConfig, type LoadOptions, loadConfig } from './config/load.ts';
import { reasonOf } from './config/reason.ts';
import { isShared, tellShared } from './shared/shared-address.ts';
import type { SharedSets } from './shared/shared-sets.ts';

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

const STANDARD_INPUT = '-';

const REASONS: Record<string, string> = {
  ENOENT: 'there is no such file; check the name, or start with `switchyard demo`',
  EACCES: 'permission denied; make it readable for this user',
  EISDIR: 'it is a directory; name the file in it',
};

/** Reads `file` as text; `-` is what comes in. Throws `UnreadableFile`, and `ConfigError` when it is not UTF-8. */
export function readConfigText(file: string): ConfigText {
  return { text: decode(readBytes(file), file), file, baseDir: dirname(resolve(file)) };
}

/** The same, to run it: what comes through a pipe is there once, and in no file then. */
export function readConfigToRun(file: string): ConfigText {
  const read = readConfigText(file);
  return file !== STANDARD_INPUT && statSync(file).isFile() ? read : { text: read.text, baseDir: process.cwd() };
}

function readBytes(file: string): Uint8Array {
  try {
    return readFileSync(file === STANDARD_INPUT ? 0 : file);
  } catch (error) {
    throw new UnreadableFile(file, error as NodeJS.ErrnoException);
  }
}

/** null: it cannot be read. */
export function readTextOrNull(file: string): string | null {
  try {
    return readConfigText(file).text;
  } catch {
    return null;
  }
}

/** What was decoded with losses would be written back so. */
function decode(bytes: Uint8Array, file: string): string {
  const text = new TextDecoder().decode(bytes); // takes a byte order mark away
  if (isUtf8(bytes)) return text;
  const lines = text.slice(0, text.indexOf('\ufffd')).split('\n');
  const place = { file, line: lines.length, column: (lines.at(-1) ?? '').length + 1, path: '' };
  throw new ConfigError([{ ...place, message: 'from here on it is not UTF-8; save the file as UTF-8' }]);
}

interface ReadOptions extends Pick<LoadOptions, 'parsed'> {
  environment?: Environment;
  /** Texts that stand for files, or shared rule sets, which are not written yet. */
  instead?: ReadonlyMap<string, string>;
  /** Throws when there is no text. Absent: nothing is shared. */
  readShared?: (include: string) => string;
}

/** Throws `ConfigError` with every mistake. */
export function readConfig(from: ConfigText, options: ReadOptions = {}): ReadConfig {
  const { environment = process.env, instead = new Map(), readShared = refuseShared, parsed = [] } = options;
  const result = loadConfig(from.text, {
    file: from.file,
    baseDir: from.baseDir,
    environment,
    parsed,
    readFile: (path) =>
      isShared(path)
        ? (instead.get(tellShared(path)) ?? readShared(path))
        : (instead.get(path) ?? decode(readFileSync(path), path)),
  });
  if (!result.ok) throw new ConfigError(result.issues, { files: result.files });
  return { ...from, config: result.config, sources: result.sources };
}

function refuseShared(): string {
  throw new Error('shared rule sets are not read here');
}

/** The same, with the rule sets that `sets` can read. */
export async function readConfigWithShared(
  from: ConfigText,
  sets: SharedSets,
  options: Pick<ReadOptions, 'instead' | 'parsed'> = {},
): Promise<ReadConfig> {
  const missing: string[] = [];
  const readShared = (include: string): string => {
    const text = sets.text(include);
    if (text === undefined) missing.push(include);
    return text ?? '{}';
  };
  const attempt = attemptRead(() => readConfig(from, { ...options, readShared }));
  if (missing.length === 0) return attempt();
  await sets.prepare(missing);
  return readConfigWithShared(from, sets, options);
}

/** At a start: a shared rule set that cannot run is replaced by its last good copy. */
export async function readConfigWithCopies(from: ConfigText, sets: SharedSets): Promise<ReadConfig> {
  try {
    return await readConfigWithShared(from, sets);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const names = error.issues.flatMap(({ file }) => (file !== undefined && isShared(file) ? [file] : []));
    if (!sets.fallBack([...new Set(names)], reasonOf(error))) throw error;
    return readConfigWithShared(from, sets);
  }
}

/** What `act` answers or throws, for later. */
function attemptRead<T>(act: () => T): () => T {
  try {
    const value = act();
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

/** Files whose change means a new config: the document and what it includes. */
export function filesOf(read: ReadConfig): string[] {
  return localFiles(read.sources.flatMap((source) => source.file ?? []));
}

/** Those that may mend what did not run. */
export function filesOfError(error: unknown): string[] {
  return error instanceof ConfigError ? localFiles(error.files) : [];
}

function localFiles(files: readonly string[]): string[] {
  return files.filter((file) => !isShared(file)).map((file) => resolve(file));
}

/** The shared rule sets that it is made of, with their texts. */
export function sharedOf(read: ReadConfig): { name: string; text: string }[] {
  return read.sources.flatMap(({ file, text }) => (file !== undefined && isShared(file) ? [{ name: file, text }] : []));
}

/** The text of every source by its file; '' for a document in no file. */
export function textsOf(read: ReadConfig): ReadonlyMap<string, string> {
  return new Map(read.sources.map((source) => [source.file ?? '', source.text]));
}

/**
 * Many programs write a file by emptying it first; what is read in between would close every listener. Throws when one of
 * `texts` is empty and was not `before`.
 */
export function refuseEmptied(texts: ReadonlyMap<string, string>, before: ReadonlyMap<string, string>): void {
  for (const [file, text] of texts)
    if (text.trim() === '' && before.get(file)?.trim())
      throw new Error(`${file} is empty, as if it were being written; to run without anything, write \`version: 1\``);
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
