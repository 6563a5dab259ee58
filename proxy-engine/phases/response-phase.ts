/** What rules left to do on a response that takes time: waiting, holding and editing it. */

import type { ResponseEffects } from '../rules/effects.ts';
import type { Verdict } from '../rules/verdict.ts';
import { sleep } from '../sleep.ts';
import { isBodyless } from './client-response.ts';
import { type HoldInput, holdMessage } from './held-message.ts';

/** Whether the response has to wait before its head can go out. */
export function holdsResponse({ delayMs, throttle, body, scripts, breakpoint }: ResponseEffects): boolean {
  const hasLatency = delayMs > 0 || throttle?.latencyMs !== undefined;
  return hasLatency || body.length > 0 || scripts.length > 0 || breakpoint;
}

export type ResponsePhaseInput = Pick<
  HoldInput,
  'exchange' | 'body' | 'lengthBytes' | 'context' | 'onWanted' | 'onStreamed' | 'onAsked' | 'onDecided'
>;

/** Delay → body edits → scripts → breakpoint. `onWanted`: the body may flow. Rejects never. */
export async function carryOutResponse(effects: ResponseEffects, input: ResponsePhaseInput): Promise<Verdict> {
  const { exchange, context } = input;
  const delayMs = effects.delayMs + (effects.throttle?.latencyMs ?? 0);
  if (delayMs > 0) await sleep(context.clock, delayMs);
  const needsBody = effects.body.length > 0 || effects.scripts.length > 0 || effects.breakpoint;
  if (!needsBody) return { body: null, answer: null, abort: null };
  // To HEAD, 204 and 304 there is nothing to edit.
  const bodyless = isBodyless(exchange);
  const edits = bodyless ? { ...effects, body: [] } : effects;
  const headers = exchange.editResponseHeaders();
  return holdMessage(edits, {
    ...input,
    phase: 'response',
    headers,
    bodyless,
    onReplaced() {},
  });
}
