/** One rule of Charles's Rewrite tool. */
import { type DraftAction, type DraftResponseAction, NO_HOST } from './draft.ts';
import { allOf, escapePattern, keyed, literal, test } from './expressions.ts';
import { textAt } from './json.ts';

interface Rewrite {
  what: string;
  actions: { request?: DraftAction[]; response?: DraftResponseAction[] };
  /** What the rule asks for beyond its set's locations. */
  also?: string;
  why?: string;
}

type Outcome = Rewrite | { what: string; refused: string };

/** `ruleType` as Charles writes it. */
const KINDS: Readonly<Record<string, (rule: Fields) => Outcome>> = {
  '1': addHeader,
  '2': removeHeader,
  '3': modifyHeader,
  '4': changeHost,
  '5': changePath,
  '6': ({ match }) => ({
    what: `URL ${match.value}`,
    refused: 'no action rewrites the whole URL; use mapRemote and a path action',
  }),
  '7': changeBody,
  '8': addParameter,
  '9': modifyParameter,
  '10': ({ match }) => ({
    what: `remove parameter ${match.header}`,
    actions: { request: [{ query: { delete: [match.header] } }] },
  }),
  '11': changeStatus,
};

interface Side {
  header: string;
  value: string;
  headerRegex: boolean;
  valueRegex: boolean;
}

interface Fields {
  match: Side;
  next: Side;
  onRequest: boolean;
  onResponse: boolean;
  whole: boolean;
  caseSensitive: boolean;
  firstOnly: boolean;
}

/** One, or one for each phase where they ask for a header of their own. */
export function rewriteRule(rule: unknown): Outcome[] {
  const type = textAt(rule, 'ruleType');
  const kind = KINDS[type];
  if (!kind) return [{ what: `rule type ${type || '(none)'}`, refused: 'this type of rule is not known' }];
  const fields: Fields = {
    match: sideOf(rule, 'match'),
    next: sideOf(rule, 'new'),
    onRequest: textAt(rule, 'matchRequest') !== 'false',
    onResponse: textAt(rule, 'matchResponse') === 'true',
    whole: textAt(rule, 'matchWholeValue') === 'true',
    caseSensitive: textAt(rule, 'caseSensitive') === 'true',
    firstOnly: textAt(rule, 'replaceType') === '1',
  };
  const made = kind(fields);
  const isOfHeader = kind === addHeader || kind === removeHeader || kind === modifyHeader;
  if (!isOfHeader || 'refused' in made || made.also === undefined || !fields.onRequest || !fields.onResponse)
    return [made];
  return [kind({ ...fields, onResponse: false }), kind({ ...fields, onRequest: false })];
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
function inPhases({ onRequest, onResponse }: Fields, action: DraftAction & DraftResponseAction): Rewrite['actions'] {
  return { ...(onRequest ? { request: [action] } : {}), ...(onResponse ? { response: [action] } : {}) };
}

/** The header that is asked for, in the phase in which the rule acts. */
function headerCondition(fields: Fields): string | undefined {
  const { match, caseSensitive, whole } = fields;
  if (match.header === '' || match.headerRegex) return undefined;
  if (match.value === '') return hasHeader(fields);
  if (caseSensitive && !match.valueRegex) return test(headerField(fields), whole ? '=' : '*=', match.value);
  const pattern = match.valueRegex ? match.value : escapePattern(match.value);
  return test(headerField(fields), caseSensitive ? '~' : '~i', whole ? `^(?:${pattern})$` : pattern);
}

function hasHeader(fields: Fields): string {
  return `has ${headerField(fields)}`;
}

function headerField({ match, onRequest, onResponse }: Fields): string {
  return keyed(!onRequest && onResponse ? 'responseHeader' : 'header', match.header);
}

function addHeader(fields: Fields): Outcome {
  const { next, match } = fields;
  const what = `add ${next.header || 'header'}`;
  if (next.header === '') return { what, refused: 'it has no name of a header' };
  const also = match.header === '' ? undefined : headerCondition(fields);
  const line = { [next.header]: literal(next.value) };
  return {
    what,
    actions: inPhases(fields, isHost(next.header) ? { set: line } : { append: line }),
    ...(also === undefined ? {} : { also }),
  };
}

function removeHeader(fields: Fields): Outcome {
  const { match } = fields;
  const what = `remove ${match.header || 'header'}`;
  if (match.header === '' || match.headerRegex)
    return { what, refused: 'a header is removed by its name, or by one such as x-internal-*' };
  if (isHost(match.header)) return { what, refused: NO_HOST };
  const also = match.value === '' ? undefined : headerCondition(fields);
  return { what, actions: inPhases(fields, { delete: [match.header] }), ...(also === undefined ? {} : { also }) };
}

function isHost(name: string): boolean {
  return name.toLowerCase() === 'host';
}

function modifyHeader(fields: Fields): Outcome {
  const { match, next, whole } = fields;
  const what = `modify ${match.header || 'header'}`;
  if (match.header === '' || match.headerRegex) return { what, refused: 'it is not for one header by name' };
  if (next.header !== '' && next.header.toLowerCase() !== match.header.toLowerCase())
    return { what, refused: `headers are not renamed; delete ${match.header} and set ${next.header}` };
  const also = headerCondition(fields);
  if (match.value === '' || (whole && !match.valueRegex)) {
    const actions = inPhases(fields, { set: { [match.header]: literal(next.value) } });
    return { what, actions, ...(also === undefined ? {} : { also }) };
  }
  // A condition looks at the first line; of this header there may be others.
  const condition = match.header.toLowerCase() === 'set-cookie' ? hasHeader(fields) : also;
  const replaceHeader = { name: match.header, ...replacement(fields) };
  return {
    what,
    actions: inPhases(fields, { replaceHeader }),
    ...(condition === undefined ? {} : { also: condition }),
    ...firstOnly(fields),
  };
}

function replacement({ match, next, caseSensitive, whole }: Fields): { replace: string; with: string } {
  const pattern = match.valueRegex ? match.value : escapePattern(match.value);
  const replace = `${caseSensitive ? '' : '(?i)'}${whole ? `^(?:${pattern})$` : pattern}`;
  return { replace, with: match.valueRegex ? next.value : literal(next.value) };
}

function firstOnly({ firstOnly: first }: Fields): { why?: string } {
  return first ? { why: 'at every place, not at the first only' } : {};
}

function changeHost({ match, next }: Fields): Outcome {
  const what = `host ${match.value || 'any'} to ${next.value}`;
  if (match.valueRegex && /\$\d/.test(next.value))
    return { what, refused: 'a host is set as a whole, without parts of the old one' };
  const also = match.value === '' ? undefined : test('host', match.valueRegex ? '~i' : '=', match.value);
  return { what, actions: { request: [{ host: literal(next.value) }] }, ...(also === undefined ? {} : { also }) };
}

function changePath(fields: Fields): Outcome {
  const { match, next } = fields;
  const what = `path ${match.value}`;
  if (match.value === '') return { what, actions: { request: [{ path: { set: literal(next.value) } }] } };
  return { what, actions: { request: [{ path: replacement(fields) }] }, ...firstOnly(fields) };
}

function changeBody(fields: Fields): Outcome {
  const { match, next } = fields;
  const body = match.value === '' ? { set: next.value } : replacement(fields);
  return { what: 'body', actions: inPhases(fields, { body }), ...firstOnly(fields) };
}

function addParameter({ next }: Fields): Outcome {
  const what = `parameter ${next.header}`;
  if (next.header === '') return { what, refused: 'it has no name of a parameter' };
  return {
    what,
    actions: { request: [{ query: { set: { [next.header]: literal(next.value) } } }] },
    why: 'takes the place of one that is there',
  };
}

function modifyParameter({ match, next, caseSensitive }: Fields): Outcome {
  const name = next.header || match.header;
  const what = `parameter ${match.header}`;
  if (match.header === '' || match.headerRegex) return { what, refused: 'it is not for one parameter by name' };
  const field = keyed('query', match.header);
  const also =
    match.value === ''
      ? `has ${field}`
      : test(field, match.valueRegex ? (caseSensitive ? '~' : '~i') : '=', match.value);
  const gone = name === match.header ? [] : [match.header];
  return { what, actions: { request: [{ query: { set: { [name]: literal(next.value) }, delete: gone } }] }, also };
}

/** `404` or `404 Not Found`. */
function changeStatus({ match, next }: Fields): Outcome {
  const status = Number.parseInt(next.value, 10);
  const what = `status ${match.value || 'any'} to ${next.value}`;
  if (Number.isNaN(status)) return { what, refused: 'its new status is no number' };
  const old = Number.parseInt(match.value, 10);
  const also = allOf([Number.isNaN(old) ? undefined : `status = ${old}`]);
  const why = match.value !== '' && Number.isNaN(old) ? 'for every status: the pattern is left out' : undefined;
  return {
    what,
    actions: { response: [{ status }] },
    ...(also === undefined ? {} : { also }),
    ...(why === undefined ? {} : { why }),
  };
}
