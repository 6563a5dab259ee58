/** Rules as directives of a `route` block, which Caddy runs in the order in which they are written. */
import type { RequestActionConfig, ResponseActionConfig } from '../../contract/config.ts';
import { partsOf as actionParts } from '../action-parts.ts';
import { attemptAnswer, noteAnswerType } from '../answer-type.ts';
import { type Condition, type Subject, testsOf } from '../condition.ts';
import { Inexpressible, noteAbort } from '../notes.ts';
import { isAtLeast, type Plan, type PlannedRule, poolNamed } from '../plan.ts';
import { changedSubjects, noteEmptyHost, writesHost } from '../rule-order.ts';
import { isAlways, isNever, simplify } from '../simplify.ts';
import { asPath, readValue, refuseUnsafe, UNSAFE_IN_PATHS } from '../value.ts';
import { noteVariables } from '../variables.ts';
import { respondLines } from './answers.ts';
import { matcher } from './conditions.ts';
import { PATH } from './placeholders.ts';
import { noteReplacement, replacement } from './replacements.ts';
import { block, inOrder, quoted, textToken } from './text.ts';
import { renderValue, VARIABLES } from './values.ts';

const TWICE = 'done twice where an interim answer comes first, such as 100 to a request with Expect';

/** What one rule becomes. */
interface RulePart {
  rule: PlannedRule;
  condition: Condition;
  /** Of its actions: empty, or the matcher that holds once the rule is decided. */
  on: string;
  request: string[];
  /** Caddy lets the first of these act last: they are written backwards. */
  response: string[];
  /** What answers once the rule holds; no further rule acts on the request then. */
  answer: string[];
}

export interface RuleLines {
  /** Of requests, in order. */
  request: string[];
  /** Of responses: placed before what answers. */
  response: string[];
  /** Of requests that a rule answers. */
  answers: string[];
  /** Of the answers to errors; none: rules do nothing to these. */
  errors: string[];
}

/** The directives of all rules, as they act where `given` holds. */
export function ruleLines(plan: Plan, given: Condition): RuleLines {
  const parts = partsOf(plan, given);
  const first = parts.findIndex(({ answer }) => answer.length > 0);
  const request = parts.flatMap((part, i) => [...decision(part, first >= 0 && i > first), ...part.request]);
  const response = parts.toReversed().flatMap((part) => part.response);
  const answers = parts.flatMap(({ rule, answer }) =>
    answer.length === 0
      ? []
      : [`@answer_${rule.id} vars {http.vars.answer} ${textToken(rule.id)}`, ...inOrder(answer, `answer_${rule.id}`)],
  );
  const errors = parts
    .toReversed()
    .flatMap((part) => (part.response.length === 0 ? [] : [...held(part), ...part.response]));
  return { request: first < 0 ? request : ['vars answer ""', ...request], response, answers, errors };
}

function partsOf(plan: Plan, given: Condition): RulePart[] {
  let facts = given;
  return plan.rules.flatMap((rule): RulePart[] => {
    const condition = simplify(rule.condition, facts);
    if (isNever(condition)) return [];
    facts = factsAfter(rule, facts);
    const part = plan.notes.attempt(`${rule.path}.match`, `rule ${rule.name}`, () => partOf(plan, rule, condition));
    return part && part.request.length + part.response.length > 0 ? [part] : [];
  });
}

/** What later rules may still rely on: nothing that this one changes. */
function factsAfter({ config }: PlannedRule, facts: Condition): Condition {
  const changed = new Set<Subject['kind']>(config.request.flatMap(changedSubjects));
  const of = (facts.kind === 'all' ? facts.of : [facts]).filter((fact) =>
    [...testsOf(fact)].every((test) => test.kind === 'status' || !changed.has(test.subject.kind)),
  );
  return { kind: 'all', of };
}

/** Decided once: what the rule itself changes does not undo it. `mayBeAnswered`: by an earlier rule. */
function decision(part: RulePart, mayBeAnswered: boolean): string[] {
  if (part.on === '') return [];
  const { rule, condition } = part;
  const isForResponses = rule.config.request.length === 0 && !rule.config.limit;
  const open = mayBeAnswered && !isForResponses ? ['{http.vars.answer} == ""'] : [];
  const name = `rule_${rule.id}`;
  const opens = rule.config.request.some((action) => 'pool' in action);
  return [matcher(`if_${name}`, condition, { also: open, opens }), `vars @if_${name} ${name} yes`, ...held(part)];
}

/** The matcher of a rule that has been decided. */
function held({ rule: { id }, on }: RulePart): string[] {
  return on === '' ? [] : [`@rule_${id} vars {http.vars.rule_${id}} yes`];
}

function partOf(plan: Plan, rule: PlannedRule, condition: Condition): RulePart {
  const { request, response, limit, name } = rule.config;
  matcher('', condition);
  const on = isAlways(condition) && !mayFollowAnswer(plan, rule) ? '' : ` @rule_${rule.id}`;
  if (limit) plan.notes.refuse(`${rule.path}.limit`, `limit of rule ${name}`, 'Caddy has rate limits in a plugin only');
  const part: RulePart = { rule, condition, on, request: [], response: [], answer: [] };
  const add = (at: string, what: string, action: object, emit: (path: string) => void) => {
    const path = `${rule.path}.${at}`;
    plan.notes.attemptMapped(path, `${what} of rule ${name}`, () => {
      emit(path);
      noteVariables(plan.notes, path, action, VARIABLES);
    });
  };
  for (const { at, what, action } of actionParts('response', response))
    add(at, what, action, (path) => {
      if ('replaceHeader' in action) noteReplacement(plan.notes, path, action.replaceHeader);
      if ('append' in action) plan.notes.approximate(path, 'append', TWICE);
      part.response.unshift(...responseLines(action, on));
    });
  for (const { at, what, action } of actionParts('request', request))
    add(at, what, action, (path) => {
      if ('respond' in action) {
        noteAnswerType(plan.notes, path, action.respond, 'Caddy');
        const what = `answer of rule ${name}`;
        const lines = attemptAnswer(plan.notes, path, what, action.respond, (each) => respondLines(plan, path, each));
        part.answer = lines ?? [];
        part.request.push(`vars${on} answer ${textToken(rule.id)}`);
      } else part.request.push(...requestLines(plan, action, on, path));
    });
  return part;
}

/** Whether a rule before it may answer, so that it no longer acts on the request. */
function mayFollowAnswer({ rules }: Plan, rule: PlannedRule): boolean {
  const before = rules.slice(0, rules.indexOf(rule));
  const actsOnRequest = rule.config.request.length > 0 || rule.config.limit !== undefined;
  return actsOnRequest && before.some(({ config }) => config.request.some((action) => 'respond' in action));
}

function requestLines(plan: Plan, action: RequestActionConfig, on: string, path: string): string[] {
  noteEmptyHost(plan.notes, path, action);
  if ('set' in action)
    return [
      ...Object.entries(action.set).map(
        ([name, text]) => `request_header${on} ${name} ${renderValue(readValue(text))}`,
      ),
      ...hostWritten(action, on),
    ];
  if ('append' in action) {
    plan.notes.approximate(
      path,
      'append',
      'later conditions and values see all lines of the header, joined with commas',
    );
    return Object.entries(action.append).map(
      ([name, text]) => `request_header${on} +${name} ${renderValue(readValue(text))}`,
    );
  }
  if ('delete' in action) return action.delete.map((name) => `request_header${on} -${deletable(name)}`);
  if ('replaceHeader' in action) {
    const { name, replace, with: text } = action.replaceHeader;
    noteReplacement(plan.notes, path, action.replaceHeader);
    const line = `request_header${on} ${name} ${quoted(replace)} ${replacement(text)}`;
    return [line, ...hostWritten(action, on)];
  }
  if ('method' in action) {
    if (!isAtLeast(plan.version, '2.7')) throw new Inexpressible('Caddy has `method` from 2.7 on');
    return [`method${on} ${action.method}`];
  }
  if ('host' in action)
    return [
      `request_header${on} Host ${renderValue(readValue(action.host))}`,
      `vars${on} host {http.request.host}`,
      `vars${on} hostport {http.request.hostport}`,
      ...hostWritten(action, on),
    ];
  if ('path' in action) return pathLines(plan, action.path, on, path);
  if ('query' in action) return queryLines(plan, action.query, on, path);
  if ('pool' in action) return [`vars${on} pool ${textToken(poolNamed(plan, action.pool).name)}`];
  if ('abort' in action) {
    noteAbort(plan.notes, path, action.abort, 'Caddy');
    return [`abort${on}`];
  }
  throw new Inexpressible('Caddy has no counterpart');
}

/** A pool whose backends are told their own names keeps it. */
function hostWritten(action: RequestActionConfig, on: string): string[] {
  return writesHost(action) ? [`vars${on} host_written yes`] : [];
}

/** Caddy takes a star at either end. */
function deletable(name: string): string {
  if (/^\*?[^*]+\*?$/.test(name)) return name;
  throw new Inexpressible('Caddy takes a star at the start and the end of a name only');
}

function pathLines(
  plan: Plan,
  action: { set: string } | { replace: string; with: string },
  on: string,
  path: string,
): string[] {
  plan.notes.approximate(path, 'path', 'Caddy rewrites the decoded path, and then escapes more than has to be');
  refuseUnsafe(readValue('set' in action ? action.set : action.with), UNSAFE_IN_PATHS);
  // Of several in one block, Caddy lets only the first act.
  if ('set' in action) return inOrder([`rewrite${on === '' ? ' *' : on} ${rewriteTarget(action.set)}`]);
  noteReplacement(plan.notes, path, action);
  const line = `uri${on} path_regexp ${quoted(action.replace)} ${replacement(action.with)}`;
  // A path begins with a slash.
  return action.with.startsWith('/') ? [line] : [line, `uri${on} path_regexp ^/? /`];
}

/** Caddy escapes the new path, so that it is told the decoded one; the query stays. */
function rewriteTarget(text: string): string {
  const decoded = asPath(readValue(text)).map((part) => (typeof part === 'string' ? unescape(part) : part));
  if (decoded.some((part) => typeof part === 'string' && /[#?]/.test(part)))
    throw new Inexpressible('Caddy ends a path at # and ?');
  const target = renderValue([...decoded, '?']).replaceAll(PATH, '{http.request.uri.path}');
  return target.replace(/\?("?)$/, '?{http.request.uri.query}$1');
}

function unescape(path: string): string {
  return path.replace(/(?:%[\da-f]{2})+/gi, (found) => Buffer.from(found.replaceAll('%', ''), 'hex').toString('utf8'));
}

function queryLines(
  plan: Plan,
  { set, delete: gone }: { set: Record<string, string>; delete: string[] },
  on: string,
  path: string,
): string[] {
  if (!isAtLeast(plan.version, '2.8')) throw new Inexpressible('Caddy changes parameters from 2.8 on');
  plan.notes.approximate(
    path,
    'parameters',
    'Caddy puts all of them in the order of their names, and encodes them anew',
  );
  const lines = [
    ...gone.map((name) => parameter(name, /^-/, '-')),
    ...Object.entries(set).map(([name, text]) => `${parameter(name, /^[-+]|>/)} ${renderValue(readValue(text))}`),
  ];
  return block(`uri${on} query`, lines);
}

/** With a name that is like `other`, Caddy would do something else, or not start. */
function parameter(name: string, other: RegExp, mark = ''): string {
  if (name === '' || other.test(name)) throw new Inexpressible(`no spelling for the parameter ${JSON.stringify(name)}`);
  return renderValue([mark + name]);
}

function responseLines(action: ResponseActionConfig, on: string): string[] {
  if ('set' in action)
    return Object.entries(action.set).flatMap(([name, text]) =>
      deferred(on, `${name} ${renderValue(readValue(text))}`),
    );
  if ('append' in action)
    return Object.entries(action.append).flatMap(([name, text]) =>
      deferred(on, `+${name} ${renderValue(readValue(text))}`),
    );
  if ('delete' in action) return action.delete.flatMap((name) => deferred(on, `-${deletable(name)}`));
  if ('replaceHeader' in action) {
    const { name, replace, with: text } = action.replaceHeader;
    return deferred(on, `${name} ${quoted(replace)} ${replacement(text)}`);
  }
  throw new Inexpressible('Caddy has no counterpart');
}

/** When the backend's headers are there. */
function deferred(on: string, line: string): string[] {
  return block(`header${on}`, [line, 'defer']);
}
