/** Descriptor sets of protobuf: in a directory, a file each, or in memory when there is none. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DescriptorSet } from '../contract/descriptor-commands.ts';

interface KeptSet {
  set: DescriptorSet;
  /** base64 */
  data: string;
}

export class DescriptorSets {
  readonly #directory: string | null;
  #sets: Promise<Map<string, KeptSet>> | null = null;
  /** Changes happen one after the other: what one finds is what it replaces, and the last one is what lies on disk. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(directory: string | null) {
    this.#directory = directory;
  }

  async list(): Promise<DescriptorSet[]> {
    const sets = [...(await this.#all()).values()].map(({ set }) => set);
    return sets.toSorted((a, b) => a.savedAt - b.savedAt || (a.name < b.name ? -1 : 1));
  }

  async data(name: string): Promise<string | undefined> {
    return (await this.#all()).get(name)?.data;
  }

  /** null: another one has the name, and is not to be replaced. Throws `BadDescriptors` and keeps what was there. */
  async save(name: string, data: string, replace = true): Promise<DescriptorSet | null> {
    // Not needed before: what reads descriptors is loaded when the first is kept.
    const { describedTypes } = await import('./described-types.ts');
    const { bytes, ...counts } = describedTypes(Buffer.from(data, 'base64'));
    const set = { name, savedAt: Date.now(), sizeBytes: bytes.length, ...counts };
    const kept = { set, data: Buffer.from(bytes).toString('base64') };
    return this.#inTurn(async (sets) => {
      if (!replace && (sets.get(name)?.data ?? kept.data) !== kept.data) return null;
      await this.#write(kept);
      sets.set(name, kept);
      return set;
    });
  }

  /** Whether it was there. */
  delete(name: string): Promise<boolean> {
    return this.#inTurn(async (sets) => {
      if (this.#directory !== null) await rm(this.#fileOf(name, this.#directory), { force: true });
      return sets.delete(name);
    });
  }

  #inTurn<T>(change: (sets: Map<string, KeptSet>) => Promise<T>): Promise<T> {
    const turn = this.#queue.then(async () => change(await this.#all()));
    this.#queue = turn.catch(() => {});
    return turn;
  }

  /** Read when they are first asked for. */
  #all(): Promise<Map<string, KeptSet>> {
    this.#sets ??= readAll(this.#directory);
    return this.#sets;
  }

  async #write(kept: KeptSet): Promise<void> {
    if (this.#directory === null) return;
    await mkdir(this.#directory, { recursive: true });
    const { default: writeFileAtomic } = await import('write-file-atomic');
    await writeFileAtomic(this.#fileOf(kept.set.name, this.#directory), JSON.stringify(kept));
  }

  /** Names may have any characters and be of any script. */
  #fileOf(name: string, directory: string): string {
    return join(directory, `${createHash('sha256').update(name).digest('hex').slice(0, 32)}.json`);
  }
}

/** What is none is left alone. */
async function readAll(directory: string | null): Promise<Map<string, KeptSet>> {
  if (directory === null) return new Map();
  const files = (await readdir(directory).catch(() => [])).filter((file) => file.endsWith('.json'));
  const sets = await Promise.all(files.map((file) => readSet(join(directory, file))));
  return new Map(sets.flatMap((kept) => (kept ? [[kept.set.name, kept] as const] : [])));
}

async function readSet(file: string): Promise<KeptSet | null> {
  try {
    const { set, data } = JSON.parse(await readFile(file, 'utf8')) as Partial<KeptSet>;
    return typeof set?.name === 'string' && typeof data === 'string' ? { set, data } : null;
  } catch {
    return null;
  }
}
