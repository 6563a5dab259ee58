/** Recordings that were saved, each in a folder of its own. Lives in the store thread. */
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandResult, ParsedInput } from '../../contract/api.ts';
import type { SavedRecordings as Listed, RecordingCommand, SavedRecording } from '../../contract/recording-commands.ts';
import { secretNames } from '../../contract/redaction.ts';
import { isRunning } from '../disk/owner.ts';
import { firstAbove } from '../index/id-list.ts';
import type { RecordedExchanges } from '../recorded-exchanges.ts';
import { compareRecordings } from './compare-recordings.ts';
import { OpenedRecordings } from './opened-recordings.ts';
import { copies } from './recording-copy.ts';
import { firstLineOf } from './recording-file.ts';
import { openFolder, readDescription, writeDescription } from './recording-folder.ts';
import { type LeftOut, RecordingTransfers } from './recording-transfers.ts';
import { type Contents, RecordingWriter } from './recording-writer.ts';

/** Of folders that are not in their place yet. */
const ASIDE = '.aside-';
const DELETED = 'it was deleted';

/** There is no such recording, or it cannot be read. */
export class NoRecording extends Error {
  readonly code = 'NOT_FOUND';
}

type ExportInput = Exclude<ParsedInput<'recordings.export'>, { export: number }>;
type Handlers = {
  [C in RecordingCommand]: (input: ParsedInput<C>) => CommandResult<C> | Promise<CommandResult<C>>;
};

export class SavedRecordings {
  readonly #dir: string;
  readonly #live: RecordedExchanges;
  readonly #redact: () => readonly string[];
  readonly #transfers = new RecordingTransfers();
  readonly #opened = new OpenedRecordings((recording) =>
    openFolder(this.#folder(recording), this.#describe(recording)),
  );
  #nextAside = 1;
  #saving: Promise<unknown> = Promise.resolve();

  /** `live`: what is being recorded now. `redact`: names of headers whose values do not leave. */
  constructor(dir: string, live: RecordedExchanges, redact: () => readonly string[]) {
    this.#dir = dir;
    this.#live = live;
    this.#redact = redact;
    removeLeftOvers(dir);
  }

  /** Rejects with `NoRecording`, `NoRecordingFile`, `BadFilter`, or what the disk says. */
  async run<C extends RecordingCommand>(command: C, input: ParsedInput<C>): Promise<CommandResult<C>> {
    return (this.#handlers[command] as (input: ParsedInput<C>) => CommandResult<C>)(input);
  }

  readonly #handlers: Handlers = {
    'recordings.list': () => this.#list(),
    'recordings.save': (input) => this.#save(input),
    'recordings.rename': ({ recording, name }) => {
      const renamed = { ...this.#describe(recording), name };
      writeDescription(this.#folder(recording), renamed);
      return renamed;
    },
    'recordings.delete': ({ recording }) => this.#delete(recording),
    'recordings.compare': ({ before, after, filter, limit }) =>
      this.read(before ?? undefined, (first) =>
        this.read(after ?? undefined, (second) => compareRecordings(first, second, filter, limit)),
      ),
    'recordings.export': (input) => ('export' in input ? this.#transfers.next(input.export) : this.#beginExport(input)),
    'recordings.import': async (input) => this.#import(input),
  };

  /** What `ask` answers of the exchanges of a saved recording; undefined: of what is being recorded. Rejects with `NoRecording`. */
  async read<T>(recording: string | undefined, ask: (exchanges: RecordedExchanges) => T | Promise<T>): Promise<T> {
    if (recording === undefined) return ask(this.#live);
    const held = this.#opened.hold(recording);
    try {
      return await ask(await held.exchanges);
    } catch (error) {
      throw held.isClosed ? unreadable(recording, DELETED, error) : error;
    } finally {
      held.release();
    }
  }

  #folder(recording: string): string {
    return join(this.#dir, recording);
  }

  #describe(recording: string): SavedRecording {
    try {
      return readDescription(this.#folder(recording), recording);
    } catch (error) {
      const reason = (error as NodeJS.ErrnoException).code === 'ENOENT' ? DELETED : (error as Error).message;
      throw unreadable(recording, reason, error);
    }
  }

  #list(): Listed {
    const listed: Listed = { recordings: [], unreadable: [] };
    for (const folder of foldersIn(this.#dir)) {
      try {
        listed.recordings.push(readDescription(this.#folder(folder), folder));
      } catch (error) {
        listed.unreadable.push({ folder: this.#folder(folder), why: (error as Error).message });
      }
    }
    listed.recordings.sort((a, b) => b.savedAt - a.savedAt);
    return listed;
  }

  /** What is being recorded must not be cleared before that: what is being saved would be lost with it. */
  get nothingIsBeingSaved(): Promise<unknown> {
    return this.#saving;
  }

  #save(input: ParsedInput<'recordings.save'>): Promise<SavedRecording> {
    const saving = this.#saveNow(input);
    this.#saving = Promise.allSettled([this.#saving, saving]);
    return saving;
  }

  async #saveNow({ name, filter }: ParsedInput<'recordings.save'>): Promise<SavedRecording> {
    const ids = filter === undefined ? null : (await this.#live.find(filter)).slice();
    return this.#putInPlace(async (folder) => {
      const contents = ids === null ? await this.#keepAll(folder) : await this.#write(folder, ids);
      return { name, savedAt: Date.now(), ...contents, ...(filter !== undefined && { filter }) };
    });
  }

  async #keepAll(folder: string): Promise<Contents> {
    mkdirSync(folder, { mode: 0o700 });
    return this.#write(folder, await this.#live.copyInto(folder));
  }

  async #write(folder: string, ids: readonly number[]): Promise<Contents> {
    const writer = await RecordingWriter.open(folder);
    try {
      for await (const exchange of copies(this.#live, ids, null)) writer.add(exchange);
      return await writer.finish();
    } catch (error) {
      writer.abandon();
      throw error;
    }
  }

  /** Of a folder that `fill` makes; when that fails, nothing is left of it. */
  async #putInPlace(fill: (folder: string) => Promise<Omit<SavedRecording, 'recording'>>): Promise<SavedRecording> {
    const aside = this.#newAside();
    try {
      const described = { recording: newId(), ...(await fill(aside)) };
      writeDescription(aside, described);
      renameSync(aside, this.#folder(described.recording));
      return described;
    } catch (error) {
      rmSync(aside, { recursive: true, force: true });
      throw error;
    }
  }

  #newAside(): string {
    mkdirSync(this.#dir, { recursive: true, mode: 0o700 });
    return join(this.#dir, `${ASIDE}${process.pid}-${this.#nextAside++}`);
  }

  async #delete(recording: string): Promise<null> {
    this.#describe(recording);
    await this.#opened.close(recording);
    const aside = this.#newAside();
    renameSync(this.#folder(recording), aside);
    // There may be gigabytes to give back, which takes a while.
    await rm(aside, { recursive: true, force: true });
    return null;
  }

  #beginExport(input: ExportInput): ReturnType<RecordingTransfers['begin']> {
    const leftOut: LeftOut = { redacted: new Set(), missing: 0 };
    return this.#transfers.begin({ parts: this.#export(input, leftOut), leftOut });
  }

  async *#export(input: ExportInput, leftOut: LeftOut): AsyncGenerator<Buffer> {
    const { recording } = input;
    if (recording === undefined) return yield* this.#exported(this.#live, null, input, leftOut);
    const saved = this.#describe(recording);
    const held = this.#opened.hold(recording);
    try {
      yield* this.#exported(await held.exchanges, saved, input, leftOut);
    } catch (error) {
      throw held.isClosed ? unreadable(recording, DELETED, error) : error;
    } finally {
      held.release();
    }
  }

  async *#exported(
    from: RecordedExchanges,
    saved: SavedRecording | null,
    { filter, redact }: ExportInput,
    leftOut: LeftOut,
  ): AsyncGenerator<Buffer> {
    const secrets = redact ? this.#redact() : [];
    const ids = (await from.find(filter)).slice();
    const taken = [...new Set([...(saved?.redacted ?? []), ...secrets])];
    const kept = filter ?? saved?.filter;
    const described = { name: saved?.name ?? 'recording', savedAt: saved?.savedAt ?? Date.now(), redacted: taken };
    yield firstLineOf({ ...described, ...(kept && { filter: kept }) });
    const rewriting = { isSecret: secretNames(secrets), onRedacted: (header: string) => leftOut.redacted.add(header) };
    let written = 0;
    for await (const { id, bytes } of copies(from, ids, rewriting)) {
      leftOut.missing = firstAbove(ids, id) - ++written;
      yield bytes;
    }
    leftOut.missing = ids.length - written;
  }

  async #import(input: ParsedInput<'recordings.import'>): Promise<CommandResult<'recordings.import'>> {
    const incoming = this.#transfers.receive(input, () => this.#newAside());
    if (!input.last) return { import: incoming.id };
    const { unreadableBytes, ...received } = this.#transfers.finish(incoming);
    const recording = await this.#putInPlace(async (aside) => {
      renameSync(incoming.folder, aside);
      return received;
    });
    return { import: incoming.id, recording, unreadableBytes };
  }

  async close(): Promise<void> {
    this.#transfers.close();
    await this.#opened.closeAll();
  }
}

function unreadable(recording: string, reason: string, cause: unknown): NoRecording {
  return new NoRecording(`there is no recording ${recording} that can be read: ${reason}`, { cause });
}

/** Of processes that ended while they wrote: full segments would keep their room on the disk by their second names. */
function removeLeftOvers(dir: string): void {
  for (const name of everythingIn(dir)) {
    const pid = new RegExp(`^\\${ASIDE}(\\d+)-`).exec(name)?.[1];
    // An earlier process may have had the number of this one, in a container it always has.
    const isStale = pid !== undefined && (Number(pid) === process.pid || !isRunning(Number(pid)));
    if (isStale) rmSync(join(dir, name), { recursive: true, force: true });
  }
}

function foldersIn(dir: string): string[] {
  return everythingIn(dir).filter((name) => !name.startsWith('.'));
}

/** Names of folders. */
function everythingIn(dir: string): string[] {
  try {
    const found = readdirSync(dir, { withFileTypes: true });
    return found.flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** In the order of time, for people who look into the directory. */
function newId(): string {
  const time = new Date().toISOString().slice(0, 19).replace('T', '-').replaceAll(':', '');
  return `${time}-${Math.random().toString(36).slice(2, 6).padEnd(4, '0')}`;
}
