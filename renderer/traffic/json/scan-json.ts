import type { Sliced } from '../../ui/slices.ts';
import { JsonNodes } from './json-nodes.ts';

export interface JsonTree {
  text: string;
  nodes: JsonNodes;
  /** The text ends within it. */
  cut: boolean;
}

/** Characters between two places where the scan may rest. */
const STRETCH = 16_384;

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const BACKSLASH = 92;
const OPEN_LIST = 91;
const CLOSE_LIST = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

/** The tree of a JSON text (RFC 8259), or null when it is none. `mayBeCut`: its end may be missing. */
export function* scanJson(text: string, mayBeCut = false): Sliced<JsonTree | null> {
  const scan = new JsonScan(text, mayBeCut);
  while (!scan.done) {
    scan.run(scan.at + STRETCH);
    yield;
  }
  return scan.tree();
}

class JsonScan {
  at = 0;
  done = false;
  readonly #text: string;
  readonly #mayBeCut: boolean;
  readonly #nodes = new JsonNodes();
  /** Objects and arrays that are open, the innermost last. */
  readonly #open: number[] = [];
  #expects: 'value' | 'value or end' | 'key' | 'key or end' | 'comma or end' | 'nothing' = 'value';
  #key = -1;
  #failed = false;
  #cut = false;

  constructor(text: string, mayBeCut: boolean) {
    this.#text = text;
    this.#mayBeCut = mayBeCut;
  }

  tree(): JsonTree | null {
    if (this.#failed || this.#nodes.count === 0) return null;
    return { text: this.#text, nodes: this.#nodes, cut: this.#cut };
  }

  run(until: number): void {
    while (!this.done && this.at < until) this.#step();
  }

  #step(): void {
    this.#skipSpace();
    if (this.at >= this.#text.length) return this.#endOfText();
    const code = this.#text.charCodeAt(this.at);
    switch (this.#expects) {
      case 'value or end':
        return code === CLOSE_LIST ? this.#close() : this.#value(code);
      case 'value':
        return this.#value(code);
      case 'key or end':
        return code === CLOSE_OBJECT ? this.#close() : this.#readKey(code);
      case 'key':
        return this.#readKey(code);
      case 'comma or end':
        return this.#afterValue(code);
      case 'nothing':
        return this.#fail();
    }
  }

  #skipSpace(): void {
    for (; this.at < this.#text.length; this.at++) {
      const code = this.#text.charCodeAt(this.at);
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return;
    }
  }

  #value(code: number): void {
    const node = this.#nodes.add(this.at, this.#key, this.#open.at(-1) ?? -1);
    this.#key = -1;
    if (code === OPEN_OBJECT || code === OPEN_LIST) {
      this.#open.push(node);
      this.at++;
      this.#expects = code === OPEN_OBJECT ? 'key or end' : 'value or end';
      return;
    }
    const end = code === QUOTE ? stringEnd(this.#text, this.at) : this.#wordEnd();
    if (end < 0) return this.#fail();
    this.at = Math.min(end, this.#text.length);
    this.#nodes.end(node, this.at);
    if (end > this.#text.length) return this.#endOfText();
    this.#expects = this.#open.length > 0 ? 'comma or end' : 'nothing';
  }

  /** Of a number, `true`, `false` or `null`; -1: it is none of them; beyond the text: it is cut. */
  #wordEnd(): number {
    const { length } = this.#text;
    const isLast = this.#mayBeCut && length - this.at <= LONGEST_CUT;
    if (isLast && isBeginning(this.#text.slice(this.at))) return length + 1;
    WORD.lastIndex = this.at;
    const [word] = WORD.exec(this.#text) ?? [];
    return word === undefined ? -1 : this.at + word.length;
  }

  #readKey(code: number): void {
    const end = code === QUOTE ? stringEnd(this.#text, this.at) : -1;
    if (end < 0) return this.#fail();
    this.#key = this.at;
    this.at = Math.min(end, this.#text.length);
    this.#skipSpace();
    if (this.at >= this.#text.length) return this.#endOfText();
    if (this.#text.charCodeAt(this.at) !== COLON) return this.#fail();
    this.at++;
    this.#expects = 'value';
  }

  #afterValue(code: number): void {
    const isObject = this.#text.charCodeAt(this.#nodes.starts[this.#open.at(-1) as number] as number) === OPEN_OBJECT;
    if (code === (isObject ? CLOSE_OBJECT : CLOSE_LIST)) return this.#close();
    if (code !== COMMA) return this.#fail();
    this.at++;
    this.#expects = isObject ? 'key' : 'value';
  }

  #close(): void {
    this.at++;
    this.#nodes.end(this.#open.pop() as number, this.at);
    this.#expects = this.#open.length > 0 ? 'comma or end' : 'nothing';
  }

  #endOfText(): void {
    this.done = true;
    this.at = this.#text.length;
    if (this.#expects === 'nothing' && this.#open.length === 0) return;
    this.#cut = true;
    this.#failed = !this.#mayBeCut;
    while (this.#open.length > 0) this.#nodes.end(this.#open.pop() as number, this.at);
  }

  #fail(): void {
    this.done = true;
    this.#failed = true;
  }
}

const WORD = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** A longer number at the end of a text that may be cut counts as whole. */
const LONGEST_CUT = 40;

function isBeginning(word: string): boolean {
  return (
    /^-?\d*\.?\d*(?:[eE][+-]?\d*)?$/.test(word) || ['true', 'false', 'null'].some((whole) => whole.startsWith(word))
  );
}

/** One past the closing quote of the string that begins at `at`; beyond the text: it is cut; -1: it has control characters. */
export function stringEnd(text: string, at: number): number {
  for (let place = at + 1; place < text.length; place++) {
    const code = text.charCodeAt(place);
    if (code === QUOTE) return place + 1;
    if (code === BACKSLASH) place++;
    else if (code < 32) return -1;
  }
  return text.length + 1;
}
