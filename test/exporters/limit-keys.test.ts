/** Whom the limits of an exported file take for one client. */
import { expect, onTestFinished, test } from 'vitest';
import { configSchema } from '../../proxy-engine/contract/config.ts';
import { exportConfig } from '../../proxy-engine/exporters/export.ts';
import { send, startBackend } from '../support/backend.ts';
import { freePort } from '../support/free-port.ts';
import { type PeerName, startPeer } from './peers.ts';

test.each<PeerName>(['nginx', 'haproxy'])('%s tells long keys apart that begin alike', async (peer) => {
  const backend = await startBackend('a');
  onTestFinished(() => backend.close());
  const port = await freePort();
  const config = configSchema.parse({
    version: 1,
    listeners: { gateway: { address: `127.0.0.1:${port}` } },
    routes: [{ name: 'all', pool: 'api' }],
    pools: { api: { backends: [{ url: backend.url }] } },
    rules: [{ name: 'r', limit: { requests: '1/m', burst: 0, key: 'header[authorization]' } }],
  });
  const program = await startPeer(peer, exportConfig(config, peer).text, port);
  onTestFinished(() => program.stop());

  const statusOf = async (user: string) =>
    (await send(`127.0.0.1:${port}`, '/', { headers: { authorization: `Bearer ${'x'.repeat(200)}${user}` } })).status;

  expect(await statusOf('one')).toBe(200);
  expect(await statusOf('one')).toBe(429);
  expect(await statusOf('two')).toBe(200);
});
