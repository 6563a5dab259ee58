/** One rule of Charles's Rewrite tool. */
import { textAt } from '../../foreign-json.ts';
import { literal } from '../expressions.ts';
import { addHeader, modifyHeader, removeHeader } from './header-rules.ts';
import { addParameter, modifyParameter, removeParameter } from './parameter-rules.ts';
import { type Fields, fieldsOf, firstOnly, inPhases, type Outcome, replacement } from './rule-fields.ts';
import { changeStatus } from './status-rule.ts';
import { changeHost, changePath } from './url-rules.ts';

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
  '10': removeParameter,
  '11': changeStatus,
};

/** One, or one for each phase where they ask for a header of their own. */
export function rewriteRule(rule: unknown): Outcome[] {
  const type = textAt(rule, 'ruleType');
  const kind = KINDS[type];
  if (!kind) return [{ what: `rule type ${type || '(none)'}`, refused: 'this type of rule is not known' }];
  const fields = fieldsOf(rule);
  if ([fields.match, fields.next].every(({ header, value }) => header === '' && value === ''))
    return [{ what: 'rule', refused: 'it says nothing to change' }];
  const made = kind(fields);
  const isOfHeader = kind === addHeader || kind === removeHeader || kind === modifyHeader;
  if (!isOfHeader || 'refused' in made || made.also === undefined || !fields.onRequest || !fields.onResponse)
    return [made];
  return [kind({ ...fields, onResponse: false }), kind({ ...fields, onRequest: false })];
}

function changeBody(fields: Fields): Outcome {
  const { match, next } = fields;
  const body = match.value === '' ? { set: literal(next.value) } : replacement(fields);
  return { what: 'body', actions: inPhases(fields, { body }), ...firstOnly(fields) };
}
