/** A recording as one file: a line that describes it, then records with their bodies as they lie in segments. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { endRecorded, NOTHING_MORE } from '../disk/interruption.ts';
import { recover } from '../disk/recovery.ts';
import { Segments } from '../disk/segments.ts';
import { ExchangeIndex } from '../index/exchange-index.ts';
import { RECORDING_FORMAT } from './recording-folder.ts';

const MAX_LINE_BYTES = 64 * 1024;
const STILL_GOING_ON = 'it was still going on when the recording was made';

/** A file that is none of ours; `message` says why. */
export class NoRecordingFile extends Error {
  readonly code = 'BAD_INPUT';
}

const firstLine = z.object({
  switchyard: z.literal('recording'),
  format: z.literal(RECORDING_FORMAT),
  name: z.string().max(200),
  savedAt: z.number(),
  filter: z.string().optional(),
  redacted: z.array(z.string()).optional(),
});

export type FileDescription = Omit<z.output<typeof firstLine>, 'switchyard' | 'format'>;

export function firstLineOf(description: FileDescription): Buffer {
  return Buffer.from(`${JSON.stringify({ switchyard: 'recording', format: RECORDING_FORMAT, ...description })}\n`);
}

export interface ReceivedFile extends FileDescription {
  exchanges: number;
  bytes: number;
  from: number;
  to: number;
  unreadableBytes: number;
}

/** Takes a file in, piece by piece, into a new folder. */
export class IncomingFile {
  readonly #folder: string;
  #fd: number | null;
  #first = Buffer.alloc(0);
  #description: FileDescription | null = null;

  constructor(folder: string) {
    this.#folder = folder;
    new Segments(folder).close();
    this.#fd = openSync(join(folder, '00000001.seg'), 'w', 0o600);
  }

  /** Throws `NoRecordingFile`, or what the disk says. */
  add(piece: Buffer): void {
    if (this.#description !== null) return this.#write(piece);
    this.#first = Buffer.concat([this.#first, piece]);
    const end = this.#first.indexOf(0x0a);
    if (end < 0 && this.#first.length < MAX_LINE_BYTES) return;
    this.#description = describe(this.#first.subarray(0, Math.max(0, end)).toString('utf8'));
    this.#write(this.#first.subarray(end + 1));
  }

  #write(bytes: Buffer): void {
    for (let at = 0; this.#fd !== null && at < bytes.length; ) at += writeSync(this.#fd, bytes, at);
  }

  /** Reads all that came. Throws `NoRecordingFile` when there is no exchange in it. */
  finish(): ReceivedFile {
    this.close();
    const segments = new Segments(this.#folder);
    const index = new ExchangeIndex(join(this.#folder, 'index.db'));
    try {
      const { unreadableBytes } = recover(segments, index);
      for (const { id } of index.unfinished()) endRecorded(id, index, segments, NOTHING_MORE, STILL_GOING_ON);
      const exchanges = index.counts.all();
      if (this.#description === null || exchanges === 0)
        throw new NoRecordingFile('there is no exchange in this file that can be read');
      return { ...this.#description, ...index.times.span(), exchanges, bytes: segments.bytes, unreadableBytes };
    } finally {
      index.seal();
      segments.close();
    }
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }
}

function describe(line: string): FileDescription {
  try {
    const { switchyard: _, format: __, ...description } = firstLine.parse(JSON.parse(line));
    return description;
  } catch (error) {
    throw new NoRecordingFile('this file is no recording of Switchyard, or one of another version', { cause: error });
  }
}
