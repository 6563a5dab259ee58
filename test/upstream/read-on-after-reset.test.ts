/** A backend answers and closes before it has read the request: what it said reaches the client. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import type { Engine } from '../../proxy-engine/engine.ts';
import { portOf, recorded, runConfig } from '../support/engine.ts';
import { selfSigned, temporaryDirectory } from '../support/tls.ts';

const MORE = Buffer.alloc(64 * 1024);
const ANSWER = 'HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig';

/** The URL of a backend that does `act` at the first bytes of a request. */
async function backend(scheme: string, act: (socket: Socket, connection: Socket) => void): Promise<string> {
  const pair = await selfSigned('/CN=a');
  const server = createServer((connection) => {
    const socket = scheme === 'https' ? new TLSSocket(connection, { isServer: true, ...pair }) : connection;
    for (const each of [socket, connection]) each.on('error', () => {});
    socket.once('data', () => act(socket, connection));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** What a client gets that sends a body without end, more of which is on its way when the backend has said `said` and resets. */
async function answerTo(said: string, scheme = 'http'): Promise<{ text: string; engine: Engine }> {
  let client: Socket | undefined;
  const url = await backend(scheme, (socket, connection) => {
    client?.write(MORE);
    socket.write(said, () => connection.resetAndDestroy());
  });
  const listeners = { gateway: { address: '127.0.0.1:0' } };
  const pools = { p: { backends: [{ url }], tls: { verify: false } } };
  const engine = await runConfig({ listeners, routes: [{ name: 'all', pool: 'p' }], pools }, temporaryDirectory());
  onTestFinished(() => engine.close(0));
  client = connect(portOf(engine, 'gateway'), '127.0.0.1');
  let text = '';
  client.on('error', () => {});
  client.on('data', (data) => (text += data.toString()));
  client.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999\r\n\r\n');
  await new Promise((resolve) => client?.once('close', resolve));
  return { text, engine };
}

test.each(['http', 'https'])('an answer that came before the reset: %s', async (scheme) => {
  const { text, engine } = await answerTo(ANSWER, scheme);
  expect(text).toMatch(/^HTTP\/1\.1 413 [^]*\r\n\r\nbig$/);
  expect(await recorded(engine)).toMatchObject({ status: 413 });
});

test.each(['', 'HTTP/1.1 413 Content T'])('%j before the reset is none', async (said) => {
  const { text, engine } = await answerTo(said);
  expect(text).toMatch(/^HTTP\/1\.1 502 /);
  expect(await recorded(engine)).toMatchObject({ status: 502, attempts: [{ error: { code: 'RESET' } }] });
});
