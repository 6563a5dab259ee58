/** Answers of nginx itself: texts of its configuration, and redirects. */
import type { RespondConfig } from '../../contract/config.ts';
import { Inexpressible } from '../notes.ts';
import { findPathPattern } from '../path-pattern.ts';
import type { Plan, PlannedRoute } from '../plan.ts';
import { readValue } from '../value.ts';
import { type Answer, type RequestState, renderValue } from './request-state.ts';
import { isWritten } from './response-rules.ts';
import { nameGroups, noteVariables, OWN_HEADERS } from './rule-values.ts';
import { block, quoted, regexKey } from './text.ts';

export function answerOf(
  state: RequestState,
  location: string,
  { status, headers, body = '', bodyFile }: RespondConfig,
): Answer {
  const file = bodyFile === undefined ? {} : { file: fileName(bodyFile) };
  const lines = Object.entries(headers)
    .filter(([name]) => !OWN_HEADERS.has(name.toLowerCase()))
    .map(([name, text]) => [name, renderValue(state, readValue(text))] as const);
  return { location, status, headers: lines, body: renderValue(state, readValue(body)), ...file };
}

/** `alias` takes variables. */
function fileName(path: string): string {
  if (path.includes('$')) throw new Inexpressible('a dollar in the name of a file has no spelling in nginx');
  return path;
}

export function redirectOf(plan: Plan, state: RequestState, location: string, route: PlannedRoute): Answer {
  const { status = 302 } = route.config.redirect ?? {};
  return { location, status, headers: [['Location', targetOf(plan, state, route)]], body: '' };
}

function targetOf(plan: Plan, state: RequestState, { config, condition, id, path }: PlannedRoute): string {
  const parts = readValue(config.redirect?.location ?? '/');
  noteVariables(plan, `${path}.redirect`, parts);
  if (!parts.some((part) => typeof part !== 'string' && 'group' in part)) return renderValue(state, parts);
  const test = findPathPattern(condition);
  if (!test) throw new Inexpressible('$1 needs a `path ~` that always has to hold');
  const prefix = state.maps.reserve('sy_match').slice(1);
  const value = renderValue(state, parts, (n) => `$${prefix}_${n}`);
  return state.maps.define(
    `sy_to_${id}`,
    state.path,
    [[regexKey(nameGroups(test.value, prefix), test.ignoreCase), value]],
    '/',
  );
}

/** With these, `return` takes the text for a location. */
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Whether `return` would make a Location or a page of its own of it. */
export function needsOtherStatus({ status, body, file }: Answer): boolean {
  return file !== undefined || REDIRECTS.has(status) || (body === '' && status >= 300 && status !== 304);
}

/** `added`: lines of the server, which are not inherited where a location has its own. */
export function answerBlocks(state: RequestState, answer: Answer, added: readonly string[]): string[][] {
  const { location, status, headers, body, file } = answer;
  const own = headers
    .filter(([name, value]) => value !== '' && !isWritten(state, name))
    .map(([name, value]) => `add_header ${name} ${quoted(value)} always;`);
  const lines = ['default_type "";', ...own, ...(own.length > 0 || file !== undefined ? added : [])];
  if (!needsOtherStatus(answer))
    return [block(`location @${location}`, [...lines, `return ${status} ${quoted(body)};`])];
  if (file !== undefined) return fileBlocks(location, status, lines, file);
  return [
    block(`location @${location}`, [`error_page 419 =${status} @text_${location};`, 'return 419;']),
    block(`location @text_${location}`, [...lines, `return 200 ${quoted(body)};`]),
  ];
}

/** As it is, to requests of any method: a place that is asked with GET. */
function fileBlocks(location: string, status: number, lines: readonly string[], file: string): string[][] {
  const place = `/.switchyard/file/${location}`;
  const plain = ['etag off;', 'if_modified_since off;', 'max_ranges 0;', 'add_header Last-Modified "";'];
  return [
    block(`location @${location}`, [`error_page 419 =${status} ${place};`, 'return 419;']),
    block(`location = ${place}`, ['internal;', `alias ${quoted(file)};`, ...plain, ...lines]),
  ];
}
