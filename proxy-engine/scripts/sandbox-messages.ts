import type { ScriptExchange } from './protocol.ts';
import type { SandboxBodies, ScriptBody } from './sandbox-body.ts';
import type { Show } from './sandbox-console.ts';
import type { SandboxGuard } from './sandbox-guard.ts';
import type { SandboxHeaders, ScriptHeaders } from './sandbox-headers.ts';
import type { SandboxHost } from './sandbox-host.ts';

export interface AnswerInit {
  /** Default 200. */
  status?: unknown;
  /** Names and values, or lines; a value may be a list. */
  headers?: unknown;
  /** Text, bytes, or a value that goes out as JSON; null: none. */
  body?: unknown;
}

/** A message as a script sees it, and what the script has changed; undefined: nothing. */
interface ScriptMessage {
  view: object;
  changes(): object | undefined;
}

export interface SandboxMessages {
  requestOf(given: ScriptExchange, body: ScriptBody): ScriptMessage;
  /** `view` undefined: there is no response yet. */
  responseOf(given: ScriptExchange, body: ScriptBody): Partial<ScriptMessage>;
  answerOf(init: AnswerInit): { status: number; headers: ScriptHeaders };
}

interface Parts {
  host: SandboxHost;
  show: Show;
  headers: SandboxHeaders;
  bodies: SandboxBodies;
  guard: SandboxGuard;
}

/** Requests, responses and answers. Its source text is evaluated by QuickJS (`sandbox-globals`): it uses nothing from outside its own body. */
export function sandboxMessages({ host, show, headers: headerKind, bodies, guard }: Parts): SandboxMessages {
  const { parse, stringify } = JSON;
  const { create: headersOf, isEdited } = headerKind;
  const ANSWER = ['status', 'headers', 'body'];

  function splitTarget(target: string): [path: string, query: string] {
    const cut = target.indexOf('?');
    return cut < 0 ? [target, ''] : [target.slice(0, cut), target.slice(cut + 1)];
  }

  function partOfTarget(value: unknown, what: string): string {
    const text = String(value);
    if (/[\0-\x20#\x7f]/.test(text)) throw new TypeError(`a ${what} has no spaces, controls or #: ${stringify(text)}`);
    return text;
  }

  function requestOf(given: ScriptExchange, body: ScriptBody) {
    const { request, scheme, authority, phase } = given;
    const sent = phase === 'response';
    const headers = headersOf(request.headers, sent);
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
        if (value === 'CONNECT' && request.method !== value)
          throw new TypeError('CONNECT opens a tunnel; a script makes none of a request');
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
      headers: guard.headers(headers),
    };
    const target = () => (query === '' ? path : `${path}?${query}`);
    return {
      view: withBody(view, body),
      changes: () => (changed || isEdited(headers) ? { method, target: target(), headers } : undefined),
    };
  }

  function responseOf(given: ScriptExchange, body: ScriptBody) {
    const { response } = given;
    if (!response) return {};
    const headers = headersOf(response.headers, false);
    let status = response.status;
    const view = {
      get status() {
        return status;
      },
      set status(value: unknown) {
        status = checkedStatus(value);
      },
      headers: guard.headers(headers),
    };
    const changes = () => (isEdited(headers) || status !== response.status ? { status, headers } : undefined);
    return { view: withBody(view, body), changes };
  }

  function checkedStatus(value: unknown): number {
    const status = Number(value);
    if (!Number.isInteger(status) || status < 200 || status > 599)
      throw new RangeError(`a status is a whole number from 200 to 599, not ${show(value)}`);
    return status;
  }

  function withBody(view: object, body: ScriptBody): object {
    return Object.defineProperties(view, {
      body: { get: () => body.text, set: body.replace.bind(body) },
      bytes: { get: () => body.bytes, set: body.replace.bind(body) },
      json: { value: () => parse(body.text) as unknown },
    });
  }

  /** Lines as pairs, a map, the headers of a message, or an object; a value may be a list. */
  function linesOf(headers: unknown): [unknown, unknown][] {
    if (typeof headers !== 'object' || headers === null)
      throw new TypeError(`headers are an object of names and values, not ${show(headers)}`);
    const pairs = Symbol.iterator in headers ? [...(headers as Iterable<[unknown, unknown]>)] : Object.entries(headers);
    return pairs.flatMap(([name, value]) =>
      Array.isArray(value) ? value.map((each: unknown): [unknown, unknown] => [name, each]) : [[name, value]],
    );
  }

  function answerOf(init: AnswerInit) {
    const unknown =
      typeof init === 'object' && init !== null ? Object.keys(init).find((key) => !ANSWER.includes(key)) : show(init);
    if (unknown !== undefined)
      throw new TypeError(`respond takes an object with status, headers and body, not ${unknown}`);
    const { status = 200, headers = {}, body } = init;
    const lines = headersOf([], false);
    for (const [name, value] of linesOf(headers)) lines.append(name, value);
    const isJson =
      typeof body === 'object' && body !== null && !(body instanceof ArrayBuffer || ArrayBuffer.isView(body));
    if (isJson && !lines.has('content-type')) lines.append('content-type', 'application/json');
    host.putBody('answer', bodies.crossing(body ?? ''));
    return { status: checkedStatus(status), headers: lines };
  }

  return { requestOf, responseOf, answerOf };
}
