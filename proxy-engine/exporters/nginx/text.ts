/** nginx's syntax: quoting, durations, and maps, which are the language in which conditions and values are written here. */

/** A quoted parameter. Variables in `text` stay variables; a literal dollar must be `${dollar}` already. */
export function quoted(text: string): string {
  if (/^[\w$./:@=-]+$/.test(text)) return text;
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}

export function duration(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}

/** Indented lines of a block. */
export function block(head: string, lines: readonly string[]): string[] {
  return [`${head} {`, ...lines.map((line) => (line === '' ? line : `    ${line}`)), '}'];
}

export function escapeRegex(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
}

/** `~^/v1/` as a key of a map: the pattern is quoted, its dollars are its own. */
export function regexKey(pattern: string, ignoreCase = false): string {
  return `"~${ignoreCase ? '*' : ''}${pattern.replace(/[\\"]/g, '\\$&')}"`;
}

export type MapEntry = readonly [key: string, value: string];

/** Collects `map` blocks; equal ones are written once. Evaluated by nginx when first asked, so unused ones cost nothing. */
export class Maps {
  readonly lines: string[] = [];
  readonly #names = new Map<string, string>();
  readonly #taken = new Set<string>();

  /** `$hint`, or `$hint_2` …: what `source` is mapped to. Keys and values are written as they are given. */
  define(hint: string, source: string, entries: readonly MapEntry[], fallback: string): string {
    const body = [...entries.map(([key, value]) => `${key} ${quoted(value)};`), `default ${quoted(fallback)};`];
    const identity = `${source}\n${body.join('\n')}`;
    const known = this.#names.get(identity);
    if (known !== undefined) return known;
    const name = this.#nameFor(hint);
    this.#names.set(identity, name);
    this.lines.push(...block(`map ${quoted(source)} ${name}`, body));
    return name;
  }

  /** A variable that another directive defines, such as `split_clients`. */
  reserve(hint: string): string {
    return this.#nameFor(hint);
  }

  #nameFor(hint: string): string {
    let name = hint;
    for (let n = 2; this.#taken.has(name); n++) name = `${hint}_${n}`;
    this.#taken.add(name);
    return `$${name}`;
  }
}
