/**
 * Header lines in the order and spelling in which they came: `[name, value, name, value …]`, values latin1 (one char a byte).
 * Lookups compare names without case (RFC 9110 §5.1).
 */
export class Headers {
  readonly #flat: string[];
  /** The text that the first lines came in, and where in it each begins; -1: that line is not as it came. */
  readonly #wire: string;
  readonly #starts: number[];

  /** `starts`: of lines that stand in `wire` as `name: value` CRLF; shorter than the list: the others do not. */
  constructor(flat: string[] = [], wire = '', starts: number[] = []) {
    this.#flat = flat;
    this.#wire = wire;
    this.#starts = starts;
  }

  get flat(): readonly string[] {
    return this.#flat;
  }

  static of(lines: Iterable<readonly [string, string]>): Headers {
    const flat: string[] = [];
    for (const [name, value] of lines) flat.push(name, value);
    return new Headers(flat);
  }

  /** Number of lines. */
  get size(): number {
    return this.#flat.length / 2;
  }

  /** Value of the first line of that name. */
  get(lowerName: string): string | undefined {
    const flat = this.#flat;
    for (let i = 0; i < flat.length; i += 2) if (sameName(flat[i]!, lowerName)) return flat[i + 1];
    return undefined;
  }

  /** All values of that name as one list (RFC 9110 §5.3); not for set-cookie. Cookies have `; ` between them (RFC 6265 §4.2.1). */
  getList(lowerName: string, separator = ', '): string | undefined {
    const flat = this.#flat;
    let joined: string | undefined;
    for (let i = 0; i < flat.length; i += 2)
      if (sameName(flat[i]!, lowerName))
        joined = joined === undefined ? flat[i + 1]! : joined + separator + flat[i + 1]!;
    return joined;
  }

  /** The values of all lines of that name. */
  getAll(lowerName: string): string[] {
    return this.#flat.filter((_, i) => i % 2 === 1 && sameName(this.#flat[i - 1]!, lowerName));
  }

  has(lowerName: string): boolean {
    return this.get(lowerName) !== undefined;
  }

  /** Replaces the first line of that name where it stands and drops the others; appends when there is none. */
  set(name: string, value: string): void {
    const flat = this.#flat;
    const at = this.#indexOf(name, 0);
    if (at < 0) {
      flat.push(name, value);
      return;
    }
    this.#replaceValue(at, value);
    const again = this.#indexOf(name, at + 2);
    if (again >= 0) this.#dropFrom(again, (other) => sameName(other, name));
  }

  /** Of the first line of that name at `from` or after it; -1: there is none. */
  #indexOf(name: string, from: number): number {
    const flat = this.#flat;
    for (let i = from; i < flat.length; i += 2) if (sameName(flat[i]!, name)) return i;
    return -1;
  }

  /** Changes the value of every line of that name. */
  rewrite(name: string, change: (value: string) => string): void {
    const flat = this.#flat;
    for (let i = this.#indexOf(name, 0); i >= 0; i = this.#indexOf(name, i + 2))
      this.#replaceValue(i, change(flat[i + 1]!));
  }

  #replaceValue(at: number, value: string): void {
    this.#flat[at + 1] = value;
    if (at / 2 < this.#starts.length) this.#starts[at / 2] = -1;
  }

  append(name: string, value: string): void {
    this.#flat.push(name, value);
  }

  /** In front of all others. */
  prepend(name: string, value: string): void {
    this.#flat.unshift(name, value);
    this.#starts.unshift(-1);
  }

  /** Drops every line of that name; says whether there was one. */
  delete(name: string): boolean {
    const at = this.#indexOf(name, 0);
    if (at < 0) return false;
    this.#dropFrom(at, (other) => sameName(other, name));
    return true;
  }

  deleteWhere(drop: (name: string) => boolean): boolean {
    const flat = this.#flat;
    const before = flat.length;
    this.#dropFrom(0, drop);
    return flat.length < before;
  }

  /** Shortening an array costs more than looking through it: a list that stays as it is is not written to. */
  #dropFrom(at: number, drop: (name: string) => boolean): void {
    const flat = this.#flat;
    let kept = at;
    for (let i = at; i < flat.length; i += 2) {
      if (drop(flat[i]!)) continue;
      if (kept < i) this.#move(i, kept);
      kept += 2;
    }
    if (kept === flat.length) return;
    flat.length = kept;
    if (this.#starts.length > kept / 2) this.#starts.length = kept / 2;
  }

  #move(from: number, to: number): void {
    const flat = this.#flat;
    flat[to] = flat[from]!;
    flat[to + 1] = flat[from + 1]!;
    const starts = this.#starts;
    if (to / 2 < starts.length) starts[to / 2] = from / 2 < starts.length ? starts[from / 2]! : -1;
  }

  clone(): Headers {
    return new Headers(this.#flat.slice(), this.#wire, this.#starts.slice());
  }

  /** A list of those lines whose names are to be kept. */
  filter(keep: (name: string) => boolean): Headers {
    const flat = this.#flat;
    const starts = this.#starts;
    const kept: string[] = [];
    const keptStarts: number[] = [];
    for (let i = 0; i < flat.length; i += 2) {
      if (!keep(flat[i]!)) continue;
      kept.push(flat[i]!, flat[i + 1]!);
      keptStarts.push(i / 2 < starts.length ? starts[i / 2]! : -1);
    }
    return new Headers(kept, this.#wire, keptStarts);
  }

  /** The lines as they go over the wire, each with its CRLF; `drops` names that are left out. Lines that came side by side are taken over at once. */
  text(drops: (name: string) => boolean = none): string {
    const flat = this.#flat;
    const starts = this.#starts;
    let text = '';
    let from = 0;
    let to = 0;
    for (let i = 0; i < flat.length; i += 2) {
      if (drops(flat[i]!)) continue;
      const start = i / 2 < starts.length ? starts[i / 2]! : -1;
      if (to > from && start !== to) {
        text += this.#wire.substring(from, to);
        to = from;
      }
      if (start < 0) text += `${flat[i]}: ${flat[i + 1]}\r\n`;
      else {
        if (to === from) from = start;
        to = start + flat[i]!.length + flat[i + 1]!.length + LINE_MARKS;
      }
    }
    return text + this.#wire.substring(from, to);
  }

  lines(): [string, string][] {
    const lines: [string, string][] = [];
    for (let i = 0; i < this.#flat.length; i += 2) lines.push([this.#flat[i]!, this.#flat[i + 1]!]);
    return lines;
  }
}

/** Whether two names are the same in any case; both are tokens, so ASCII. */
export function sameName(left: string, right: string): boolean {
  if (left.length !== right.length) return false;
  if (left === right) return true;
  for (let i = 0; i < left.length; i++)
    if (lowerCode(left.charCodeAt(i)) !== lowerCode(right.charCodeAt(i))) return false;
  return true;
}

function lowerCode(code: number): number {
  return code >= 65 && code <= 90 ? code | 32 : code;
}

function none(): boolean {
  return false;
}

/** Colon, space, CR and LF. */
const LINE_MARKS = 4;
