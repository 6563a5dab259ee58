/** `switchyard demo`: something to see within seconds. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { splitAddress } from '../../downstream/address.ts';
import { startDemoBackends, startDemoTraffic } from '../demo/backends.ts';
import { DEMO_LISTENER, demoConfig } from '../demo/sample.ts';
import { type RunOptions, runFile } from './run.ts';

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
    const gateway = host.engine.state().listeners.find((listener) => listener.name === DEMO_LISTENER);
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
