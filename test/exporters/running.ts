/** What is exported of a small config, run by a real program while a test runs. */
import { onTestFinished } from 'vitest';
import { configSchema } from '../../proxy-engine/contract/config.ts';
import { exportConfig } from '../../proxy-engine/exporters/export.ts';
import { startBackend } from '../support/backend.ts';
import { freePort } from '../support/free-port.ts';
import { type PeerName, startPeer } from './peers.ts';

/** The port of `peer` with one listener, which goes to one pool where `parts` say nothing else. */
export async function runExported(
  peer: PeerName,
  { listener = {}, ...parts }: { listener?: object; routes?: object[]; rules?: object[]; pools?: object },
): Promise<number> {
  const port = await freePort();
  const config = configSchema.parse({
    version: 1,
    listeners: { gateway: { address: `127.0.0.1:${port}`, ...listener } },
    routes: [{ name: 'rest', pool: 'api' }],
    pools: parts.pools ?? { api: { backends: [{ url: await runBackend() }] } },
    ...parts,
  });
  const program = await startPeer(peer, exportConfig(config, peer).text, port);
  onTestFinished(() => program.stop());
  return port;
}

/** The URL of a backend that answers everything with 200. */
export async function runBackend(): Promise<string> {
  const backend = await startBackend('a');
  onTestFinished(() => backend.close());
  return backend.url;
}
