/** Rules as chains of maps: each says "this value when the rule holds, else what it was". */
import type { RequestActionConfig, ResponseActionConfig } from '../../contract/config.ts';
import { Inexpressible } from '../notes.ts';
import { encodedPattern } from '../parameters.ts';
import { type Plan, type PlannedRule, poolNamed } from '../plan.ts';
import { asPath, escapePath, readKey, readValue, type ValuePart } from '../value.ts';
import { conditionVariable, noteConditions } from './conditions.ts';
import type { RuleEffects } from './draft.ts';
import { braced, headerValue, literal, type RequestState, renderValue, variableName } from './request-state.ts';
import { applyResponseAction } from './response-rules.ts';
import { choose, noteAnswer, noteLines, noteVariables, replaced } from './rule-values.ts';
import { quoted, regexKey } from './text.ts';

/** What rules do to responses comes after all that they do to requests: it sees these as they went out. */
export function applyRules(plan: Plan, state: RequestState): RuleEffects {
  const effects: RuleEffects = { answers: [], closes: [], zones: [], limits: [] };
  const decided = plan.rules.flatMap((rule): Decided[] => {
    if (rule.onResponse) return [{ rule, holds: decision(plan, state, rule) }];
    const holds = decision(plan, state, rule)();
    if (holds === undefined) return [];
    const acts = isForResponses(rule) ? holds : whileOpen(state, holds, `sy_rule_${rule.id}`);
    if (acts === NEVER) return [];
    applyToRequest(plan, state, rule, acts, effects);
    return [{ rule, holds: () => acts }];
  });
  for (const { rule, holds } of decided) {
    const variable = holds();
    if (variable !== undefined) applyToResponse(plan, state, rule, variable);
  }
  return effects;
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
const ALWAYS = '1';

/** `holds`, unless a rule before has answered. */
function whileOpen({ maps, answered }: RequestState, holds: string | null, hint: string): string | null {
  if (answered === null) return holds;
  if (answered === ALWAYS) return NEVER;
  return holds === null
    ? maps.define(hint, answered, [['0', '1']], '0')
    : maps.define(hint, `${holds}${answered}`, [['10', '1']], '0');
}

function answeredBy({ maps, answered }: RequestState, holds: string | null): string {
  if (holds === null) return ALWAYS;
  return answered === null ? holds : maps.define('sy_answered', `${holds}${answered}`, [['00', '0']], '1');
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
  request.forEach((action, i) =>
    noted(plan, rule, `request[${i}]`, actionName(action), () =>
      applyRequestAction(plan, state, rule, action, holds, effects, `${rule.path}.request[${i}]`),
    ),
  );
}

function applyToResponse(plan: Plan, state: RequestState, rule: PlannedRule, holds: string | null): void {
  rule.config.response.forEach((action, i) =>
    noted(plan, rule, `response[${i}]`, actionName(action), () =>
      applyResponseAction(plan, state, action, holds, `${rule.path}.response[${i}]`),
    ),
  );
}

function noted(plan: Plan, rule: PlannedRule, at: string, action: string, emit: () => void): void {
  const path = `${rule.path}.${at}`;
  const what = `${action} of rule ${rule.name}`;
  const done = plan.notes.attempt(path, what, () => {
    emit();
    return true;
  });
  if (done) plan.notes.map(path, what);
}

export function actionName(action: RequestActionConfig | ResponseActionConfig): string {
  return Object.keys(action).join();
}

function applyRequestAction(
  plan: Plan,
  state: RequestState,
  rule: PlannedRule,
  action: RequestActionConfig,
  holds: string | null,
  effects: RuleEffects,
  path: string,
): void {
  const when = (hint: string, value: string, otherwise: string) => choose(state, hint, holds, value, otherwise);
  if ('set' in action) {
    for (const [name, text] of Object.entries(action.set)) setHeader(plan, state, name, text, holds, path);
  } else if ('append' in action) {
    for (const [name, text] of Object.entries(action.append)) appendHeader(plan, state, name, text, holds, path);
  } else if ('delete' in action) {
    for (const name of action.delete) deleteHeader(plan, state, name, holds, path);
  } else if ('replaceHeader' in action) {
    const { name, replace, with: text } = action.replaceHeader;
    noteLines(plan, path, `replace in ${name}`, 'request');
    const before = headerValue(state, name.toLowerCase());
    const after = replaced(plan, state, path, `sy_${variableName(name)}`, holds, before, replace, readValue(text));
    if (name.toLowerCase() === 'host') state.hostHeader = when('sy_host_written', after, state.hostHeader ?? '');
    else state.headers.set(name.toLowerCase(), { name, value: after });
  } else if ('method' in action) state.method = when('sy_method', action.method, state.method);
  else if ('host' in action) {
    const parts = readValue(action.host);
    noteCapitals(plan, path, parts);
    const value = renderValue(state, parts);
    state.hostHeader = when('sy_host_written', value, state.hostHeader ?? '');
    state.host = when('sy_host_asked', hostOnly(state, renderValue(state, parts.map(lowerCase))), state.host);
    state.authority = when('sy_authority', value, state.authority);
  } else if ('path' in action) applyPath(plan, state, action.path, holds, path);
  else if ('query' in action) applyQuery(plan, state, action.query, holds, path);
  else if ('pool' in action) state.pool = when('sy_pool_by_rule', poolNamed(plan, action.pool).id, state.pool);
  else if ('respond' in action) {
    noteAnswer(plan, path, action.respond);
    effects.answers.push({ id: `rule_${rule.id}`, holds, rule, respond: action.respond });
    state.answered = answeredBy(state, holds);
  } else if ('abort' in action && action.abort === 'close') effects.closes.push({ holds });
  else throw new Inexpressible('nginx has no counterpart');
}

function lowerCase(part: ValuePart): ValuePart {
  return typeof part === 'string' ? part.toLowerCase() : part;
}

/** Variables that may have capitals, which hosts do not. */
function noteCapitals({ notes }: Plan, path: string, parts: readonly ValuePart[]): void {
  if (parts.some((part) => typeof part !== 'string' && ('group' in part || part.variable !== 'host')))
    notes.approximate(path, 'host', 'later rules, and $host, see it with its capitals');
}

/** Without the port. */
function hostOnly({ maps }: RequestState, authority: string): string {
  return maps.define('sy_host_only', authority, [[regexKey('^(?<sy_found>.+):[0-9]+$'), '$sy_found']], authority);
}

function setHeader(
  plan: Plan,
  state: RequestState,
  name: string,
  text: string,
  holds: string | null,
  path: string,
): void {
  const parts = readValue(text);
  noteVariables(plan, path, parts);
  const lowerName = name.toLowerCase();
  const value = renderValue(state, parts);
  if (lowerName === 'host') state.hostHeader = choose(state, 'sy_host_written', holds, value, state.hostHeader ?? '');
  else {
    if (holds !== null) noteLines(plan, path, `set ${name}`, 'request');
    const chosen = choose(state, `sy_${variableName(name)}`, holds, value, headerValue(state, lowerName));
    state.headers.set(lowerName, { name, value: chosen });
  }
}

function appendHeader(
  plan: Plan,
  state: RequestState,
  name: string,
  text: string,
  holds: string | null,
  path: string,
): void {
  const parts = readValue(text);
  noteVariables(plan, path, parts);
  plan.notes.approximate(path, `append ${name}`, 'nginx joins it to the line that is there, with a comma; later conditions and values see both');
  const before = headerValue(state, name.toLowerCase());
  const added = renderValue(state, parts);
  const both = `${braced(before)}, ${braced(added)}`;
  const joined = state.maps.define(`sy_${variableName(name)}_list`, before, [['""', added]], both);
  state.headers.set(name.toLowerCase(), {
    name,
    value: choose(state, `sy_${variableName(name)}`, holds, joined, before),
  });
}

function deleteHeader(plan: Plan, state: RequestState, name: string, holds: string | null, path: string): void {
  if (name.includes('*')) {
    plan.notes.refuse(path, `delete ${name}`, 'nginx deletes headers by their whole name only');
    return;
  }
  if (holds !== null) noteLines(plan, path, `delete ${name}`, 'request');
  const value = choose(state, `sy_${variableName(name)}`, holds, '', headerValue(state, name.toLowerCase()));
  state.headers.set(name.toLowerCase(), { name, value });
}

function applyPath(
  plan: Plan,
  state: RequestState,
  action: { set: string } | { replace: string; with: string },
  holds: string | null,
  path: string,
): void {
  if ('set' in action) {
    const parts = asPath(readValue(action.set));
    noteVariables(plan, path, parts);
    state.path = choose(state, 'sy_path_set', holds, renderValue(state, parts), state.path);
  } else
    state.path = replaced(
      plan,
      state,
      path,
      'sy_path_rewritten',
      holds,
      state.path,
      action.replace,
      readValue(action.with).map((part) => (typeof part === 'string' ? escapePath(part) : part)),
    );
}

/** Parameters are taken out, then added at the end. */
function applyQuery(
  plan: Plan,
  state: RequestState,
  { set, delete: gone }: { set: Record<string, string>; delete: string[] },
  holds: string | null,
  path: string,
): void {
  const before = state.args;
  let args = before;
  for (const name of [...gone, ...Object.keys(set)]) args = withoutParameter(state, args, name);
  for (const [name, text] of Object.entries(set)) {
    const parameter = `${literal(state, encodeURIComponent(name))}=${renderValue(
      state,
      readValue(text).map((part) => (typeof part === 'string' ? encodeURIComponent(part) : part)),
    )}`;
    args = state.maps.define('sy_args_added', args, [['""', parameter]], `${braced(args)}&${braced(parameter)}`);
  }
  plan.notes.approximate(path, 'query', 'set parameters move to the end, a name that comes twice is deleted once, and letters and digits are looked for as they are, not encoded');
  state.args = choose(state, 'sy_args', holds, args, before);
}

function withoutParameter(state: RequestState, args: string, name: string): string {
  const escaped = encodedPattern(name);
  const only = regexKey(`^${escaped}(=[^&]*)?$`);
  const first = regexKey(`^${escaped}(?:=[^&]*)?&(?<args_rest>.*)$`);
  const later = regexKey(`^(?<args_head>.*?)&${escaped}(?:=[^&]*)?(?<args_tail>&.*)?$`);
  return state.maps.define(
    'sy_args_without',
    args,
    [
      [only, ''],
      [first, '$args_rest'],
      [later, '${args_head}${args_tail}'],
    ],
    args,
  );
}

function applyLimit(
  plan: Plan,
  state: RequestState,
  rule: PlannedRule,
  limit: NonNullable<PlannedRule['config']['limit']>,
  holds: string | null,
  effects: RuleEffects,
): void {
  const parts = readKey(limit.key);
  const key = choose(state, 'sy_limit_key', holds, renderValue(state, parts), '');
  const rate = Number.isInteger(limit.requests)
    ? `${limit.requests}r/s`
    : `${Math.max(1, Math.round(limit.requests * 60))}r/m`;
  effects.zones.push(`limit_req_zone ${quoted(key)} zone=limit_${rule.id}:10m rate=${rate};`);
  effects.limits.push(`limit_req zone=limit_${rule.id}${limit.burst > 0 ? ` burst=${limit.burst}` : ''};`);
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
