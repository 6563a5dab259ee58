/** The headers of a message as a script sees them: in order, spelled as they came. Names are found whatever their case. */
export interface ScriptHeaders {
  get(name: unknown): string | null;
  getAll(name: unknown): string[];
  has(name: unknown): boolean;
  /** In the place and spelling of the first of that name; the others go. Throws `TypeError`, as `append` and `delete` do, for what the proxy writes itself. */
  set(name: unknown, value: unknown): void;
  append(name: unknown, value: unknown): void;
  /** Whether there was one. */
  delete(name: unknown): boolean;
  entries(): Iterator<[string, string]>;
  [Symbol.iterator](): Iterator<[string, string]>;
  toJSON(): [string, string][];
}

export interface SandboxHeaders {
  /** `frozen`: the message has been sent. */
  create(lines: [string, string][], frozen: boolean): ScriptHeaders;
  isEdited(headers: ScriptHeaders): boolean;
}

/** Its source text is evaluated by QuickJS (`sandbox-globals`): it uses nothing from outside its own body. */
export function sandboxHeaders(): SandboxHeaders {
  const { stringify } = JSON;
  const FRAMING = ['content-length', 'transfer-encoding', 'connection'];
  const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

  function headerName(name: unknown): string {
    const text = String(name);
    if (!TOKEN.test(text)) throw new TypeError(`not a header name: ${stringify(text)}`);
    if (FRAMING.includes(text.toLowerCase()))
      throw new TypeError(`${text} is written by the proxy to fit the message; a script cannot change it`);
    return text;
  }

  function headerValue(value: unknown): string {
    const text = String(value);
    if (!/^[\t -~\x80-\uffff]*$/.test(text))
      throw new TypeError(`a header value has no line breaks or other controls: ${stringify(text)}`);
    return text;
  }

  const edited = new WeakSet<ScriptHeaders>();

  class Headers implements ScriptHeaders {
    #lines: [string, string][];
    readonly #frozen: boolean;

    constructor(lines: [string, string][], frozen: boolean) {
      this.#lines = lines;
      this.#frozen = frozen;
    }

    #edit(): void {
      if (this.#frozen) throw new TypeError('this message has been sent; its headers cannot be changed any more');
      edited.add(this);
    }

    #values(name: unknown): string[] {
      const wanted = String(name).toLowerCase();
      return this.#lines.filter(([one]) => one.toLowerCase() === wanted).map(([, value]) => value);
    }

    get(name: unknown): string | null {
      return this.#values(name)[0] ?? null;
    }

    getAll(name: unknown): string[] {
      return this.#values(name);
    }

    has(name: unknown): boolean {
      return this.#values(name).length > 0;
    }

    set(name: unknown, value: unknown): void {
      const line: [string, string] = [headerName(name), headerValue(value)];
      this.#edit();
      const wanted = line[0].toLowerCase();
      const first = this.#lines.findIndex(([one]) => one.toLowerCase() === wanted);
      if (first < 0) this.#lines.push(line);
      else {
        const spelling = (this.#lines[first] as [string, string])[0];
        this.#lines[first] = [spelling, line[1]];
        this.#lines = this.#lines.filter(([one], i) => i <= first || one.toLowerCase() !== wanted);
      }
    }

    append(name: unknown, value: unknown): void {
      const line: [string, string] = [headerName(name), headerValue(value)];
      this.#edit();
      this.#lines.push(line);
    }

    delete(name: unknown): boolean {
      const wanted = headerName(name).toLowerCase();
      this.#edit();
      const before = this.#lines.length;
      this.#lines = this.#lines.filter(([one]) => one.toLowerCase() !== wanted);
      return this.#lines.length < before;
    }

    entries() {
      return this.#lines.map(([name, value]): [string, string] => [name, value])[Symbol.iterator]();
    }

    [Symbol.iterator]() {
      return this.entries();
    }

    toJSON(): [string, string][] {
      return this.#lines;
    }
  }

  return { create: (lines, frozen) => new Headers(lines, frozen), isEdited: (headers) => edited.has(headers) };
}
