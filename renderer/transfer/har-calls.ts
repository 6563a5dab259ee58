/** A HAR written by the engine and read by it, in pieces: a channel carries no message of any size. */
import type { CommandInput } from '../../proxy-engine/contract/api.ts';
import type { HarImportResult, HarPiece } from '../../proxy-engine/contract/har-commands.ts';
import type { EngineApi } from '../api/engine-api.ts';

const PIECE_BYTES = 1024 ** 2;

export interface HarSelection {
  filter?: string;
  ids?: number[];
  recording?: string;
  redact: boolean;
}

export function createHarCalls(api: EngineApi) {
  return {
    /** The whole as a file. `onBytes`: characters so far; answering false ends it. */
    async export(selection: HarSelection, onBytes: (bytes: number) => boolean): Promise<Blob | null> {
      const pieces: Blob[] = [];
      let bytes = 0;
      let input: CommandInput<'har.export'> = selection;
      for (;;) {
        const piece: HarPiece = await api.call('har.export', input);
        // A blob may lie on disk, a text would stay in memory.
        pieces.push(new Blob([piece.text]));
        bytes += piece.text.length;
        if (piece.done) return new Blob(pieces, { type: 'application/json' });
        if (!onBytes(bytes)) return null;
        input = { export: piece.export };
      }
    },
    /** `onBytes`: read so far; answering false ends it, with what was read. */
    async import(file: File, onBytes: (bytes: number) => boolean): Promise<HarImportResult> {
      const decoder = new TextDecoder(await charsetOf(file));
      let result: HarImportResult | undefined;
      for (let at = 0; ; at += PIECE_BYTES) {
        const more = at + PIECE_BYTES < file.size;
        const bytes = await file.slice(at, at + PIECE_BYTES).arrayBuffer();
        const text = decoder.decode(bytes, { stream: more });
        result = await api.call('har.import', { text, name: nameOf(file), import: result?.import, more });
        if (!more || !onBytes(at + PIECE_BYTES)) return result;
      }
    },
  };
}

/** As its exchanges name it. */
export function nameOf({ name }: Pick<File, 'name'>): string {
  return name.slice(0, 200);
}

/** PowerShell writes what goes into a file in UTF-16. */
async function charsetOf(file: Blob): Promise<string> {
  const [first, second] = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
}
