/** What pairs of Requestly's rules do, as actions. */
import { type Json, listAt, numberAt, recordAt, textAt } from '../../foreign-json.ts';
import { type DraftResponseAction, NO_HOST } from '../draft.ts';
import { literal } from '../expressions.ts';
import { mistakeIn } from '../mistakes.ts';
import { replaceChanges } from './replace.ts';
import { type Changes, NotThere, ORIGIN, valueOf } from './values.ts';

/** What the change of a pair becomes. Throws `NotThere`. */
export function changesOf(type: string, pair: unknown): Changes {
  switch (type) {
    case 'Headers':
      return headerChanges(pair);
    case 'UserAgent':
      return { request: [{ set: { 'user-agent': valueOf(textAt(pair, 'userAgent')) } }] };
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
  const changes = {
    request: listAt(modifications ?? old, 'Request'),
    response: listAt(modifications ?? old, 'Response'),
  };
  const left: string[] = [];
  const { request, response } = {
    request: changes.request.flatMap((change) => takenActions(change, 'request', left)),
    response: changes.response.flatMap((change) => takenActions(change, 'response', left)),
  };
  if (request.length + response.length === 0 && left.length > 0) throw new NotThere(left.join('; '));
  const asksOrigin = [...changes.request, ...changes.response].some((one) => textAt(one, 'value').includes(ORIGIN));
  const why = [...left, ...(asksOrigin ? ['a request without Origin has none to tell'] : [])].join('; ');
  return {
    ...(request.length > 0 ? { request } : {}),
    ...(response.length > 0 ? { response } : {}),
    ...(why === '' ? {} : { why }),
  };
}

/** One that cannot be made leaves the others. */
function takenActions(change: unknown, phase: 'request' | 'response', left: string[]): HeaderAction[] {
  try {
    const actions = headerActions(change, phase);
    const mistake = mistakeIn({ rules: [{ name: 'x', [phase]: actions }] });
    if (mistake !== null) throw new NotThere(`without ${textAt(change, 'header')}: ${mistake}`);
    return actions;
  } catch (error) {
    if (!(error instanceof NotThere)) throw error;
    left.push(error.message);
    return [];
  }
}

/** Of requests, those that browsers add to. */
const ADDED_TO =
  /^(?:accept|accept-(?:encoding|language)|access-control-request-headers|cache-control|content-language|forwarded|if-(?:none-)?match|range|via|want-digest|x-forwarded-for)$/i;

type HeaderAction = Extract<
  DraftResponseAction,
  { set: unknown } | { append: unknown } | { delete: unknown } | { replaceHeader: unknown }
>;

function headerActions(change: unknown, phase: 'request' | 'response'): HeaderAction[] {
  const [name, type, text] = [textAt(change, 'header'), textAt(change, 'type'), textAt(change, 'value')];
  if (name === '') throw new NotThere('a change of a header without its name');
  if (type === 'Remove' && name.toLowerCase() === 'host') throw new NotThere(NO_HOST);
  if (type === 'Remove') return [{ delete: [name] }];
  const value = valueOf(text);
  if (type !== 'Add' || text.includes(ORIGIN)) return [{ set: { [name]: value } }];
  // Of this one, there is a single line.
  if (phase === 'request' && name.toLowerCase() === 'cookie')
    return [{ set: { [name]: `$header[cookie]; ${value}` } }, { replaceHeader: { name, replace: '^; ', with: '' } }];
  return phase === 'response' || ADDED_TO.test(name) ? [{ append: { [name]: value } }] : [{ set: { [name]: value } }];
}

/** Of redirects, which are made in the browser there. */
export const AS_ANSWER = 'as an answer with 307, which clients follow';

function redirectChanges(pair: unknown): Changes {
  const to = textAt(pair, 'destination');
  if (textAt(pair, 'destinationType') === 'map_local')
    return { request: [{ mapLocal: { file: to.replace(/^file:\/\//, '') } }] };
  // With other conditions than patterns it is a text.
  if (/\$\d/.test(to) && textAt(recordAt(pair, 'source'), 'operator').endsWith('Matches'))
    throw new NotThere('its destination has parts of the URL ($1); make a route with a redirect of it');
  if (to === '') throw new NotThere('it has no destination');
  return {
    request: [{ respond: { status: 307, headers: { location: valueOf(to) } } }],
    why: AS_ANSWER,
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
    else set[name] = valueOf(textAt(change, 'value'));
    if (type !== 'Remove' && textAt(change, 'actionWhenParamExists') === 'Ignore')
      why = `${name} is also set where it is there already`;
  }
  if (gone.length === 0 && Object.keys(set).length === 0) throw new NotThere('it changes no parameter');
  return { request: [{ query: { set, delete: gone } }], ...(why === undefined ? {} : { why }) };
}

function requestBody(change: Json | null): Changes {
  if (textAt(change, 'type') === 'code') throw new NotThere('its code uses another interface; see docs/scripts.md');
  return { request: [{ body: { set: literal(textAt(change, 'value')) } }], also: 'not method in (GET, HEAD)' };
}

function contentOf(body: string): { headers: Record<string, string>; body: string } {
  return { headers: { 'content-type': isJson(body) ? 'application/json' : 'text/plain' }, body: literal(body) };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function responseChanges(change: Json | null): Changes {
  if (textAt(change, 'type') === 'code') throw new NotThere('its code uses another interface; see docs/scripts.md');
  const status = numberAt(change, 'statusCode');
  const body = textAt(change, 'value');
  if (textAt(change, 'serveWithoutRequest') === 'true')
    return { request: [{ respond: { status: status ?? 200, ...(body === '' ? {} : contentOf(body)) } }] };
  const response: DraftResponseAction[] = [];
  if (body !== '') response.push({ body: { set: literal(body) } });
  if (status !== null && status > 0) response.push({ status });
  if (response.length === 0) throw new NotThere('it changes neither status nor body');
  return { response };
}
