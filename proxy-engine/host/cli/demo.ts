/** `switchyard demo`: something to see within seconds. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { editText } from '../config/edit.ts';
import { splitAddress } from '../config/references.ts';
import { startDemoBackends, startDemoTraffic } from '../demo.ts';
import { productRoot } from '../product.ts';
import { type RunOptions, runFile } from './run.ts';

const LISTENER = 'gateway';

export async function runDemo(options: RunOptions & { quiet?: boolean }): Promise<void> {
  const backends = await startDemoBackends();
  const place = demoPlace(options.data);
  writeFileSync(place.file, await demoConfig(backends.ports));
  let stopTraffic = () => {};
  const end = async () => {
    stopTraffic();
    await backends.close();
    place.remove();
  };
  try {
    const { host } = await runFile(place.file, options, end);
    const gateway = host.engine.state().listeners.find((listener) => listener.name === LISTENER);
    if (!options.quiet && gateway) stopTraffic = startDemoTraffic(splitAddress(gateway.address));
  } catch (error) {
    await end();
    throw error;
  }
}

/** With `--data` the file stays and can be worked on; otherwise it goes when the demo ends. */
function demoPlace(dataDir: string | undefined): { file: string; remove(): void } {
  if (dataDir !== undefined) {
    mkdirSync(dataDir, { recursive: true });
    return { file: join(dataDir, 'demo.yaml'), remove: () => {} };
  }
  const directory = mkdtempSync(join(tmpdir(), 'switchyard-demo-'));
  return { file: join(directory, 'demo.yaml'), remove: () => rmSync(directory, { recursive: true, force: true }) };
}

/** The sample config with the ports that the backends really have, and a free port where its own is taken. */
async function demoConfig(ports: Readonly<Record<string, number>>): Promise<string> {
  const text = readFileSync(join(productRoot, 'assets', 'demo.yaml'), 'utf8');
  const document = parse(text) as {
    listeners: Record<string, { address: string }>;
    pools: { api: { backends: { name: string }[] } };
  };
  const urls = document.pools.api.backends.map(({ name }, index) => ({
    path: ['pools', 'api', 'backends', index, 'url'],
    value: `http://127.0.0.1:${ports[name]}`,
  }));
  const address = document.listeners[LISTENER]?.address ?? '127.0.0.1:8080';
  if (await isFree(splitAddress(address))) return editText(text, urls);
  return editText(text, [...urls, { path: ['listeners', LISTENER, 'address'], value: '127.0.0.1:0' }]);
}

function isFree({ host, port }: { host: string; port: number }): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}
