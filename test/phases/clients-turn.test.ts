/** A request that does not go on is told apart from a backend that is late: whose time it was decides who is blamed. */
import { connect } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { recorded, startEngine } from '../support/engine.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { startRawBackend } from '../support/raw.ts';
import { until } from '../support/until.ts';

const EXPECT = 'Content-Length: 5\r\nExpect: 100-continue\r\n\r\n';

it.each([
  ['a client that stops in the middle of a body', '/', 'Content-Length: 70000\r\n\r\nhello', 408],
  ['a client that stops in the middle of chunks', '/', 'Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n', 408],
  ['a client that stops behind 100 Continue', '/continue', EXPECT, 408],
  ['a backend that does not say 100 Continue', '/', EXPECT, 504],
  ['a backend that has all', '/', 'Content-Length: 5\r\n\r\nhello', 504],
])('%s is late', async (_what, path, rest, status) => {
  const backend = await startRawBackend((socket, data) => {
    if (data.startsWith('POST /continue')) socket.write('HTTP/1.1 100 Continue\r\n\r\n');
  });
  const clock = new FakeClock();
  const { engine, port, close } = await startEngine([backend.port], {
    clock,
    listener: { limits: { requestTimeout: '60s' } },
    pool: { timeouts: { connect: '0s', head: '50s' } },
  });
  onTestFinished(async () => {
    await close();
    await backend.close();
  });
  const client = { got: '' };
  const socket = connect(port, '127.0.0.1', () => socket.write(`POST ${path} HTTP/1.1\r\nHost: a\r\n${rest}`));
  onTestFinished(() => void socket.destroy());
  socket.on('data', (data: Buffer) => (client.got += data.toString()));
  await until(() => backend.received.join('').includes('POST '), 'the request at the backend');
  if (path === '/continue') await until(() => client.got.includes('100 Continue'), 'its 100');
  clock.advance(60_200);
  await until(() => client.got.includes(`HTTP/1.1 ${status} `), `the answer ${status}`);
  const { attempts } = await recorded(engine);
  expect(attempts.map(({ error }) => error?.source)).toEqual([status === 504 ? 'backend' : 'client']);
});
