import { readFile, stat } from 'node:fs/promises';
import { backendName } from '../balancer/backend-name.ts';
import type { Clock } from '../clock.ts';
import { type BackendConfig, configSchema } from '../contract/config.ts';
import { type BackendSource, Rounds, type SourceListener } from './source.ts';

/** Its time, size and inode are looked at: that works for every editor, file system and way to replace a file. */
const LOOK_EVERY_MS = 500;

/** A JSON file that lists backends as a pool's `backends` does. While it cannot be read the backends found last stay. */
export class FileSource implements BackendSource {
  readonly #file: string;
  readonly #rounds: Rounds;
  #seen = '';

  constructor(file: string, clock: Clock) {
    this.#file = file;
    this.#rounds = new Rounds({
      clock,
      everyMs: LOOK_EVERY_MS,
      look: () => this.#look(),
      problemOf: (error) => `${file}: ${reasonOf(error)}`,
    });
  }

  start(listener: SourceListener): void {
    this.#rounds.start(listener);
  }

  stop(): void {
    this.#rounds.stop();
  }

  /** null: it is as it was. */
  async #look(): Promise<BackendConfig[] | null> {
    const { mtimeMs, size, ino } = await stat(this.#file);
    const seen = `${mtimeMs} ${size} ${ino}`;
    if (seen === this.#seen) return null;
    const found = parseBackendsFile(await readFile(this.#file, 'utf8'));
    this.#seen = seen;
    return found;
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file (ENOENT); backends come when there is one',
  EACCES: 'permission denied (EACCES); make it readable for this user',
  EISDIR: 'it is a directory (EISDIR); name the file in it',
};

function reasonOf({ code = '', message }: NodeJS.ErrnoException): string {
  return REASONS[code] ?? message;
}

/** A JSON list of URLs or of objects as in a pool's `backends`, bare or under `backends`. Throws what is wrong with it. */
export function parseBackendsFile(text: string): BackendConfig[] {
  const json: unknown = JSON.parse(text.replace(/^\uFEFF/, '')); // PowerShell writes that mark
  const entries: unknown = Array.isArray(json) ? json : (json as { backends?: unknown } | null)?.backends;
  if (!Array.isArray(entries)) throw new Error('expected a list of backends');
  if (entries.length === 0) return [];
  const backends = entries.map((entry: unknown) => (typeof entry === 'string' ? { url: entry } : entry));
  const parsed = configSchema.safeParse({ version: 1, pools: { file: { backends } } });
  if (parsed.success) return withUniqueNames(parsed.data.pools.file?.backends ?? []);
  const [issue] = parsed.error.issues;
  const [index, ...inside] = (issue?.path ?? []).slice(3).map(String);
  throw new Error(`${[`backends[${index}]`, ...inside].join('.')}: ${issue?.message}`);
}

function withUniqueNames(backends: BackendConfig[]): BackendConfig[] {
  const names = backends.map(backendName);
  const at = names.findIndex((name, i) => names.indexOf(name) < i);
  if (at >= 0)
    throw new Error(`backends[${at}]: duplicate name "${names[at]}"; names of backends are unique within a pool`);
  return backends;
}
