/** What a rule of Charles's Rewrite tool asks for and puts in its place. */
import { textAt } from '../../foreign-json.ts';
import type { DraftAction, DraftResponseAction } from '../draft.ts';
import { escapePattern, literal, patternText, test, withGroups } from '../expressions.ts';

export interface Rewrite {
  what: string;
  actions: { request?: DraftAction[]; response?: DraftResponseAction[] };
  /** What the rule asks for beyond its set's locations. */
  also?: string;
  why?: string;
}

export type Outcome = Rewrite | { what: string; refused: string };

interface Side {
  header: string;
  value: string;
  headerRegex: boolean;
  valueRegex: boolean;
}

export interface Fields {
  match: Side;
  next: Side;
  onRequest: boolean;
  onResponse: boolean;
  whole: boolean;
  caseSensitive: boolean;
  firstOnly: boolean;
}

export function fieldsOf(rule: unknown): Fields {
  return {
    match: sideOf(rule, 'match'),
    next: sideOf(rule, 'new'),
    onRequest: textAt(rule, 'matchRequest') !== 'false',
    onResponse: textAt(rule, 'matchResponse') === 'true',
    whole: textAt(rule, 'matchWholeValue') === 'true',
    caseSensitive: textAt(rule, 'caseSensitive') === 'true',
    firstOnly: textAt(rule, 'replaceType') === '1',
  };
}

function sideOf(rule: unknown, side: 'match' | 'new'): Side {
  return {
    header: textAt(rule, `${side}Header`),
    value: textAt(rule, `${side}Value`),
    headerRegex: textAt(rule, `${side}HeaderRegex`) === 'true',
    valueRegex: textAt(rule, `${side}ValueRegex`) === 'true',
  };
}

/** The same change in each phase that the rule is for. */
export function inPhases(
  { onRequest, onResponse }: Fields,
  action: DraftAction & DraftResponseAction,
): Rewrite['actions'] {
  return { ...(onRequest ? { request: [action] } : {}), ...(onResponse ? { response: [action] } : {}) };
}

/** That a field has the value of the rule, or a part that is as it. */
export function valueTest(field: string, { match, caseSensitive, whole }: Fields): string {
  if (caseSensitive && !match.valueRegex) return test(field, whole ? '=' : '*=', match.value);
  const pattern = match.valueRegex ? match.value : escapePattern(match.value);
  return test(field, caseSensitive ? '~' : '~i', whole ? `^(?:${pattern})$` : pattern);
}

export function replacement({ match, next, caseSensitive, whole }: Fields): { replace: string; with: string } {
  const pattern = match.valueRegex ? match.value : escapePattern(match.value);
  const replace = `${caseSensitive ? '' : '(?i)'}${whole ? `^(?:${pattern})$` : pattern}`;
  return { replace: patternText(replace), with: match.valueRegex ? withGroups(next.value) : literal(next.value) };
}

/** Whether the new value takes the place of all of an old one, and needs nothing of it. */
export function replacesAll({ match, next, whole }: Fields): boolean {
  if (match.value === '' || (whole && !match.valueRegex)) return true;
  if (!match.valueRegex || /\$\d/.test(next.value)) return false;
  return whole || /^\^?\.[*+]\$?$/.test(match.value) || /^\^[^|]*[^|\\]\$$/.test(match.value);
}

export function firstOnly({ firstOnly: first }: Fields): { why?: string } {
  return first ? { why: 'at every place, not at the first only' } : {};
}
