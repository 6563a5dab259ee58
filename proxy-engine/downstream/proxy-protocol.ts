/**
 * The PROXY protocol, versions 1 and 2 (haproxy.org/download/2.9/doc/proxy-protocol.txt): who really connected, told by a load
 * balancer in front before the first byte. Sans-I/O. Believed from trusted sources only, and then required to be first and whole.
 */
import { isIP } from 'node:net';
import { crc32c } from './crc32c.ts';

export interface Endpoint {
  ip: string;
  port: number;
}

export type ProxyHeader =
  /** So far it may be a header; more bytes are needed. */
  | { kind: 'incomplete' }
  /** Not a header, or a broken one: the connection must be closed. */
  | { kind: 'invalid'; reason: string }
  /** The balancer speaks for itself (a health check) or does not know: the socket's own addresses hold. */
  | { kind: 'local'; length: number }
  /** `length`: bytes of the header, after which the client's own begin. */
  | { kind: 'proxied'; length: number; source: Endpoint; destination: Endpoint; tlvs: ReadonlyMap<number, Buffer> };

/** Types of version 2's additional fields (§2.2). */
export const TLV = {
  alpn: 0x01,
  authority: 0x02,
  crc32c: 0x03,
  noop: 0x04,
  uniqueId: 0x05,
  ssl: 0x20,
  netns: 0x30,
} as const;

const V1_START = Buffer.from('PROXY ');
const V1_MAX_BYTES = 107;
const V2_SIGNATURE = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const V2_FIXED_BYTES = 16;
/** Of addresses and fields; the standard allows 65,535, real senders stay under 1,000. */
const V2_MAX_PAYLOAD = 4096;
const NO_TLVS: ReadonlyMap<number, Buffer> = new Map();

/** Reads the start of a connection; call again with more bytes as long as it is `incomplete`. */
export function parseProxyHeader(bytes: Buffer): ProxyHeader {
  if (startsLike(bytes, V2_SIGNATURE)) return bytes.length < V2_FIXED_BYTES ? { kind: 'incomplete' } : parseV2(bytes);
  if (startsLike(bytes, V1_START)) return parseV1(bytes);
  return invalid('the connection does not start with a PROXY header');
}

/** Whether `bytes` begin with `start`, as far as there are any. */
function startsLike(bytes: Buffer, start: Buffer): boolean {
  const length = Math.min(bytes.length, start.length);
  return bytes.compare(start, 0, length, 0, length) === 0;
}

function invalid(reason: string): ProxyHeader {
  return { kind: 'invalid', reason };
}

// ── version 1: one line of text ──────────────────────────────────────────────────────────────────────────────────────

function parseV1(bytes: Buffer): ProxyHeader {
  const end = bytes.subarray(0, V1_MAX_BYTES).indexOf('\r\n');
  if (end < 0)
    return bytes.length >= V1_MAX_BYTES ? invalid('the PROXY line is longer than 107 bytes') : { kind: 'incomplete' };
  const length = end + 2;
  const line = bytes.toString('latin1', V1_START.length, end);
  if (line === 'UNKNOWN' || line.startsWith('UNKNOWN ')) return { kind: 'local', length };
  const [family, sourceIp = '', destinationIp = '', sourcePort = '', destinationPort = '', ...more] = line.split(' ');
  const version = family === 'TCP4' ? 4 : family === 'TCP6' ? 6 : 0;
  if (version === 0 || more.length > 0) return invalid('the PROXY line is not: TCP4 or TCP6, two addresses, two ports');
  if (isIP(sourceIp) !== version || isIP(destinationIp) !== version)
    return invalid(`the PROXY line holds no ${family} addresses`);
  if (!isPort(sourcePort) || !isPort(destinationPort)) return invalid('the PROXY line holds no ports');
  return {
    kind: 'proxied',
    length,
    source: { ip: sourceIp, port: Number(sourcePort) },
    destination: { ip: destinationIp, port: Number(destinationPort) },
    tlvs: NO_TLVS,
  };
}

function isPort(text: string): boolean {
  return /^(0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65_535;
}

// ── version 2: binary ────────────────────────────────────────────────────────────────────────────────────────────────

function parseV2(bytes: Buffer): ProxyHeader {
  const versionAndCommand = bytes.readUInt8(12);
  const family = bytes.readUInt8(13);
  const payloadBytes = bytes.readUInt16BE(14);
  const length = V2_FIXED_BYTES + payloadBytes;
  if (versionAndCommand !== 0x20 && versionAndCommand !== 0x21)
    return invalid('the PROXY header has an unknown version or command');
  if (payloadBytes > V2_MAX_PAYLOAD) return invalid(`the PROXY header is longer than ${V2_MAX_PAYLOAD} bytes`);
  if (bytes.length < length) return { kind: 'incomplete' };
  if (versionAndCommand === 0x20) return { kind: 'local', length };
  const header = bytes.subarray(0, length);
  const addressBytes = addressBytesOf(family);
  if (addressBytes === null) return invalid('the PROXY header has an unknown address family');
  if (payloadBytes < addressBytes) return invalid('the PROXY header is too short for its addresses');
  const tlvs = parseTlvs(header, V2_FIXED_BYTES + addressBytes);
  if (tlvs === null) return invalid('a field of the PROXY header goes beyond its end');
  if (!checksumHolds(header, tlvs)) return invalid('the checksum of the PROXY header is wrong');
  const ends = readAddresses(header, family);
  return ends ? { kind: 'proxied', length, ...ends, tlvs } : { kind: 'local', length };
}

/** Of both ends; null for a family that is not defined. */
function addressBytesOf(family: number): number | null {
  switch (family) {
    case 0x00: // unspecified
      return 0;
    case 0x11:
    case 0x12:
      return 12;
    case 0x21:
    case 0x22:
      return 36;
    case 0x31: // Unix sockets
    case 0x32:
      return 216;
    default:
      return null;
  }
}

function readAddresses(header: Buffer, family: number): { source: Endpoint; destination: Endpoint } | null {
  const ipBytes = family >> 4 === 1 ? 4 : family >> 4 === 2 ? 16 : 0;
  if (ipBytes === 0) return null;
  const ports = V2_FIXED_BYTES + 2 * ipBytes;
  const ipAt = (start: number) => formatIp(header.subarray(start, start + ipBytes));
  return {
    source: { ip: ipAt(V2_FIXED_BYTES), port: header.readUInt16BE(ports) },
    destination: { ip: ipAt(V2_FIXED_BYTES + ipBytes), port: header.readUInt16BE(ports + 2) },
  };
}

/** 4 or 16 bytes as text; IPv6 in its short form (RFC 5952). */
export function formatIp(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  const groups: string[] = [];
  for (let i = 0; i < 16; i += 2) groups.push((((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0)).toString(16));
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}

function parseTlvs(header: Buffer, start: number): Map<number, Buffer> | null {
  const tlvs = new Map<number, Buffer>();
  let at = start;
  while (at < header.length) {
    if (at + 3 > header.length) return null;
    const end = at + 3 + header.readUInt16BE(at + 1);
    if (end > header.length) return null;
    tlvs.set(header.readUInt8(at), header.subarray(at + 3, end));
    at = end;
  }
  return tlvs;
}

/** §2.2.3: over the whole header, with zeros where the checksum stands. */
function checksumHolds(header: Buffer, tlvs: ReadonlyMap<number, Buffer>): boolean {
  const stated = tlvs.get(TLV.crc32c);
  if (stated === undefined) return true;
  if (stated.length !== 4) return false;
  const copy = Buffer.from(header);
  const at = stated.byteOffset - header.byteOffset;
  copy.fill(0, at, at + 4);
  return crc32c(copy) === stated.readUInt32BE(0);
}
