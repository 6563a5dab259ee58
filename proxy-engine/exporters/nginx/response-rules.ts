/** What rules do to the response: `add_header` and `proxy_hide_header`. */
import type { ResponseActionConfig } from '../../contract/config.ts';
import { Inexpressible } from '../notes.ts';
import { isAtLeast, type Plan } from '../plan.ts';
import { readValue } from '../value.ts';
import type { ResponseHeader, RuleEffects } from './draft.ts';
import { type RequestState, renderValue, variableName } from './request-state.ts';
import { choose, noteVariables, replaced } from './rule-values.ts';

export function applyResponseAction(
  plan: Plan,
  state: RequestState,
  action: ResponseActionConfig,
  holds: string | null,
  effects: RuleEffects,
  path: string,
): void {
  if ('set' in action) {
    for (const [name, text] of Object.entries(action.set)) {
      const header = responseHeader(effects, name);
      const parts = readValue(text);
      noteVariables(plan, path, parts);
      noteLines(plan, path, `set ${name}`, holds);
      header.value = choose(
        state,
        `sy_answer_${variableName(name)}`,
        holds,
        renderValue(state, parts),
        responseValue(header),
      );
      header.name = name;
    }
  } else if ('append' in action) {
    for (const [name, text] of Object.entries(action.append))
      responseHeader(effects, name).appended.push(
        choose(state, `sy_answer_${variableName(name)}`, holds, renderValue(state, readValue(text)), ''),
      );
  } else if ('delete' in action)
    for (const name of action.delete) deleteResponseHeader(plan, state, name, holds, effects, path);
  else if ('replaceHeader' in action) {
    const { name, replace, with: text } = action.replaceHeader;
    const header = responseHeader(effects, name);
    noteLines(plan, path, `replace in ${name}`, '');
    header.value = replaced(
      plan,
      state,
      path,
      `sy_answer_${variableName(name)}`,
      holds,
      responseValue(header),
      replace,
      readValue(text),
    );
  } else throw new Inexpressible('nginx has no counterpart');
}

/** nginx takes the header away from all responses and writes it anew, from a variable that is one line. */
function noteLines(plan: Plan, path: string, what: string, holds: string | null): void {
  if (holds === null) return;
  const joins = isAtLeast(plan.version, '1.23.0');
  plan.notes.approximate(
    path,
    what,
    `of several lines of one response, ${joins ? 'nginx makes one with commas' : 'only the first stays (before nginx 1.23)'}, also where the rule does not hold`,
  );
}

function deleteResponseHeader(
  plan: Plan,
  state: RequestState,
  name: string,
  holds: string | null,
  effects: RuleEffects,
  path: string,
): void {
  if (name.includes('*')) {
    plan.notes.refuse(path, `delete ${name}`, 'nginx deletes headers by their whole name only');
    return;
  }
  if (name.toLowerCase() === 'server')
    plan.notes.approximate(
      path,
      'delete server',
      "the backend's goes; nginx writes its own, which only other builds leave out",
    );
  noteLines(plan, path, `delete ${name}`, holds);
  const header = responseHeader(effects, name);
  header.value = choose(state, `sy_answer_${variableName(name)}`, holds, '', responseValue(header));
  if (holds === null) header.appended = [];
}

function responseHeader(effects: RuleEffects, name: string): ResponseHeader {
  const known = effects.response.get(name.toLowerCase());
  if (known) return known;
  const header = { name, value: null, appended: [] };
  effects.response.set(name.toLowerCase(), header);
  return header;
}

function responseValue({ name, value }: ResponseHeader): string {
  return value ?? `$upstream_http_${variableName(name)}`;
}
