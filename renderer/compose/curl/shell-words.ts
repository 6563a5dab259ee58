/** The words of one command as a POSIX shell, bash (`$'…'`) or cmd.exe (`^`) would pass them on. Variables stay as they are written. */

/** null: a quote is never closed. */
export function shellWords(text: string): string[] | null {
  const scanner = new Scanner(isCmd(text) ? withoutCarets(text) : text);
  return scanner.words();
}

/** As browsers copy for cmd.exe: `curl ^"https://…^" ^`. */
function isCmd(text: string): boolean {
  return /\^"|\^\r?\n/.test(text);
}

/** A caret and a line break: the next line goes on; two line breaks: the second one is meant. */
function withoutCarets(text: string): string {
  return text.replace(/\^(?:\r?\n(\r?\n)?|([^]))/g, (_, lineBreak?: string, char?: string) => lineBreak ?? char ?? ' ');
}

const ENDS = new Set(['\n', ';', '|', '&']);
const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  e: '\x1b',
  E: '\x1b',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '?': '?',
};

class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text.replaceAll('\r\n', '\n').trim();
  }

  words(): string[] | null {
    const words: string[] = [];
    for (;;) {
      this.#skipBlanks();
      const next = this.#text[this.#at];
      if (next === undefined || ENDS.has(next)) return words;
      if (next === '#') this.#at = this.#lineEnd();
      else {
        const word = this.#word();
        if (word === null) return null;
        words.push(word);
      }
    }
  }

  #skipBlanks(): void {
    for (;;) {
      const char = this.#text[this.#at];
      if (char === ' ' || char === '\t') this.#at++;
      else if (char === '\\' && this.#text[this.#at + 1] === '\n') this.#at += 2;
      else return;
    }
  }

  #lineEnd(): number {
    const end = this.#text.indexOf('\n', this.#at);
    return end < 0 ? this.#text.length : end;
  }

  #word(): string | null {
    let word = '';
    for (;;) {
      const char = this.#text[this.#at];
      if (char === undefined || char === ' ' || char === '\t' || ENDS.has(char)) return word;
      const part = this.#part(char);
      if (part === null) return null;
      word += part;
    }
  }

  #part(char: string): string | null {
    const next = this.#text[this.#at + 1];
    if (char === "'") return this.#upTo("'", 1);
    if (char === '"') return this.#doubleQuoted(1);
    if (char === '$' && next === "'") return this.#ansi();
    if (char === '$' && next === '"') return this.#doubleQuoted(2);
    if (char === '\\') {
      this.#at += 2;
      return next === '\n' ? '' : (next ?? '\\');
    }
    this.#at++;
    return char;
  }

  #upTo(quote: string, skip: number): string | null {
    const end = this.#text.indexOf(quote, this.#at + skip);
    if (end < 0) return null;
    const inside = this.#text.slice(this.#at + skip, end);
    this.#at = end + 1;
    return inside;
  }

  #doubleQuoted(skip: number): string | null {
    let inside = '';
    for (this.#at += skip; ; this.#at++) {
      const char = this.#text[this.#at];
      if (char === undefined) return null;
      if (char === '"') break;
      const next = this.#text[this.#at + 1] ?? '';
      if (char === '\\' && '$`"\\\n'.includes(next) && next !== '') {
        inside += next === '\n' ? '' : next;
        this.#at++;
      } else inside += char;
    }
    this.#at++;
    return inside;
  }

  #ansi(): string | null {
    const match = /^\$'((?:[^'\\]|\\[^])*)'/.exec(this.#text.slice(this.#at));
    if (!match) return null;
    this.#at += match[0].length;
    return unescaped(match[1] ?? '');
  }
}

/** Bytes that are written as `\x..` or octal are taken as UTF-8. */
function unescaped(text: string): string {
  const escape = /((?:\\x[0-9a-f]{1,2}|\\[0-7]{1,3})+)|\\u([0-9a-f]{1,4})|\\U([0-9a-f]{1,8})|\\([^])/gi;
  return text.replace(escape, (_, bytes?: string, short?: string, long?: string, char?: string) => {
    if (bytes !== undefined) return decodedBytes(bytes);
    if (short !== undefined || long !== undefined)
      return String.fromCodePoint(Number.parseInt(short ?? long ?? '0', 16));
    return ESCAPES[char ?? ''] ?? `\\${char ?? ''}`;
  });
}

function decodedBytes(escapes: string): string {
  const codes = [...escapes.matchAll(/\\(?:x([0-9a-f]+)|([0-7]+))/gi)].map(([, hex, octal]) =>
    hex === undefined ? Number.parseInt(octal ?? '0', 8) : Number.parseInt(hex, 16),
  );
  return new TextDecoder().decode(Uint8Array.from(codes));
}
