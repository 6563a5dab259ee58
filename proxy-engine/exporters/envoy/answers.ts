/** Answers without a backend. */
import type { RespondConfig } from '../../contract/config.ts';
import { noteAnswerType } from '../answer-type.ts';
import { Inexpressible, type Notes } from '../notes.ts';
import type { Plan } from '../plan.ts';
import { constantOf } from '../value.ts';
import { headerOption, type Message, renderValue } from './syntax.ts';

/** In place of an answer that Envoy cannot give. */
export const NOTHING = { direct_response: { status: 501, body: { inline_string: 'this was not mapped to Envoy' } } };

export function direct(answer: RespondConfig, notes: Notes, at: string): Message {
  const { status, headers, body, bodyFile } = answer;
  noteAnswerType(notes, at, answer, 'Envoy');
  const text = constantOf(body ?? '');
  if (text === null) throw new Inexpressible('its body has variables; Envoy answers with a fixed text');
  const source = bodyFile === undefined ? { inline_string: text } : { filename: bodyFile };
  const added = Object.entries(headers).map(([name, value]) =>
    headerOption(name, renderValue(value), 'OVERWRITE_IF_EXISTS_OR_ADD'),
  );
  return {
    direct_response: { status, ...(bodyFile === undefined && text === '' ? {} : { body: source }) },
    ...(added.length > 0 ? { response_headers_to_add: added } : {}),
    // Before these, Envoy puts the place of the request itself there.
    ...(status === 201 || (status >= 300 && status < 400) ? { response_headers_to_remove: ['location'] } : {}),
  };
}

const USUAL_BODY_BYTES = 4096;
/** A file is measured by Envoy, when it reads it. */
const ANY_BYTES = 0xffff_ffff;

/** What a route configuration says of its longest answer, without which Envoy takes none above 4 KiB. */
export function bodyBound({ routes, rules }: Plan): Message {
  const answers = [
    ...routes.flatMap(({ config }) => config.respond ?? []),
    ...rules.flatMap(({ config }) => config.request.flatMap((action) => ('respond' in action ? action.respond : []))),
  ];
  const sizes = answers.map(({ body = '', bodyFile }) =>
    bodyFile === undefined ? Buffer.byteLength(body) : ANY_BYTES,
  );
  const longest = Math.max(0, ...sizes);
  return longest > USUAL_BODY_BYTES ? { max_direct_response_body_size_bytes: longest } : {};
}
