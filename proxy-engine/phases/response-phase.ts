/** What rules left to do on a response that takes time: waiting, holding and editing it. */

import type { LiveExchange } from '../exchange.ts';
import { endsWithHead } from '../http/framing.ts';
import type { Headers } from '../http/headers.ts';
import { correctHeadersOfStream, editBody, needsOriginal } from '../rules/body-edit.ts';
import { type ResponseEffects, waitMs } from '../rules/effects.ts';
import type { Verdict } from '../rules/verdict.ts';
import { sleep } from '../sleep.ts';
import { isBodyless } from './client-response.ts';
import { type HoldInput, holdMessage } from './held-message.ts';

/** Whether the response has to wait before its head can go out. */
export function holdsResponse(effects: ResponseEffects): boolean {
  const { body, scripts, breakpoint } = effects;
  return waitMs(effects) > 0 || body.length > 0 || scripts.length > 0 || breakpoint;
}

export type ResponsePhaseInput = Pick<
  HoldInput,
  'exchange' | 'body' | 'lengthBytes' | 'context' | 'onWanted' | 'onStreamed' | 'onAsked' | 'onDecided'
>;

/** Delay → body edits → scripts → breakpoint. `onWanted`: the body may flow. Rejects never. */
export async function carryOutResponse(effects: ResponseEffects, input: ResponsePhaseInput): Promise<Verdict> {
  const { exchange, context } = input;
  const delayMs = waitMs(effects);
  if (delayMs > 0) await sleep(context.clock, delayMs);
  const needsBody = effects.body.length > 0 || effects.scripts.length > 0 || effects.breakpoint;
  if (!needsBody) return { body: null, answer: null, abort: null };
  // To HEAD, 204, 205 and 304 there is nothing to edit.
  const edits = isBodyless(exchange) ? { ...effects, body: [] } : effects;
  const headers = exchange.editResponseHeaders();
  if (effects.body.length > 0 && exchange.request.method === 'HEAD') await tellEdited(effects.body, headers, exchange);
  return holdMessage(edits, {
    ...input,
    phase: 'response',
    headers,
    isBodyless: () => isBodyless(exchange),
    onReplaced() {},
  });
}

/** HEAD is answered with the headers of GET (RFC 9110 §9.3.2); the length of what only GET could edit is left out. */
async function tellEdited(edits: ResponseEffects['body'], headers: Headers, exchange: LiveExchange): Promise<void> {
  if (endsWithHead(exchange.answered?.status ?? 0)) return;
  if (needsOriginal(edits)) correctHeadersOfStream(headers);
  else await editBody(edits, NO_BODY, headers);
  exchange.traceHead('response', 'frame');
}

const NO_BODY = new Uint8Array();
