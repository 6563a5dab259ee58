/** Each listener of an exported file waits as long as its own config says: a short wait of one is no wait of another. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configSchema } from '../../proxy-engine/contract/config.ts';
import { exportConfig } from '../../proxy-engine/exporters/export.ts';
import { type Backend, send, startBackend } from '../support/backend.ts';
import { freePort } from '../support/free-port.ts';
import { until } from '../support/until.ts';
import { type PeerName, startPeer } from './peers.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await startBackend('a', (_, response) => response.end('from a'));
});
afterAll(() => backend.close());

const SHORT = { headTimeout: '1s', idleTimeout: '1s' };
const LONG = { headTimeout: '120s', idleTimeout: '120s' };

/** What a connection has been answered, and whether the other side closed it. */
interface Conversation {
  socket: Socket;
  said: string;
  isClosed: boolean;
}

async function talk(port: number, text: string): Promise<Conversation> {
  const socket = connect(port, '127.0.0.1');
  const conversation: Conversation = { socket, said: '', isClosed: false };
  socket.on('data', (data) => (conversation.said += data.toString('latin1')));
  socket.on('error', () => {});
  for (const event of ['end', 'close']) socket.on(event, () => (conversation.isClosed = true));
  socket.write(text);
  await once(socket, 'connect');
  return conversation;
}

const HEAD = 'GET / HTTP/1.1\r\nHost: api.test\r\n';

describe.each<PeerName>(['nginx', 'haproxy', 'caddy'])('%s', (peer) => {
  async function running(limits: Record<string, object>) {
    const ports = await Promise.all(Object.keys(limits).map(() => freePort()));
    const listeners = Object.entries(limits).map(
      ([name, each], i) => [name, { address: `127.0.0.1:${ports[i]}`, limits: each }] as const,
    );
    const config = configSchema.parse({
      version: 1,
      listeners: Object.fromEntries(listeners),
      routes: [{ name: 'all', pool: 'api' }],
      pools: { api: { backends: [{ name: 'a', url: backend.url }], ejection: false } },
    });
    const program = await startPeer(peer, exportConfig(config, peer).text, ports[0]!);
    const answers = (port: number) =>
      send(`127.0.0.1:${port}`).then(
        () => true,
        () => false,
      );
    await until(() => answers(ports[1]!), 'the second listener');
    return { ports, [Symbol.asyncDispose]: () => program.stop() };
  }

  test.each([
    ['the first', { a: SHORT, b: LONG }, 0],
    ['the second', { a: LONG, b: SHORT }, 1],
  ])('%s of two listeners alone waits shortly', async (_, limits, short) => {
    await using both = await running(limits);
    const [shortly, long] = [both.ports[short]!, both.ports[1 - short]!];
    const kept = await talk(long, `${HEAD}\r\n`);
    await until(() => kept.said.endsWith('from a'));
    const begun = await talk(long, HEAD);
    const impatient = await talk(shortly, HEAD);
    const idle = await talk(shortly, `${HEAD}\r\n`);

    await until(() => impatient.isClosed && idle.isClosed, 'the short wait');

    expect([kept.isClosed, begun.isClosed]).toEqual([false, false]);
    expect(impatient.said).not.toContain('from a');
    expect(idle.said).toMatch(/from a/);
    kept.said = '';
    for (const { socket } of [kept, begun]) socket.write(socket === kept.socket ? `${HEAD}\r\n` : '\r\n');
    await until(() => [kept, begun].every(({ said }) => said.endsWith('from a')), 'both answers');
    for (const { socket } of [kept, begun, impatient, idle]) socket.destroy();
  });
});
