import type { Pattern, Render } from './pattern.ts';

/**
 * `replaceAll` over a text that comes in pieces: the same result, wherever the pieces end. What a match that is not whole yet
 * could begin in is kept back, `pattern.longest` units and one more: `\b` looks at the character behind a match.
 */
export class StreamReplacement {
  readonly #pattern: Pattern;
  readonly #longest: number;
  readonly #render: Render;
  /** The last character that was decided, for `\b`, and all that are not. */
  #kept = '';
  #from = 0;

  /** `longest`: of `pattern`. */
  constructor(pattern: Pattern, longest: number, render: Render) {
    this.#pattern = pattern;
    this.#longest = longest;
    this.#render = render;
  }

  /** Takes a piece, which ends with a whole character, and gives what is decided. */
  push(piece: string): string {
    const text = this.#kept + piece;
    return this.#decide(text, text.length - this.#longest);
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
