import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32c } from '../../proxy-engine/downstream/crc32c.ts';
import { formatIp, type ProxyHeader, parseProxyHeader, TLV } from '../../proxy-engine/downstream/proxy-protocol.ts';

const latin1 = (text: string) => Buffer.from(text, 'latin1');
const SIGNATURE = latin1('\r\n\r\n\0\r\nQUIT\n');

function v2(versionAndCommand: number, family: number, payload: Buffer, statedBytes = payload.length): Buffer {
  return Buffer.concat([SIGNATURE, Buffer.of(versionAndCommand, family, statedBytes >> 8, statedBytes & 255), payload]);
}

const tlv = (type: number, value: Buffer) =>
  Buffer.concat([Buffer.of(type, value.length >> 8, value.length & 255), value]);
const IPV4 = Buffer.of(192, 0, 2, 1, 198, 51, 100, 7, 0x30, 0x39, 0x01, 0xbb);
const IPV6 = Buffer.concat([
  Buffer.from('20010db8000000000000000000000001', 'hex'),
  Buffer.from('20010db8000000000000000000000002', 'hex'),
  Buffer.of(0x30, 0x39, 0x01, 0xbb),
]);

const proxied = (sourceIp: string, destinationIp: string, length: number) => ({
  kind: 'proxied',
  length,
  source: { ip: sourceIp, port: 12345 },
  destination: { ip: destinationIp, port: 443 },
});
const LONGEST_V6 = 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff';

describe('version 1', () => {
  it.each<[line: string, header: object]>([
    ['PROXY TCP4 192.0.2.1 198.51.100.7 12345 443\r\n', proxied('192.0.2.1', '198.51.100.7', 45)],
    ['PROXY TCP4 192.0.2.1 198.51.100.7 12345 443\r\nGET / HTTP/1.1\r\n', proxied('192.0.2.1', '198.51.100.7', 45)],
    ['PROXY TCP6 2001:db8::1 2001:db8::2 12345 443\r\n', proxied('2001:db8::1', '2001:db8::2', 46)],
    [`PROXY TCP6 ${LONGEST_V6} ${LONGEST_V6} 65535 65535\r\n`, { kind: 'proxied', length: 104 }],
    ['PROXY UNKNOWN\r\n', { kind: 'local', length: 15 }],
    [`PROXY UNKNOWN ${LONGEST_V6} ${LONGEST_V6} 65535 65535\r\n`, { kind: 'local', length: 107 }],
    ['', { kind: 'incomplete' }],
    ['PRO', { kind: 'incomplete' }],
    ['PROXY TCP4 192.0.2.1 198.51', { kind: 'incomplete' }],
    ['PROXY TCP4 192.0.2.1 198.51.100.7 12345 443\r', { kind: 'incomplete' }],
    ['GET / HTTP/1.1\r\n', { kind: 'invalid' }],
    ['PROXY_TCP4 ', { kind: 'invalid' }],
    ['proxy TCP4 192.0.2.1 198.51.100.7 12345 443\r\n', { kind: 'invalid' }],
    ['PROXY TCP4 192.0.2.1 198.51.100.7 12345\r\n', { kind: 'invalid' }],
    ['PROXY TCP4 192.0.2.1 198.51.100.7 12345 443 1\r\n', { kind: 'invalid' }],
    ['PROXY  TCP4 192.0.2.1 198.51.100.7 12345 443\r\n', { kind: 'invalid' }],
    ['PROXY TCP4 192.0.2.1  198.51.100.7 12345 443\r\n', { kind: 'invalid' }],
    ['PROXY TCP4 192.0.2.1 198.51.100.7 12345 443 \r\n', { kind: 'invalid' }],
    ['PROXY TCP4 192.0.2.1 198.51.100.7 12345 443\n', { kind: 'incomplete' }],
    ['PROXY TCP4 2001:db8::1 2001:db8::2 12345 443\r\n', { kind: 'invalid' }],
    ['PROXY TCP6 192.0.2.1 198.51.100.7 12345 443\r\n', { kind: 'invalid' }],
    ['PROXY TCP4 192.0.2.01 198.51.100.7 12345 443\r\n', { kind: 'invalid' }],
    ['PROXY TCP4 192.0.2.1 198.51.100.7 65536 443\r\n', { kind: 'invalid' }],
    ['PROXY TCP4 192.0.2.1 198.51.100.7 012 443\r\n', { kind: 'invalid' }],
    ['PROXY TCP4 192.0.2.1 198.51.100.7 -1 443\r\n', { kind: 'invalid' }],
    ['PROXY UDP4 192.0.2.1 198.51.100.7 1 443\r\n', { kind: 'invalid' }],
    ['PROXY UNKNOWNS\r\n', { kind: 'invalid' }],
    [`PROXY UNKNOWN ${'x'.repeat(100)}`, { kind: 'invalid' }],
    [`PROXY UNKNOWN ${'x'.repeat(92)}\r\n`, { kind: 'invalid' }],
  ])('%j', (line, header) => expect(parseProxyHeader(latin1(line))).toMatchObject(header));
});

describe('version 2', () => {
  const authority = tlv(TLV.authority, latin1('a.test'));
  it.each<[what: string, bytes: Buffer, header: object]>([
    ['TCP over IPv4', v2(0x21, 0x11, IPV4), proxied('192.0.2.1', '198.51.100.7', 28)],
    ['UDP over IPv4', v2(0x21, 0x12, IPV4), proxied('192.0.2.1', '198.51.100.7', 28)],
    ['TCP over IPv6', v2(0x21, 0x21, IPV6), proxied('2001:db8::1', '2001:db8::2', 52)],
    ['Unix sockets', v2(0x21, 0x31, Buffer.alloc(216)), { kind: 'local', length: 232 }],
    ['unspecified', v2(0x21, 0x00, Buffer.alloc(0)), { kind: 'local', length: 16 }],
    ['LOCAL, whatever it holds', v2(0x20, 0x77, latin1('??')), { kind: 'local', length: 18 }],
    ['data behind it', Buffer.concat([v2(0x21, 0x11, IPV4), latin1('GET')]), proxied('192.0.2.1', '198.51.100.7', 28)],
    ['a field', v2(0x21, 0x11, Buffer.concat([IPV4, authority])), proxied('192.0.2.1', '198.51.100.7', 37)],
    ['half a signature', SIGNATURE.subarray(0, 7), { kind: 'incomplete' }],
    ['the signature alone', SIGNATURE, { kind: 'incomplete' }],
    ['half the addresses', v2(0x21, 0x11, IPV4).subarray(0, 20), { kind: 'incomplete' }],
    ['a wrong signature', latin1('\r\n\r\n\0\r\nQUIX\n\x21\x11\0\0'), { kind: 'invalid' }],
    ['version 1 in binary', v2(0x11, 0x11, IPV4), { kind: 'invalid' }],
    ['an unknown command', v2(0x22, 0x11, IPV4), { kind: 'invalid' }],
    ['an unknown family', v2(0x21, 0x41, IPV4), { kind: 'invalid' }],
    ['an unknown transport', v2(0x21, 0x13, IPV4), { kind: 'invalid' }],
    ['too short for its addresses', v2(0x21, 0x21, IPV4), { kind: 'invalid' }],
    ['a field cut off', v2(0x21, 0x11, Buffer.concat([IPV4, authority.subarray(0, 5)])), { kind: 'invalid' }],
    ['half a field head', v2(0x21, 0x11, Buffer.concat([IPV4, Buffer.of(1, 0)])), { kind: 'invalid' }],
    ['more than 4096 bytes', v2(0x21, 0x11, IPV4, 5000), { kind: 'invalid' }],
  ])('%s', (_, bytes, header) => expect(parseProxyHeader(bytes)).toMatchObject(header));

  it('gives the fields', () => {
    const fields = [authority, tlv(TLV.alpn, latin1('h2')), tlv(TLV.noop, Buffer.alloc(9)), tlv(0xee, Buffer.alloc(0))];
    const header = parseProxyHeader(v2(0x21, 0x11, Buffer.concat([IPV4, ...fields])));
    const tlvs = header.kind === 'proxied' ? header.tlvs : new Map<number, Buffer>();
    expect(tlvs.get(TLV.authority)?.toString()).toBe('a.test');
    expect(tlvs.get(TLV.alpn)?.toString()).toBe('h2');
    expect(tlvs.get(0xee)?.length).toBe(0);
  });

  it.each<[what: string, change: (header: Buffer) => void, kind: ProxyHeader['kind']]>([
    ['right', () => {}, 'proxied'],
    ['of other addresses', (header) => header.writeUInt8(9, 16), 'invalid'],
    ['wrong', (header) => header.writeUInt8(header.readUInt8(31) ^ 1, 31), 'invalid'],
  ])('with a checksum that is %s', (_, change, kind) => {
    const header = v2(0x21, 0x11, Buffer.concat([IPV4, tlv(TLV.crc32c, Buffer.alloc(4)), authority]));
    header.writeUInt32BE(crc32c(header), 31);
    change(header);
    expect(parseProxyHeader(header).kind).toBe(kind);
  });
});

it('computes CRC-32C as RFC 3720 does', () => {
  expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa);
  expect(crc32c(Buffer.alloc(32, 0xff))).toBe(0x62a8ab43);
  expect(crc32c(latin1('123456789'))).toBe(0xe3069283);
});

it('writes IPv6 in its short form', () => {
  const bytes = (hex: string) => formatIp(Buffer.from(hex, 'hex'));
  expect(bytes('00000000000000000000000000000001')).toBe('::1');
  expect(bytes('20010db8000000010000000000000001')).toBe('2001:db8:0:1::1');
});

describe('any bytes', () => {
  const start = fc.constantFrom(
    Buffer.alloc(0),
    latin1('PROXY '),
    SIGNATURE,
    latin1('PROXY TCP4 '),
    v2(0x21, 0x11, Buffer.alloc(0), 40),
  );
  const bytes = fc.tuple(start, fc.uint8Array({ maxLength: 300 })).map(([head, tail]) => Buffer.concat([head, tail]));

  it('never throw, never claim more than there is', () => {
    fc.assert(
      fc.property(bytes, (input) => {
        const header = parseProxyHeader(input);
        if ('length' in header) expect(header.length).toBeLessThanOrEqual(input.length);
      }),
      { seed: 20_261_129 },
    );
  });

  it('are read the same however they arrive: a prefix is incomplete or already decided alike', () => {
    fc.assert(
      fc.property(bytes, fc.nat(320), (input, cut) => {
        const [early, late] = [parseProxyHeader(input.subarray(0, cut)), parseProxyHeader(input)];
        if (early.kind !== 'incomplete') expect(early).toEqual(late);
      }),
      { seed: 20_261_129 },
    );
  });
});
