/** Rules as chains of maps: each says "this value when the rule holds, else what it was". */
import { partsOf } from '../action-parts.ts';
import type { Plan, PlannedRule } from '../plan.ts';
import { readKey } from '../value.ts';
import { conditionVariable, noteConditions } from './conditions.ts';
import type { RuleEffects } from './draft.ts';
import { ALWAYS, applyRequestAction } from './request-rules.ts';
import { type RequestState, renderValue } from './request-state.ts';
import { applyResponseAction } from './response-rules.ts';
import { choose, noteLines } from './rule-values.ts';
import { quoted } from './text.ts';

export function applyToRequests(plan: Plan, state: RequestState, effects: RuleEffects): Decided[] {
  return plan.rules.flatMap((rule): Decided[] => {
    if (rule.onResponse) return [{ rule, holds: decision(plan, state, rule) }];
    const holds = decision(plan, state, rule)();
    if (holds === undefined) return [];
    const acts = isForResponses(rule) ? holds : whileOpen(state, holds, `sy_rule_${rule.id}`);
    if (acts === NEVER) return [];
    applyToRequest(plan, state, rule, acts, effects);
    return [{ rule, holds: () => acts }];
  });
}

/** What rules do to responses comes after all that they do to requests: it sees these as they went out. */
export function applyToResponses(plan: Plan, state: RequestState, decided: readonly Decided[]): void {
  for (const { rule, holds } of decided) {
    const variable = holds();
    if (variable !== undefined) applyToResponse(plan, state, rule, variable);
  }
  noteLines(plan, state);
}

interface Decided {
  rule: PlannedRule;
  /** A variable that is 1 or 0; null: always. Undefined: it has no words in nginx. */
  holds: () => string | null | undefined;
}

function decision(plan: Plan, state: RequestState, rule: PlannedRule): Decided['holds'] {
  const { path, name, condition, id } = rule;
  const what = `rule ${name}`;
  return () => {
    const found = plan.notes.attempt(`${path}.match`, what, () => ({
      variable: conditionVariable(state, condition, `sy_rule_${id}`),
    }));
    if (found) noteConditions(plan, `${path}.match`, what, condition);
    return found?.variable;
  };
}

/** Such a rule acts on answers of earlier rules, too. */
function isForResponses({ config }: PlannedRule): boolean {
  return config.request.length === 0 && config.limit === undefined;
}

const NEVER = '0';

/** `holds`, unless a rule before has answered. */
function whileOpen({ maps, answered }: RequestState, holds: string | null, hint: string): string | null {
  if (answered === null) return holds;
  if (answered === ALWAYS) return NEVER;
  return holds === null
    ? maps.define(hint, answered, [['0', '1']], '0')
    : maps.define(hint, `${holds}${answered}`, [['10', '1']], '0');
}

function applyToRequest(
  plan: Plan,
  state: RequestState,
  rule: PlannedRule,
  holds: string | null,
  effects: RuleEffects,
): void {
  const { limit, request } = rule.config;
  if (limit) noted(plan, rule, 'limit', 'limit', () => applyLimit(plan, state, rule, limit, holds, effects));
  for (const { at, what, action } of partsOf('request', request))
    noted(plan, rule, at, what, () =>
      applyRequestAction(plan, state, rule, action, holds, effects, `${rule.path}.${at}`),
    );
}

function applyToResponse(plan: Plan, state: RequestState, rule: PlannedRule, holds: string | null): void {
  for (const { at, what, action } of partsOf('response', rule.config.response))
    noted(plan, rule, at, what, () => applyResponseAction(plan, state, action, holds, `${rule.path}.${at}`));
}

function noted(plan: Plan, rule: PlannedRule, at: string, action: string, emit: () => void): void {
  plan.notes.attemptMapped(`${rule.path}.${at}`, `${action} of rule ${rule.name}`, emit);
}

function applyLimit(
  plan: Plan,
  state: RequestState,
  rule: PlannedRule,
  limit: NonNullable<PlannedRule['config']['limit']>,
  holds: string | null,
  effects: RuleEffects,
): void {
  const key = choose(state, 'sy_limit_key', holds, renderValue(state, readKey(limit.key)), '');
  const rate = Number.isInteger(limit.requests)
    ? `${limit.requests}r/s`
    : `${Math.max(1, Math.round(limit.requests * 60))}r/m`;
  effects.zones.push(`limit_req_zone ${quoted(key)} zone=limit_${rule.id}:10m rate=${rate};`);
  effects.limits.push(`limit_req zone=limit_${rule.id}${limit.burst > 0 ? ` burst=${limit.burst}` : ''};`);
  noteLimit(plan, rule);
  const statusLine = `limit_req_status ${limit.status};`;
  const other = effects.limits.find((line) => line.startsWith('limit_req_status'));
  if (other === undefined) effects.limits.push(statusLine);
  else if (other !== statusLine)
    plan.notes.approximate(
      `${rule.path}.limit`,
      `status ${limit.status}`,
      'a server has one limit_req_status; the first one counts',
    );
}

function noteLimit({ notes }: Plan, { path, name }: PlannedRule): void {
  notes.refuse(
    `${path}.limit`,
    `limit of rule ${name} on answers of nginx itself`,
    'nginx limits what goes to a pool only: `return` comes before limit_req',
  );
  notes.approximate(`${path}.limit`, 'the answer at the limit', 'without retry-after, with a page of nginx');
}
