/** Opens what was recorded in a directory: everything that can be read is there, and what cannot is told. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ExchangeIndex } from './exchange-index.ts';
import { endAll } from './interruption.ts';
import { OpenJournal } from './open-journal.ts';
import { recover } from './recovery.ts';
import { Segments } from './segments.ts';

export interface OpenedRecordings {
  index: ExchangeIndex;
  segments: Segments;
  /** What could not be read; null: everything was. */
  note: string | null;
}

/** Throws when another process records into it, or the directory cannot be written. */
export function openRecordings(dir: string, maxMessageBytes: number): OpenedRecordings {
  const segments = new Segments(dir);
  try {
    const { index, broken } = openIndex(dir);
    const read = broken !== null || index.isEmpty() ? rebuilt(index, segments, broken) : cutOff(index, segments);
    const ended = endOf(dir, index, segments, maxMessageBytes);
    const note = [read, ended].filter((text) => text !== null).join('; ') || null;
    writeFileSync(join(dir, OWNER), String(process.pid));
    return { index, segments, note };
  } catch (error) {
    segments.close();
    throw error;
  }
}

/** What an earlier process could not finish ends here, with all that had come of it. */
function endOf(dir: string, index: ExchangeIndex, segments: Segments, maxMessageBytes: number): string | null {
  try {
    endAll(index, segments, OpenJournal.read(dir, maxMessageBytes), 'the engine ended before this exchange did');
    return null;
  } catch (error) {
    return `exchanges that went on when the engine ended could not be ended: ${(error as Error).message}`;
  }
}

/** Names the process that has the directory. */
const OWNER = 'owner';

/** An index that cannot be read is moved aside. */
function openIndex(dir: string): { index: ExchangeIndex; broken: string | null } {
  const file = join(dir, 'index.db');
  try {
    return { index: new ExchangeIndex(file), broken: null };
  } catch (error) {
    const { message } = error as Error;
    if (/locked|busy/i.test(message))
      throw new Error(`${ownerOf(dir)} records into the same directory`, { cause: error });
    if (!/malformed|not a database|corrupt|has version/i.test(message)) throw error;
    const aside = `${file}.broken-${Date.now()}`;
    renameSync(file, aside);
    for (const suffix of ['-wal', '-shm']) rmSync(file + suffix, { force: true });
    const broken = `the index of recordings could not be read (${message}); it was moved to ${aside}`;
    return { index: new ExchangeIndex(file), broken };
  }
}

function ownerOf(dir: string): string {
  try {
    return `another process (pid ${Number(readFileSync(join(dir, OWNER), 'utf8'))})`;
  } catch {
    return 'another process';
  }
}

function rebuilt(index: ExchangeIndex, segments: Segments, broken: string | null): string | null {
  if (segments.bytes === 0) return broken;
  const { exchanges, unreadableBytes } = recover(segments, index);
  const found = `${broken ?? 'the index of recordings was missing'}; ${exchanges} exchanges were found again`;
  return unreadableBytes === 0 ? found : `${found}, ${unreadableBytes} bytes belong to none that can be read`;
}

/** Exchanges whose bytes are not there leave the index; bytes behind the last that an exchange points at are cut off. */
export function cutOff(index: ExchangeIndex, segments: Segments): string | null {
  const lost = index.removeBeyond(new Map(segments.numbers.map((number) => [number, segments.bytesOf(number)])));
  const last = segments.numbers.at(-1);
  if (last !== undefined) segments.truncate(last, index.endOf(last));
  return lost === 0 ? null : `${lost} recorded exchanges cannot be read: their files are cut off or missing`;
}
