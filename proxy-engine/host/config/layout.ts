/** Where the entries of a document stand that is written in block style, told by the indentation of its lines alone. */

export interface Lines {
  from: number;
  to: number;
}

/** A key at the top, with what belongs to it. */
export interface Section extends Lines {
  key: string;
  /** Of what stands below the key, each with the comments right above it; none: what the key has is not known from its lines. */
  entries: Lines[];
  /** Where the entries begin: behind the line of the key. */
  body: number;
  /** Of the hyphens, or of the keys below; -1: no line was seen below. */
  column: number;
}

const KEY = /([A-Za-z_][\w-]*):(?=[ \t\n]|$)/y;
const NOTHING_ELSE = /[ \t]*(?:#.*)?$/my;
const HYPHEN = /-(?=[ \t\n]|$)/y;
const NAME = /(?:\w[\w.-]*|"[^"\n]*"|'[^'\n]*'):(?=[ \t\n]|$)/y;

/**
 * null: lines do not tell. What is told is a guess until each entry was read by itself: where a text in quotes or brackets goes on in
 * lines that look like entries, some of them cannot be read.
 */
export function layoutOf(text: string): Section[] | null {
  if (text.includes('\r')) return null;
  const layout = new Layout(text);
  for (let at = 0, end = 0; at < text.length; at = end) {
    const newline = text.indexOf('\n', at);
    end = newline < 0 ? text.length : newline + 1;
    let first = at;
    while (text[first] === ' ') first++;
    if (!layout.take(at, first, end)) return null;
  }
  return layout.ended();
}

class Layout {
  readonly #text: string;
  readonly #sections: Section[] = [];
  /** Whether entries of the last section may stand below its key. */
  #isOpen = false;
  /** Whether entries of the last section have hyphens. */
  #isList = false;
  /** Of comments that may belong to what follows. */
  #comment = -1;

  constructor(text: string) {
    this.#text = text;
  }

  /** One line, whose first character that is no blank is at `first`. false: lines do not tell. */
  take(at: number, first: number, end: number): boolean {
    const section = this.#sections.at(-1);
    const indent = first - at;
    if (this.#text.slice(first, end).trim() === '') return true;
    if (this.#text[first] === '#') {
      // Deeper it may be a line of a text.
      if (this.#comment < 0 && indent <= Math.max(0, section?.column ?? 0)) this.#comment = at;
      return true;
    }
    const from = this.#comment < 0 ? at : this.#comment;
    this.#comment = -1;
    const isList = matchesAt(HYPHEN, this.#text, first);
    if (indent === 0 && !isList) return this.#begin(from, at, end);
    return section !== undefined && this.#goOn(section, { from, first, indent, isList });
  }

  ended(): Section[] | null {
    this.#close(this.#comment < 0 ? this.#text.length : this.#comment);
    const keys = new Set(this.#sections.map(({ key }) => key));
    return keys.size === this.#sections.length && !keys.has('__proto__') ? this.#sections : null;
  }

  #begin(from: number, at: number, end: number): boolean {
    this.#close(from);
    if (!matchesAt(KEY, this.#text, at)) return false;
    const colon = this.#text.indexOf(':', at);
    this.#isOpen = matchesAt(NOTHING_ELSE, this.#text, colon + 1);
    this.#sections.push({ key: this.#text.slice(at, colon), from, to: end, body: end, entries: [], column: -1 });
    return true;
  }

  #close(to: number): void {
    const section = this.#sections.at(-1);
    if (!section) return;
    section.to = to;
    const last = section.entries.at(-1);
    if (last) last.to = to;
  }

  #goOn(section: Section, line: { from: number; first: number; indent: number; isList: boolean }): boolean {
    if (!this.#isOpen) return line.indent > 0;
    const { from, first, indent, isList } = line;
    if (section.column < 0) {
      section.column = indent;
      this.#isList = isList;
    }
    if (indent > section.column) return true;
    if (indent < section.column || isList !== this.#isList) return false;
    if (!isList && !matchesAt(NAME, this.#text, first)) return false;
    this.#close(from);
    section.entries.push({ from: section.entries.length === 0 ? section.body : from, to: from });
    return true;
  }
}

function matchesAt(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at;
  return pattern.test(text);
}
