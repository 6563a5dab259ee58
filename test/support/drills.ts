/** An engine host with backends in a pool `api`, for drills. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { CommandInput, CommandName, CommandResult } from '../../proxy-engine/contract/api.ts';
import type { DrillReport } from '../../proxy-engine/contract/drill.ts';
import { Engine } from '../../proxy-engine/engine.ts';
import { runCommand } from '../../proxy-engine/host/commands.ts';
import { readConfig } from '../../proxy-engine/host/config-file.ts';
import { EngineHost } from '../../proxy-engine/host/engine-host.ts';
import { type Backend, startBackend } from './backend.ts';
import { until } from './until.ts';

export interface DrillHost {
  host: EngineHost;
  call<C extends CommandName>(name: C, input: CommandInput<C>): Promise<CommandResult<C>>;
  /** Starts a drill and waits for its report. */
  drill(text: string): Promise<DrillReport>;
  /** Until the running drill has done so many steps. */
  stepsDone(id: string, count: number): Promise<void>;
  backend(name: string): { state: string; fault?: object; reason: string } | undefined;
}

export interface DrillHostOptions {
  /** Lines of the config behind the backends. */
  more?: string;
  /** Other backends than a, b and c of this process. */
  ports?: readonly number[];
  /** Of the listener `gateway`, behind its address. */
  listener?: string;
  authorityDir?: string;
  drillsDirectory?: string;
}

export async function startDrillHost({
  more = '',
  ports,
  listener = '',
  authorityDir,
  drillsDirectory,
}: DrillHostOptions = {}): Promise<DrillHost> {
  const own: Backend[] = [];
  if (!ports) for (const name of ['a', 'b', 'c']) own.push(await startBackend(name));
  const lines = (ports ?? own.map(({ port }) => port)).map(
    (port, index) => `      - { name: ${'abcdef'[index]}, url: 'http://127.0.0.1:${port}' }`,
  );
  const text = `listeners: { gateway: { address: '127.0.0.1:0'${listener} } }
routes: [{ name: all, pool: api }]
pools:
  api:
    backends:
${lines.join('\n')}
${more}`;
  const engine = await Engine.create({ capture: true, version: 'test', recordings: 'memory', authorityDir });
  const info = { version: 'test', host: 'headless', platform: 'linux' } as const;
  const config = readConfig({ text, baseDir: '.' });
  const host = await EngineHost.start({ info, engine, config, drillsDirectory });
  onTestFinished(async () => {
    await host.close(0);
    for (const backend of own) await backend.close();
  });
  const call = <C extends CommandName>(name: C, input: CommandInput<C>) =>
    runCommand(host, name, input) as Promise<CommandResult<C>>;
  return {
    host,
    call,
    async drill(document) {
      const { ended } = await host.drills.start(document);
      return ended;
    },
    stepsDone: (id, count) =>
      until(
        async () => (await call('drill.get', { id })).steps.filter((step) => step.doneMs !== undefined).length >= count,
      ),
    backend: (name) => engine.state().pools[0]?.backends.find((one) => one.name === name),
  };
}

/** A backend in a process of its own, which a drill may kill. */
export async function startBackendProcess(
  name: string,
): Promise<{ port: number; pid: number; exited: Promise<unknown> }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'backend-process.mjs')], {
    env: { ...process.env, NAME: name },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { port: Number(String(line)), pid: child.pid ?? 0, exited };
}
