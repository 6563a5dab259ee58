/** Answers of Caddy itself: texts and redirects. */
import type { RespondConfig } from '../../contract/config.ts';
import { attemptAnswer, isFraming, noteAnswerType } from '../answer-type.ts';
import { Inexpressible } from '../notes.ts';
import { findPathPattern } from '../path-pattern.ts';
import { isAtLeast, type Plan, type PlannedRoute } from '../plan.ts';
import { readValue } from '../value.ts';
import { noteVariables } from '../variables.ts';
import { PATH } from './placeholders.ts';
import { block, inOrder, quoted, textToken } from './text.ts';
import { renderValue, VARIABLES } from './values.ts';

export function routeAnswer(plan: Plan, route: PlannedRoute): string[] {
  const { respond, redirect } = route.config;
  if (!respond && !redirect) return [];
  const path = `${route.path}.${respond ? 'respond' : 'redirect'}`;
  const what = `answer of route ${route.name}`;
  if (respond) noteAnswerType(plan.notes, path, respond, 'Caddy');
  const lines = respond
    ? attemptAnswer(plan.notes, path, what, respond, (each) => respondLines(plan, path, each))
    : plan.notes.attempt(path, what, () => (redirect ? redirectLines(route, redirect) : []));
  noteVariables(plan.notes, path, respond ?? redirect, VARIABLES);
  return [
    `@to_${route.id} vars {http.vars.route} ${textToken(route.name)}`,
    ...inOrder(lines ?? ['respond 501'], `to_${route.id}`),
  ];
}

export function respondLines(plan: Plan, path: string, { status, headers, body, bodyFile }: RespondConfig): string[] {
  // Caddy counts by itself, and sends no body behind a length that it did not count.
  const written = Object.entries(headers).filter(([name]) => !isFraming(name));
  const lines = written.map(([name, text]) => `header ${name} ${renderValue(readValue(text))}`);
  if (bodyFile !== undefined) return [...lines, ...fileLines(plan, path, status, bodyFile)];
  // Without the star, Caddy would take a text that starts with a slash for a matcher.
  return [...lines, `respond * ${body === undefined || body === '' ? '""' : renderValue(readValue(body))} ${status}`];
}

/** As it is, to requests of any method. */
function fileLines({ notes, version }: Plan, path: string, status: number, file: string): string[] {
  const [, directory = '.', name = ''] = /^(?:(.*)\/)?([\w.@ -]+)$/.exec(file) ?? [];
  if (name === '' || directory.includes('{')) throw new Inexpressible('the name of the file has no spelling in Caddy');
  notes.approximate(path, file, 'Caddy names its type by its name, where the answer says none');
  return [
    'request_header -Range',
    'request_header -If-*',
    ...block('header', ['-Accept-Ranges', '-Etag', '-Last-Modified', 'defer']),
    ...(isAtLeast(version, '2.7') ? ['method GET'] : []),
    `rewrite * ${quoted(`/${name}`)}`,
    ...block('file_server', [`root ${quoted(directory === '' ? '/' : directory)}`, `status ${status}`]),
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
