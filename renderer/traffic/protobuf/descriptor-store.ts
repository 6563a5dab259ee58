import { createStore } from 'zustand/vanilla';
import type { DescriptorSet } from '../../../proxy-engine/contract/descriptor-commands.ts';
import { type EngineApi, errorText } from '../../api/engine-api.ts';
import { base64FromBytes, bytesFromBase64 } from '../body-bytes.ts';
import type { KnownTypes } from './types-of-sets.ts';

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
    /** Takes one descriptor set, or `.proto` files that belong together. Rejects with what is wrong with them. */
    async add(files: readonly File[]): Promise<DescriptorSet> {
      const protos = files.filter(({ name }) => name.endsWith('.proto'));
      const [first] = files;
      const bytes = protos.length > 0 ? await compiled(protos) : new Uint8Array((await first?.arrayBuffer()) ?? []);
      const name = (protos[0] ?? first)?.name ?? '';
      const set = await api.call('descriptors.save', { name, data: base64FromBytes(bytes) });
      await reread();
      return set;
    },
    async remove(name: string): Promise<void> {
      await api.call('descriptors.delete', { name });
      await reread();
    },
  };
}

async function compiled(files: readonly File[]): Promise<Uint8Array> {
  const { compileProto } = await import('./proto-text.ts');
  return compileProto(await Promise.all(files.map(async (file) => ({ name: file.name, text: await file.text() }))));
}
