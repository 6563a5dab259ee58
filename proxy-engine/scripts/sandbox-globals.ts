/**
 * What a script finds inside the sandbox. `installGlobals` is not called here: its source text is evaluated by QuickJS, so
 * it uses nothing from outside its own body. Everything that it lets out is checked again outside (`read-outcome`).
 */
import type { ScriptExchange } from './protocol.ts';

/** Functions of the host; strings cross as JSON, since QuickJS ends a bare one at its first NUL. */
export interface SandboxHost {
  log(level: string, json: string): void;
  bodyText(): string;
  bodyBytes(): ArrayBuffer;
  /** `kind`: whose body it is. Text as JSON. */
  putBody(kind: 'message' | 'answer', body: string | ArrayBuffer): void;
}

/** Calls a handler with the exchange that `json` describes; gives what it changed, as JSON, at once or as a promise. */
export type RunHandler = (handler: (exchange: unknown) => unknown, json: string) => string | Promise<string>;

export function installGlobals(host: SandboxHost): RunHandler {
  const { parse, stringify } = JSON;
  const FRAMING = ['content-length', 'transfer-encoding', 'connection'];
  const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

  function show(value: unknown): string {
    if (value instanceof Error) return `${value.name}: ${value.message}`;
    const above: unknown[] = [];
    // What JSON has no words for: what holds itself, and large integers.
    function plain(this: unknown, _key: string, each: unknown): unknown {
      while (above.length > 0 && above[above.length - 1] !== this) above.pop();
      if (typeof each !== 'object' || each === null) return typeof each === 'bigint' ? `${each}n` : each;
      return above.includes(each) ? '[circular]' : above[above.push(each) - 1];
    }
    try {
      return (typeof value === 'object' && stringify(value, plain)) || String(value);
    } catch {
      return '[cannot be shown]'; // its own getters or toJSON throw
    }
  }

  const writers = ['log', 'info', 'warn', 'error', 'debug'].map((level) => [
    level,
    (...values: unknown[]) => host.log(level, stringify(values.map(show).join(' '))),
  ]);
  Object.assign(globalThis, { console: Object.freeze(Object.fromEntries(writers)) });

  function headerName(name: unknown): string {
    const text = String(name);
    if (!TOKEN.test(text)) throw new TypeError(`not a header name: ${stringify(text)}`);
    if (FRAMING.includes(text.toLowerCase()))
      throw new TypeError(`${text} is written by the proxy to fit the message; a script cannot change it`);
    return text;
  }

  function headerValue(value: unknown): string {
    const text = String(value);
    if (/[\r\n\0]/.test(text)) throw new TypeError(`a header value has no line breaks: ${stringify(text)}`);
    return text;
  }

  const edited = new WeakSet<Headers>();

  class Headers {
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

  /** Text as JSON, bytes as they are. */
  function crossing(body: unknown): string | ArrayBuffer {
    if (typeof body === 'string') return stringify(body);
    if (body instanceof ArrayBuffer) return body;
    if (ArrayBuffer.isView(body))
      return (body.buffer as ArrayBuffer).slice(body.byteOffset, body.byteOffset + body.byteLength);
    const text = stringify(body);
    if (text === undefined) throw new TypeError('a body is text, bytes, or something that JSON can tell');
    return stringify(text);
  }

  /** The body of the message of this phase; read from the host when it is first asked for. */
  class Body {
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
      if (!this.#complete) throw new RangeError('the body is longer than 10 MiB; scripts do not see it');
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

  function splitTarget(target: string): [path: string, query: string] {
    const cut = target.indexOf('?');
    return cut < 0 ? [target, ''] : [target.slice(0, cut), target.slice(cut + 1)];
  }

  function partOfTarget(value: unknown, what: string): string {
    const text = String(value);
    if (/[\0-\x20#\x7f]/.test(text)) throw new TypeError(`a ${what} has no spaces, controls or #: ${stringify(text)}`);
    return text;
  }

  function makeRequest(given: ScriptExchange, body: Body) {
    const { request, scheme, authority, phase } = given;
    const sent = phase === 'response';
    const headers = new Headers(request.headers, sent);
    let method = request.method;
    let [path, query] = splitTarget(request.target);
    let changed = false;
    function edit(): void {
      if (sent) throw new TypeError('the request has been sent; it cannot be changed any more');
      changed = true;
    }
    const view = {
      get method() {
        return method;
      },
      set method(value: unknown) {
        if (!/^[A-Z][A-Z0-9-]*$/.test(String(value))) throw new TypeError(`not a method: ${show(value)}`);
        edit();
        method = String(value);
      },
      get path() {
        return path;
      },
      set path(value: unknown) {
        const text = partOfTarget(value, 'path');
        if (!text.startsWith('/') || text.includes('?'))
          throw new TypeError(`a path begins with / and has no ?: ${text}`);
        edit();
        path = text;
      },
      get query() {
        return query;
      },
      set query(value: unknown) {
        const text = partOfTarget(value, 'query').replace(/^\?/, '');
        edit();
        query = text;
      },
      get url() {
        return `${scheme}://${authority}${path}${query === '' ? '' : `?${query}`}`;
      },
      scheme,
      host: authority,
      headers,
    };
    const target = () => (query === '' ? path : `${path}?${query}`);
    return {
      view: withBody(view, body),
      changes: () => (changed || edited.has(headers) ? { method, target: target(), headers } : undefined),
    };
  }

  function makeResponse(given: ScriptExchange, body: Body) {
    const { response } = given;
    if (!response) return { view: undefined, changes: () => undefined };
    const headers = new Headers(response.headers, false);
    let status = response.status;
    const view = {
      get status() {
        return status;
      },
      set status(value: unknown) {
        status = checkedStatus(value);
      },
      headers,
    };
    const changes = () => (edited.has(headers) || status !== response.status ? { status, headers } : undefined);
    return { view: withBody(view, body), changes };
  }

  function checkedStatus(value: unknown): number {
    const status = Number(value);
    if (!Number.isInteger(status) || status < 200 || status > 599)
      throw new RangeError(`a status is a whole number from 200 to 599, not ${show(value)}`);
    return status;
  }

  function withBody(view: object, body: Body): object {
    return Object.defineProperties(view, {
      body: { get: () => body.text, set: body.replace.bind(body) },
      bytes: { get: () => body.bytes, set: body.replace.bind(body) },
      json: { value: () => parse(body.text) as unknown },
    });
  }

  interface AnswerInit {
    status?: unknown;
    headers?: Record<string, unknown>;
    body?: unknown;
  }

  function makeAnswer({ status = 200, headers = {}, body = '' }: AnswerInit = {}) {
    const lines = new Headers([], false);
    for (const [name, value] of Object.entries(headers)) lines.append(name, value);
    const isJson =
      typeof body === 'object' && body !== null && !(body instanceof ArrayBuffer || ArrayBuffer.isView(body));
    if (isJson && !lines.has('content-type')) lines.append('content-type', 'application/json');
    host.putBody('answer', crossing(body));
    return { status: checkedStatus(status), headers: lines };
  }

  return function run(handler, json) {
    const given = parse(json) as ScriptExchange;
    const isRequest = given.phase === 'request';
    const responseBody = new Body(true, given.bodyComplete);
    const requestBody = new Body(isRequest, given.bodyComplete);
    const outgoing = makeRequest(given, requestBody);
    const response = makeResponse(given, responseBody);
    let end: Record<string, unknown> = {};
    const notes: string[] = [];
    const exchange = Object.freeze({
      id: given.id,
      rule: given.rule,
      listener: given.listener,
      clientIp: given.clientIp,
      route: given.route ?? null,
      pool: given.pool ?? null,
      backend: given.backend ?? null,
      request: Object.freeze(outgoing.view),
      response: response.view && Object.freeze(response.view),
      respond(answer?: AnswerInit) {
        end = { answer: makeAnswer(answer) };
      },
      abort(mode: unknown = 'reset') {
        if (mode !== 'reset' && mode !== 'close' && mode !== 'hang')
          throw new TypeError(`abort knows reset, close and hang, not ${show(mode)}`);
        end = { abort: mode };
      },
      note(text: unknown) {
        notes.push(show(text));
      },
    });
    function outcome(): string {
      (isRequest ? requestBody : responseBody).put();
      return stringify({
        request: outgoing.changes(),
        response: response.changes(),
        note: notes.length > 0 ? notes.join('; ') : undefined,
        ...end,
      });
    }
    const result = handler(exchange);
    return result instanceof Promise ? result.then(outcome) : outcome();
  };
}
