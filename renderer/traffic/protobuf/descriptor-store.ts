import { createStore } from 'zustand/vanilla';
import type { DescriptorSet } from '../../../proxy-engine/contract/descriptor-commands.ts';
import { CommandError, type EngineApi, errorText } from '../../api/engine-api.ts';
import type { ChosenFile } from '../../transfer/dropped-files.ts';
import { base64FromBytes, bytesFromBase64 } from '../body-bytes.ts';
import type { KnownTypes } from './types-of-sets.ts';

/** A descriptor set that is to be kept. */
export interface NewSet {
  name: string;
  bytes: Uint8Array;
}

/** What becomes of a set whose name another one has. */
export type WhenTaken = 'replace' | 'keep both';

export interface DescriptorState {
  /** null: not asked for yet. */
  sets: readonly DescriptorSet[] | null;
  /** null: nothing is described. */
  types: KnownTypes | null;
  error: string | null;
}

/** The descriptor sets that the engine keeps, and the types that they describe. */
export function createDescriptorStore(api: EngineApi) {
  const store = createStore<DescriptorState>(() => ({ sets: null, types: null, error: null }));
  let asked: Promise<void> | null = null;

  async function read(): Promise<void> {
    try {
      const { sets } = await api.call('descriptors.list', {});
      store.setState({ sets, types: await typesOf(sets), error: null });
    } catch (error) {
      asked = null;
      store.setState({ error: errorText(error) });
    }
  }

  async function typesOf(sets: readonly DescriptorSet[]): Promise<KnownTypes | null> {
    if (sets.length === 0) return null;
    const kept = await Promise.all(sets.map(({ name }) => api.call('descriptors.get', { name })));
    const { typesOfSets } = await import('./types-of-sets.ts');
    return typesOfSets(kept.map(({ data }) => bytesFromBase64(data)));
  }

  function reread(): Promise<void> {
    asked = read();
    return asked;
  }

  return {
    store,
    reread,
    /** When the first message is looked at that they may describe. */
    need(): void {
      asked ??= read();
    },
    /** Rejects with what is wrong with it, with the code CONFLICT when another one has its name and nothing says what to do then. */
    async add({ name, bytes }: NewSet, whenTaken?: WhenTaken): Promise<DescriptorSet> {
      const data = base64FromBytes(bytes);
      const save = (own: string) => api.call('descriptors.save', { name: own, data, replace: whenTaken === 'replace' });
      const set = await (whenTaken === 'keep both' ? underFreeName(name, save) : save(name));
      await reread();
      return set;
    },
    async remove(name: string): Promise<void> {
      await api.call('descriptors.delete', { name });
      await reread();
    },
  };
}

/** What was chosen or dropped: `.proto` files belong together, any other file is a set. Rejects with what is wrong with them. */
export async function newSets(files: readonly ChosenFile[]): Promise<NewSet[]> {
  const protos = files.filter(({ path }) => isProto(path));
  const others = files.filter(({ path }) => !isProto(path));
  const sets = others.map(
    async ({ path, file }): Promise<NewSet> => ({ name: path, bytes: new Uint8Array(await file.arrayBuffer()) }),
  );
  if (protos.length > 0) sets.unshift(compiled(protos));
  return Promise.all(sets);
}

export function isProto(name: string): boolean {
  return name.toLowerCase().endsWith('.proto');
}

async function compiled(files: readonly ChosenFile[]): Promise<NewSet> {
  const { compileProto } = await import('./proto-text.ts');
  const texts = files.map(async ({ path, file }) => ({ name: path, text: await file.text() }));
  return { name: nameOf(files), bytes: compileProto(await Promise.all(texts)) };
}

/** The folder that they all come from, else the first file. */
function nameOf([first, ...rest]: readonly ChosenFile[]): string {
  const path = first?.path ?? '';
  const folder = path.slice(0, path.indexOf('/') + 1);
  return folder !== '' && rest.every((other) => other.path.startsWith(folder)) ? folder.slice(0, -1) : path;
}

/** `shop.proto (2)` */
async function underFreeName<T>(name: string, save: (name: string) => Promise<T>): Promise<T> {
  for (let number = 2; ; number++) {
    try {
      return await save(`${name} (${number})`);
    } catch (error) {
      if (!isTaken(error)) throw error;
    }
  }
}

export function isTaken(error: unknown): boolean {
  return error instanceof CommandError && error.code === 'CONFLICT';
}
