import type { CommandInput } from '../../proxy-engine/contract/api.ts';
import type { RecordingImport, SavedRecording } from '../../proxy-engine/contract/recording-commands.ts';
import type { EngineApi } from '../api/engine-api.ts';
import { bytesFromBase64 } from '../traffic/body-bytes.ts';

const PIECE_BYTES = 1024 ** 2;

export interface ExportedRecording {
  file: Blob;
  /** Names of headers of which values were taken out. */
  redacted: readonly string[];
}

/** What the window does with saved recordings. */
export function createRecordingCalls(api: EngineApi) {
  return {
    list: () => api.call('recordings.list', {}),
    save: (name: string, filter?: string) => api.call('recordings.save', { name, ...(filter && { filter }) }),
    rename: (recording: string, name: string) => api.call('recordings.rename', { recording, name }),
    delete: (recording: string) => api.call('recordings.delete', { recording }),
    compare: (input: CommandInput<'recordings.compare'>) => api.call('recordings.compare', input),
    /** Piece by piece: the browser keeps them where there is room. */
    async export(recording: string, redact: boolean): Promise<ExportedRecording> {
      let piece = await api.call('recordings.export', { recording, redact });
      const parts = [bytesFromBase64(piece.data)];
      while (!piece.done) {
        piece = await api.call('recordings.export', { export: piece.export });
        parts.push(bytesFromBase64(piece.data));
      }
      return { file: new Blob(parts), redacted: piece.redacted };
    },
    async import(file: Blob): Promise<Required<RecordingImport>> {
      let id: number | undefined;
      for (let at = 0; ; at += PIECE_BYTES) {
        const data = base64Of(new Uint8Array(await file.slice(at, at + PIECE_BYTES).arrayBuffer()));
        const last = at + PIECE_BYTES >= file.size;
        const answer = await api.call('recordings.import', { ...(id && { import: id }), data, last });
        id = answer.import;
        if (last) return answer as Required<RecordingImport>;
      }
    },
  };
}

export type RecordingCalls = ReturnType<typeof createRecordingCalls>;

/** A name that any file system takes. */
export function fileNameOf({ name }: Pick<SavedRecording, 'name'>): string {
  const safe = name
    .replace(/[\p{Cc}\\/:*?"<>|]+/gu, '-')
    .replace(/^[.\s]+|[.\s]+$/g, '')
    .slice(0, 80);
  return `${safe || 'recording'}.switchyard`;
}

function base64Of(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}
