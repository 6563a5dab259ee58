/** Answers of Caddy itself: texts and redirects. */
import type { RespondConfig } from '../../contract/config.ts';
import { isFraming, noteAnswerType } from '../answer-type.ts';
import { Inexpressible } from '../notes.ts';
import { findPathPattern } from '../path-pattern.ts';
import type { Plan, PlannedRoute } from '../plan.ts';
import { readValue } from '../value.ts';
import { noteVariables } from '../variables.ts';
import { PATH } from './placeholders.ts';
import { block, inOrder, quoted, textToken } from './text.ts';
import { renderValue, VARIABLES } from './values.ts';

export function routeAnswer(plan: Plan, route: PlannedRoute): string[] {
  const { respond, redirect } = route.config;
  if (!respond && !redirect) return [];
  const path = `${route.path}.${respond ? 'respond' : 'redirect'}`;
  const lines = plan.notes.attempt(path, `answer of route ${route.name}`, () => {
    if (redirect) return redirectLines(route, redirect);
    if (respond) noteAnswerType(plan.notes, path, respond, 'Caddy');
    return respond ? respondLines(respond, '') : [];
  });
  noteVariables(plan.notes, path, respond ?? redirect, VARIABLES);
  return [
    `@to_${route.id} vars {http.vars.route} ${textToken(route.name)}`,
    ...block(`handle @to_${route.id}`, inOrder(lines ?? ['respond 501'])),
  ];
}

/** `on` is empty or starts with a space. */
export function respondLines({ status, headers, body, bodyFile }: RespondConfig, on: string): string[] {
  if (bodyFile !== undefined) throw new Inexpressible('serve the file with `file_server`');
  // Caddy counts by itself, and sends no body behind a length that it did not count.
  const written = Object.entries(headers).filter(([name]) => !isFraming(name));
  const lines = written.map(([name, text]) => `header${on} ${name} ${renderValue(readValue(text))}`);
  return [
    ...lines,
    // Without the star, Caddy would take a text that starts with a slash for a matcher.
    `respond${on === '' ? ' *' : on} ${body === undefined || body === '' ? '""' : renderValue(readValue(body))} ${status}`,
  ];
}

function redirectLines(
  { condition, id }: PlannedRoute,
  { status, location }: { status: number; location: string },
): string[] {
  const parts = readValue(location);
  // Without the star, Caddy would take a target that starts with a slash for a matcher.
  const redirect = (target: string) => `redir * ${target} ${status}`;
  const groups = parts.flatMap((part) => (typeof part !== 'string' && 'group' in part ? [part.group] : []));
  if (groups.length === 0) return [redirect(renderValue(parts))];
  const test = findPathPattern(condition);
  if (!test) throw new Inexpressible('$1 needs a `path ~` that always has to hold');
  const named = (n: number) => `{to_${id}.${n}}`;
  const pattern = `~(?s${test.ignoreCase ? 'i' : ''})^.*?(?:${test.value}).*$`;
  const found = [...new Set(groups)];
  return [
    ...block(`map ${PATH} ${found.map(named).join(' ')}`, [
      `${quoted(pattern)} ${found.map((n) => `\${${n}}`).join(' ')}`,
      `default ${found.map(() => '""').join(' ')}`,
    ]),
    redirect(renderValue(parts, named)),
  ];
}
