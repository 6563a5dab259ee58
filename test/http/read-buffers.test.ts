/** What a socket reads goes to another one: whole and unchanged, whether that one takes it at once or not. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Outbox } from '../../proxy-engine/http/outbox.ts';
import { isKept, isPassedOn, ReadBuffers, toKeep, wasSent } from '../../proxy-engine/http/read-buffers.ts';
import { until } from '../support/until.ts';

const SIZE = 24 * 1024 ** 2;

async function listen(onSocket: (socket: Socket) => void): Promise<number> {
  const server: Server = createServer(onSocket);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as { port: number }).port;
}

/** No two blocks of it are alike. */
function sample(): Buffer {
  const bytes = Buffer.alloc(SIZE);
  for (let at = 0; at < SIZE; at += 4) bytes.writeUInt32LE(at, at);
  return bytes;
}

/** Answers how many large reads there were, and how many pieces of memory they came in. */
async function relay(from: number, to: Socket): Promise<{ reads: number; memories: number }> {
  const memories = new Set<ArrayBufferLike>();
  let reads = 0;
  const outbox = new Outbox(to);
  const source: Socket = connect({
    host: '127.0.0.1',
    port: from,
    onread: new ReadBuffers((chunk) => {
      if (chunk.length > 16 * 1024) {
        memories.add(chunk.buffer);
        reads++;
      }
      isPassedOn(chunk);
      outbox.bytes(chunk);
      // It goes on reading: what waits in the other socket grows.
      outbox.flush();
      return true;
    }),
  });
  source.once('end', () => {
    outbox.send();
    to.end();
  });
  await once(source, 'close');
  return { reads, memories: memories.size };
}

test('a reader that takes all at once: the same memory is read into again', async () => {
  const whole = sample();
  const source = await listen((socket) => socket.end(whole));
  const received = createHash('sha256');
  let bytes = 0;
  const sinkPort = await listen((socket) => {
    socket.on('data', (chunk: Buffer) => {
      received.update(chunk);
      bytes += chunk.length;
    });
  });
  const sink = connect(sinkPort, '127.0.0.1');
  const { reads, memories } = await relay(source, sink);
  await until(() => bytes === SIZE);
  expect(received.digest('hex')).toBe(createHash('sha256').update(whole).digest('hex'));
  expect(memories).toBeLessThan(reads);
});

test('a reader that stops and goes on: nothing of what waits is overwritten', async () => {
  const whole = sample();
  const source = await listen((socket) => socket.end(whole));
  const received = createHash('sha256');
  let bytes = 0;
  const sinkPort = await listen((socket) => {
    socket.on('data', (chunk: Buffer) => {
      received.update(chunk);
      bytes += chunk.length;
      socket.pause();
      setImmediate(() => setImmediate(() => socket.resume()));
    });
  });
  const sink = connect(sinkPort, '127.0.0.1');
  await relay(source, sink);
  await until(() => bytes === SIZE);
  expect(received.digest('hex')).toBe(createHash('sha256').update(whole).digest('hex'));
});

const LONG = 32 * 1024;

/** One that has memory of its own, as after its first long read. */
function reader(deliver: (chunk: Buffer) => void): { read(): Uint8Array; ownMemory: Uint8Array } {
  const buffers = new ReadBuffers((chunk) => {
    deliver(chunk);
    return true;
  });
  buffers.callback(LONG, buffers.buffer());
  let ownMemory = buffers.buffer();
  return {
    get ownMemory() {
      return ownMemory;
    },
    read() {
      buffers.callback(LONG, ownMemory);
      ownMemory = buffers.buffer() ?? ownMemory;
      return ownMemory;
    },
  };
}

function pass(piece: Buffer): Buffer {
  isPassedOn(piece);
  return piece;
}

describe('whether memory is read into again at once', () => {
  const half = (chunk: Buffer, which: 0 | 1) => chunk.subarray((which * LONG) / 2, ((which + 1) * LONG) / 2);
  test.each<[string, (chunk: Buffer) => unknown, boolean]>([
    ['all went on and was sent', (chunk) => wasSent(pass(chunk)), true],
    ['a part went on and was sent, the rest was read only', (chunk) => wasSent(pass(half(chunk, 1))), true],
    ['it went on in pieces', (chunk) => [0, 1].map((n) => wasSent(pass(half(chunk, n as 0 | 1)))), true],
    [
      'it went on as one and was sent in pieces',
      (chunk) => [pass(chunk), [0, 1].map((n) => wasSent(half(chunk, n as 0 | 1)))],
      true,
    ],
    ['a piece of it waits', (chunk) => [wasSent(pass(half(chunk, 0))), pass(half(chunk, 1))], false],
    ['all was sent and a piece is kept', (chunk) => [wasSent(pass(chunk)), isKept(half(chunk, 1))], false],
    ['a piece is kept and all was sent', (chunk) => [isKept(half(chunk, 0)), wasSent(pass(chunk))], false],
    ['a copy was sent', (chunk) => [pass(chunk), wasSent(Buffer.from(chunk))], false],
    ['nothing was told', () => {}, false],
  ])('%s: %s', (_what, deliver, isReadAgain) => {
    const { ownMemory, read } = reader(deliver);
    expect(read() === ownMemory).toBe(isReadAgain);
  });
});

test('memory of what is sent later goes to the next reader, but not while anything of it waits or is kept', () => {
  const held: Buffer[] = [];
  const slow = reader((chunk) => held.push(pass(chunk)));
  const memories = [slow.ownMemory, slow.read(), slow.read()];
  const [, first, second] = held.splice(0, 3) as [Buffer, Buffer, Buffer];
  expect([first.buffer, second.buffer]).toEqual([memories[0]?.buffer, memories[1]?.buffer]);
  isKept(second);
  wasSent(second);
  wasSent(first.subarray(0, 100));
  expect(memories).not.toContain(reader(() => {}).ownMemory);
  wasSent(first.subarray(100));
  expect(reader(() => {}).ownMemory).toBe(memories[0]);
});

test('what is to be kept of a chunk that is being delivered is a copy', () => {
  const copies: Buffer[] = [];
  const { ownMemory, read } = reader((chunk) => copies.push(toKeep(chunk.subarray(0, 10))));
  read();
  expect(copies.at(-1)?.buffer === ownMemory.buffer).toBe(false);
});
