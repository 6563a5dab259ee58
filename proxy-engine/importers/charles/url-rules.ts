/** Charles's Rewrite: host and path. */
import { literal, test } from '../expressions.ts';
import { type Fields, firstOnly, type Outcome, replacement, replacesAll, valueTest } from './rule-fields.ts';

/** Where it goes is the route's then. */
const STAYS = 'what a route sends to a pool goes there all the same, with that Host';

export function changeHost(fields: Fields): Outcome {
  const { match, next, whole } = fields;
  const what = `host ${match.value || 'any'} to ${next.value}`;
  const actions = { request: [{ host: literal(next.value) }] };
  if (match.value === '') return { what, actions, why: STAYS };
  const isName = !match.valueRegex && (match.value.includes('.') || match.value === 'localhost');
  if (!replacesAll(fields) && !isName)
    return { what, refused: 'a host is set as a whole, without parts of the old one' };
  if (match.valueRegex)
    return { what, actions, also: valueTest('host', { ...fields, caseSensitive: false }), why: STAYS };
  const also = test('host', '=', match.value);
  return { what, actions, also, why: whole ? STAYS : `only where ${match.value} is the whole host; ${STAYS}` };
}

export function changePath(fields: Fields): Outcome {
  const { match, next } = fields;
  const what = `path ${match.value}`;
  if (match.value === '') return { what, actions: { request: [{ path: { set: literal(next.value) } }] } };
  return { what, actions: { request: [{ path: replacement(fields) }] }, ...firstOnly(fields) };
}
