/** Writes exchanges into the folder of a recording, a few megabytes at a time, behind those that it has. */
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { SavedRecording } from '../../contract/recording-commands.ts';
import { cuttingOff } from '../disk/open-recordings.ts';
import { Segments } from '../disk/segments.ts';
import { ExchangeIndex, type Place } from '../index/exchange-index.ts';
import { EXCHANGE } from '../record/record-format.ts';
import { numberAt } from '../record/record-reader.ts';
import type { CopiedExchange } from './recording-copy.ts';

const BATCH_BYTES = 2 * 1024 ** 2;

/** What the description of a recording says of its files. */
export type Contents = Pick<SavedRecording, 'exchanges' | 'bytes' | 'from' | 'to'>;

export class RecordingWriter {
  readonly #index: ExchangeIndex;
  readonly #segments: Segments;
  #waiting: CopiedExchange[] = [];
  #waitingBytes = 0;

  private constructor(folder: string) {
    this.#segments = new Segments(folder);
    this.#index = new ExchangeIndex(join(folder, 'index.db'));
  }

  /** Others have their turn while it looks through what is there. Rejects when the disk does not take it. */
  static async open(folder: string): Promise<RecordingWriter> {
    const writer = new RecordingWriter(folder);
    try {
      for (const _ of cuttingOff(writer.#index, writer.#segments)) await setImmediate();
      return writer;
    } catch (error) {
      writer.abandon();
      throw error;
    }
  }

  /** Throws when the disk does not take it. */
  add(exchange: CopiedExchange): void {
    this.#waiting.push(exchange);
    this.#waitingBytes += exchange.bytes.length;
    if (this.#waitingBytes >= BATCH_BYTES) this.#write();
  }

  #write(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    const { segment, offset } = this.#segments.place();
    this.#segments.append(waiting.map(({ bytes }) => bytes));
    let at = offset;
    this.#index.transaction(() => {
      for (const { id, bytes, recordBytes } of waiting) {
        this.#index.put(bytes, placeOf(id, segment, at, recordBytes, bytes));
        at += bytes.length;
      }
    });
  }

  /** All of it is in its files. Rejects when the disk does not take it. */
  async finish(): Promise<Contents> {
    if (this.#waiting.length > 0) this.#write();
    const counts = { exchanges: this.#index.counts.all(), bytes: this.#segments.bytes };
    await setImmediate();
    const contents = { ...counts, ...this.#index.times.span() };
    await setImmediate();
    this.#index.seal();
    this.#segments.close();
    return contents;
  }

  /** It will not be finished. */
  abandon(): void {
    this.#index.close();
    this.#segments.close();
  }
}

function placeOf(id: number, segment: number, offset: number, recordBytes: number, bytes: Buffer): Place {
  const requestBodyBytes = numberAt(bytes, 0, EXCHANGE.requestBodyBytes);
  const responseBodyBytes = numberAt(bytes, 0, EXCHANGE.responseBodyBytes);
  return { id, segment, offset, recordBytes, requestBodyBytes, responseBodyBytes };
}
