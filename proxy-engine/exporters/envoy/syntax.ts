/** Pieces of Envoy's configuration: any-typed messages, durations, values with variables. */
import { Inexpressible } from '../notes.ts';
import { readValue, refuseVariable, type ValuePart } from '../value.ts';
import type { Differences } from '../variables.ts';

/** A message of Envoy's API in its JSON form. */
export type Message = { [field: string]: unknown };

export interface Extension extends Message {
  name: string;
  typed_config: Message;
}

export function typed(type: string, fields: Message = {}): Message {
  return { '@type': `type.googleapis.com/${type}`, ...fields };
}

export function extension(name: string, type: string, fields: Message = {}): Extension {
  return { name, typed_config: typed(type, fields) };
}

export function duration(ms: number): string {
  return `${ms / 1000}s`;
}

/** A value with variables as a substitution format string. */
export function renderValue(text: string): string {
  return readValue(text)
    .map((part) => (typeof part === 'string' ? part.replaceAll('%', '%%') : variable(part)))
    .join('');
}

const COMMANDS: Readonly<Record<string, string>> = {
  client_ip: '%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%',
  method: '%REQ(:METHOD)%',
  host: '%REQ(:AUTHORITY)%',
  scheme: '%REQ(:SCHEME)%',
  route: '%ROUTE_NAME%',
  backend: '%UPSTREAM_REMOTE_ADDRESS%',
  uuid: '%STREAM_ID%',
  exchange_id: '%STREAM_ID%',
  request_id: '%REQ(X-REQUEST-ID)%',
  time_iso: '%START_TIME(%Y-%m-%dT%H:%M:%S.%3fZ)%',
};

/** What Envoy has in their place. */
export const VARIABLES: Differences = {
  host: 'with the port and the capitals that the client wrote; an IPv6 address has brackets',
  uuid: "Envoy's id of the exchange, one for a request",
  exchange_id: "Envoy's id of the exchange, a UUID",
  backend: 'the address of the backend, not its name',
};

function variable(part: Exclude<ValuePart, string>): string {
  if ('group' in part) return refuseVariable(part);
  if (part.variable === 'header' && part.name !== undefined) return `%REQ(${part.name})%`;
  return COMMANDS[part.variable] ?? refuseVariable(part);
}

/** Of a header's value in a file. */
const LONGEST_BYTES = 16_384;

type AppendAction = 'OVERWRITE_IF_EXISTS_OR_ADD' | 'APPEND_IF_EXISTS_OR_ADD' | 'ADD_IF_ABSENT';

/** A `HeaderValueOption`. Without `keep_empty_value` one that becomes empty would leave what the client sent. */
export function headerOption(key: string, value: string, append_action: AppendAction): Message {
  if (key.toLowerCase() === 'host') throw new Inexpressible('Envoy does not let headers change Host');
  if (Buffer.byteLength(value) > LONGEST_BYTES || Buffer.byteLength(key) > LONGEST_BYTES)
    throw new Inexpressible(`Envoy takes at most ${LONGEST_BYTES} bytes of a header's value`);
  return { header: { key, value }, append_action, keep_empty_value: true };
}
