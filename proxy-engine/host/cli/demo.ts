/** `switchyard demo`: something to see within seconds. */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '../../config-error.ts';
import { splitAddress } from '../../downstream/address.ts';
import { readConfigText } from '../config-file.ts';
import { startDemoBackends, startDemoTraffic } from '../demo/backends.ts';
import { DEMO_LISTENER, demoConfig } from '../demo/sample.ts';
import { withMistakes, writeOutput } from './config-document.ts';
import { CliFailure } from './failure.ts';
import { type RunOptions, runFile } from './run.ts';

export async function runDemo(options: RunOptions & { quiet?: boolean }): Promise<void> {
  const place = demoPlace(options.data);
  const backends = await startDemoBackends();
  let stopTraffic = () => {};
  const end = async () => {
    stopTraffic();
    await backends.close();
    place.remove();
  };
  try {
    await writeOutput(await demoConfig(backends.ports, place.kept), place.file);
    const { host } = await runFile(place.file, options, end);
    const gateway = host.engine.state().listeners.find((listener) => listener.name === DEMO_LISTENER);
    if (!options.quiet && gateway) stopTraffic = startDemoTraffic(splitAddress(gateway.address));
  } catch (error) {
    await end();
    throw error;
  }
}

interface DemoPlace {
  file: string;
  /** Of an earlier demo, with what was made of it. */
  kept?: string;
  remove(): void;
}

/** With `--data` the file stays and can be worked on; otherwise it goes when the demo ends. */
function demoPlace(dataDir: string | undefined): DemoPlace {
  if (dataDir !== undefined) return lastingPlace(dataDir);
  const directory = mkdtempSync(join(tmpdir(), 'switchyard-demo-'));
  return { file: join(directory, 'demo.yaml'), remove: () => rmSync(directory, { recursive: true, force: true }) };
}

function lastingPlace(dataDir: string): DemoPlace {
  const file = join(dataDir, 'demo.yaml');
  try {
    mkdirSync(dataDir, { recursive: true });
    return { file, ...(existsSync(file) && { kept: readConfigText(file).text }), remove: () => {} };
  } catch (error) {
    if (error instanceof ConfigError) throw withMistakes(error, 1);
    throw new CliFailure(2, `--data ${dataDir}: ${(error as Error).message}`, { cause: error });
  }
}
