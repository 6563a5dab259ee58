import { onTestFinished } from 'vitest';
import type { CommandInput, CommandName, CommandResult } from '../../proxy-engine/contract/api.ts';
import type { ConfigDocument } from '../../proxy-engine/contract/config.ts';
import { Engine } from '../../proxy-engine/engine.ts';
import { runCommand } from '../../proxy-engine/host/commands.ts';
import { readConfig } from '../../proxy-engine/host/config-file.ts';
import { EngineHost } from '../../proxy-engine/host/engine-host.ts';
import { portOf } from './engine.ts';

export interface TestHost {
  host: EngineHost;
  call<C extends CommandName>(name: C, input: CommandInput<C>): Promise<CommandResult<C>>;
  /** `127.0.0.1:PORT` of the listener. */
  address(listener: string): string;
}

/** A host that runs `document` and is closed when the test has finished. */
export async function startHost(
  document: Omit<ConfigDocument, 'version'>,
  recordings: string | 'memory' | null = 'memory',
): Promise<TestHost> {
  const engine = await Engine.create({ capture: true, version: 'test', recordings });
  const config = readConfig({ text: JSON.stringify({ version: 1, ...document }), baseDir: '.' });
  const info = { version: 'test', host: 'headless', platform: 'linux' } as const;
  const host = await EngineHost.start({ info, engine, config });
  onTestFinished(() => host.close(0));
  return {
    host,
    call: (name, input) => runCommand(host, name, input) as never,
    address: (listener) => `127.0.0.1:${portOf(engine, listener)}`,
  };
}
