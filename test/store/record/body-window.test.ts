import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { ResponseMessage } from '../../../proxy-engine/contract/exchange.ts';
import { bodyWindow } from '../../../proxy-engine/store/record/body-window.ts';

const TEXT = Array.from({ length: 20_000 }, (_, index) => `data: ${index * 7919}\n\n`).join('');

function responseWith(coding: string, sizeBytes: number): ResponseMessage {
  return {
    status: 200,
    reason: 'OK',
    version: 'HTTP/1.1',
    headers: [['Content-Encoding', coding]],
    trailers: [],
    body: { sizeBytes, captured: sizeBytes, truncated: false },
  };
}

test.each([
  ['gzip', gzipSync],
  ['x-gzip', gzipSync],
  ['deflate', deflateSync],
  ['deflate', deflateRawSync],
  ['br', brotliCompressSync],
  ['zstd', zstdCompressSync],
] as const)('a body in %s that is broken off is decoded as far as it goes', async (coding, encode) => {
  const sent = encode(Buffer.from(TEXT));
  const all = { decoded: true, offset: 0, length: TEXT.length };
  const whole = await bodyWindow(responseWith(coding, sent.length), sent, all);
  expect([whole.totalBytes, whole.endsEarly]).toEqual([TEXT.length, undefined]);

  const part = sent.subarray(0, sent.length - 20);
  const window = await bodyWindow(responseWith(coding, part.length), part, all);
  const read = Buffer.from(window.data, 'base64').toString();
  expect([window.decodeError, window.endsEarly, read !== '' && TEXT.startsWith(read)]).toEqual([undefined, true, true]);
});

test('what is not in its coding is not called broken off', async () => {
  const sent = Buffer.from('this is not gzip');
  const window = await bodyWindow(responseWith('gzip', sent.length), sent, { decoded: true, offset: 0, length: 100 });
  expect(window).toMatchObject({ data: sent.toString('base64'), decodeError: expect.stringMatching(/not valid gzip/) });
  expect(window.endsEarly).toBeUndefined();
});
