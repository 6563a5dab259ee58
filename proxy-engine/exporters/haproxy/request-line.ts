/** Path and query, and values that are replaced by pattern. */
import type { Condition } from '../condition.ts';
import { encodedPattern } from '../encoded.ts';
import { Inexpressible } from '../notes.ts';
import { groupCount, isAnchored, patternText } from '../pattern.ts';
import type { Plan } from '../plan.ts';
import { asPath, asPathPart, readValue, type ValuePart } from '../value.ts';
import { format, groupReference, hexEscape, LAST_GROUP, patternArgument, when, word } from './text.ts';

/** Every match replaced, as one format string; `after` are converters of the result. */
export function substitute(sample: string, pattern: string, parts: readonly ValuePart[], after = ''): string {
  const replacement = parts.map((part) => {
    if (typeof part === 'string') return part.replace(/\\/g, '\\\\').replace(/['"]/g, hexEscape);
    if ('group' in part) return groupReference(part.group);
    throw new Inexpressible('HAProxy puts texts and groups into a replacement, no variables');
  });
  return word(`%[${sample},regsub(${patternArgument(pattern)},'${replacement.join('')}',g)${after}]`);
}

/**
 * What every line of a header becomes, where lines may not be joined: a pattern of the whole, and its format. Null: it has more
 * groups than HAProxy keeps.
 */
export function wholeLine(pattern: string, parts: readonly ValuePart[]): { pattern: string; format: string } | null {
  const last = groupCount(pattern) + 2;
  if (last > LAST_GROUP) return null;
  const shifted = parts.map((part) => {
    if (typeof part === 'string') return part.replaceAll('\\', '\\\\');
    return 'group' in part ? { group: part.group === 0 ? 0 : part.group + 1 } : part;
  });
  if (shifted.some((part) => typeof part !== 'string' && 'group' in part && part.group === 0)) return null;
  return {
    pattern: word(`^(.*?)(?:${patternText(pattern)})(.*)$`),
    format: format([{ group: 1 }, ...shifted, { group: last }], groupReference),
  };
}

export function pathLine(
  action: { set: string } | { replace: string; with: string },
  holds: Condition | string,
): string {
  if ('set' in action) return `http-request set-path ${format(asPath(readValue(action.set)))}${when(holds)}`;
  const parts = asPathPart(readValue(action.with));
  const keepsSlash = action.with.startsWith('/');
  const rest = groupCount(action.replace) + 1;
  if (!isAnchored(action.replace) || !keepsSlash || rest > LAST_GROUP) {
    const after = keepsSlash ? '' : ",regsub('^/?','/')";
    return `http-request set-path ${substitute('path', action.replace, parts, after)}${when(holds)}`;
  }
  const literal = parts.map((part) => (typeof part === 'string' ? part.replaceAll('\\', '\\\\') : part));
  const target = [...literal, { group: rest }];
  const endsHere = /(?<!\\)\$$/.test(action.replace);
  const pattern = `${patternText(action.replace).slice(0, endsHere ? -1 : undefined)}${endsHere ? '()$' : '(.*)$'}`;
  return `http-request replace-path ${word(pattern)} ${format(target, groupReference)}${when(holds)}`;
}

export function queryLines(
  plan: Plan,
  { set, delete: gone }: { set: Record<string, string>; delete: string[] },
  holds: Condition | string,
  path: string,
): string[] {
  plan.notes.approximate(path, 'query', 'set parameters move to the end');
  const removals = [...gone, ...Object.keys(set)].map((name) => {
    const pattern = patternArgument(`(^|&)${encodedPattern(name)}(=[^&]*)?(?=&|$)`);
    return `http-request set-query ${word(`%[query,regsub(${pattern},'',g),regsub('^&','')]`)}${when(holds, ['{ query -m found }'])}`;
  });
  const additions = Object.entries(set).flatMap(([name, text]) => {
    const value = format(
      readValue(text).map((part) => (typeof part === 'string' ? encodeURIComponent(part) : part)),
      undefined,
      ',url_enc',
    ).replace(/^"|"$/g, '');
    const pair = `${encodeURIComponent(name).replaceAll('%', '%%')}=${value}`;
    return [
      `http-request set-query ${word(`%[query]&${pair}`)}${when(holds, ['{ query -m len gt 0 }'])}`,
      `http-request set-query ${word(pair)}${when(holds, ['!{ query -m len gt 0 }'])}`,
    ];
  });
  // A question mark alone goes, too.
  const whole = `http-request set-pathq %[path]${when(holds, ['!{ query -m len gt 0 }'])}`;
  return [...removals, ...additions, whole];
}
