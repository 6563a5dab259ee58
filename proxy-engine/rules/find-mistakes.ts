/** What is wrong in routes, pools, rules and interception that the schema does not see: expressions, patterns, variables, keys, groups. */
import type { Config, HealthCheckConfig, ListenerConfig, RouteConfig, RuleConfig } from '../contract/config.ts';
import type { Scope } from '../contract/expression/fields.ts';
import { nearest } from '../contract/expression/nearest-word.ts';
import { tellIssue } from '../contract/expression/syntax.ts';
import { bodyPattern } from '../health/outcome.ts';
import { compileExpression } from '../match/compile.ts';
import { compilePattern, isMistake } from '../match/pattern.ts';
import { pathPattern } from '../match/router.ts';
import { compileKey, compileTemplate } from '../match/template.ts';
import { answerMistakes } from './answer.ts';
import { compileRule } from './compile-rule.ts';

/** One mistake: `['rules', 0, 'match']` and what would be right. */
export interface RuleMistake {
  path: (string | number)[];
  message: string;
  /** The value at the path is wrong, not its name. */
  place: 'value';
  /** UTF-16 units into the text at the path; absent: the whole of it is meant. */
  offset?: number | undefined;
}

/** Every mistake in a config that has passed the schema. */
export function findRuleMistakes(config: Config): RuleMistake[] {
  const mistakes: RuleMistake[] = [];
  const report: Report = (path, message, offset) => mistakes.push({ path, message, place: 'value', offset });
  for (const [name, listener] of Object.entries(config.listeners)) checkListener(listener, ['listeners', name], report);
  config.routes.forEach((route, i) => checkNew(route, ['routes', i], checkRoute, report));
  for (const [name, { healthCheck }] of Object.entries(config.pools))
    if (healthCheck) checkHealthCheck(healthCheck, ['pools', name, 'healthCheck'], report);
  config.rules.forEach((rule, i) => checkNew(rule, ['rules', i], checkRule, report));
  checkGroups(config, report);
  return mistakes;
}

/** Entries that were right: one that stayed the same object still is. */
const right = new WeakSet<object>();

function checkNew<T extends object>(
  entry: T,
  at: (string | number)[],
  check: (entry: T, at: (string | number)[], report: Report) => void,
  report: Report,
): void {
  if (right.has(entry)) return;
  let isRight = true;
  check(entry, at, (...mistake) => {
    isRight = false;
    report(...mistake);
  });
  if (isRight) right.add(entry);
}

type Report = (path: (string | number)[], message: string, offset?: number) => void;

function checkListener({ intercept, upstreamProxy }: ListenerConfig, at: string[], report: Report): void {
  if (intercept !== undefined) checkExpression(intercept, 'request', [...at, 'intercept'], report);
  if (typeof upstreamProxy === 'object' && upstreamProxy.except !== undefined)
    checkExpression(upstreamProxy.except, 'request', [...at, 'upstreamProxy', 'except'], report);
}

function checkRoute(route: RouteConfig, at: (string | number)[], report: Report): void {
  if (route.match !== undefined) checkExpression(route.match, 'request', [...at, 'match'], report);
  if (route.stickyBy !== undefined) tell(compileKey(route.stickyBy).issues, [...at, 'stickyBy'], report);
  for (const mistake of route.respond ? answerMistakes(route.respond) : [])
    report([...at, 'respond', ...mistake.at], mistake.message);
  if (!route.redirect) return;
  const compiled = route.match === undefined ? null : compileExpression(route.match, 'request');
  const groups = (compiled?.ok && pathPattern(compiled.expression)?.groupCount) || 0;
  tell(
    compileTemplate(route.redirect.location, { phase: 'request', groups }).issues,
    [...at, 'redirect', 'location'],
    report,
  );
}

function checkHealthCheck({ expectBody = '' }: HealthCheckConfig, at: string[], report: Report): void {
  const pattern = bodyPattern(expectBody);
  const compiled = pattern === null ? null : compilePattern(pattern);
  if (compiled && isMistake(compiled))
    report([...at, 'expectBody'], tellIssue({ ...compiled, from: compiled.from + 1 }), compiled.from + 1);
}

function checkRule(rule: RuleConfig, at: (string | number)[], report: Report): void {
  compileRule(rule, 0, {
    baseDir: '.',
    report: (inside, ...said) => report([...at, ...inside], ...said),
    previous: null,
    limitMemory: undefined,
  });
  if (rule.limit) tell(compileKey(rule.limit.key).issues, [...at, 'limit', 'key'], report);
}

function checkGroups({ rules, groups }: Config, report: Report): void {
  rules.forEach(({ group }, i) => {
    if (group === undefined || Object.hasOwn(groups, group)) return;
    const near = nearest(group, Object.keys(groups));
    report(
      ['rules', i, 'group'],
      `there is no group ${JSON.stringify(group)} under groups${near ? `; did you mean ${near}?` : `: add \`groups: { ${group}: {} }\``}`,
    );
  });
}

function checkExpression(text: string, scope: Scope, path: (string | number)[], report: Report): void {
  const compiled = compileExpression(text, scope);
  if (compiled.ok) return;
  for (const issue of compiled.issues) report(path, tellIssue(issue), issue.from);
}

function tell(messages: readonly string[], path: (string | number)[], report: Report): void {
  for (const message of messages) report(path, message);
}
