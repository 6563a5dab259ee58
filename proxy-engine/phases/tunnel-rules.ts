/** What request rules say of a tunnel that is not opened, which they see as a CONNECT: they may slow it, answer it or cut it off. */

import type { Clock } from '../clock.ts';
import { ProxyError } from '../errors.ts';
import type { LiveExchange } from '../exchange.ts';
import { errorAnswer, type OwnAnswer, reasonOf } from '../http/own-answer.ts';
import type { Answer } from '../rules/answer.ts';
import { readAnswer } from '../rules/answer-body.ts';
import { type AbortMode, type RequestEffects, type Throttle, waitMs } from '../rules/effects.ts';
import type { RuleSet } from '../rules/rule-set.ts';
import { sleep } from '../sleep.ts';

export type TunnelOutcome =
  | { kind: 'connect'; throttle: Throttle | null }
  /** `error`: what the exchange is recorded with; null: the rule just answers. */
  | { kind: 'answer'; answer: OwnAnswer; error: ProxyError | null }
  | { kind: 'abort'; mode: AbortMode };

/** Rejects never. */
export async function carryOutTunnel(exchange: LiveExchange, rules: RuleSet, clock: Clock): Promise<TunnelOutcome> {
  const effects = rules.applyRequest(exchange);
  if (!effects) return { kind: 'connect', throttle: null };
  if (asksForMore(effects)) goesOnAsItIs(exchange);
  const delayMs = waitMs(effects);
  if (delayMs > 0) await sleep(clock, delayMs);
  if (effects.abort) return { kind: 'abort', mode: effects.abort };
  if (effects.answer) return answerWith(effects.answer);
  return { kind: 'connect', throttle: effects.throttle };
}

/** What a tunnel ends with that a rule would have answered before its client was let in. */
export function answersTooLate({ status }: OwnAnswer): ProxyError {
  const message = `a rule answers ${status}, which cannot be said in a tunnel that is open already`;
  return new ProxyError('ABORTED_BY_RULE', message);
}

/** Any success says to a client that asks for a tunnel that it is open (RFC 9110 §9.3.6): it would take the body for what comes through. null: this is none. */
export function seemsOpen({ status }: OwnAnswer): ProxyError | null {
  if (status < 200 || status > 299) return null;
  return new ProxyError(
    'RULE_FAILED',
    `a rule answers ${status}, which would say that the tunnel is open; intercept opens it`,
  );
}

/** What only a request can get that is seen. */
function asksForMore({ pool, origin, local, body, scripts, breakpoint }: RequestEffects): boolean {
  return pool !== null || origin !== null || breakpoint || local.length + body.length + scripts.length > 0;
}

function goesOnAsItIs(exchange: LiveExchange): void {
  exchange.pool = undefined;
  exchange.note('a tunnel that is not opened goes where its client asked, and is neither held nor edited');
}

function answerWith(answer: Answer): Promise<TunnelOutcome> {
  const { status, headers } = answer;
  const refusal = answer.error && new ProxyError(answer.error, 'refused by a rule');
  return new Promise((resolve) => {
    readAnswer(answer, (error, body) => {
      if (error) resolve({ kind: 'answer', answer: errorAnswer(error, undefined), error });
      else resolve({ kind: 'answer', answer: { status, reason: reasonOf(status), headers, body }, error: refusal });
    });
  });
}
