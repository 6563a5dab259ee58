/** Exported files go on to another backend where one is dead, whatever picks it. */
import { expect, onTestFinished, test } from 'vitest';
import { configSchema } from '../../proxy-engine/contract/config.ts';
import { exportConfig } from '../../proxy-engine/exporters/export.ts';
import { send, startBackend } from '../support/backend.ts';
import { freePort } from '../support/free-port.ts';
import { startPeer } from './peers.ts';

test.each([
  { policy: 'first' },
  { policy: 'first', ejection: false },
  { policy: 'ip_hash' },
  { policy: 'ketama', hash: { on: 'path' } },
  { policy: 'least_request' },
  { policy: 'round_robin', sticky: { cookie: 'S' } },
])('Caddy with %j', async (pool) => {
  const backend = await startBackend('a');
  onTestFinished(() => backend.close());
  const [port, dead] = await Promise.all([freePort(), freePort()]);
  const config = configSchema.parse({
    version: 1,
    listeners: { gateway: { address: `127.0.0.1:${port}` } },
    routes: [{ name: 'all', pool: 'api' }],
    pools: { api: { backends: [{ url: `http://127.0.0.1:${dead}` }, { url: backend.url }], ...pool } },
  });
  const caddy = await startPeer('caddy', exportConfig(config, 'caddy').text, port);
  onTestFinished(() => caddy.stop());
  for (let i = 0; i < 8; i++) expect((await send(`127.0.0.1:${port}`, `/${i}`)).status).toBe(200);
});
