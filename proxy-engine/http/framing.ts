/** How long a message's body is: RFC 9112 §6, strict. Whatever two readers could read differently is refused. */
import { ProxyError } from '../errors.ts';
import { digits } from './chars.ts';
import { malformed } from './fields.ts';
import { sameName } from './headers.ts';
import type { Framing } from './message.ts';

/** Bodies of up to a petabyte, which still is a safe integer. */
const MAX_LENGTH_DIGITS = 15;

/** What the header lines say that decide how a message is read. One pass over the lines fills it. */
export interface ControlFields {
  contentLength: number;
  chunked: boolean;
  /** Host lines seen; the value of the last. */
  hosts: number;
  host: string;
  /** Every Connection line joined, lower case; '' when there is none. */
  connection: string;
  upgrade: string;
  expect: string;
}

/** Reads the control fields out of `[name, value, …]`. By length first: most names are then told apart without looking at them. */
export function readControlFields(flat: readonly string[], minor: number): ControlFields {
  const fields: ControlFields = {
    contentLength: -1,
    chunked: false,
    hosts: 0,
    host: '',
    connection: '',
    upgrade: '',
    expect: '',
  };
  for (let i = 0; i < flat.length; i += 2) {
    const name = flat[i] as string;
    switch (name.length) {
      case 4:
        if (sameName(name, 'host')) {
          fields.hosts++;
          fields.host = flat[i + 1] as string;
        }
        break;
      case 6:
        if (sameName(name, 'expect')) fields.expect = joined(fields.expect, flat[i + 1] as string);
        break;
      case 7:
        if (sameName(name, 'upgrade')) fields.upgrade = flat[i + 1] as string;
        break;
      case 10:
        if (sameName(name, 'connection')) readConnection(fields, flat[i + 1] as string);
        break;
      case 14:
        if (sameName(name, 'content-length')) readContentLength(fields, flat[i + 1] as string);
        break;
      case 17:
        if (sameName(name, 'transfer-encoding')) readTransferEncoding(fields, flat[i + 1] as string, minor);
        break;
    }
  }
  if (fields.chunked && fields.contentLength >= 0)
    throw malformed('both Content-Length and Transfer-Encoding', '9112 §6.1');
  return fields;
}

function readConnection(fields: ControlFields, value: string): void {
  fields.connection = joined(fields.connection, value.toLowerCase());
}

/** Lines of one name (RFC 9110 §5.3). */
function joined(before: string, value: string): string {
  return before === '' ? value : `${before},${value}`;
}

function readContentLength(fields: ControlFields, value: string): void {
  if (fields.contentLength >= 0) throw malformed('more than one Content-Length', '9112 §6.3');
  const length = digits(value, MAX_LENGTH_DIGITS);
  if (length < 0) throw malformed(`Content-Length is not a number: ${quote(value)}`, '9110 §8.6');
  fields.contentLength = length;
}

function readTransferEncoding(fields: ControlFields, value: string, minor: number): void {
  if (minor === 0) throw malformed('Transfer-Encoding in HTTP/1.0', '9112 §6.1');
  if (fields.chunked) throw malformed('chunked twice', '9112 §6.1');
  if (value.toLowerCase() !== 'chunked') {
    const tokens = value.split(',').map((token) => token.trim().toLowerCase());
    if (tokens.includes('chunked'))
      throw malformed(`Transfer-Encoding ${quote(value)}: only chunked alone`, '9112 §6.1');
    throw new ProxyError('UNSUPPORTED_CODING', `Transfer-Encoding ${quote(value)} is not supported (RFC 9112 §6.1)`);
  }
  fields.chunked = true;
}

/** Whether a Connection value (lower case, joined with commas) lists `token`. */
export function listsToken(connection: string, token: string): boolean {
  if (connection === token) return true;
  if (!connection.includes(token)) return false;
  return connection.split(',').some((entry) => entry.trim() === token);
}

/** RFC 9112 §9.3: 1.1 persists unless told to close, 1.0 closes unless told to keep. */
export function wantsKeepAlive(connection: string, minor: number): boolean {
  if (connection === '') return minor === 1;
  if (listsToken(connection, 'close')) return false;
  return minor === 1 || listsToken(connection, 'keep-alive');
}

export function requestFraming(fields: ControlFields): Framing {
  if (fields.chunked) return 'chunked';
  return fields.contentLength > 0 ? 'length' : 'none';
}

/** Whether a response with that status ends with its head, whatever its headers say (RFC 9112 §6.3). */
export function endsWithHead(status: number): boolean {
  return status < 200 || status === 204 || status === 304;
}

/** RFC 9112 §6.3: what the status and the request's method say comes before what the headers say. */
export function responseFraming(fields: ControlFields, status: number, requestMethod: string): Framing {
  if (requestMethod === 'HEAD' || endsWithHead(status)) return 'none';
  if (requestMethod === 'CONNECT' && status < 300) return 'none';
  if (fields.chunked) return 'chunked';
  if (fields.contentLength > 0) return 'length';
  return fields.contentLength === 0 ? 'none' : 'close';
}

function quote(value: string): string {
  return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
}
