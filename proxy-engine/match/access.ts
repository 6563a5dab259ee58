/** How a field of the expression language is read from an exchange. */
import type { FieldName } from '../contract/expression/fields.ts';
import type { FieldRef } from '../contract/expression/syntax.ts';
import { cookieValue, queryValue } from './request-fields.ts';
import type { ExchangeSubject } from './subject.ts';

export type TextAccess = (subject: ExchangeSubject) => string | undefined;
export type NumberAccess = (subject: ExchangeSubject) => number | undefined;

type TextField = Exclude<FieldName, NumberField>;
type NumberField = 'status' | 'attempts' | 'duration' | 'ttfb' | 'requestSize' | 'responseSize';

const NUMBERS: Record<NumberField, NumberAccess> = {
  status: (s) => s.status,
  attempts: (s) => s.attempts,
  duration: (s) => s.durationMs,
  ttfb: (s) => s.ttfbMs,
  requestSize: (s) => s.requestSizeBytes,
  responseSize: (s) => s.responseSizeBytes,
};

const BODY_SIDES = { body: ['request', 'response'], requestBody: ['request'], responseBody: ['response'] } as const;

/** Fields with one value. */
const TEXTS: Record<Exclude<TextField, 'rule' | 'header' | keyof typeof BODY_SIDES>, (key: string) => TextAccess> = {
  method: () => (s) => upperCase(s.method),
  scheme: () => (s) => s.scheme,
  host: () => (s) => s.host,
  port: () => (s) => String(s.port),
  path: () => (s) => s.path,
  query: (key) => (key === '' ? (s) => s.query : (s) => queryValue(s.query, key)),
  url: () => (s) => s.url,
  protocol: () => (s) => s.protocol,
  listener: () => (s) => s.listener,
  route: () => (s) => s.route,
  pool: () => (s) => s.pool,
  backend: () => (s) => s.backend,
  error: () => (s) => s.error,
  clientIp: () => (s) => s.clientIp,
  contentType: () => (s) => s.contentType?.toLowerCase(),
  note: () => (s) => s.note,
  color: () => (s) => s.color,
  requestHeader: (key) => (s) => s.requestHeader(key),
  responseHeader: (key) => (s) => s.responseHeader(key),
  cookie: (key) => (s) => cookieValue(s.requestHeader('cookie'), key),
};

/** Methods differ by case (RFC 9110 §9.1), but who asks for one means both. Nearly all are in upper case already. */
function upperCase(method: string): string {
  return /[a-z]/.test(method) ? method.toUpperCase() : method;
}

export function numberAccess(name: FieldName): NumberAccess {
  return NUMBERS[name as NumberField];
}

/**
 * The values of a text field, of which one must hold: `header` and `body` are those of either side, a body that of a form's fields, too.
 * `sides`: whether the response is known too.
 */
export function textValues({ name, key }: FieldRef, sides: 'request' | 'both'): readonly TextAccess[] | 'rules' {
  const of = key ?? '';
  if (name === 'rule') return 'rules';
  if (name === 'body' || name === 'requestBody' || name === 'responseBody')
    return BODY_SIDES[name].flatMap((side): TextAccess[] => [(s) => s.body(side), (s) => s.formText(side)]);
  if (name === 'header')
    return sides === 'both' ? [TEXTS.requestHeader(of), TEXTS.responseHeader(of)] : [TEXTS.requestHeader(of)];
  return [TEXTS[name as keyof typeof TEXTS](of)];
}

const HEADER_SIDES: Partial<Record<FieldName, readonly ('request' | 'response')[]>> = {
  header: ['request', 'response'],
  requestHeader: ['request'],
  responseHeader: ['response'],
};

/** The sides whose header it is, once both are known; undefined: it is no header. */
export function headerSides({ name }: FieldRef): readonly ('request' | 'response')[] | undefined {
  return HEADER_SIDES[name];
}

const WIRE_FIELDS: ReadonlySet<FieldName> = new Set<FieldName>([
  'host',
  'path',
  'query',
  'url',
  'header',
  'requestHeader',
  'responseHeader',
  'cookie',
  'contentType',
]);

/** Whether the values of the field are bytes in latin1 strings; the others are Unicode text. */
export function isWireField({ name, key }: FieldRef): boolean {
  return WIRE_FIELDS.has(name) && !(name === 'query' && key !== null);
}
