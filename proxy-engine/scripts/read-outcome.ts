/** Checks what came out of the sandbox: a script can reach everything inside, so nothing it says is taken on trust. */
import type { HeaderLines } from '../contract/exchange.ts';
import { toWire } from '../match/wire-text.ts';
import { HEADER_NAME, isHeaderValue, METHOD, TARGET } from '../rules/head-syntax.ts';
import type { ScriptChanges, ScriptRequestHead, ScriptResponseHead } from './protocol.ts';

const NO_BODY = new Uint8Array();

/** `put` are the bodies that the script gave. */
export function readOutcome(
  json: string,
  put: { message?: Uint8Array; answer?: Uint8Array },
): { changes: ScriptChanges } | { problem: string } {
  try {
    return { changes: changesOf(JSON.parse(json), put) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

function changesOf(outcome: unknown, put: { message?: Uint8Array; answer?: Uint8Array }): ScriptChanges {
  const { request, response, answer, abort, note } = objectOf(outcome, 'the outcome');
  const changes: ScriptChanges = {};
  if (request !== undefined) changes.request = requestHead(request);
  if (response !== undefined) changes.response = responseHead(response);
  if (put.message) changes.body = put.message;
  if (answer !== undefined) changes.answer = { ...responseHead(answer), body: put.answer ?? NO_BODY };
  if (abort === 'reset' || abort === 'close' || abort === 'hang') changes.abort = abort;
  if (typeof note === 'string') changes.note = note;
  return changes;
}

function requestHead(value: unknown): ScriptRequestHead {
  const { method, target, headers } = objectOf(value, 'the request');
  return {
    method: textOf(method, METHOD, 'a method'),
    target: textOf(target, TARGET, 'a path with a query'),
    headers: headerLines(headers),
  };
}

function responseHead(value: unknown): ScriptResponseHead {
  const { status, headers } = objectOf(value, 'the response');
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 200 || status > 599)
    throw new TypeError('the script left a status that is not one');
  return { status, headers: headerLines(headers) };
}

function headerLines(value: unknown): HeaderLines {
  if (!Array.isArray(value)) throw new TypeError('the script left headers that are none');
  return value.map((line: unknown): [string, string] => {
    const [name, text] = Array.isArray(line) ? (line as unknown[]) : [];
    if (typeof text !== 'string' || !isHeaderValue(text))
      throw new TypeError('the script left a header value with line breaks or other controls');
    return [textOf(name, HEADER_NAME, 'a header name'), toWire(text)];
  });
}

function objectOf(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw new TypeError(`the script left no object for ${what}`);
  return value as Record<string, unknown>;
}

function textOf(value: unknown, pattern: RegExp, what: string): string {
  if (typeof value !== 'string' || !pattern.test(value))
    throw new TypeError(`the script left something that is not ${what}`);
  return value;
}
