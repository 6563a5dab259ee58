import { parseExpression } from '../../proxy-engine/contract/expression/parse.ts';
import type { ExpressionIssue } from '../../proxy-engine/contract/expression/syntax.ts';
import { ACTION_KINDS, type ActionFields, emptyOf, type FormKind, field, readAs, writeAs } from './action-kinds.ts';
import type { RawRule } from './document.ts';
import { type FieldMistake, fieldMistakes } from './field-mistakes.ts';
import type { FormKind as EntryForm } from './rebase.ts';
import { matchOf, oneLine } from './rule-draft.ts';

/** Where a route can lead. */
export const DESTINATIONS = {
  pool: { key: 'pool', scalar: true, fields: [field('pool')] },
  split: { key: 'split', scalar: true, fields: [field('split', 'shares')] },
  respond: { key: 'respond', fields: ACTION_KINDS.respond.fields },
  redirect: { key: 'redirect', fields: [field('status', 'number', { optional: true }), field('location')] },
  original: { key: 'original', scalar: true, fields: [] },
} as const satisfies Record<string, FormKind>;

export type DestinationKind = keyof typeof DESTINATIONS;
export const DESTINATION_KINDS = Object.keys(DESTINATIONS) as DestinationKind[];

const MIRROR: FormKind = { key: 'mirror', fields: [field('pool'), field('percent', 'number', { optional: true })] };

export interface RouteDraft {
  name: string;
  match: string;
  /** Separated by commas; empty: all. */
  listeners: string;
  to: DestinationKind;
  fields: ActionFields;
  /** Pool that gets copies; empty: none. */
  mirror: ActionFields;
}

export function routeDraftOf(route: RawRule): RouteDraft {
  const to = DESTINATION_KINDS.find((kind) => route[kind] !== undefined) ?? 'pool';
  return {
    name: route.name ?? '',
    match: oneLine(route.match ?? ''),
    listeners: Array.isArray(route.listeners) ? route.listeners.join(', ') : '',
    to,
    fields: readAs(DESTINATIONS[to], route) ?? emptyOf(DESTINATIONS[to]),
    mirror: readAs(MIRROR, route) ?? emptyOf(MIRROR),
  };
}

/** The draft with another destination, its fields empty. */
export function leadTo(draft: RouteDraft, to: DestinationKind): RouteDraft {
  return { ...draft, to, fields: emptyOf(DESTINATIONS[to]) };
}

/** The route with what the form edits put in; everything else of it stays. */
export function applyRouteDraft(route: RawRule, draft: RouteDraft): RawRule {
  const listeners = draft.listeners
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const kept = Object.entries(route).filter(
    ([key]) => key !== 'mirror' && (key === draft.to || !(key in DESTINATIONS)),
  );
  const whole: RawRule = {
    ...Object.fromEntries(kept),
    name: draft.name.trim(),
    match: matchOf(route, draft),
    listeners,
    ...writeAs(DESTINATIONS[draft.to], draft.fields),
    ...(draft.mirror.pool?.trim() ? writeAs(MIRROR, draft.mirror) : {}),
  };
  const given = Object.entries(whole).filter(
    ([, value]) => value !== '' && !(Array.isArray(value) && value.length === 0),
  );
  return Object.fromEntries(given);
}

export const ROUTE_FORM: EntryForm<RouteDraft> = {
  draftOf: routeDraftOf,
  apply: applyRouteDraft,
  partsOf(key) {
    if (key in DESTINATIONS) return ['to', 'fields'];
    return key === 'name' || key === 'match' || key === 'listeners' || key === 'mirror' ? [key] : [];
  },
};

export function routeMatchIssue({ match }: RouteDraft): ExpressionIssue | undefined {
  const parsed = match.trim() === '' ? null : parseExpression(match, 'request');
  return parsed && !parsed.ok ? parsed.issues[0] : undefined;
}

/** Mistakes by field: `fields.split`, `mirror.pool`. */
export function routeProblems({ to, fields, mirror }: RouteDraft): Record<string, FieldMistake | 'noMirrorPool'> {
  const found = Object.entries(fieldMistakes(DESTINATIONS[to], fields));
  const isHalf = !mirror.pool?.trim() && !!mirror.percent?.trim();
  return {
    ...Object.fromEntries(found.map(([name, mistake]) => [`fields.${name}`, mistake])),
    ...(isHalf ? { 'mirror.pool': 'noMirrorPool' } : {}),
  };
}

export { MIRROR };
