/** Values that rules choose between, as maps. */
import type { RespondConfig } from '../../contract/config.ts';
import { matchesEmpty } from '../empty-matches.ts';
import { isAnchored, isAtEnd, reopenGroups } from '../pattern.ts';
import { isAtLeast, type Plan } from '../plan.ts';
import { mayBeEmpty, readValue, type ValuePart } from '../value.ts';
import { SAFE_NAME } from '../variables.ts';
import { braced, type RequestState, renderValue } from './request-state.ts';
import { regexKey } from './text.ts';

/** `value` when the rule holds, else `otherwise`. */
export function choose(
  state: RequestState,
  hint: string,
  holds: string | null,
  value: string,
  otherwise: string,
): string {
  return holds === null ? value : state.maps.define(hint, holds, [['1', value]], otherwise);
}

export function noteVariables(plan: Plan, path: string, parts: readonly ValuePart[]): void {
  if (mayBeEmpty(parts)) plan.notes.approximate(path, 'an empty value', 'nginx sends no line without a value');
  for (const part of parts) {
    if (typeof part === 'string' || 'group' in part) continue;
    if (part.variable === 'uuid')
      plan.notes.approximate(path, '$uuid', "nginx's $request_id: 32 hexadecimal digits, one a request");
    if (part.variable === 'exchange_id')
      plan.notes.approximate(path, '$exchange_id', "nginx's $request_id, not a number");
    if (part.variable === 'time_iso') plan.notes.approximate(path, '$time_iso', 'in whole seconds of local time');
    if (part.variable === 'backend')
      plan.notes.approximate(path, '$backend', 'the address of the backend, not its name');
    if (part.variable === 'route' || part.variable === 'pool')
      plan.notes.approximate(path, `$${part.variable}`, SAFE_NAME);
  }
}

/** A value as it stands in the file; what nginx has otherwise of it is told. */
export function writtenValue(plan: Plan, state: RequestState, path: string, parts: readonly ValuePart[]): string {
  noteVariables(plan, path, parts);
  return renderValue(state, parts);
}

/** nginx writes such a header of all requests or responses anew, from a variable that is one line. */
export function noteLines({ notes, version }: Plan, { rewritten }: RequestState): void {
  const joins = isAtLeast(version, '1.23.0');
  for (const side of ['request', 'response'] as const)
    if (rewritten[side].size > 0)
      notes.approximate(
        'rules',
        [...rewritten[side]].join(', '),
        `of several lines of one ${side}, ${joins ? 'nginx makes one with commas' : 'only the first stays (before nginx 1.23)'}, and an empty one goes, also where no rule holds`,
      );
}

/** Tells of the names of conditions and values that nginx does not keep apart. */
export function noteAmbiguous({ notes }: Plan, { ambiguous }: RequestState): void {
  if (ambiguous.size > 0)
    notes.approximate(
      'rules',
      [...ambiguous].join(', '),
      'nginx takes a name with _ for the same with -, and the other way round',
    );
}

/** nginx writes these into every response; in lower case. */
export const OWN_HEADERS: ReadonlySet<string> = new Set(['server', 'date']);

export function noteAnswer(plan: Plan, path: string, { headers, body = '', bodyFile }: RespondConfig): void {
  if (bodyFile !== undefined)
    plan.notes.approximate(
      path,
      bodyFile,
      '$method in its headers, and rules on the response, see GET; 404 where it is not there',
    );
  for (const [name, text] of Object.entries(headers)) {
    noteVariables(plan, path, readValue(text));
    if (OWN_HEADERS.has(name.toLowerCase())) plan.notes.refuse(path, name, 'nginx writes its own');
  }
  noteVariables(plan, path, ['', ...readValue(body)]);
}

/** A replacement that acts on an empty header, which is told from an absent one here alone. */
export function noteEmpty({ notes }: Plan, path: string, name: string, pattern: string): void {
  if (matchesEmpty(pattern)) notes.approximate(path, `replace ${pattern}`, takesForNone(name));
}

export function takesForNone(name: string): string {
  return `nginx takes an empty ${name} for none`;
}

/** `source` with the match of `pattern` replaced: nginx matches once, so that later matches stay. What is empty stays so: nginx tries no pattern on it. */
export function replaced(
  plan: Plan,
  state: RequestState,
  path: string,
  hint: string,
  holds: string | null,
  source: string,
  pattern: string,
  parts: readonly ValuePart[],
): string {
  const isOnce = isAnchored(pattern);
  if (!isOnce && (!isAtEnd(pattern) || matchesEmpty(pattern)))
    plan.notes.approximate(path, `replace ${pattern}`, 'nginx replaces the first match only');
  noteVariables(plan, path, parts);
  // PCRE2 names a group with at most 32 characters.
  const prefix = state.maps.reserve('sy_match').slice(1);
  const before = `${prefix}_before`;
  const after = `${prefix}_after`;
  const key = regexKey(`^${isOnce ? '' : `(?<${before}>.*?)`}${nameGroups(pattern, prefix)}(?<${after}>.*)$`);
  const text = renderValue(state, parts, (n) => `$${prefix}_${n}`);
  const value = `${isOnce ? '' : `\${${before}}`}${braced(text)}\${${after}}`;
  return choose(state, hint, holds, state.maps.define(hint, source, [[key, value]], source), source);
}

/** Groups by the names `prefix_0` (all of it), `prefix_1` …: numbers would count the groups around them too, and a name is a variable to nginx. */
export function nameGroups(pattern: string, prefix: string): string {
  return `(?<${prefix}_0>${reopenGroups(pattern, (n) => `(?<${prefix}_${n}>`)})`;
}
