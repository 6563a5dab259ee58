/** Files of recordings that are being written or read in pieces. */
import { rmSync } from 'node:fs';
import type { ParsedInput } from '../../contract/api.ts';
import type { RecordingPiece } from '../../contract/recording-commands.ts';
import { IncomingFile, NoRecordingFile, type ReceivedFile } from './recording-file.ts';

const PIECE_BYTES = 1024 ** 2;
/** Somebody who leaves in the middle does not say so: the oldest is given up. */
const MAX_OPEN = 4;

/** What a file does not have, so far. */
export interface LeftOut {
  /** Names of headers of which values were taken out. */
  redacted: Set<string>;
  /** Exchanges that were there when it was begun. */
  missing: number;
}

interface Outgoing {
  parts: AsyncGenerator<Buffer>;
  leftOut: LeftOut;
}

interface Incoming {
  id: number;
  folder: string;
  file: IncomingFile;
}

export class RecordingTransfers {
  readonly #outgoing = new Map<number, Outgoing>();
  readonly #incoming = new Map<number, Incoming>();
  #nextId = 1;

  /** The first piece. */
  begin(file: Outgoing): Promise<RecordingPiece> {
    const id = this.#nextId++;
    this.#outgoing.set(id, file);
    const [[oldest, left]] = this.#outgoing as unknown as [[number, Outgoing]];
    if (this.#outgoing.size > MAX_OPEN) {
      this.#outgoing.delete(oldest);
      void left.parts.return(undefined);
    }
    return this.next(id);
  }

  /** Rejects with `NoRecordingFile` when there is no such export. */
  async next(id: number): Promise<RecordingPiece> {
    const file = this.#outgoing.get(id);
    if (!file) throw new NoRecordingFile(`there is no export ${id}; it is done, or others were begun after it`);
    try {
      const { data, done } = await pieceOf(file.parts);
      if (done) this.#outgoing.delete(id);
      const { redacted, missing } = file.leftOut;
      return { export: id, data: data.toString('base64'), done, redacted: [...redacted], missing };
    } catch (error) {
      // What it has then is an end, as if the file were whole.
      this.#outgoing.delete(id);
      throw error;
    }
  }

  /** `newFolder`: where a file goes that has just begun. Throws `NoRecordingFile`, or what the disk says. */
  receive({ import: id, data }: ParsedInput<'recordings.import'>, newFolder: () => string): Incoming {
    const incoming = id === undefined ? this.#beginIncoming(newFolder()) : this.#incoming.get(id);
    if (!incoming) throw new NoRecordingFile(`there is no import ${id}; it is done, or others were begun after it`);
    try {
      incoming.file.add(Buffer.from(data, 'base64'));
      return incoming;
    } catch (error) {
      this.#drop(incoming);
      throw error;
    }
  }

  #beginIncoming(folder: string): Incoming {
    const incoming = { id: this.#nextId++, folder, file: new IncomingFile(folder) };
    this.#incoming.set(incoming.id, incoming);
    const [oldest] = this.#incoming.values();
    if (oldest && this.#incoming.size > MAX_OPEN) this.#drop(oldest);
    return incoming;
  }

  /** Reads what came, whole. Throws `NoRecordingFile`, or what the disk says. */
  finish(incoming: Incoming): ReceivedFile {
    try {
      const received = incoming.file.finish();
      this.#incoming.delete(incoming.id);
      return received;
    } catch (error) {
      this.#drop(incoming);
      throw error;
    }
  }

  #drop({ id, folder, file }: Incoming): void {
    this.#incoming.delete(id);
    file.close();
    rmSync(folder, { recursive: true, force: true });
  }

  close(): void {
    for (const incoming of this.#incoming.values()) this.#drop(incoming);
  }
}

async function pieceOf(parts: AsyncGenerator<Buffer>): Promise<{ data: Buffer; done: boolean }> {
  const pieces: Buffer[] = [];
  for (let length = 0; length < PIECE_BYTES; ) {
    const next = await parts.next();
    if (next.done) return { data: Buffer.concat(pieces), done: true };
    pieces.push(next.value);
    length += next.value.length;
  }
  return { data: Buffer.concat(pieces), done: false };
}
