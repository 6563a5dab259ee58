/** A held message shown to a person, and what the person decided. Header values are shown as text and become bytes again. */

import type { ParsedInput } from '../contract/api.ts';
import type { HeldDetail, HeldRow } from '../contract/breakpoint.ts';
import type { HeaderLines } from '../contract/exchange.ts';
import { Headers } from '../http/headers.ts';
import { reasonOf } from '../http/own-answer.ts';
import { fromWire, toWire } from '../match/wire-text.ts';
import { HEADER_NAME, isHeaderValue, METHOD, TARGET } from '../rules/head-syntax.ts';
import { replaceHeaders, replaceRequestHeaders } from '../rules/replace-headers.ts';
import { readableTarget, writtenTarget } from '../rules/target-text.ts';
import type { HeldMessage, Verdict } from '../rules/verdict.ts';

export type Decision = ParsedInput<'breakpoint.resume'>;
type Edits = Decision['edits'];

export function detailOf(row: HeldRow, { exchange, phase, body, bodyComplete }: HeldMessage): HeldDetail {
  const { outgoing, answered } = exchange;
  return {
    ...row,
    request: {
      method: outgoing.method,
      target: readableTarget(outgoing.target),
      headers: readable(outgoing.headers),
    },
    ...(phase === 'response' &&
      answered && { response: { status: answered.status, headers: readable(answered.headers) } }),
    body: bodyComplete ? body.toString('base64') : '',
    bodyComplete,
  };
}

/** Edits the heads in place; answers what is left to do, or what is wrong with the edits (nothing is edited then). */
export function verdictOf(message: HeldMessage, { action, mode, edits }: Decision): Verdict | string {
  const problem = problemOf(action, edits, message);
  if (problem !== null) return problem;
  const body = bodyOf(edits);
  switch (action) {
    case 'abort':
      return { body: null, answer: null, abort: mode };
    case 'respond': {
      const headers = Headers.of(wireLines(edits.headers ?? []));
      const answer = {
        status: edits.status ?? 200,
        headers,
        body: body ?? Buffer.alloc(0),
        bodyFile: null,
        error: null,
      };
      return { body: null, answer, abort: null };
    }
    case 'continue':
      editHead(message, edits);
      return { body, answer: null, abort: null };
  }
}

function editHead({ exchange, phase }: HeldMessage, { method, target, status, headers }: Edits): void {
  if (phase === 'request') {
    if (method !== undefined) exchange.outgoing.method = method;
    if (target !== undefined) exchange.outgoing.target = writtenTarget(target, exchange.outgoing.target);
    if (headers) replaceRequestHeaders(exchange, wireLines(headers));
    return;
  }
  if (status !== undefined && exchange.answered) {
    exchange.answered.status = status;
    exchange.answered.reason = reasonOf(status);
  }
  if (headers) replaceHeaders(exchange.editResponseHeaders(), wireLines(headers));
}

function problemOf(action: Decision['action'], edits: Edits, { exchange, bodyComplete }: HeldMessage): string | null {
  const { method, target, headers = [], body } = edits;
  if (method !== undefined && !METHOD.test(method)) return `not a method: ${JSON.stringify(method)}`;
  if (method === 'CONNECT' && exchange.method !== method)
    return 'CONNECT opens a tunnel; a breakpoint makes none of a request';
  if (target !== undefined && !TARGET.test(target))
    return `a path begins with / and has no spaces: ${JSON.stringify(target)}`;
  const bad = headers.find(([name, value]) => !HEADER_NAME.test(name) || !isHeaderValue(value));
  if (bad) return `not a header line: ${JSON.stringify(`${bad[0]}: ${bad[1]}`)}`;
  if (action === 'continue' && body !== undefined && !bodyComplete)
    return 'the body is longer than 10 MiB, or a stream, and cannot be edited';
  return null;
}

function bodyOf({ body }: Edits): Buffer | null {
  if (body === undefined) return null;
  return 'text' in body ? Buffer.from(body.text, 'utf8') : Buffer.from(body.base64, 'base64');
}

function readable(headers: Headers): HeaderLines {
  return headers.lines().map(([name, value]) => [name, fromWire(value)]);
}

function wireLines(lines: HeaderLines): HeaderLines {
  return lines.map(([name, value]) => [name, toWire(value)]);
}
