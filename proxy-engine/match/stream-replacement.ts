import type { Pattern, Render } from './pattern.ts';

interface Bounds {
  /** Of a match. */
  longest: number;
  /** No match holds a line break. */
  inLine: boolean;
}

/**
 * `replaceAll` over a text that comes in pieces: the same result, wherever the pieces end. What a match that is not whole yet
 * could begin in is kept back, `longest` units and one more: `\b` looks at the character behind a match. Of a pattern that stays in its
 * line no line is kept that has ended: an event of a stream goes on when it is whole.
 */
export class StreamReplacement {
  readonly #pattern: Pattern;
  readonly #bounds: Bounds;
  readonly #render: Render;
  /** The last character that was decided, for `\b`, and all that are not. */
  #kept = '';
  #from = 0;

  constructor(pattern: Pattern, bounds: Bounds, render: Render) {
    this.#pattern = pattern;
    this.#bounds = bounds;
    this.#render = render;
  }

  /** Takes a piece, which ends with a whole character, and gives what is decided. */
  push(piece: string): string {
    const text = this.#kept + piece;
    const { longest, inLine } = this.#bounds;
    return this.#decide(text, Math.max(text.length - longest, inLine ? text.lastIndexOf('\n') + 1 : 0));
  }

  /** Nothing comes any more. */
  end(): string {
    return this.#decide(this.#kept, this.#kept.length);
  }

  /** What is not decided, as it came: nothing more is replaced. */
  rest(): string {
    const rest = this.#kept.slice(this.#from);
    this.#kept = '';
    this.#from = 0;
    return rest;
  }

  /** A match that begins before `decided` is certain, as is that there is none. */
  #decide(text: string, decided: number): string {
    let out = '';
    let at = this.#from;
    for (let found = this.#pattern.find(text, at); found !== null && found.start < decided; ) {
      out += text.slice(at, found.start) + this.#render(found.groups);
      at = found.end;
      found = this.#pattern.find(text, at);
    }
    const cut = Math.max(at, wholeCharacters(text, decided));
    const context = Math.max(0, cut - 1);
    this.#kept = text.slice(context);
    this.#from = cut - context;
    return out + text.slice(at, cut);
  }
}

/** `at`, or one less when a surrogate pair stands across it. */
function wholeCharacters(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  return at > 0 && unit >= 0xdc00 && unit <= 0xdfff ? at - 1 : at;
}
