/** What a socket reads goes to another one: whole and unchanged, whether that one takes it at once or not. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { Outbox } from '../../proxy-engine/http/outbox.ts';
import { ReadBuffers } from '../../proxy-engine/http/read-buffers.ts';
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
