import { describe, expect, it } from 'vitest';
import { type FirstBytes, protocolOf } from '../../proxy-engine/downstream/first-bytes.ts';

describe('first bytes', () => {
  it.each<[bytes: string, told: FirstBytes]>([
    ['', 'incomplete'],
    ['\x16\x03\x01', 'tls'],
    ['\x16', 'tls'],
    ['\x05\x01\x00', 'socks5'],
    ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'http2'],
    ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04', 'http2'],
    ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r', 'incomplete'],
    ['P', 'incomplete'],
    ['PR', 'incomplete'],
    ['PROPFIND / HTTP/1.1\r\n', 'http1'],
    ['PRI * HTTP/1.1\r\n', 'http1'],
    ['GET / HTTP/1.1\r\n', 'http1'],
    ['\0', 'http1'],
  ])('%j is %s', (bytes, told) => {
    expect(protocolOf(Buffer.from(bytes, 'latin1'))).toBe(told);
  });
});
