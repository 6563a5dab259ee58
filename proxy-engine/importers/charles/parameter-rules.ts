/** Charles's Rewrite: parameters of the query. */
import { keyed, literal } from '../expressions.ts';
import { type Fields, type Outcome, replacesAll, valueTest } from './rule-fields.ts';

const NOT_ONE = 'it is not for one parameter by name';

export function addParameter(fields: Fields): Outcome {
  const { next, match } = fields;
  const what = `parameter ${next.header}`;
  if (next.header === '') return { what, refused: 'it has no name of a parameter' };
  if (match.header === '' ? match.value !== '' : match.headerRegex) return { what, refused: NOT_ONE };
  return {
    what,
    actions: { request: [{ query: { set: { [next.header]: literal(next.value) } } }] },
    ...(match.header === '' ? {} : { also: parameterCondition(fields) }),
    why: 'takes the place of one that is there',
  };
}

export function modifyParameter(fields: Fields): Outcome {
  const { match, next } = fields;
  const name = next.header || match.header;
  const what = `parameter ${match.header}`;
  if (match.header === '' || match.headerRegex) return { what, refused: NOT_ONE };
  if (!replacesAll(fields)) return { what, refused: 'a parameter is set as a whole, without parts of the old one' };
  const gone = name === match.header ? [] : [match.header];
  return {
    what,
    actions: { request: [{ query: { set: { [name]: literal(next.value) }, delete: gone } }] },
    also: parameterCondition(fields),
  };
}

export function removeParameter(fields: Fields): Outcome {
  const { match } = fields;
  const what = `remove parameter ${match.header}`;
  if (match.header === '' || match.headerRegex) return { what, refused: NOT_ONE };
  const actions = { request: [{ query: { delete: [match.header] } }] };
  if (match.value === '') return { what, actions };
  return {
    what,
    actions,
    also: parameterCondition(fields),
    why: 'where it comes more than once, the first one says it for all',
  };
}

function parameterCondition(fields: Fields): string {
  const field = keyed('query', fields.match.header);
  return fields.match.value === '' ? `has ${field}` : valueTest(field, fields);
}
