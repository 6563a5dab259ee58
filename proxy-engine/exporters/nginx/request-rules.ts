/** What rules do to requests: each action leaves values for the next. */
import type { RequestActionConfig } from '../../contract/config.ts';
import { encodedPattern } from '../encoded.ts';
import { Inexpressible, noteAbort } from '../notes.ts';
import { type Plan, type PlannedRule, poolNamed } from '../plan.ts';
import { asPath, asPathPart, readValue, refuseUnsafe, UNSAFE_IN_QUERIES, type ValuePart } from '../value.ts';
import type { RuleEffects } from './draft.ts';
import { braced, headerValue, literal, type RequestState, renderValue, variableName } from './request-state.ts';
import { choose, noteAnswer, noteEmpty, noteVariables, replaced, writtenValue } from './rule-values.ts';
import { regexKey } from './text.ts';

/** Of `answered`: a rule that always holds has. */
export const ALWAYS = '1';

export function applyRequestAction(
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
    state.rewritten.request.add(name);
    const before = headerValue(state, name.toLowerCase());
    noteEmpty(plan, path, name, replace);
    const after = replaced(
      plan,
      state,
      path,
      `sy_header_${variableName(name)}`,
      holds,
      before,
      replace,
      readValue(text),
    );
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
    effects.answers.push({ holds, rule, respond: action.respond });
    state.answered = answeredBy(state, holds);
  } else if ('abort' in action) {
    noteAbort(plan.notes, path, action.abort, 'nginx');
    effects.closes.push({ holds });
  } else throw new Inexpressible('nginx has no counterpart');
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
  const lowerName = name.toLowerCase();
  const value = writtenValue(plan, state, path, readValue(text));
  if (lowerName === 'host') state.hostHeader = choose(state, 'sy_host_written', holds, value, state.hostHeader ?? '');
  else {
    if (holds !== null) state.rewritten.request.add(name);
    const chosen = choose(state, `sy_header_${variableName(name)}`, holds, value, headerValue(state, lowerName));
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
  const before = headerValue(state, name.toLowerCase());
  const added = writtenValue(plan, state, path, readValue(text));
  plan.notes.approximate(
    path,
    `append ${name}`,
    'nginx joins it to the line that is there, with a comma; later conditions and values see both',
  );
  // Also where the rule does not hold.
  state.rewritten.request.add(name);
  const both = `${braced(before)}, ${braced(added)}`;
  const joined = state.maps.define(`sy_header_${variableName(name)}_list`, before, [['""', added]], both);
  state.headers.set(name.toLowerCase(), {
    name,
    value: choose(state, `sy_header_${variableName(name)}`, holds, joined, before),
  });
}

function deleteHeader(plan: Plan, state: RequestState, name: string, holds: string | null, path: string): void {
  if (name.includes('*')) {
    plan.notes.refuse(path, `delete ${name}`, 'nginx deletes headers by their whole name only');
    return;
  }
  if (holds !== null) state.rewritten.request.add(name);
  const value = choose(state, `sy_header_${variableName(name)}`, holds, '', headerValue(state, name.toLowerCase()));
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
    const value = writtenValue(plan, state, path, asPath(readValue(action.set)));
    state.path = choose(state, 'sy_path_set', holds, value, state.path);
    return;
  }
  const parts = asPathPart(readValue(action.with));
  const rewritten = replaced(plan, state, path, 'sy_path_rewritten', holds, state.path, action.replace, parts);
  state.path = state.maps.define(
    'sy_path_rewritten',
    rewritten,
    [[regexKey('^/'), rewritten]],
    `/${braced(rewritten)}`,
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
  const isPlain = plan.listeners.every(({ name }) => encodeURIComponent(name) === name);
  const unsafe = isPlain ? UNSAFE_IN_QUERIES : new Set([...UNSAFE_IN_QUERIES, 'listener']);
  for (const [name, text] of Object.entries(set)) {
    const parts = readValue(text).map((part) => (typeof part === 'string' ? encodeURIComponent(part) : part));
    refuseUnsafe(parts, unsafe);
    noteVariables(plan, path, ['', ...parts]);
    if (parts.some((part) => typeof part !== 'string' && 'variable' in part && part.variable === 'client_ip'))
      plan.notes.approximate(path, '$client_ip', 'the colons of an IPv6 address are not percent-encoded');
    const parameter = `${literal(state, encodeURIComponent(name))}=${renderValue(state, parts)}`;
    args = state.maps.define('sy_args_added', args, [['""', parameter]], `${braced(args)}&${braced(parameter)}`);
  }
  plan.notes.approximate(path, 'query', 'set parameters move to the end, and a name that comes twice is deleted once');
  const search = state.maps.define('sy_query_suffix', args, [['""', '']], `?${braced(args)}`);
  state.search = choose(state, 'sy_search', holds, search, state.search);
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

function answeredBy({ maps, answered }: RequestState, holds: string | null): string {
  if (holds === null) return ALWAYS;
  return answered === null ? holds : maps.define('sy_answered', `${holds}${answered}`, [['00', '0']], '1');
}
