/** A client of HTTP/1.1 that is slow to take an answer which has been said whole. */
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { Deadlines } from '../../proxy-engine/deadlines.ts';
import { ClientConnection } from '../../proxy-engine/downstream/client-connection.ts';
import type { ClientEvents, ClientStream } from '../../proxy-engine/downstream/client-stream.ts';
import { Headers } from '../../proxy-engine/http/headers.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { DEFAULT_LIMITS, PLAIN_CLIENT } from '../support/plain-client.ts';
import { until } from '../support/until.ts';

const BODY = Buffer.alloc(100_000, 'x');
const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

/** Answers at once; the client takes what `take` lets through. */
function scene() {
  const clock = new FakeClock();
  const deadlines = new Deadlines(clock);
  onTestFinished(() => deadlines.stop());
  let takes: (() => void) | null = null;
  const socket = new Duplex({
    read() {},
    write(_chunk, _encoding, done) {
      takes = done;
    },
  }) as Socket;
  const seen = { requests: 0 };
  const connection = new ClientConnection(socket, PLAIN_CLIENT, {
    clock,
    limits: DEFAULT_LIMITS,
    begin: (_request, stream) => answering(stream, () => seen.requests++),
    refused: () => {},
    onClosed: () => {},
  });
  deadlines.add(connection);
  onTestFinished(() => void socket.destroy());
  /** All that was said. */
  const take = () =>
    until(() => {
      const done = takes;
      takes = null;
      done?.();
      return socket.writableLength === 0;
    }, 'what was said is taken');
  return { clock, connection, seen, socket, take };
}

function answering(stream: ClientStream, begun: () => void): ClientEvents {
  const ignore = () => {};
  return {
    onStart() {
      begun();
      stream.respond(200, 'OK', new Headers(['Content-Length', String(BODY.length)]), BODY.length, false);
      stream.body(BODY);
      stream.end(null);
    },
    onClientError: ignore,
    onRequestBody: ignore,
    onRequestEnd: ignore,
    onClientSilent: ignore,
    onClientDrain: ignore,
    onClientTurnEnd: ignore,
  };
}

test('has its next request begun when it has taken the answer before', async () => {
  const { seen, socket, take } = scene();
  socket.push(GET.repeat(3));
  for (const nth of [1, 2, 3]) {
    await until(() => seen.requests >= nth, `request ${nth}`);
    expect(seen.requests).toBe(nth);
    await take();
  }
});

test.each([
  ['takes nothing for the idle timeout', false],
  ['has taken all, and says nothing for the idle timeout', true],
])('is closed when it %s', async (_what, takesAll) => {
  const { clock, seen, socket, take } = scene();
  socket.push(GET);
  await until(() => seen.requests === 1, 'the request');
  if (takesAll) await take();
  clock.advance(74_000);
  expect(socket.destroyed).toBe(false);
  clock.advance(1200);
  expect(socket.destroyed).toBe(true);
});

test('is not cut off when its listener closes', async () => {
  const { clock, connection, seen, socket, take } = scene();
  socket.push(GET);
  await until(() => seen.requests === 1, 'the request');
  connection.closeGracefully();
  clock.advance(60_000);
  expect(socket.destroyed).toBe(false);
  await take();
  clock.advance(600);
  expect(socket.destroyed).toBe(true);
});
