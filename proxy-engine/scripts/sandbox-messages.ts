import type { ScriptExchange } from './protocol.ts';
import type { SandboxBodies, ScriptBody } from './sandbox-body.ts';
import type { Show } from './sandbox-console.ts';
import type { SandboxHeaders, ScriptHeaders } from './sandbox-headers.ts';
import type { SandboxHost } from './sandbox-host.ts';

export interface AnswerInit {
  /** Default 200. */
  status?: unknown;
  headers?: Record<string, unknown>;
  /** Text, bytes, or a value that goes out as JSON. */
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
  answerOf(init?: AnswerInit): { status: number; headers: ScriptHeaders };
}

/** Requests, responses and answers. Its source text is evaluated by QuickJS (`sandbox-globals`): it uses nothing from outside its own body. */
export function sandboxMessages(
  host: SandboxHost,
  show: Show,
  { create: headersOf, isEdited }: SandboxHeaders,
  { crossing }: SandboxBodies,
): SandboxMessages {
  const { parse, stringify } = JSON;

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
      headers,
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

  function answerOf({ status = 200, headers = {}, body = '' }: AnswerInit = {}) {
    const lines = headersOf([], false);
    for (const [name, value] of Object.entries(headers)) lines.append(name, value);
    const isJson =
      typeof body === 'object' && body !== null && !(body instanceof ArrayBuffer || ArrayBuffer.isView(body));
    if (isJson && !lines.has('content-type')) lines.append('content-type', 'application/json');
    host.putBody('answer', crossing(body));
    return { status: checkedStatus(status), headers: lines };
  }

  return { requestOf, responseOf, answerOf };
}
