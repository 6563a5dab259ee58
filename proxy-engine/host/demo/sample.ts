import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { parse } from 'yaml';
import { splitAddress } from '../../downstream/address.ts';
import { editText } from '../config/edit.ts';
import { productRoot } from '../product.ts';

/** The listener of the sample that demo traffic goes to. */
export const DEMO_LISTENER = 'gateway';

/** The sample config with the ports that the backends really have, and a free port where its own is taken. */
export async function demoConfig(ports: Readonly<Record<string, number>>): Promise<string> {
  const text = readFileSync(join(productRoot, 'assets', 'demo.yaml'), 'utf8');
  const document = parse(text) as {
    listeners: Record<string, { address: string }>;
    pools: { api: { backends: { name: string }[] } };
  };
  const urls = document.pools.api.backends.map(({ name }, index) => ({
    path: ['pools', 'api', 'backends', index, 'url'],
    value: `http://127.0.0.1:${ports[name]}`,
  }));
  const address = document.listeners[DEMO_LISTENER]?.address ?? '127.0.0.1:8080';
  if (await isFree(splitAddress(address))) return editText(text, urls);
  return editText(text, [...urls, { path: ['listeners', DEMO_LISTENER, 'address'], value: '127.0.0.1:0' }]);
}

function isFree({ host, port }: { host: string; port: number }): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}
