/** Rules as chains of maps: each says "this value when the rule holds, else what it was". */
import type { RequestActionConfig, ResponseActionConfig } from '../../contract/config.ts';
import { Inexpressible } from '../notes.ts';
import { type Plan, type PlannedRule, poolNamed } from '../plan.ts';
import { asPath, escapePath, readKey, readValue } from '../value.ts';
import { conditionVariable, noteConditions } from './conditions.ts';
import type { RuleEffects } from './draft.ts';
import { braced, headerValue, literal, type RequestState, renderValue, variableName } from './request-state.ts';
import { applyResponseAction } from './response-rules.ts';
import { choose, noteVariables, replaced } from './rule-values.ts';
import { escapeRegex, quoted, regexKey } from './text.ts';

export function applyRules(plan: Plan, state: RequestState): RuleEffects {
  const effects: RuleEffects = { response: new Map(), answers: [], closes: [], zones: [], limits: [] };
  for (const rule of plan.rules) {
    const holds = plan.notes.attempt(`${rule.path}.match`, `rule ${rule.name}`, () => ({
      variable: conditionVariable(state, rule.condition, `sy_rule_${rule.id}`),
    }));
    if (!holds) continue;
    noteConditions(plan, `${rule.path}.match`, `rule ${rule.name}`, rule.condition);
    applyRule(plan, state, rule, holds.variable, effects);
  }
  return effects;
}

function applyRule(
  plan: Plan,
  state: RequestState,
  rule: PlannedRule,
  holds: string | null,
  effects: RuleEffects,
): void {
  const { limit, request, response } = rule.config;
  if (limit) noted(plan, rule, 'limit', 'limit', () => applyLimit(plan, state, rule, limit, holds, effects));
  request.forEach((action, i) =>
    noted(plan, rule, `request[${i}]`, actionName(action), () =>
      applyRequestAction(plan, state, rule, action, holds, effects, `${rule.path}.request[${i}]`),
    ),
  );
  response.forEach((action, i) =>
    noted(plan, rule, `response[${i}]`, actionName(action), () =>
      applyResponseAction(plan, state, action, holds, effects, `${rule.path}.response[${i}]`),
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
    const before = headerValue(state, name.toLowerCase());
    const after = replaced(plan, state, path, `sy_${variableName(name)}`, holds, before, replace, readValue(text));
    if (name.toLowerCase() === 'host') state.hostHeader = when('sy_host_written', after, state.hostHeader ?? '');
    else state.headers.set(name.toLowerCase(), { name, value: after });
  } else if ('method' in action) state.method = when('sy_method', action.method, state.method);
  else if ('host' in action) {
    const value = renderValue(state, readValue(action.host));
    state.hostHeader = when('sy_host_written', value, state.hostHeader ?? '');
    state.host = when('sy_host_asked', hostOnly(state, value), state.host);
  } else if ('path' in action) applyPath(plan, state, action.path, holds, path);
  else if ('query' in action) applyQuery(plan, state, action.query, holds, path);
  else if ('pool' in action) state.pool = when('sy_pool_by_rule', poolNamed(plan, action.pool).id, state.pool);
  else if ('respond' in action) effects.answers.push({ id: `rule_${rule.id}`, holds, rule, respond: action.respond });
  else if ('abort' in action && action.abort === 'close') effects.closes.push({ holds });
  else throw new Inexpressible('nginx has no counterpart');
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
  plan.notes.approximate(path, `append ${name}`, 'nginx joins it to the line that is there, with a comma');
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
  plan.notes.approximate(path, 'query', 'set parameters move to the end, and a name that comes twice is deleted once');
  state.args = choose(state, 'sy_args', holds, args, before);
}

function withoutParameter(state: RequestState, args: string, name: string): string {
  const escaped = escapeRegex(encodeURIComponent(name));
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
