/** Charles's Rewrite: host and path. */
import { literal, test } from '../expressions.ts';
import { type Fields, firstOnly, type Outcome, replacement, replacesAll, valueTest } from './rule-fields.ts';

export function changeHost(fields: Fields): Outcome {
  const { match, next, whole } = fields;
  const what = `host ${match.value || 'any'} to ${next.value}`;
  const actions = { request: [{ host: literal(next.value) }] };
  if (match.value === '') return { what, actions };
  const isName = !match.valueRegex && (match.value.includes('.') || match.value === 'localhost');
  if (!replacesAll(fields) && !isName)
    return { what, refused: 'a host is set as a whole, without parts of the old one' };
  if (match.valueRegex) return { what, actions, also: valueTest('host', { ...fields, caseSensitive: false }) };
  const also = test('host', '=', match.value);
  return { what, actions, also, ...(whole ? {} : { why: `only where ${match.value} is the whole host` }) };
}

export function changePath(fields: Fields): Outcome {
  const { match, next } = fields;
  const what = `path ${match.value}`;
  if (match.value === '') return { what, actions: { request: [{ path: { set: literal(next.value) } }] } };
  return { what, actions: { request: [{ path: replacement(fields) }] }, ...firstOnly(fields) };
}
