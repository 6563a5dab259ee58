/** Opens what was recorded in a directory: everything that can be read is there, and what cannot is told. */
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ENGINE_ENDED } from '../../errors.ts';
import { ExchangeIndex } from '../index/exchange-index.ts';
import { OpenJournal } from './open-journal.ts';
import type { OpenParts } from './open-parts.ts';
import { nameOwner, ownerOf } from './owner.ts';
import { recover } from './recovery.ts';
import { Segments } from './segments.ts';
import { Unended } from './unended.ts';

export interface OpenedRecordings {
  index: ExchangeIndex;
  segments: Segments;
  journal: OpenJournal;
  /** What has come of exchanges that go on. */
  parts: OpenParts;
  /** Exchanges of an earlier process; those that could be ended are. */
  unended: Unended;
  /** What could not be read; null: everything was. */
  note: string | null;
}

/** Throws when another process records into it, or the directory cannot be written. */
export function openRecordings(dir: string, maxMessageBytes: number): OpenedRecordings {
  const segments = new Segments(dir);
  try {
    const { index, broken } = openIndex(dir);
    const note =
      broken !== null || index.firstAfter(0) === null ? rebuilt(index, segments, broken) : cutOff(index, segments);
    const ids = index.unfinished().map(({ id }) => id);
    const { journal, parts } = OpenJournal.open(dir, ids, maxMessageBytes);
    const unended = new Unended(ids, ENGINE_ENDED, { index, segments, parts });
    unended.end();
    nameOwner(dir);
    return { index, segments, journal, parts, unended, note };
  } catch (error) {
    segments.close();
    throw error;
  }
}

/** An index that cannot be read is moved aside. */
function openIndex(dir: string): { index: ExchangeIndex; broken: string | null } {
  const file = join(dir, 'index.db');
  try {
    return { index: new ExchangeIndex(file), broken: null };
  } catch (error) {
    const { message } = error as Error;
    if (/locked|busy/i.test(message))
      throw new Error(`another process${told(ownerOf(dir))} records into the same directory`, { cause: error });
    if (!/malformed|not a database|corrupt|has version/i.test(message)) throw error;
    const aside = `${file}.broken-${Date.now()}`;
    renameSync(file, aside);
    for (const suffix of ['-wal', '-shm']) rmSync(file + suffix, { force: true });
    const broken = `the index of recordings could not be read (${message}); it was moved to ${aside}`;
    return { index: new ExchangeIndex(file), broken };
  }
}

function told(pid: number | null): string {
  return pid === null ? '' : ` (pid ${pid})`;
}

function rebuilt(index: ExchangeIndex, segments: Segments, broken: string | null): string | null {
  if (segments.bytes === 0) return broken;
  const { exchanges, unreadableBytes } = recover(segments, index);
  const found = `${broken ?? 'the index of recordings was missing'}; ${exchanges} exchanges were found again`;
  return unreadableBytes === 0 ? found : `${found}, ${unreadableBytes} bytes belong to none that can be read`;
}

/** Exchanges whose bytes are not there leave the index; bytes behind the last that an exchange points at are cut off. */
function cutOff(index: ExchangeIndex, segments: Segments): string | null {
  let lost = 0;
  for (const count of cuttingOff(index, segments)) lost += count;
  return lost === 0 ? null : `${lost} recorded exchanges cannot be read: their files are cut off or missing`;
}

/** The same in steps; each tells how many exchanges it took out. */
export function* cuttingOff(index: ExchangeIndex, segments: Segments): Generator<number, void> {
  yield* index.removeBeyond(new Map(segments.numbers.map((number) => [number, segments.bytesOf(number)])));
  const last = segments.numbers.at(-1);
  if (last !== undefined) segments.truncate(last, index.segments.endOf(last));
}
