/**
 * Header lines in the order and spelling in which they came: `[name, value, name, value …]`, values latin1 (one char a byte).
 * Lookups compare names without case (RFC 9110 §5.1) and take names in lower case.
 */
export class Headers {
  readonly flat: string[];

  constructor(flat: string[] = []) {
    this.flat = flat;
  }

  static of(lines: Iterable<readonly [string, string]>): Headers {
    const flat: string[] = [];
    for (const [name, value] of lines) flat.push(name, value);
    return new Headers(flat);
  }

  /** Number of lines. */
  get size(): number {
    return this.flat.length / 2;
  }

  /** Value of the first line of that name. */
  get(lowerName: string): string | undefined {
    const { flat } = this;
    for (let i = 0; i < flat.length; i += 2) if (sameName(flat[i]!, lowerName)) return flat[i + 1];
    return undefined;
  }

  /** All values of that name as one list (RFC 9110 §5.3); not for set-cookie. */
  getList(lowerName: string): string | undefined {
    const { flat } = this;
    let joined: string | undefined;
    for (let i = 0; i < flat.length; i += 2)
      if (sameName(flat[i]!, lowerName)) joined = joined === undefined ? flat[i + 1]! : `${joined}, ${flat[i + 1]!}`;
    return joined;
  }

  has(lowerName: string): boolean {
    return this.get(lowerName) !== undefined;
  }

  /** Replaces the first line of that name where it stands and drops the others; appends when there is none. */
  set(name: string, value: string): void {
    const { flat } = this;
    const lowerName = name.toLowerCase();
    let kept = 0;
    let found = false;
    for (let i = 0; i < flat.length; i += 2) {
      const same = sameName(flat[i]!, lowerName);
      if (same && found) continue;
      flat[kept] = flat[i]!;
      flat[kept + 1] = same ? value : flat[i + 1]!;
      kept += 2;
      found ||= same;
    }
    flat.length = kept;
    if (!found) flat.push(name, value);
  }

  append(name: string, value: string): void {
    this.flat.push(name, value);
  }

  /** Drops every line of that name; says whether there was one. */
  delete(lowerName: string): boolean {
    return this.deleteWhere((name) => sameName(name, lowerName));
  }

  deleteWhere(drop: (name: string) => boolean): boolean {
    const { flat } = this;
    let kept = 0;
    for (let i = 0; i < flat.length; i += 2) {
      if (drop(flat[i]!)) continue;
      flat[kept] = flat[i]!;
      flat[kept + 1] = flat[i + 1]!;
      kept += 2;
    }
    const dropped = kept < flat.length;
    flat.length = kept;
    return dropped;
  }

  clone(): Headers {
    return new Headers(this.flat.slice());
  }

  lines(): [string, string][] {
    const lines: [string, string][] = [];
    for (let i = 0; i < this.flat.length; i += 2) lines.push([this.flat[i]!, this.flat[i + 1]!]);
    return lines;
  }
}

/** Whether `name` is `lowerName` in any case; both are tokens, so ASCII. */
export function sameName(name: string, lowerName: string): boolean {
  if (name.length !== lowerName.length) return false;
  if (name === lowerName) return true;
  for (let i = 0; i < name.length; i++) {
    const c = name.charCodeAt(i);
    const lower = c >= 65 && c <= 90 ? c | 32 : c;
    if (lower !== lowerName.charCodeAt(i)) return false;
  }
  return true;
}
