/** What rules do to the response: `add_header` and `proxy_hide_header`. */
import type { ResponseActionConfig } from '../../contract/config.ts';
import { Inexpressible } from '../notes.ts';
import type { Plan } from '../plan.ts';
import { readValue } from '../value.ts';
import { type RequestState, type ResponseHeader, renderValue, responseValue, variableName } from './request-state.ts';
import { choose, noteVariables, OWN_HEADERS, replaced } from './rule-values.ts';

export function applyResponseAction(
  plan: Plan,
  state: RequestState,
  action: ResponseActionConfig,
  holds: string | null,
  path: string,
): void {
  if ('set' in action) {
    for (const [name, text] of Object.entries(action.set)) setLine(plan, state, name, text, holds, path);
  } else if ('append' in action) {
    for (const [name, text] of Object.entries(action.append)) {
      refuseOwn(name);
      const parts = readValue(text);
      noteVariables(plan, path, parts);
      const value = renderValue(state, parts);
      responseHeader(state, name).appended.push(choose(state, hintOf(name), holds, value, ''));
    }
  } else if ('delete' in action) for (const name of action.delete) deleteResponseHeader(plan, state, name, holds, path);
  else if ('replaceHeader' in action) {
    const { name, replace, with: text } = action.replaceHeader;
    refuseOwn(name);
    const header = responseHeader(state, name);
    state.rewritten.response.add(name);
    const inLine = (line: string) => replaced(plan, state, path, hintOf(name), holds, line, replace, readValue(text));
    const before = sentValue(state, header);
    header.appended = header.appended.map(inLine);
    header.value = inLine(before);
  } else throw new Inexpressible('nginx has no counterpart');
}

function setLine(
  plan: Plan,
  state: RequestState,
  name: string,
  text: string,
  holds: string | null,
  path: string,
): void {
  refuseOwn(name);
  const header = responseHeader(state, name);
  const parts = readValue(text);
  noteVariables(plan, path, parts);
  if (holds !== null) state.rewritten.response.add(name);
  const value = renderValue(state, parts);
  replaceLines(state, header, holds, value);
  header.name = name;
}

/** What nginx writes by itself is not the work of `add_header`. */
function refuseOwn(name: string): void {
  if (OWN_HEADERS.has(name.toLowerCase()))
    throw new Inexpressible(`nginx passes on the backend's ${name}, or writes its own`);
}

function hintOf(name: string): string {
  return `sy_answer_${variableName(name)}`;
}

/** One line in the place of all. */
function replaceLines(state: RequestState, header: ResponseHeader, holds: string | null, value: string): void {
  const before = sentValue(state, header);
  const hint = hintOf(header.name);
  header.appended = header.appended.map((each) => choose(state, hint, holds, '', each)).filter((each) => each !== '');
  header.value = choose(state, hint, holds, value, before);
}

/** Without the lines that rules have added. */
function sentValue(state: RequestState, { name, value }: ResponseHeader): string {
  return value ?? responseValue({ ...state, response: new Map() }, name.toLowerCase());
}

function deleteResponseHeader(plan: Plan, state: RequestState, name: string, holds: string | null, path: string): void {
  if (name.includes('*')) {
    plan.notes.refuse(path, `delete ${name}`, 'nginx deletes headers by their whole name only');
    return;
  }
  if (name.toLowerCase() !== 'server' || holds !== null) refuseOwn(name);
  else
    plan.notes.approximate(
      path,
      'delete server',
      "the backend's goes; nginx writes its own, which only other builds leave out",
    );
  if (holds !== null) state.rewritten.response.add(name);
  const header = responseHeader(state, name);
  replaceLines(state, header, holds, '');
}

function responseHeader({ response }: RequestState, name: string): ResponseHeader {
  const known = response.get(name.toLowerCase());
  if (known) return known;
  const header = { name, value: null, appended: [] };
  response.set(name.toLowerCase(), header);
  return header;
}
