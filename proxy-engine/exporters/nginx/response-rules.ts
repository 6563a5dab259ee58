/** What rules do to the response: `add_header` and `proxy_hide_header`. */
import type { ResponseActionConfig } from '../../contract/config.ts';
import { Inexpressible } from '../notes.ts';
import type { Plan } from '../plan.ts';
import { readValue } from '../value.ts';
import { cameValue, type RequestState, type ResponseHeader, variableName } from './request-state.ts';
import { choose, noteEmpty, OWN_HEADERS, replaced, writtenValue } from './rule-values.ts';

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
      notePages(plan, name, path);
      const value = writtenValue(plan, state, path, readValue(text));
      responseHeader(state, name).appended.push(choose(state, hintOf(name), holds, value, ''));
    }
  } else if ('delete' in action) for (const name of action.delete) deleteResponseHeader(plan, state, name, holds, path);
  else if ('replaceHeader' in action) {
    const { name, replace, with: text } = action.replaceHeader;
    notePages(plan, name, path);
    noteEmpty(plan, path, name, replace);
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
  notePages(plan, name, path, `${STAYS}, and a second one is added`);
  const header = responseHeader(state, name);
  if (holds !== null) state.rewritten.response.add(name);
  const value = writtenValue(plan, state, path, readValue(text));
  replaceLines(state, header, holds, value);
  header.name = name;
}

const STAYS = 'in error pages of nginx itself the one that is there stays as it is';

/** What nginx writes by itself is not the work of `add_header`, which adds to what is there. */
function notePages({ notes }: Plan, name: string, path: string, why = STAYS): void {
  if (OWN_HEADERS.has(name.toLowerCase()))
    throw new Inexpressible(`nginx passes on the backend's ${name}, or writes its own`);
  if (name.toLowerCase() === 'content-type') notes.approximate(path, name, why);
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
  return value ?? cameValue(state, name);
}

function deleteResponseHeader(plan: Plan, state: RequestState, name: string, holds: string | null, path: string): void {
  if (name.includes('*')) {
    plan.notes.refuse(path, `delete ${name}`, 'nginx deletes headers by their whole name only');
    return;
  }
  if (name.toLowerCase() !== 'server' || holds !== null) notePages(plan, name, path);
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

/** Whether rules say what the client gets of it, whatever came. */
export function isWritten({ response }: RequestState, name: string): boolean {
  return (response.get(name.toLowerCase())?.value ?? null) !== null;
}
