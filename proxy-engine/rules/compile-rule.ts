/** One rule of the config, compiled. */
import type { RequestActionConfig, ResponseActionConfig, RuleConfig } from '../contract/config.ts';
import { type ExpressionIssue, tellIssue } from '../contract/expression/syntax.ts';
import { compileExpression, type RoutedSubject } from '../match/compile.ts';
import type { Candidate } from '../match/guard.ts';
import { guardOf } from '../match/guard.ts';
import type { ExchangeSubject } from '../match/subject.ts';
import type { Action, Phase } from './action.ts';
import { compileAction, isFinalAction } from './compile-action.ts';
import { Limiter } from './limit.ts';
import { type LimitStates, OwnLimitStates, SharedLimitStates } from './limit-states.ts';
import type { TracedAction, TracedRule } from './trace.ts';

/**
 * When it is decided whether the rule holds. Rules that ask about the request alone are decided on the request, once, also
 * for what they do to the response: a path that was rewritten in between does not undo them.
 */
export type Decided =
  | { phase: 'request'; holds(this: void, subject: RoutedSubject): boolean }
  | { phase: 'response'; holds(this: void, subject: ExchangeSubject): boolean };

export interface CompiledRule extends Candidate {
  readonly name: string;
  /** What it was compiled from. */
  readonly config: RuleConfig;
  readonly baseDir: string;
  /** How often it has held, kept by name when a config is applied. */
  hits: number;
  readonly decided: Decided;
  readonly limiter: Limiter | null;
  /** Status of the answer when the limit refuses. */
  readonly limitStatus: number;
  readonly request: readonly Action[];
  readonly response: readonly Action[];
  /** What is recorded on an exchange; shared by all. null: nothing to do in that phase. */
  readonly requestTrace: TracedRule | null;
  readonly responseTrace: TracedRule | null;
  /** When the limit refuses: the limit alone has acted. */
  readonly limitTrace: TracedRule | null;
}

/** Collects mistakes; `at` continues the rule's path in the document, `offset` is where in the text there. */
export type ReportIssue = (at: readonly (string | number)[], message: string, offset?: number) => void;

export interface RuleContext {
  readonly baseDir: string;
  readonly report: ReportIssue;
  /** The rule of that name in the config before. */
  readonly previous: CompiledRule | null;
  /** Where limits count that several threads go by; undefined: this thread is the only one. */
  readonly limitMemory: SharedArrayBuffer | undefined;
}

export function compileRule(config: RuleConfig, order: number, context: RuleContext): CompiledRule {
  const { expression, decided } = compileMatch(config, context.report);
  const request = compileActions(config.name, 'request', config.request, context);
  const response = compileActions(config.name, 'response', config.response, context);
  const limit = config.limit ? [limitAction(config.limit.requests)] : [];
  return {
    name: config.name,
    config,
    baseDir: context.baseDir,
    hits: context.previous?.hits ?? 0,
    order,
    guard: guardOf(expression),
    decided,
    limiter: config.limit ? new Limiter(config.limit, limitStates(context)) : null,
    limitStatus: config.limit?.status ?? 429,
    request,
    response,
    requestTrace: traceOf(config.name, 'request', [...limit, ...request]),
    responseTrace: traceOf(config.name, 'response', response),
    limitTrace: traceOf(config.name, 'request', limit),
  };
}

function limitStates({ limitMemory, previous }: RuleContext): LimitStates {
  if (limitMemory) return new SharedLimitStates(limitMemory);
  const before = previous?.limiter?.states;
  return new OwnLimitStates(before instanceof OwnLimitStates ? before : null);
}

function compileMatch(config: RuleConfig, report: ReportIssue) {
  if (config.match === undefined)
    return { expression: null, decided: { phase: 'request', holds: () => true } as Decided };
  const onRequest = compileExpression(config.match, 'routed');
  if (onRequest.ok)
    return { expression: onRequest.expression, decided: { phase: 'request', holds: onRequest.holds } as Decided };
  const never = { expression: null, decided: { phase: 'request', holds: () => false } as Decided };
  if (config.request.length > 0 || config.limit) {
    reportExpression(onRequest.issues, report);
    return never;
  }
  const onResponse = compileExpression(config.match, 'response');
  if (onResponse.ok)
    return { expression: onResponse.expression, decided: { phase: 'response', holds: onResponse.holds } as Decided };
  reportExpression(onResponse.issues, report);
  return never;
}

function reportExpression(issues: readonly ExpressionIssue[], report: ReportIssue): void {
  for (const issue of issues) report(['match'], tellIssue(issue), issue.from);
}

function compileActions(
  rule: string,
  phase: Phase,
  configs: readonly (RequestActionConfig | ResponseActionConfig)[],
  { baseDir, report }: RuleContext,
): Action[] {
  const actions = configs.map((config, i) =>
    compileAction(config, { phase, rule, baseDir, issue: (at, ...said) => report([phase, i, ...at], ...said) }),
  );
  // What follows an answer or an abort never acts.
  const last = configs.findIndex(isFinalAction);
  return last < 0 ? actions : actions.slice(0, last + 1);
}

function traceOf(name: string, phase: Phase, actions: readonly TracedAction[]): TracedRule | null {
  if (actions.length === 0) return null;
  return { name, phase, actions: actions.map(({ words, changes }) => ({ words, changes })) };
}

function limitAction(perSecond: number): TracedAction {
  const rate = Number.isInteger(perSecond) ? `${perSecond}/s` : `${Math.round(perSecond * 60)}/m`;
  return { words: [`limit ${rate}`], changes: [] };
}
