import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { isSelfConnected, onTcp } from '../../proxy-engine/upstream/self-connect.ts';
import { freePort, OWN_HOST } from '../support/free-port.ts';

test.each([
  ['127.0.0.1', 40_000, '127.0.0.1', 40_000, true],
  ['::1', 40_000, '::1', 40_000, true],
  ['127.0.0.1', 40_000, '127.0.0.1', 40_001, false],
  ['127.0.0.1', 40_000, '127.0.0.2', 40_000, false],
  [undefined, undefined, undefined, undefined, false],
])('from %s:%s to %s:%s: %j', (localAddress, localPort, remoteAddress, remotePort, expected) => {
  expect(isSelfConnected({ localAddress, localPort, remoteAddress, remotePort })).toBe(expected);
});

/** A connection from that port to that port. */
async function connectFrom(localPort: number, port: number): Promise<string> {
  const socket = connect({ host: OWN_HOST, port, localAddress: OWN_HOST, localPort });
  onTestFinished(() => void socket.destroy());
  const up = new Promise<string>((resolve) => onTcp(socket, () => resolve('up')));
  const failed = once(socket, 'error').then(([error]) => (error as Error).message);
  return Promise.race([up, failed]);
}

test('a connection that comes out at itself is refused', async () => {
  const port = await freePort(OWN_HOST);
  expect(await connectFrom(port, port)).toBe(`connect ECONNREFUSED ${OWN_HOST}:${port} (it came out at itself)`);
});

test('one that comes out at somebody is not', async () => {
  const [port, from] = [await freePort(OWN_HOST), await freePort(OWN_HOST)];
  const server = createServer((socket) => void socket.on('error', () => {})).listen(port, OWN_HOST);
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  expect(await connectFrom(from, port)).toBe('up');
});
