/** What `timeouts.total` ends, and what it lets go on. */
import { connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { armTotalTimeout } from '../../proxy-engine/phases/total-timeout.ts';
import { liveExchange } from '../match/subjects.ts';
import { startEngine } from '../support/engine.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { startRawBackend } from '../support/raw.ts';

const SSE = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: 1\n\n';
const TEXT = 'HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\ndata: 1\n\n';
const SWITCH = 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: other\r\n\r\ndata: 1\n\n';

test.each([
  ['an answer', TEXT, '', false],
  ['an event stream', SSE, '', true],
  ['another protocol', SWITCH, 'connection: upgrade\r\nupgrade: other\r\n', true],
])('of %s', async (_name, head, asked, goesOn) => {
  const clock = new FakeClock();
  let backend: Socket | undefined;
  const { port, close: closeBackend } = await startRawBackend((socket) => {
    backend = socket;
    socket.write(head);
  });
  const engine = await startEngine([port], { clock, pool: { timeouts: { total: '2s', idle: '1h' } } });
  onTestFinished(async () => {
    await engine.close();
    await closeBackend();
  });
  const client = connect(engine.port, '127.0.0.1').setEncoding('utf8');
  onTestFinished(() => void client.destroy());
  client.on('error', () => {});
  client.write(`GET / HTTP/1.1\r\nhost: a\r\n${asked}\r\n`);
  let came = '';
  client.on('data', (text: string) => void (came += text));
  await expect.poll(() => came).toContain('data: 1');
  clock.advance(3000);
  backend?.write('data: 2\n\n');
  if (goesOn) await expect.poll(() => came).toContain('data: 2');
  else await expect.poll(() => client.destroyed).toBe(true);
});

test.each([
  ['HTTP/2', undefined, Number.POSITIVE_INFINITY],
  ['HTTP/2', '50m', 50],
  ['HTTP/1.1', undefined, 2000],
])('of a gRPC call over %s with grpc-timeout %s', (protocol, asked, ms) => {
  const headers: [string, string][] = [['content-type', 'application/grpc']];
  if (asked !== undefined) headers.push(['grpc-timeout', asked]);
  const context = { clock: new FakeClock(), deadlines: new Set() };
  const timed = { exchange: liveExchange({ protocol, headers }), context, deadlineAt: Number.POSITIVE_INFINITY };
  const startedAt = context.clock.now();
  armTotalTimeout(timed as never, { config: { timeouts: { total: 2000 } } } as never);
  expect(timed.deadlineAt - startedAt).toBe(ms);
});
