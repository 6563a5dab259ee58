/**
 * All rules of a config, in their order. Every one that holds acts, later ones see what earlier ones did. A rule that does
 * not hold costs an index lookup at most, and allocates nothing.
 */

import { type Clock, systemClock } from '../clock.ts';
import type { Config, RuleConfig } from '../contract/config.ts';
import type { EngineState } from '../contract/state.ts';
import type { LiveExchange } from '../exchange.ts';
import { Headers } from '../http/headers.ts';
import { CandidateIndex } from '../match/candidate-index.ts';
import type { Action } from './action.ts';
import type { Answer } from './answer.ts';
import { type CompiledRule, compileRule } from './compile-rule.ts';
import {
  addRequestEffect,
  addResponseEffect,
  type Effect,
  isFinal,
  type RequestEffects,
  type ResponseEffects,
} from './effects.ts';
import { LiveSubject } from './live-subject.ts';

export interface RuleSetOptions {
  /** Directory to which relative paths of the config are relative; default: the working directory. */
  baseDir?: string;
  clock?: Clock;
  /** Hit counts and limits are taken over from the rules of the same name. */
  previous?: RuleSet;
  /** Where the limit of a rule counts that several threads go by; absent: this thread is the only one. */
  limitMemory?: ((rule: string) => SharedArrayBuffer | undefined) | undefined;
}

/** Compiles the rules of a validated config. */
export function compileRules(config: Pick<Config, 'rules' | 'groups'>, options: RuleSetOptions = {}): RuleSet {
  return new RuleSet(config, options);
}

/** What did not change is not compiled again, and goes on counting. */
function compiled(rule: RuleConfig, order: number, options: RuleSetOptions): CompiledRule {
  const { baseDir = '.' } = options;
  const previous = options.previous?.rule(rule.name) ?? null;
  if (previous?.config === rule && previous.baseDir === baseDir)
    return previous.order === order ? previous : { ...previous, order };
  const limitMemory = rule.limit && options.limitMemory?.(rule.name);
  return compileRule(rule, order, { baseDir, report: () => {}, previous, limitMemory });
}

export class RuleSet {
  readonly #configs: readonly RuleConfig[];
  readonly #rules: ReadonlyMap<string, CompiledRule>;
  readonly #active: ReadonlySet<string>;
  readonly #onRequest: CandidateIndex<CompiledRule>;
  readonly #onResponse: CandidateIndex<CompiledRule>;
  readonly #clock: Clock;

  constructor(config: Pick<Config, 'rules' | 'groups'>, options: RuleSetOptions) {
    this.#clock = options.clock ?? systemClock;
    this.#configs = config.rules;
    const rules = config.rules.map((rule, order) => compiled(rule, order, options));
    this.#rules = new Map(rules.map((rule) => [rule.name, rule]));
    this.#active = activeNames(config);
    const active = rules.filter(({ name }) => this.#active.has(name));
    this.#onRequest = new CandidateIndex(active.filter(({ decided }) => decided.phase === 'request'));
    this.#onResponse = new CandidateIndex(
      active.filter(({ decided }) => decided.phase === 'response'),
      'place',
    );
  }

  rule(name: string): CompiledRule | undefined {
    return this.#rules.get(name);
  }

  /** Acts on `exchange.outgoing`; null: nothing is left to do. */
  applyRequest(exchange: LiveExchange): RequestEffects | null {
    let effects: RequestEffects | null = null;
    let candidates = this.#onRequest.find(exchange);
    for (let i = 0; i < candidates.length; i++) {
      const rule = candidates[i]!;
      if (isOver(effects) && rule.requestTrace !== null) continue;
      if (!holdsOnRequest(rule, exchange)) continue;
      rule.hits++;
      effects = this.#actOnRequest(rule, exchange, effects);
      if (effects?.abort) return effects;
      // It may have changed what the next ones ask.
      const next = this.#onRequest.find(exchange);
      if (next === candidates) continue;
      candidates = next;
      i = lastAtOrBefore(candidates, rule.order);
    }
    return effects;
  }

  /** Acts on `exchange.answered`; null: nothing is left to do. */
  applyResponse(exchange: LiveExchange): ResponseEffects | null {
    const decided = (exchange.responseRules ?? NONE) as readonly CompiledRule[];
    const asked = this.#onResponse.find(exchange);
    let effects: ResponseEffects | null = null;
    let isPrepared = false;
    for (const rule of asked.length === 0 ? decided : inOrder(decided, asked)) {
      if (rule.decided.phase === 'response') {
        if (!rule.decided.holds(new LiveSubject(exchange))) continue;
        rule.hits++;
      }
      if (!isPrepared && rule.responseTrace !== null) exchange.traceOwnResponse();
      isPrepared ||= rule.responseTrace !== null;
      exchange.trace(rule.responseTrace);
      effects = act(rule.response, exchange, effects, addResponseEffect);
      if (effects?.abort) return effects;
    }
    return effects;
  }

  /** In the order of the config. */
  hits(): number[] {
    return this.#configs.map(({ name }) => this.#rules.get(name)?.hits ?? 0);
  }

  /** `enabled` says whether it acts: of a group with `select: one`, only the first enabled member does. */
  state(): EngineState['rules'] {
    return this.#configs.map(({ name, group, match }) => ({
      name,
      group,
      match,
      enabled: this.#active.has(name),
      hits: this.#rules.get(name)?.hits ?? 0,
    }));
  }

  #actOnRequest(rule: CompiledRule, exchange: LiveExchange, before: RequestEffects | null): RequestEffects | null {
    let effects = before;
    if (rule.response.length > 0) (exchange.responseRules ??= []).push(rule);
    if (rule.limiter) {
      const decision = rule.limiter.take(exchange, this.#clock.now());
      if (!decision.allowed) {
        exchange.trace(rule.limitTrace);
        return addRequestEffect(effects, { kind: 'answer', answer: limited(rule, decision.retryAfterMs) });
      }
      if (decision.delayMs > 0) effects = addRequestEffect(effects, { kind: 'delay', ms: decision.delayMs });
    }
    exchange.trace(rule.requestTrace);
    return act(rule.request, exchange, effects, addRequestEffect);
  }
}

const NONE: readonly CompiledRule[] = [];

/** In order, until one is final. */
function act<Effects>(
  actions: readonly Action[],
  exchange: LiveExchange,
  before: Effects | null,
  add: (effects: Effects | null, effect: Effect) => Effects,
): Effects | null {
  let effects = before;
  for (const action of actions) {
    if (action.kind === 'head') {
      action.act(exchange);
      continue;
    }
    const effect = action.effect(exchange);
    effects = add(effects, effect);
    if (isFinal(effect)) return effects;
  }
  return effects;
}

function holdsOnRequest({ decided }: CompiledRule, exchange: LiveExchange): boolean {
  return decided.phase === 'request' && decided.holds(exchange);
}

/** Answered already: rules that act on requests are over, those that act on the response are still to be decided. */
function isOver(effects: RequestEffects | null): boolean {
  return effects !== null && effects.answer !== null;
}

function* inOrder(a: readonly CompiledRule[], b: readonly CompiledRule[]): Generator<CompiledRule> {
  let i = 0;
  for (const rule of b) {
    for (; i < a.length && a[i]!.order < rule.order; i++) yield a[i]!;
    yield rule;
  }
  for (; i < a.length; i++) yield a[i]!;
}

function lastAtOrBefore(rules: readonly CompiledRule[], order: number): number {
  return rules.findLastIndex((rule) => rule.order <= order);
}

/** Names of the enabled rules; of a group with `select: one`, the first only. */
function activeNames({ rules, groups }: Pick<Config, 'rules' | 'groups'>): ReadonlySet<string> {
  const taken = new Set<string>();
  const active = new Set<string>();
  for (const { name, group, enabled } of rules) {
    if (!enabled || (group !== undefined && taken.has(group))) continue;
    active.add(name);
    if (group !== undefined && groups[group]?.select === 'one') taken.add(group);
  }
  return active;
}

function limited(rule: CompiledRule, retryAfterMs: number): Answer {
  const headers = new Headers([
    'Content-Type',
    'text/plain; charset=utf-8',
    'Retry-After',
    String(Math.ceil(retryAfterMs / 1000)),
    'X-Switchyard-Error',
    'LIMITED',
  ]);
  const body = Buffer.from(`Too many requests: the limit of rule "${rule.name}" is used up.\n`, 'utf8');
  return { status: rule.limitStatus, headers, body, bodyFile: null, error: 'LIMITED' };
}
