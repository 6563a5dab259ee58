/** A HAR that comes in pieces becomes recorded exchanges, one after the other; what was wrong with it is counted and told. */
import type { HarProblem } from '../contract/har-commands.ts';
import type { NotKept, RecordedElsewhere } from '../store/capture-store.ts';
import type { TappedMessage } from '../websocket/frame-tap.ts';
import type { HarWebSocketMessage } from './har-format.ts';
import { readEntry, type TellProblem } from './har-read.ts';
import { mendedJson } from './mended-json.ts';
import { EntrySplitter, type SplitEntry } from './split-entries.ts';
import { type Readable, readable, takeIn } from './taken-in.ts';

export interface ImportStore {
  /** Gives the next exchange its number and records what is made with it. */
  takeIn(make: (id: number) => RecordedElsewhere): Promise<number>;
  /** Which of those are not there. */
  notKept(ids: readonly number[]): Promise<NotKept>;
}

/** Different ones; of each the first place and how many there are. */
const MAX_PROBLEMS = 200;
/** Others have their turn in between. */
const BREATH_EVERY = 32;

export class HarImport {
  readonly problems: HarProblem[] = [];
  /** Of the exchanges that were recorded, and the entries that they are. */
  readonly #entryOf = new Map<number, number>();
  readonly #from: string;
  readonly #store: ImportStore;
  readonly #splitter = new EntrySplitter();
  #entries = 0;

  /** `from`: the file's name, for people. */
  constructor(from: string, store: ImportStore) {
    this.#from = from;
    this.#store = store;
  }

  get ids(): number[] {
    return [...this.#entryOf.keys()];
  }

  async push(text: string): Promise<void> {
    for (const split of this.#splitter.push(this.#entries === 0 ? text.replace(/^\uFEFF/, '') : text)) {
      this.#entries++;
      await this.#take(split);
      if (this.#entries % BREATH_EVERY === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** The file is over. False: it was no HAR at all. */
  async end(): Promise<boolean> {
    await this.#tellNotKept();
    const { found, closed, unfinished, behind, head, lists } = this.#splitter;
    const before = (/^[^{]*/.exec(head)?.[0] ?? '').replaceAll(/\s/g, '').length;
    if (found && before > 0) this.#tell('file', 'mended', `text before its beginning, ${before} long`);
    if (lists > 1) this.#tell('file', 'mended', `it has ${lists} lists of entries; all of them were read`);
    if (found && !closed) {
      const where = unfinished ? `in the middle of entry ${this.#entries + 1}` : `after entry ${this.#entries}`;
      this.#tell('file', unfinished ? 'left-out' : 'mended', `it breaks off ${where}`);
    }
    if (behind > 0) this.#tell('file', 'left-out', `text behind its end, ${behind} long`);
    return found;
  }

  /** Only what is in the list has been imported. */
  async #tellNotKept(): Promise<void> {
    const { ids, level, problem } = await this.#store.notKept(this.ids);
    const why = problem ?? 'it was dropped again: more than capture keeps';
    for (const id of ids) {
      this.#tell(`entry ${this.#entryOf.get(id)}`, 'left-out', why);
      this.#entryOf.delete(id);
    }
    if (level === 'heads') this.#tell('file', 'left-out', `without bodies: ${why}`);
  }

  async #take(split: SplitEntry): Promise<void> {
    const at = `entry ${this.#entries}`;
    const whys = new Set<string>();
    const found = 'text' in split ? read(split.text, (why) => whys.add(why)) : null;
    if ('tooLong' in split) whys.add(`it has ${split.tooLong} characters`);
    if ('tooDeep' in split) whys.add(`it has lists and maps within each other, ${split.tooDeep} deep`);
    // What left an entry out is told last; what was mended before that helped nobody.
    if (found) for (const why of whys) this.#tell(at, 'mended', why);
    else this.#tell(at, 'left-out', [...whys].at(-1) ?? 'it cannot be read');
    if (found) this.#entryOf.set(await this.#store.takeIn((id) => this.#recorded(found, id)), this.#entries);
  }

  #recorded(found: Readable, id: number): RecordedElsewhere {
    const { startedAt, messages } = found.entry;
    return { ...takeIn(found, id, this.#from), messages: messages.map((message) => tapped(message, startedAt)) };
  }

  #tell(at: string, outcome: HarProblem['outcome'], why: string): void {
    const known = this.problems.find((problem) => problem.why === why && problem.outcome === outcome);
    if (known) known.times++;
    else if (this.problems.length < MAX_PROBLEMS) this.problems.push({ at, outcome, why, times: 1 });
  }
}

function read(text: string, tell: TellProblem): Readable | null {
  const entry = readEntry(parsed(text, tell), tell);
  return entry && readable(entry, tell);
}

function parsed(text: string, tell: TellProblem): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    try {
      const value = JSON.parse(mendedJson(text)) as unknown;
      tell('numbers that are none, commas at the end or line breaks in a text were mended');
      return value;
    } catch {
      tell(`it is not JSON: ${(error as Error).message}`);
      return null;
    }
  }
}

const TYPES: Readonly<Record<number, TappedMessage['type']>> = { 2: 'binary', 8: 'close', 9: 'ping', 10: 'pong' };

function tapped(
  { type, time, opcode, data }: HarWebSocketMessage,
  startedAt: number,
): RecordedElsewhere['messages'][0] {
  const kind = TYPES[opcode] ?? 'text';
  const bytes = Buffer.from(data, kind === 'text' || kind === 'close' ? 'utf8' : 'base64');
  const message = { type: kind, data: bytes, wireBytes: bytes.length, fragments: 1, compressed: false };
  return { from: type === 'send' ? 'client' : 'server', atMs: Math.max(0, time * 1000 - startedAt), message };
}
