import { once } from 'node:events';
import { createWriteStream, existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { harText } from '../../exchange-formats/har-stream.ts';
import { DiskStore } from '../../store/disk-store.ts';
import { redactedNames } from '../../store/record/redacted-names.ts';
import { BadFilter, compileFilter } from '../../store/views/filter.ts';
import { productVersion } from '../product.ts';
import { CliFailure } from './failure.ts';

export interface ExportHarOptions {
  output?: string;
  filter?: string;
  /** False: with passwords and sessions. */
  redact: boolean;
}

const MOST = Number.MAX_SAFE_INTEGER;
const ALL = { exchanges: MOST, disk: MOST, bodies: MOST };

/** Writes a recording as HAR. `directory`: what was given as `--data`, or `capture` in it. */
export async function exportHar(directory: string, { output, filter, redact }: ExportHarOptions): Promise<void> {
  checkFilter(filter);
  const place = placeOf(directory);
  const store = openRecording(place);
  const names = redact ? redactedNames(place) : [];
  try {
    const text = harText(readerOf(store), { filter, redact: names, version: productVersion });
    if (output === undefined) await writeAll(text, process.stdout);
    else await writeWhole(text, output);
  } finally {
    store.close();
  }
}

function checkFilter(filter: string | undefined): void {
  try {
    compileFilter(filter);
  } catch (error) {
    if (error instanceof BadFilter) throw new CliFailure(1, `--filter: ${error.message}`, { cause: error });
    throw error;
  }
}

function placeOf(directory: string): string {
  const place = [join(directory, 'capture'), directory].find((dir) => existsSync(join(dir, 'index.db')));
  if (place !== undefined) return place;
  throw new CliFailure(2, `${directory}: there is no recording; name the directory given to --data`);
}

function openRecording(place: string): DiskStore {
  try {
    const { store, note } = DiskStore.open(place, ALL);
    if (note !== null) process.stderr.write(`switchyard: ${note}\n`);
    return store;
  } catch (error) {
    const { message } = error as Error;
    const hint = message.startsWith('another process')
      ? 'while it runs, GET /api/exchanges.har of its control API has the same'
      : 'an export needs a directory that it can write; copy it to one';
    throw new CliFailure(2, `${place}: ${message}; ${hint}`, { cause: error });
  }
}

function readerOf({ exchanges }: DiskStore): Parameters<typeof harText>[0] {
  return {
    ids: async (filter) => (await exchanges.find(filter)).slice(),
    get: async (id) => exchanges.get(id),
    body: (input) => exchanges.readBody(input),
    messages: async (input) => exchanges.messages(input),
  };
}

async function writeAll(text: AsyncIterable<string>, to: Writable): Promise<void> {
  for await (const piece of text) if (!to.write(piece)) await once(to, 'drain');
}

/** Never half a file under that name. */
async function writeWhole(text: AsyncIterable<string>, file: string): Promise<void> {
  const partial = `${file}.${process.pid}.partial`;
  try {
    const stream = createWriteStream(partial, { flush: true });
    await once(stream, 'open');
    await writeAll(text, stream);
    stream.end();
    await once(stream, 'close');
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true });
    throw new CliFailure(2, `${file}: cannot be written: ${(error as Error).message}`, { cause: error });
  }
}
