/** Requestly's exported rules (JSON): one rule for each pair of a condition and what it does. */
import { isRecord, type Json, listAt, recordAt, textAt } from '../../foreign-json.ts';
import { type Draft, type DraftRoute, type DraftRule, UnreadableImport } from '../draft.ts';
import { allOf, oneOf, test, wildcard } from '../expressions.ts';
import { movedBy } from '../moving.ts';
import { parseJson } from '../parse-json.ts';
import { AS_ANSWER, changesOf } from './changes.ts';
import { groupRedirects } from './group-redirects.ts';
import { NotThere, patternIn } from './values.ts';

export function looksLikeRequestly(text: string): boolean {
  return /^\s*[[{]/.test(text) && text.includes('"ruleType"') && text.includes('"pairs"');
}

export function importRequestly(text: string, draft: Draft): void {
  const content = parseJson(text);
  const records = Array.isArray(content)
    ? content
    : listAt(content, 'rules').length > 0
      ? listAt(content, 'rules')
      : [content];
  if (!records.some((record) => textAt(record, 'ruleType') !== ''))
    throw new UnreadableImport('expected a list of rules, each with ruleType and pairs');
  const groups = new Map(
    records.filter((record) => textAt(record, 'objectType') === 'group').map((group) => [textAt(group, 'id'), group]),
  );
  records.forEach((record: unknown, i) => {
    if (textAt(record, 'objectType') !== 'group') readRule(record, `rule ${i + 1}`, groups, draft);
  });
  moveLast(draft);
}

/** All look at the request as it came; rules here see what earlier ones did. */
function moveLast({ rules, items }: Draft): void {
  const moving = rules.filter(({ value }) => value.request?.some((action) => movedBy(action) !== null));
  const rest = rules.filter((entry) => !moving.includes(entry));
  rules.splice(0, rules.length, ...rest, ...moving);
  const names = moving.filter(({ value }) => value.enabled !== false).map(({ value }) => value.name);
  if (names.length > 1)
    items.push({
      at: 'rules',
      what: names.join(', '),
      outcome: 'approximated',
      why: 'they come last, and the later of them see what the earlier ones have made of the address',
    });
}

function readRule(record: unknown, at: string, groups: ReadonlyMap<string, unknown>, draft: Draft): void {
  const name = textAt(record, 'name') || at;
  const pairs = listAt(record, 'pairs');
  const group = groups.get(textAt(record, 'groupId'));
  if (!isRecord(record) || pairs.length === 0)
    return draft.refuse(at, name, 'it has no pairs of a condition and a change');
  pairs.forEach((pair, i) => {
    const place = pairs.length > 1 ? `${at}, pair ${i + 1}` : at;
    try {
      readPair({ at: place, name, record, group }, pair, draft);
    } catch (error) {
      if (!(error instanceof NotThere)) throw error;
      draft.refuse(place, name, error.message);
    }
  });
}

interface Place {
  at: string;
  name: string;
  record: Json;
  /** Absent: it is in none. */
  group: unknown;
}

function readPair({ at, name, record, group }: Place, pair: unknown, draft: Draft): void {
  const isOn = textAt(record, 'status') !== 'Inactive' && textAt(group, 'status') !== 'Inactive';
  const source = recordAt(pair, 'source');
  // A route cannot be switched off.
  const routes = isOn ? groupRedirects(pair) : [];
  if (routes.length > 0) return addRoutes({ at, name }, routes, conditionOf({ ...source, value: '' }), draft);
  const { why, ...made } = changesOf(textAt(record, 'ruleType'), pair);
  const { match, left } = conditionOf(source);
  const condition = allOf([match, made.also]);
  const rule: DraftRule = {
    ...(group === undefined ? {} : { group: textAt(group, 'name') || 'Requestly' }),
    ...(isOn ? {} : { enabled: false }),
    ...(condition === undefined ? {} : { match: condition }),
    ...(made.request ? { request: made.request } : {}),
    ...(made.response ? { response: made.response } : {}),
  };
  draft.addRule(at, name, rule, told([why, ...left]));
}

function addRoutes(
  { at, name }: Pick<Place, 'at' | 'name'>,
  routes: readonly DraftRoute[],
  { match, left }: Condition,
  draft: Draft,
): void {
  for (const route of routes)
    draft.addRoute(at, name, { ...route, match: allOf([match, route.match]) ?? '' }, told([AS_ANSWER, ...left]));
}

function told(parts: readonly (string | undefined)[]): string | undefined {
  return parts.filter((each) => each !== undefined).join('; ') || undefined;
}

interface Condition {
  match: string | undefined;
  /** What of the condition is left out, and that the rule acts without it. */
  left: string[];
}

const FIELDS: Readonly<Record<string, string>> = { url: 'url', host: 'host', path: 'path' };

function conditionOf(source: Json | null): Condition {
  const field = FIELDS[textAt(source, 'key').toLowerCase() || 'url'];
  if (field === undefined) throw new NotThere(`a condition on ${textAt(source, 'key')} has no counterpart`);
  const value = textAt(source, 'value');
  const left: string[] = [];
  // One, or a list of them since schema 3.
  const filters = [recordAt(source, 'filters'), ...listAt(source, 'filters')].filter(isRecord);
  const methods = filters.flatMap((filter) => listAt(filter, 'requestMethod').map(String));
  for (const key of new Set(filters.flatMap((filter) => Object.keys(filter))))
    if (key !== 'requestMethod' && filters.some((filter) => !isEmpty(filter[key])))
      left.push(`its filter ${key} is left out, so that it acts on more requests`);
  const on = value === '' ? undefined : comparison(field, textAt(source, 'operator'), value);
  return { match: allOf([methods.length > 0 ? oneOf('method', methods) : undefined, on || undefined]), left };
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    value === '' ||
    (Array.isArray(value) && value.length === 0) ||
    (isRecord(value) && Object.keys(value).length === 0)
  );
}

function comparison(field: string, operator: string, value: string): string {
  // Of hosts, the port is a part there.
  const [, name, port] = (field === 'host' && /^(.*?):(\d*)$/.exec(value)) || [];
  if (name !== undefined && operator !== 'Equals') throw new NotThere('a host is compared without its port');
  switch (operator) {
    case 'Equals':
      if (name !== undefined) return `${test('host', '=', name)} and ${test('port', '=', port ?? '')}`;
      return test(field, '=', value);
    case 'Contains':
    case '':
      return test(field, '*=', value);
    case 'Wildcard_Matches':
      return wildcard(field, value, /\*/g);
    case 'Matches': {
      const { source, ignoresCase } = patternIn(value) ?? { source: value.replaceAll('\\/', '/'), ignoresCase: false };
      return test(field, ignoresCase ? '~i' : '~', source);
    }
    default:
      throw new NotThere(`the operator ${operator} has no counterpart`);
  }
}
