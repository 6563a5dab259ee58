import type { SandboxHost } from './sandbox-host.ts';

/** The body of the message of this phase; read from the host when it is first asked for. */
export interface ScriptBody {
  readonly text: string;
  readonly bytes: Uint8Array;
  /** Text, bytes, or a value that goes on as JSON. */
  replace(value: unknown): void;
  /** Gives the host what took its place, if anything did. */
  put(): void;
}

export interface SandboxBodies {
  /** `given`: scripts of this phase see it. `complete`: all of it is here. */
  create(given: boolean, complete: boolean): ScriptBody;
  /** How a body crosses to the host: text as JSON, bytes as they are. Throws `TypeError` for what is neither, and no JSON. */
  crossing(body: unknown): string | ArrayBuffer;
}

/** Its source text is evaluated by QuickJS (`sandbox-globals`): it uses nothing from outside its own body. */
export function sandboxBodies(host: SandboxHost): SandboxBodies {
  const { parse, stringify } = JSON;

  function crossing(body: unknown): string | ArrayBuffer {
    if (typeof body === 'string') return stringify(body);
    if (body instanceof ArrayBuffer) return body;
    if (ArrayBuffer.isView(body))
      return (body.buffer as ArrayBuffer).slice(body.byteOffset, body.byteOffset + body.byteLength);
    const text = stringify(body);
    if (text === undefined) throw new TypeError('a body is text, bytes, or something that JSON can tell');
    return stringify(text);
  }

  class Body implements ScriptBody {
    readonly #given: boolean;
    readonly #complete: boolean;
    #text: string | null = null;
    #new: { value: unknown } | null = null;

    constructor(given: boolean, complete: boolean) {
      this.#given = given;
      this.#complete = complete;
    }

    #check(): void {
      if (!this.#given) throw new TypeError('the body of the request is not kept for onResponse');
      if (!this.#complete) throw new RangeError('the body is longer than 10 MiB, or a stream; scripts do not see it');
    }

    get text(): string {
      this.#check();
      if (this.#new) {
        const { value } = this.#new;
        if (typeof value === 'string') return value;
        if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) throw new TypeError('the body is bytes now');
        return stringify(value);
      }
      this.#text ??= parse(host.bodyText()) as string;
      return this.#text;
    }

    get bytes(): Uint8Array {
      this.#check();
      const value = this.#new?.value;
      if (value instanceof ArrayBuffer) return new Uint8Array(value);
      if (ArrayBuffer.isView(value)) return value as Uint8Array;
      if (this.#new) throw new TypeError('the body is text now');
      return new Uint8Array(host.bodyBytes());
    }

    replace(value: unknown): void {
      this.#check();
      crossing(value);
      this.#new = { value };
    }

    put(): void {
      if (this.#new) host.putBody('message', crossing(this.#new.value));
    }
  }

  return { create: (given, complete) => new Body(given, complete), crossing };
}
