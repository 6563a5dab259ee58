/** The server's side of SOCKS5 (RFC 1928) as far as a forward proxy needs it: no authentication, CONNECT. Sans-I/O. */
import { isIP } from 'node:net';
import type { ErrorCode } from '../errors.ts';
import { parseAuthority } from '../http/target.ts';
import { formatIp } from './proxy-protocol.ts';

/** First byte of a SOCKS5 connection: no HTTP request and no TLS handshake starts with it. */
export const SOCKS5 = 0x05;

const NO_AUTHENTICATION = 0x00;
const NO_ACCEPTABLE_METHOD = 0xff;
const CONNECT = 0x01;

/** Reply codes of RFC 1928 §6. */
export const SOCKS_REPLY = {
  succeeded: 0,
  failure: 1,
  notAllowed: 2,
  networkUnreachable: 3,
  hostUnreachable: 4,
  refused: 5,
  ttlExpired: 6,
  commandNotSupported: 7,
  addressNotSupported: 8,
} as const;

export type SocksReply = (typeof SOCKS_REPLY)[keyof typeof SOCKS_REPLY];

export type SocksOutcome =
  /** Where the client wants to go. Answer with `socksReply`, then relay; `rest` are bytes that came early. */
  | { kind: 'connect'; host: string; port: number; rest: Buffer }
  /** `bytes` of the step say so to the client; close after sending them. */
  | { kind: 'refused'; reason: string };

export interface SocksStep {
  /** To send to the client now; may be empty. */
  bytes: Buffer;
  /** Null: wait for more. */
  outcome: SocksOutcome | null;
}

const NOTHING = Buffer.alloc(0);

/** Keeps at most what one message may hold, 262 bytes, before it comes to an outcome. */
export class SocksHandshake {
  #waiting: Buffer = NOTHING;
  #greeted = false;

  /** Takes what came; clients may send greeting, request and first data at once. Not to be called after an outcome. */
  feed(chunk: Buffer): SocksStep {
    this.#waiting = this.#waiting.length === 0 ? chunk : Buffer.concat([this.#waiting, chunk]);
    if (this.#greeted) return this.#readRequest();
    const greeting = this.#readGreeting();
    if (greeting.outcome || !this.#greeted) return greeting;
    const request = this.#readRequest();
    return { bytes: Buffer.concat([greeting.bytes, request.bytes]), outcome: request.outcome };
  }

  /** §3: version, number of methods, methods. */
  #readGreeting(): SocksStep {
    const bytes = this.#waiting;
    if (bytes.length > 0 && bytes[0] !== SOCKS5) return refused(NOTHING, `SOCKS version ${bytes[0]} is not supported`);
    const end = 2 + (bytes[1] ?? 0);
    if (bytes.length < 2 || bytes.length < end) return { bytes: NOTHING, outcome: null };
    if (!bytes.subarray(2, end).includes(NO_AUTHENTICATION))
      return refused(Buffer.of(SOCKS5, NO_ACCEPTABLE_METHOD), 'the client insists on authentication');
    this.#greeted = true;
    this.#waiting = bytes.subarray(end);
    return { bytes: Buffer.of(SOCKS5, NO_AUTHENTICATION), outcome: null };
  }

  /** §4: version, command, reserved, address, port. */
  #readRequest(): SocksStep {
    const bytes = this.#waiting;
    if (bytes.length > 0 && bytes[0] !== SOCKS5) return refuse(SOCKS_REPLY.failure, 'the request is not one of SOCKS5');
    if (bytes.length < 5) return { bytes: NOTHING, outcome: null };
    if (bytes[1] !== CONNECT)
      return refuse(SOCKS_REPLY.commandNotSupported, `SOCKS command ${bytes[1]} is not supported, only CONNECT`);
    const [start, length] = addressSpan(bytes);
    if (length === 0) return refuse(SOCKS_REPLY.addressNotSupported, 'the request has no address of a known type');
    const end = start + length + 2;
    if (bytes.length < end) return { bytes: NOTHING, outcome: null };
    const host = readHost(bytes.subarray(start, start + length), bytes[3] === 0x03);
    const port = bytes.readUInt16BE(end - 2);
    if (host === null || port === 0) return refuse(SOCKS_REPLY.failure, 'the request names no host and port');
    return { bytes: NOTHING, outcome: { kind: 'connect', host, port, rest: bytes.subarray(end) } };
  }
}

/** Where the address stands and its bytes; 0 when the type is unknown or the name empty. */
function addressSpan(bytes: Buffer): [start: number, length: number] {
  switch (bytes[3]) {
    case 0x01:
      return [4, 4];
    case 0x03:
      return [5, bytes[4] ?? 0];
    case 0x04:
      return [4, 16];
    default:
      return [4, 0];
  }
}

/** In lower case; null when it is no host name. */
function readHost(bytes: Buffer, isName: boolean): string | null {
  if (!isName) return formatIp(bytes);
  const name = bytes.toString('latin1').toLowerCase();
  if (isIP(name) !== 0) return name;
  try {
    const { host, port } = parseAuthority(name);
    return port === 0 && host === name ? host : null;
  } catch {
    return null;
  }
}

function refused(bytes: Buffer, reason: string): SocksStep {
  return { bytes, outcome: { kind: 'refused', reason } };
}

function refuse(reply: SocksReply, reason: string): SocksStep {
  return refused(socksReply(reply), reason);
}

/** §6; the bound address is told as 0.0.0.0:0, which clients of CONNECT do not look at. */
export function socksReply(reply: SocksReply): Buffer {
  return Buffer.of(SOCKS5, reply, 0, 0x01, 0, 0, 0, 0, 0, 0);
}

/** What a client hears of a connection that could not be made. */
export function socksReplyFor(code: ErrorCode): SocksReply {
  switch (code) {
    case 'CONNECT_REFUSED':
      return SOCKS_REPLY.refused;
    case 'DNS_FAILED':
    case 'CONNECT_FAILED':
      return SOCKS_REPLY.hostUnreachable;
    case 'CONNECT_TIMEOUT':
      return SOCKS_REPLY.ttlExpired;
    case 'LOOP':
    case 'NO_ROUTE':
    case 'LIMITED':
      return SOCKS_REPLY.notAllowed;
    default:
      return SOCKS_REPLY.failure;
  }
}
