/** A held message as a script is shown it, and what the script made of it put back. */
import { basename } from 'node:path';
import type { HeaderLines } from '../contract/exchange.ts';
import type { LiveExchange } from '../exchange.ts';
import { Headers } from '../http/headers.ts';
import { reasonOf } from '../http/own-answer.ts';
import { fromWire } from '../match/wire-text.ts';
import type { Answer } from '../rules/answer.ts';
import type { ScriptCall } from '../rules/effects.ts';
import { replaceHeaders, replaceRequestHeaders } from '../rules/replace-headers.ts';
import { readableTarget, writtenTarget } from '../rules/target-text.ts';
import type { HeldMessage, Verdict } from '../rules/verdict.ts';
import type { ScriptChanges, ScriptExchange, ScriptReply } from './protocol.ts';

export function exchangeForScript(
  { rule }: ScriptCall,
  { exchange, phase, bodyComplete }: HeldMessage,
): ScriptExchange {
  const { outgoing, answered } = exchange;
  return {
    id: exchange.id,
    rule,
    phase,
    listener: exchange.listener,
    clientIp: exchange.clientIp,
    scheme: outgoing.scheme,
    authority: outgoing.authority,
    route: exchange.route,
    pool: exchange.pool,
    backend: exchange.backend,
    request: {
      method: outgoing.method,
      target: readableTarget(outgoing.target),
      headers: readable(outgoing.headers),
    },
    response:
      phase === 'response' && answered ? { status: answered.status, headers: readable(answered.headers) } : undefined,
    bodyComplete,
  };
}

/** Text as people know it; on the way back it becomes bytes again. */
function readable(headers: Headers): HeaderLines {
  return headers.lines().map(([name, value]) => [name, fromWire(value)]);
}

/** Edits the heads in place, records the call on the exchange, and says what is left to do. */
export function applyReply(call: ScriptCall, { exchange, phase }: HeldMessage, reply: ScriptReply): Verdict {
  const { changes, error, console, durationMs } = reply;
  const file = basename(call.file);
  (exchange.scripts ??= []).push({ rule: call.rule, file, phase, durationMs, console, ...(error && { error }) });
  if (error) exchange.note(`${placeOf(file, error)}: ${error.message}`);
  if (changes.note) exchange.note(changes.note);
  applyHeads(exchange, changes);
  return {
    body: changes.body ? Buffer.from(changes.body) : null,
    answer: changes.answer ? answerOf(changes.answer) : null,
    abort: changes.abort ?? null,
  };
}

/** `script.js:3:5` */
function placeOf(file: string, { line, column }: NonNullable<ScriptReply['error']>): string {
  return [file, line, column].filter((part) => part !== undefined).join(':');
}

function applyHeads(exchange: LiveExchange, { request, response }: ScriptChanges): void {
  if (request) {
    exchange.outgoing.method = request.method;
    exchange.outgoing.target = writtenTarget(request.target, exchange.outgoing.target);
    replaceRequestHeaders(exchange, request.headers);
  }
  if (response && exchange.answered) {
    exchange.answered.status = response.status;
    exchange.answered.reason = reasonOf(response.status);
    replaceHeaders(exchange.editResponseHeaders(), response.headers);
  }
}

function answerOf({ status, headers, body }: NonNullable<ScriptChanges['answer']>): Answer {
  return { status, headers: Headers.of(headers), body, bodyFile: null, error: null };
}
