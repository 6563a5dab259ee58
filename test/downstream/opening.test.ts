import { describe, expect, it } from 'vitest';
import { openingOf } from '../../proxy-engine/downstream/opening.ts';

describe('the opening of a tunnel', () => {
  it.each<[bytes: string, kind: string | null]>([
    ['GET / HTTP/1.1\r\n', 'http1'],
    ['OPTIONS * HTTP/1.1\r\nHost: a\r\n', 'http1'],
    ['M-SEARCH * HTTP/1.1\n', 'http1'],
    ['GET http://a.test/ HTTP/1.0\r\n', 'http1'],
    ['GET /a b HTTP/1.1\r\n', 'http1'],
    [`GET /${'a'.repeat(20_000)}`, 'http1'],
    ['OPTIONS * HTTP/1.1', null],
    ['GET / HTTP/1.1\r', null],
    ['LIST *\r\n', 'other'],
    ['GET /file\r\n', 'other'],
    ['XOVER *\nGET / HTTP/1.1\r\n', 'other'],
    ['GET / HTTP/2.0\r\n', 'other'],
    ['GET key\r\n', 'other'],
    ['GET', null],
    ['GET ', null],
    ['GET ht', null],
    ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'http2'],
    ['PRI * HT', null],
    ['SSH-2.0-OpenSSH_9.2\r\n', 'other'],
    ['EHLO mail.test\r\n', 'other'],
    ['\x05\x01\x00', 'other'],
    ['\x16\x03\x01\x02', null],
    ['\x16\x03\x01\x00\x04\x02\x00\x00\x00', 'other'],
    ['\0\0\0\x08', 'other'],
    ['A'.repeat(40), 'other'],
  ])('%j is %s', (bytes, kind) => {
    expect(openingOf(Buffer.from(bytes, 'latin1'))?.kind ?? null).toBe(kind);
  });
});
