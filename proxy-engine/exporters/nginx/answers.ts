/** Answers of nginx itself: texts of its configuration, and redirects. */
import type { RespondConfig } from '../../contract/config.ts';
import { Inexpressible } from '../notes.ts';
import { findPathPattern } from '../path-pattern.ts';
import type { PlannedRoute } from '../plan.ts';
import { readValue } from '../value.ts';
import { type RequestState, renderValue } from './request-state.ts';
import { nameGroups, OWN_HEADERS } from './rule-values.ts';
import { quoted, regexKey } from './text.ts';

export function respondLines(state: RequestState, { status, headers, body, bodyFile }: RespondConfig): string[] {
  if (bodyFile !== undefined)
    throw new Inexpressible('nginx answers with texts of its configuration; serve the file with `root` or `alias`');
  let type = '""';
  const lines: string[] = [];
  for (const [name, text] of Object.entries(headers)) {
    if (OWN_HEADERS.has(name.toLowerCase())) continue;
    const value = renderValue(state, readValue(text));
    if (name.toLowerCase() === 'content-type') type = quoted(value);
    else lines.push(`add_header ${name} ${quoted(value)} always;`);
  }
  const text = body === undefined ? '""' : quoted(renderValue(state, readValue(body)));
  return [`default_type ${type};`, ...lines, `return ${status} ${text};`];
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export function redirectLines(state: RequestState, { config, condition, id }: PlannedRoute): string[] {
  const { status = 302, location = '/' } = config.redirect ?? {};
  if (!REDIRECTS.has(status)) throw new Inexpressible(`nginx does not redirect with ${status}`);
  const parts = readValue(location);
  if (!parts.some((part) => typeof part !== 'string' && 'group' in part))
    return [`return ${status} ${quoted(renderValue(state, parts))};`];
  const test = findPathPattern(condition);
  if (!test) throw new Inexpressible('$1 needs a `path ~` that always has to hold');
  const prefix = state.maps.reserve('sy_match').slice(1);
  const value = renderValue(state, parts, (n) => `$${prefix}_${n}`);
  const target = state.maps.define(
    `sy_to_${id}`,
    state.path,
    [[regexKey(nameGroups(test.value, prefix), test.ignoreCase), value]],
    '/',
  );
  return [`return ${status} ${target};`];
}
