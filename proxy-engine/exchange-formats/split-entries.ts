/** Cuts the entries out of the text of a HAR while it comes, so that never more than one of them is in memory, and a file that breaks off is read as far as it goes. */

/** Longer ones are left out. */
const MAX_ENTRY_CHARACTERS = 256 * 1024 ** 2;
/** As are those with more lists and maps within each other: millions of them take the JSON parser seconds, and all else waits. */
const MAX_DEPTH = 1000;
/** What stands before the entries and is worth looking at. */
const MAX_HEAD_CHARACTERS = 64 * 1024;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);
const ENTRIES_KEY = /"entries"\s*:\s*$/;
const TAIL_CHARACTERS = 100;

export type SplitEntry = { text: string } | { tooLong: number } | { tooDeep: number };

export class EntrySplitter {
  /** The beginning of the file, up to the entries. */
  head = '';
  /** The list of entries was found; and its end was. */
  found = false;
  ended = false;
  /** Lists of entries that were found; more than one is wrong, and all are read. */
  lists = 0;
  /** Characters behind the end of the whole, without white space. */
  behind = 0;
  #depth = 0;
  #listDepth = 0;
  /** Of the entry that is being read. */
  #deepest = 0;
  #inString = false;
  #escaped = false;
  #entry: string[] = [];
  #entryCharacters = 0;
  #tail = '';

  /** The entries that `text` completes. */
  push(text: string): SplitEntry[] {
    const entries: SplitEntry[] = [];
    let start = 0;
    for (let i = 0; i < text.length; i++) {
      if (this.closed) {
        this.behind += text.slice(i).replaceAll(/\s/g, '').length;
        break;
      }
      const code = text.charCodeAt(i);
      if (this.#inString) this.#stringPart(code);
      else if (code === QUOTE) this.#inString = true;
      else if (OPENING.has(code)) start = this.#open(text, start, i);
      else if (CLOSING.has(code) || (code === COMMA && this.#atList)) start = this.#close(text, start, i, entries);
    }
    this.#keep(text, start);
    return entries;
  }

  /** Of an entry that was begun and never ended. */
  get unfinished(): boolean {
    return this.found && !this.ended && this.#entry.join('').trim() !== '';
  }

  /** What the file began with was closed. */
  get closed(): boolean {
    return this.ended && this.#depth === 0;
  }

  get #atList(): boolean {
    return this.found && !this.ended && this.#depth === this.#listDepth;
  }

  #stringPart(code: number): void {
    if (this.#escaped) this.#escaped = false;
    else if (code === BACKSLASH) this.#escaped = true;
    else if (code === QUOTE) this.#inString = false;
  }

  /** Answers where what is being kept begins. */
  #open(text: string, start: number, at: number): number {
    this.#depth++;
    this.#deepest = Math.max(this.#deepest, this.#depth - this.#listDepth);
    if ((this.found && !this.ended) || text[at] !== '[' || this.#depth > 3) return start;
    const before = this.#tail + text.slice(Math.max(start, at - TAIL_CHARACTERS), at);
    if (!ENTRIES_KEY.test(before)) return start;
    this.#keep(text.slice(0, at), start);
    this.found = true;
    this.ended = false;
    this.lists++;
    this.#listDepth = this.#depth;
    this.#deepest = 0;
    return at + 1;
  }

  #close(text: string, start: number, at: number, entries: SplitEntry[]): number {
    const isEndOfEntry = this.#atList;
    if (text.charCodeAt(at) !== COMMA) this.#depth--;
    if (!isEndOfEntry) return start;
    this.#keep(text.slice(0, at), start);
    entries.push(...this.#taken());
    this.ended = this.#depth < this.#listDepth;
    this.#tail = '';
    return at + 1;
  }

  /** The entry that has ended here; none between two commas. */
  #taken(): SplitEntry[] {
    const [text, length, depth] = [this.#entry.join('').trim(), this.#entryCharacters, this.#deepest];
    this.#entry = [];
    this.#entryCharacters = 0;
    this.#deepest = 0;
    if (length > MAX_ENTRY_CHARACTERS) return [{ tooLong: length }];
    if (depth > MAX_DEPTH) return [{ tooDeep: depth }];
    return text === '' ? [] : [{ text }];
  }

  #keep(text: string, start: number): void {
    const part = text.slice(start);
    if (!this.found) this.head = (this.head + part).slice(0, MAX_HEAD_CHARACTERS);
    if (!this.found || this.ended) {
      this.#tail = (this.#tail + part).slice(-TAIL_CHARACTERS);
      return;
    }
    this.#entryCharacters += part.length;
    if (this.#entryCharacters <= MAX_ENTRY_CHARACTERS && this.#deepest <= MAX_DEPTH) this.#entry.push(part);
    else this.#entry = [];
  }
}
