/** Requestly's exported rules (JSON): one rule for each pair of a condition and what it does. */
import {
  type Draft,
  type DraftAction,
  type DraftResponseAction,
  type DraftRule,
  NO_HOST,
  UnreadableImport,
} from './draft.ts';
import { allOf, escapePattern, literal, oneOf, test, wildcard } from './expressions.ts';
import { isRecord, type Json, listAt, numberAt, parseJson, recordAt, textAt } from './json.ts';

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
      const { why, ...made } = changesOf(textAt(record, 'ruleType'), pair);
      const { match, left } = conditionOf(recordAt(pair, 'source'));
      const condition = allOf([match, made.also]);
      const isOn = textAt(record, 'status') !== 'Inactive' && textAt(group, 'status') !== 'Inactive';
      const rule: DraftRule = {
        ...(group === undefined ? {} : { group: groupName(textAt(group, 'name')) }),
        ...(isOn ? {} : { enabled: false }),
        ...(condition === undefined ? {} : { match: condition }),
        ...(made.request ? { request: made.request } : {}),
        ...(made.response ? { response: made.response } : {}),
      };
      draft.addRule(place, name, rule, [why, ...left].filter((each) => each !== undefined).join('; ') || undefined);
    } catch (error) {
      if (!(error instanceof NotThere)) throw error;
      draft.refuse(place, name, error.message);
    }
  });
}

function groupName(name: string): string {
  return name.replaceAll(/[\s/"',()[\]]+/g, ' ').trim() || 'Requestly';
}

/** Says why something has no counterpart. */
class NotThere extends Error {}

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
  switch (operator) {
    case 'Equals':
      return test(field, '=', value);
    case 'Contains':
    case '':
      return test(field, '*=', value);
    case 'Wildcard_Matches':
      return wildcard(field, value, /\*/g);
    case 'Matches': {
      const [, pattern = value, flags = ''] = /^\/(.*)\/([a-z]*)$/.exec(value) ?? [];
      return test(field, flags.includes('i') ? '~i' : '~', pattern.replaceAll('\\/', '/'));
    }
    default:
      throw new NotThere(`the operator ${operator} has no counterpart`);
  }
}

interface Changes {
  request?: DraftAction[];
  response?: DraftResponseAction[];
  /** What the change itself asks for. */
  also?: string;
  why?: string;
}

function changesOf(type: string, pair: unknown): Changes {
  switch (type) {
    case 'Headers':
      return headerChanges(pair);
    case 'UserAgent':
      return { request: [{ set: { 'user-agent': literal(textAt(pair, 'userAgent')) } }] };
    case 'Redirect':
      return redirectChanges(pair);
    case 'Replace':
      return replaceChanges(textAt(pair, 'from'), textAt(pair, 'to'));
    case 'QueryParam':
      return parameterChanges(pair);
    case 'Cancel':
      return { request: [{ abort: 'close' }] };
    case 'Delay':
      return { request: [{ delay: `${Math.round(numberAt(pair, 'delay') ?? 0)}ms` }] };
    case 'Request':
      return requestBody(recordAt(pair, 'request'));
    case 'Response':
      return responseChanges(recordAt(pair, 'response'));
    case 'Script':
      throw new NotThere('it puts scripts into pages; a body action can insert text');
    default:
      throw new NotThere(`rules of the kind ${type || '(none)'} are not known`);
  }
}

/** Newer files have `modifications`, older ones the change in the pair. */
function headerChanges(pair: unknown): Changes {
  const modifications = recordAt(pair, 'modifications');
  const old = textAt(pair, 'target') === 'Response' ? { Response: [pair] } : { Request: [pair] };
  const { request, response } = {
    request: listAt(modifications ?? old, 'Request').map(headerAction),
    response: listAt(modifications ?? old, 'Response').map(headerAction),
  };
  return { ...(request.length > 0 ? { request } : {}), ...(response.length > 0 ? { response } : {}) };
}

function headerAction(change: unknown): { set: Record<string, string> } | { delete: string[] } {
  const name = textAt(change, 'header');
  if (name === '') throw new NotThere('a change of a header without its name');
  if (textAt(change, 'type') === 'Remove' && name.toLowerCase() === 'host') throw new NotThere(NO_HOST);
  return textAt(change, 'type') === 'Remove'
    ? { delete: [name] }
    : { set: { [name]: literal(textAt(change, 'value')) } };
}

function redirectChanges(pair: unknown): Changes {
  const to = textAt(pair, 'destination');
  if (textAt(pair, 'destinationType') === 'map_local')
    return { request: [{ mapLocal: { file: to.replace(/^file:\/\//, '') } }] };
  if (/\$\d/.test(to))
    throw new NotThere('its destination has parts of the URL ($1); make a route with a redirect of it');
  if (to === '') throw new NotThere('it has no destination');
  return {
    request: [{ respond: { status: 307, headers: { location: literal(to) } } }],
    why: 'as an answer with 307, which clients follow',
  };
}

/** A replacement in the URL: of its host when that is what stands there, else of the path. */
function replaceChanges(from: string, to: string): Changes {
  if (from === '') throw new NotThere('it does not say what to replace');
  const [whole, scheme = '', host = ''] = /^(https?:\/\/)?([\w.-]+(?::\d+)?)$/.exec(from) ?? [];
  if (whole !== undefined && (scheme !== '' || /[.:]/.test(host) || host === 'localhost')) {
    const next = /^(?:(https?):\/\/)?([^/]+)\/?$/.exec(to);
    if (!next?.[2]) throw new NotThere(`${from} is a host, and ${to || 'nothing'} is none`);
    const schemeAction: DraftAction[] = next[1] === 'http' || next[1] === 'https' ? [{ scheme: next[1] }] : [];
    return {
      request: [...schemeAction, { host: literal(next[2]) }],
      also: test('host', '=', host.replace(/:\d+$/, '')),
    };
  }
  if (/^[a-z]+:\/\//i.test(from))
    throw new NotThere('it replaces a part of the URL that has host and path; use mapRemote');
  return {
    request: [{ path: { replace: escapePattern(from), with: literal(to) } }],
    why: 'in the path only, at every place',
  };
}

function parameterChanges(pair: unknown): Changes {
  const set: Record<string, string> = {};
  const gone: string[] = [];
  let why: string | undefined;
  for (const change of listAt(pair, 'modifications')) {
    const name = textAt(change, 'param');
    const type = textAt(change, 'type');
    if (type === 'Remove All') throw new NotThere('it removes all parameters; name them in a query action');
    if (type === 'Remove') gone.push(name);
    else set[name] = literal(textAt(change, 'value'));
    if (type !== 'Remove' && textAt(change, 'actionWhenParamExists') === 'Ignore')
      why = `${name} is also set where it is there already`;
  }
  if (gone.length === 0 && Object.keys(set).length === 0) throw new NotThere('it changes no parameter');
  return { request: [{ query: { set, delete: gone } }], ...(why === undefined ? {} : { why }) };
}

function requestBody(change: Json | null): Changes {
  if (textAt(change, 'type') === 'code') throw new NotThere('its code uses another interface; see docs/scripts.md');
  return { request: [{ body: { set: textAt(change, 'value') } }] };
}

function responseChanges(change: Json | null): Changes {
  if (textAt(change, 'type') === 'code') throw new NotThere('its code uses another interface; see docs/scripts.md');
  const status = numberAt(change, 'statusCode');
  const body = textAt(change, 'value');
  if (textAt(change, 'serveWithoutRequest') === 'true')
    return { request: [{ respond: { status: status ?? 200, ...(body === '' ? {} : { body: literal(body) }) } }] };
  const response: DraftResponseAction[] = [];
  if (body !== '') response.push({ body: { set: body } });
  if (status !== null && status > 0) response.push({ status });
  if (response.length === 0) throw new NotThere('it changes neither status nor body');
  return { response };
}
