/** A client of HTTP/2 that has left while something is on its way to it that gets nowhere. */
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { Deadlines } from '../../proxy-engine/deadlines.ts';
import type { ClientEvents } from '../../proxy-engine/downstream/client-stream.ts';
import { openHttp2 } from '../../proxy-engine/downstream/http2-connection.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { PREFACE, request, settings } from '../support/http2-frames.ts';
import { DEFAULT_LIMITS, PLAIN_CLIENT } from '../support/plain-client.ts';
import { until } from '../support/until.ts';

test('keeps no connection', async () => {
  const clock = new FakeClock();
  const deadlines = new Deadlines(clock);
  onTestFinished(() => deadlines.stop());
  // What is written waits for ever.
  const socket = new Duplex({ read() {}, write() {} }) as Socket;
  const said: string[] = [];
  const ignore = () => {};
  const events: ClientEvents = {
    onStart: () => void said.push('request'),
    onClientError: ({ code }) => void said.push(code),
    onRequestBody: ignore,
    onRequestEnd: ignore,
    onClientSilent: ignore,
    onClientDrain: ignore,
    onClientTurnEnd: ignore,
  };
  const connection = openHttp2(socket, PLAIN_CLIENT, {
    clock,
    deadlines,
    limits: DEFAULT_LIMITS,
    begin: () => events,
    refused: ignore,
    failed: ignore,
    onClosed: () => void said.push('closed'),
  });
  deadlines.add(connection);
  socket.push(Buffer.concat([PREFACE, settings(), request(1)]));
  await until(() => said.includes('request'), 'the request');
  socket.emit('end');
  await until(() => said.includes('CLIENT_GONE'), 'the exchange hears of it');
  await until(() => {
    clock.advance(500);
    return said.includes('closed');
  }, 'the connection is let go');
  expect(said).toEqual(['request', 'CLIENT_GONE', 'closed']);
  expect(socket.destroyed).toBe(true);
});
