/** Bodies that are a row of messages: gRPC, gRPC-Web, Connect, delimited protobuf. */
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { BodyMessage } from '../../../proxy-engine/contract/body-commands.ts';
import { bodyMessages } from '../../../proxy-engine/store/record/body-messages.ts';
import type { KeptBody } from '../../../proxy-engine/store/record/body-window.ts';
import { delimited, grpcFrame } from '../../support/grpc-frames.ts';

const MEBIBYTE = 1024 ** 2;

function keptOf(raw: Buffer, headers: Record<string, string>, isPartial = false): KeptBody {
  const body = { sizeBytes: raw.length, captured: raw.length, truncated: false };
  const head = { status: 200, reason: 'OK', version: 'HTTP/2', trailers: [] };
  return { message: { ...head, headers: Object.entries(headers), body }, raw, isPartial };
}

function read(raw: Buffer, headers: Record<string, string>, { from = 0, limit = 100, isPartial = false } = {}) {
  return bodyMessages(keptOf(raw, headers, isPartial), { decoded: true, from, limit });
}

const grpc = (encoding?: string) => ({
  'Content-Type': 'application/grpc',
  ...(encoding !== undefined && { 'grpc-encoding': encoding }),
});
const textOf = ({ data }: BodyMessage) => Buffer.from(data, 'base64').toString();

describe('windows', () => {
  const many = Buffer.concat(Array.from({ length: 25_000 }, (_, n) => grpcFrame(`m${n}`)));

  test.each([
    ['from the beginning', 0, 0, 100],
    ['beyond what one part of a body would hold', 24_000, 24_000, 100],
    ['the last ones', -3, 24_997, 3],
    ['more than there are, from the end', -30_000, 0, 100],
    ['fewer than asked for', 24_990, 24_990, 10],
    ['none', 25_000, 0, 0],
  ])('%s', async (_case, from, first, count) => {
    const { total, messages, problem } = await read(many, grpc(), { from });
    expect([total, problem, messages.length]).toEqual([25_000, undefined, count]);
    expect(messages.map(({ index }) => index)).toEqual(Array.from({ length: count }, (_, n) => first + n));
    expect(messages.map(textOf)).toEqual(Array.from({ length: count }, (_, n) => `m${first + n}`));
  });

  test('large messages are given few at a time, of a very large one the beginning', async () => {
    const large = Buffer.alloc(0.6 * MEBIBYTE, 1);
    const body = Buffer.concat([grpcFrame(large), grpcFrame(large), grpcFrame(Buffer.alloc(5 * MEBIBYTE, 2))]);
    const sizes = async (from: number) =>
      (await read(body, grpc(), { from })).messages.map(({ data, totalBytes }) => [
        Buffer.from(data, 'base64').length,
        totalBytes,
      ]);
    expect(await sizes(0)).toEqual([[large.length, large.length]]);
    expect(await sizes(1)).toEqual([[large.length, large.length]]);
    expect(await sizes(2)).toEqual([[4 * MEBIBYTE, 5 * MEBIBYTE]]);
  });
});

describe('compressed messages', () => {
  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['ZSTD', zstdCompressSync],
  ] as const)('in %s, beside one that is not', async (encoding, encode) => {
    const packed = encode(Buffer.from('packed '.repeat(50)));
    const { total, messages } = await read(Buffer.concat([grpcFrame(packed, 1), grpcFrame('plain')]), grpc(encoding));
    expect(total).toBe(2);
    expect(messages.map(textOf)).toEqual(['packed '.repeat(50), 'plain']);
    expect(messages[0]).toMatchObject({ sizeBytes: packed.length, totalBytes: 350, encoding: encoding.toLowerCase() });
    expect(messages[1]).not.toHaveProperty('encoding');
  });

  test.each([
    ['no encoding is named', undefined, 'abc', 'nothing says how it is compressed'],
    ['identity is named', 'identity', 'abc', 'nothing says how it is compressed'],
    ['an unknown one', 'snappy', 'abc', 'unknown content coding snappy'],
    ['what is not gzip', 'gzip', 'abc', 'not valid gzip: incorrect header check'],
    ['a zip bomb', 'gzip', gzipSync(Buffer.alloc(40 * MEBIBYTE)), 'more than 32 MiB when decoded'],
  ])('%s: told, and given as sent', async (_case, encoding, sent, decodeError) => {
    const { messages } = await read(Buffer.concat([grpcFrame(sent, 1), grpcFrame('after')]), grpc(encoding));
    expect(messages[0]).toMatchObject({ decodeError, data: Buffer.from(sent).toString('base64') });
    expect(messages[1]).toMatchObject({ data: Buffer.from('after').toString('base64') });
  });

  test('one that is cut is decompressed as far as it goes', async () => {
    const whole = Array.from({ length: 5000 }, (_, n) => n * 7919).join();
    const packed = gzipSync(whole);
    const part = packed.subarray(0, packed.length / 2);
    const { messages } = await read(grpcFrame(part, 1, packed.length), grpc('gzip'), { isPartial: true });
    const [message] = messages;
    expect(message).toMatchObject({ isCut: true, sizeBytes: packed.length });
    expect(message && whole.startsWith(textOf(message)) && textOf(message).length > 1000).toBe(true);
  });
});

test('below a content coding of the body', async () => {
  const { messages } = await read(gzipSync(grpcFrame('inside')), { ...grpc(), 'content-encoding': 'gzip' });
  expect(messages.map(textOf)).toEqual(['inside']);
});

test.each([
  ['bytes that are no messages', Buffer.from('<html>'), false, 0, 'no message begins at byte 0'],
  ['messages, then something else', Buffer.from(`${grpcFrame('a')}<html>`), false, 1, 'no message begins at byte 6'],
  ['an end within a prefix', Buffer.concat([grpcFrame('a'), Buffer.from([0, 0])]), false, 1, /begins at byte 6/],
  ['the same of a body that goes on', Buffer.concat([grpcFrame('a'), Buffer.from([0, 0])]), true, 1, undefined],
])('%s', async (_case, raw, isPartial, total, problem) => {
  const window = await read(raw, grpc(), { isPartial });
  expect(window.total).toBe(total);
  if (problem === undefined) expect(window.problem).toBeUndefined();
  else expect(window.problem).toMatch(problem);
});

describe('gRPC-Web', () => {
  const trailers = 'grpc-status: 5\r\ngrpc-message: gone\r\n';
  const body = Buffer.concat([grpcFrame('one'), grpcFrame('two'), grpcFrame(trailers, 0x80)]);

  test('trailers at its end are told apart', async () => {
    const { messages } = await read(body, { 'content-type': 'application/grpc-web+proto' });
    expect(messages.map((message) => [textOf(message), message.isEnd])).toEqual([
      ['one', undefined],
      ['two', undefined],
      [trailers, true],
    ]);
  });

  test.each([
    ['one piece', body.toString('base64')],
    [
      'a piece for each message',
      [0, 8, 16].map((at) => body.subarray(at, at === 16 ? undefined : at + 8).toString('base64')).join(''),
    ],
    [
      'pieces that are no multiples of three, in lines',
      [0, 1, 5, 20].map((at, n, all) => body.subarray(at, all[n + 1]).toString('base64')).join('\r\n'),
    ],
  ])('as base64 in %s', async (_case, text) => {
    const { messages, problem } = await read(Buffer.from(text), { 'content-type': 'application/grpc-web-text' });
    expect([messages.map(textOf), problem]).toEqual([['one', 'two', trailers], undefined]);
  });

  test('what is not base64 is told, and what is before it shown', async () => {
    const text = `${grpcFrame('one').toString('base64')}<oops>`;
    const { messages, problem } = await read(Buffer.from(text), { 'content-type': 'application/grpc-web-text+proto' });
    expect([messages.map(textOf), problem]).toEqual([['one'], 'byte 12 is not base64']);
  });
});

test('Connect: its own header for the compression, JSON at the end', async () => {
  const raw = Buffer.concat([grpcFrame(gzipSync('{"n":1}'), 1), grpcFrame('{"metadata":{}}', 2)]);
  const headers = { 'content-type': 'application/connect+json', 'connect-content-encoding': 'gzip' };
  const { messages } = await read(raw, headers);
  expect(messages.map((message) => [textOf(message), message.isEnd])).toEqual([
    ['{"n":1}', undefined],
    ['{"metadata":{}}', true],
  ]);
});

test('delimited protobuf, also empty messages and those longer than 127 bytes', async () => {
  const texts = ['', 'short', 'x'.repeat(300), 'y'.repeat(70_000)];
  const headers = { 'content-type': 'application/x-protobuf; delimited=true' };
  const whole = await read(Buffer.concat(texts.map(delimited)), headers);
  expect([whole.total, whole.messages.map(textOf), whole.problem]).toEqual([4, texts, undefined]);
  const broken = await read(Buffer.concat([delimited('a'), Buffer.alloc(8, 0xff)]), headers);
  expect([broken.total, broken.problem]).toEqual([1, 'no message begins at byte 2']);
});

test('of another content type there are none, and that is told', async () => {
  expect(await read(grpcFrame('a'), { 'content-type': 'text/plain' })).toEqual({
    total: 0,
    messages: [],
    problem: 'its content type tells of no messages',
  });
});
