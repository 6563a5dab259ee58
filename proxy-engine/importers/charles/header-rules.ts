/** Charles's Rewrite: headers. */
import { NO_HOST } from '../draft.ts';
import { keyed, literal } from '../expressions.ts';
import { type Fields, firstOnly, inPhases, type Outcome, replacement, valueTest } from './rule-fields.ts';

const NOT_ONE = 'it is not for one header by name';

export function addHeader(fields: Fields): Outcome {
  const { next, match } = fields;
  const what = `add ${next.header || 'header'}`;
  if (next.header === '') return { what, refused: 'it has no name of a header' };
  if (match.header === '' ? match.value !== '' : match.headerRegex) return { what, refused: NOT_ONE };
  const also = match.header === '' ? undefined : headerCondition(fields);
  const line = { [next.header]: literal(next.value) };
  return {
    what,
    actions: inPhases(fields, isHost(next.header) ? { set: line } : { append: line }),
    ...(also === undefined ? {} : { also }),
  };
}

export function removeHeader(fields: Fields): Outcome {
  const { match } = fields;
  const what = `remove ${match.header || 'header'}`;
  if (match.header === '' || match.headerRegex)
    return { what, refused: 'a header is removed by its name, or by one such as x-internal-*' };
  if (isHost(match.header)) return { what, refused: NO_HOST };
  const actions = inPhases(fields, { delete: [match.header] });
  if (match.value === '') return { what, actions };
  return {
    what,
    actions,
    also: headerCondition(fields),
    why: 'where it comes more than once, the first one says it for all',
  };
}

export function modifyHeader(fields: Fields): Outcome {
  const { match, next, whole } = fields;
  const what = `modify ${match.header || 'header'}`;
  if (match.header === '' || match.headerRegex) return { what, refused: NOT_ONE };
  if (next.header !== '' && next.header.toLowerCase() !== match.header.toLowerCase())
    return { what, refused: `headers are not renamed; delete ${match.header} and set ${next.header}` };
  const also = headerCondition(fields);
  if (match.value === '' || (whole && !match.valueRegex)) {
    const actions = inPhases(fields, { set: { [match.header]: literal(next.value) } });
    return { what, actions, also };
  }
  // A condition looks at the first line; of this header there may be others.
  const condition = match.header.toLowerCase() === 'set-cookie' ? hasHeader(fields) : also;
  const replaceHeader = { name: match.header, ...replacement(fields) };
  return { what, actions: inPhases(fields, { replaceHeader }), also: condition, ...firstOnly(fields) };
}

/** The header that is asked for, in the phase in which the rule acts. */
function headerCondition(fields: Fields): string {
  return fields.match.value === '' ? hasHeader(fields) : valueTest(headerField(fields), fields);
}

function hasHeader(fields: Fields): string {
  return `has ${headerField(fields)}`;
}

function headerField({ match, onRequest, onResponse }: Fields): string {
  return keyed(!onRequest && onResponse ? 'responseHeader' : 'header', match.header);
}

function isHost(name: string): boolean {
  return name.toLowerCase() === 'host';
}
