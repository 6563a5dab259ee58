/** The folder of a saved recording: its description, an index and segments. Written aside, and in its place only when it is whole. */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { SavedRecording } from '../../contract/recording-commands.ts';
import { recover } from '../disk/recovery.ts';
import { Segments } from '../disk/segments.ts';
import { ExchangeIndex } from '../index/exchange-index.ts';
import { RecordedExchanges } from '../recorded-exchanges.ts';
import { takeTurns } from '../turns.ts';

/** Of records in segments: raised when they mean something else. */
export const RECORDING_FORMAT = 1;
const DESCRIPTION = 'recording.json';

const description = z.object({
  format: z.number(),
  name: z.string(),
  savedAt: z.number(),
  exchanges: z.number(),
  bytes: z.number(),
  from: z.number(),
  to: z.number(),
  filter: z.string().optional(),
  redacted: z.array(z.string()).optional(),
});

/** Throws why there is none that can be read. */
export function readDescription(folder: string, recording: string): SavedRecording {
  const { format, ...read } = description.parse(JSON.parse(readFileSync(join(folder, DESCRIPTION), 'utf8')));
  if (format !== RECORDING_FORMAT) throw new Error(`it was made by another version (format ${format})`);
  return { recording, ...read };
}

/** The old or the new one, whatever happens meanwhile. */
export function writeDescription(folder: string, recording: SavedRecording): void {
  const file = join(folder, DESCRIPTION);
  const fd = openSync(`${file}.new`, 'w', 0o600);
  try {
    writeSync(fd, JSON.stringify({ format: RECORDING_FORMAT, ...recording }, null, 2));
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(`${file}.new`, file);
}

export interface OpenRecording {
  exchanges: RecordedExchanges;
  close(): void;
}

/** Only to be asked. An index that is missing, broken or of another version is made anew. */
export async function openFolder(
  folder: string,
  described: Pick<SavedRecording, 'from' | 'to'>,
): Promise<OpenRecording> {
  const segments = new Segments(folder, { readOnly: true });
  try {
    const index = openIndex(join(folder, 'index.db'), segments, described);
    const exchanges = new RecordedExchanges(index, segments, await idsOf(index));
    return {
      exchanges,
      close() {
        exchanges.close();
        index.close();
        segments.close();
      },
    };
  } catch (error) {
    segments.close();
    throw error;
  }
}

/** Of a million there are many: others have their turn meanwhile. */
async function idsOf(index: ExchangeIndex): Promise<number[]> {
  const ids: number[] = [];
  const parts = index.idParts();
  await takeTurns(
    () => {
      const { value: some } = parts.next();
      if (some === undefined) return 'done';
      for (const id of some) ids.push(id);
      return 'more';
    },
    () => true,
  );
  return ids;
}

/** Segments may have more than the recording: what had been dropped before, or came while it was saved. */
function openIndex(file: string, segments: Segments, { from, to }: Pick<SavedRecording, 'from' | 'to'>): ExchangeIndex {
  try {
    return new ExchangeIndex(file, { readOnly: true });
  } catch {
    for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(file + suffix, { force: true });
    const index = new ExchangeIndex(file);
    recover(segments, index);
    index.keepBetween(from, to);
    index.seal();
    return new ExchangeIndex(file, { readOnly: true });
  }
}
