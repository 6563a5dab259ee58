/** `proxy_set_header`, `add_header` and `proxy_hide_header` as actions. */
import type { DraftAction, DraftResponseAction, DraftRule } from '../draft.ts';
import { allOf, oneOf } from '../expressions.ts';
import type { Site } from './site.ts';
import { type Directive, named } from './syntax.ts';
import { valueOf, whenGiven } from './values.ts';

/** Where `add_header` acts without `always`. */
const STATUSES = ['200', '201', '204', '206', '301', '302', '303', '304', '307', '308'];

/** What is done to the head by itself here, with the values that say the same. */
const OWN_HEADERS: ReadonlyMap<string, readonly string[]> = new Map([
  ['host', []],
  ['connection', []],
  ['upgrade', []],
  ['te', []],
  ['x-forwarded-for', ['$proxy_add_x_forwarded_for']],
  ['x-forwarded-proto', ['$scheme']],
  ['x-forwarded-host', ['$host', '$http_host']],
  ['x-request-id', ['$http_x_request_id']],
]);

/** Whatever it says is done by itself, or not at all. */
export function isOwnHeader(header: string): boolean {
  return OWN_HEADERS.has(header.toLowerCase());
}

/** What is written by itself once the client's own line is gone. */
const WRITTEN_ANEW: ReadonlyMap<string, readonly string[]> = new Map([
  ['x-forwarded-for', ['$remote_addr']],
  ['x-request-id', ['$request_id']],
]);

/** Host is the location's, some are the proxy's own; of the rest the usual values are what it writes. */
function isMadeHere(header: string, written: string): boolean {
  const values = OWN_HEADERS.get(header);
  return values !== undefined && (values.length === 0 || values.includes(written));
}

/** Lines for backends. `first`: rules for those that tell path and query as they came; `before`: for those that are sent when they have a value only. */
export function sentHeaders(
  site: Site,
  prefix: string,
): { actions: DraftAction[]; before: DraftRule[]; first: DraftRule[] } {
  const actions: DraftAction[] = [];
  const before: DraftRule[] = [];
  const first: DraftRule[] = [];
  for (const directive of named(site.directives, `${prefix}_set_header`)) {
    const [header = '', written = ''] = directive.words;
    const whole = isOwnHeader(header) ? null : wholeAddress(written);
    if (whole) {
      site.ledger.settle(directive);
      first.push(...whole.map(({ match, value }) => ({ match, request: [{ set: { [header]: value } }] })));
      continue;
    }
    const value = sentValue(directive, site);
    const when = whenGiven(written);
    if (value === null) continue;
    if (value === '') actions.push({ delete: [header] });
    else if (when === undefined) actions.push({ set: { [header]: value } });
    else if (!isItself(header, written)) {
      // What is empty is not sent at all, and neither is what the client sent under that name.
      before.push({ match: `not (${when})`, request: [{ delete: [header] }] });
      before.push({ match: when, request: [{ set: { [header]: value } }] });
    }
  }
  return { actions, before, first };
}

/** What a value with the path and the query of the request is with a query, and without; null: it is none, or has what is not known. */
function wholeAddress(written: string): { match: string; value: string }[] | null {
  if (!REQUEST_URI.test(written)) return null;
  const withUri = (uri: string) => lineOf(written.replace(REQUEST_URI, () => uri));
  const [withQuery, without] = [withUri('$uri?$args'), withUri('$uri')];
  if (withQuery === null || without === null) return null;
  return [
    { match: 'query != ""', value: withQuery },
    { match: 'query = ""', value: without },
  ];
}

const REQUEST_URI = /\$request_uri\b|\$\{request_uri\}/;

function isItself(header: string, written: string): boolean {
  return written === `$http_${header.toLowerCase().replaceAll('-', '_')}`;
}

/** null: nothing is to be done; empty: what the client sent under that name is removed, as it is where nobody knows here what nginx would write. */
function sentValue(directive: Directive, { ledger }: Site): string | null {
  const [header = '', written = ''] = directive.words;
  const name = header.toLowerCase();
  ledger.settle(directive);
  if (name === 'x-forwarded-host' && written === '$host')
    ledger.approximate(directive, 'it has the port that the client asked for, too');
  if (isWrittenAnew(name, written)) return '';
  if (isMadeHere(name, written)) return null;
  const value = lineOf(written);
  if (OWN_HEADERS.has(name)) ledger.refuse(directive, 'it is written by `forwarded` of the pool here');
  else if (value === null)
    ledger.refuse(directive, 'it has a variable that values here do not have; what the client sends as it is removed');
  else return value;
  return '';
}

function isWrittenAnew(header: string, written: string): boolean {
  return WRITTEN_ANEW.get(header)?.includes(written) ?? false;
}

/** Lines for clients, as rules without the condition on their route. */
export function addedHeaders(directives: readonly Directive[], { ledger }: Site): DraftRule[] {
  const always: DraftResponseAction[] = [];
  const plain: DraftResponseAction[] = [];
  const given: DraftRule[] = [];
  for (const directive of named(directives, 'add_header')) {
    const [header = '', written = '', flag] = directive.words;
    if (header.toLowerCase() === 'content-length') {
      ledger.refuse(directive, 'content-length is written by the proxy to fit the message; a rule cannot change it');
      continue;
    }
    const value = lineOf(written);
    if (value === null) {
      ledger.refuse(directive, 'it has a variable that values here do not have');
      continue;
    }
    ledger.settle(directive);
    if (header.toLowerCase() === 'content-type')
      ledger.approximate(directive, 'nginx sends it beside a Content-Type of its own');
    const when = whenGiven(written);
    const action = { append: { [header]: value } };
    if (value === '') continue;
    if (when !== undefined)
      given.push({ match: allOf([flag === 'always' ? undefined : onSuccess(), when]) ?? '', response: [action] });
    else (flag === 'always' ? always : plain).push(action);
  }
  return [
    ...(always.length > 0 ? [{ response: always }] : []),
    ...(plain.length > 0 ? [{ match: onSuccess(), response: plain }] : []),
    ...given,
  ];
}

/** null: it has a variable that is not known here; groups of patterns are not. */
function lineOf(written: string): string | null {
  return /\$\{?\d/.test(written) ? null : valueOf(written);
}

function onSuccess(): string {
  return oneOf('status', STATUSES);
}

/** What is hidden is the backend's. */
export function hiddenHeaders(site: Site, prefix: string): DraftResponseAction[] {
  const directives = named(site.directives, `${prefix}_hide_header`);
  site.ledger.settle(...directives);
  return directives.map(({ words: [header = ''] }) => ({ delete: [header] }));
}
