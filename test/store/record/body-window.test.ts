import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { bodyWindow, type KeptBody } from '../../../proxy-engine/store/record/body-window.ts';

const TEXT = Array.from({ length: 20_000 }, (_, index) => `data: ${index * 7919}\n\n`).join('');

function keptOf(coding: string, raw: Buffer): KeptBody {
  const body = { sizeBytes: raw.length, captured: raw.length, truncated: false };
  const head = { status: 200, reason: 'OK', version: 'HTTP/1.1', trailers: [] };
  return { message: { ...head, headers: [['Content-Encoding', coding]], body }, raw, isPartial: false };
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
  const whole = await bodyWindow(keptOf(coding, sent), all);
  expect([whole.totalBytes, whole.endsEarly]).toEqual([TEXT.length, undefined]);

  const part = sent.subarray(0, sent.length - 20);
  const window = await bodyWindow(keptOf(coding, part), all);
  const read = Buffer.from(window.data, 'base64').toString();
  expect([window.decodeError, window.endsEarly, read !== '' && TEXT.startsWith(read)]).toEqual([undefined, true, true]);
});

test('what is not in its coding is not called broken off', async () => {
  const sent = Buffer.from('this is not gzip');
  const window = await bodyWindow(keptOf('gzip', sent), { decoded: true, offset: 0, length: 100 });
  expect(window).toMatchObject({ data: sent.toString('base64'), decodeError: expect.stringMatching(/not valid gzip/) });
  expect(window.endsEarly).toBeUndefined();
});
