/** Accepted sockets that read without a new buffer for each read: nobody sees a difference. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { readInPlace } from '../../proxy-engine/downstream/read-in-place.ts';
import { isKept, isPassedOn, wasSent } from '../../proxy-engine/http/read-buffers.ts';
import { until } from '../support/until.ts';

const BYTES = randomBytes(4 * 1024 ** 2);

/** Both ends of a connection. */
async function connection(): Promise<{ client: Socket; accepted: Socket }> {
  const server = createServer({ allowHalfOpen: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const client = connect((server.address() as { port: number }).port, '127.0.0.1');
  const [accepted] = (await once(server, 'connection')) as [Socket];
  onTestFinished(() => void client.destroy());
  onTestFinished(() => void accepted.destroy());
  return { client, accepted };
}

function sendOn(chunk: Buffer): void {
  isPassedOn(chunk);
  wasSent(chunk);
}

/** What `accepted` read, and in how many pieces of memory its large reads came. */
async function read(client: Socket, accepted: Socket, onChunk: (chunk: Buffer) => void) {
  const memories = new Set<ArrayBufferLike>();
  const copies: Buffer[] = [];
  let large = 0;
  accepted.on('data', (chunk: Buffer) => {
    copies.push(Buffer.from(chunk));
    if (chunk.length > 8 * 1024) {
      large++;
      memories.add(chunk.buffer);
    }
    onChunk(chunk);
  });
  client.end(BYTES);
  await once(accepted, 'end');
  return { whole: Buffer.concat(copies), large, memories: memories.size };
}

test('what was sent at once and nobody keeps is read over', async () => {
  const { client, accepted } = await connection();
  expect(readInPlace(accepted)).toBe(true);
  const { whole, large, memories } = await read(client, accepted, sendOn);
  expect(whole.equals(BYTES)).toBe(true);
  expect([memories, large > 4]).toEqual([2, true]);
});

test.each([
  ['is kept before it is sent', (chunk: Buffer) => [isKept(chunk), sendOn(chunk)]],
  ['is kept after it was sent', (chunk: Buffer) => [sendOn(chunk), isKept(chunk)]],
  ['waits', isPassedOn],
  ['nobody tells anything of', () => []],
])('what %s stays as it is', async (_what, onChunk) => {
  const { client, accepted } = await connection();
  readInPlace(accepted);
  const held: Buffer[] = [];
  const { large, memories } = await read(client, accepted, (chunk) => {
    held.push(chunk);
    onChunk(chunk);
  });
  expect(Buffer.concat(held).equals(BYTES)).toBe(true);
  expect(memories).toBe(large);
});

test('a socket that is paused takes nothing, and all of it afterwards', async () => {
  const { client, accepted } = await connection();
  readInPlace(accepted);
  let pauses = 0;
  const { whole } = await read(client, accepted, () => {
    accepted.pause();
    pauses++;
    setImmediate(() => setImmediate(() => accepted.resume()));
  });
  expect(whole.equals(BYTES)).toBe(true);
  expect(pauses).toBeGreaterThan(4);
});

test('resumed and paused in one turn, it reads no more than once', async () => {
  const { client, accepted } = await connection();
  readInPlace(accepted);
  let reads = 0;
  accepted.on('data', () => {
    reads++;
    accepted.resume();
    accepted.pause();
  });
  client.end(BYTES);
  await until(() => reads > 0);
  for (let turns = 0; turns < 50; turns++) await turn();
  expect(reads).toBeLessThanOrEqual(2);
});

test('asked twice, it is as asked once', async () => {
  const { client, accepted } = await connection();
  expect([readInPlace(accepted), readInPlace(accepted)]).toEqual([true, true]);
  const { whole } = await read(client, accepted, wasSent);
  expect(whole.equals(BYTES)).toBe(true);
});

test('one that is closed is left as it is', () => {
  expect(readInPlace(new Socket())).toBe(false);
});

test('of many that read much only some have a buffer of their own', async () => {
  const all = await Promise.all(Array.from({ length: 300 }, connection));
  const timesRead = new Map<ArrayBufferLike, number>();
  const done = all.map(async ({ client, accepted }) => {
    readInPlace(accepted);
    let bytes = 0;
    accepted.on('data', (chunk: Buffer) => {
      if (chunk.byteOffset === 0) timesRead.set(chunk.buffer, (timesRead.get(chunk.buffer) ?? 0) + 1);
      sendOn(chunk);
      bytes += chunk.length;
    });
    client.end(BYTES.subarray(0, 1024 ** 2));
    await once(accepted, 'end');
    return bytes;
  });
  expect(new Set(await Promise.all(done))).toEqual(new Set([1024 ** 2]));
  const own = [...timesRead.values()].filter((times) => times > 1).length;
  expect(own).toBeGreaterThan(0);
  expect(own).toBeLessThanOrEqual(256);
});
