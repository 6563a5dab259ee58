/** Backends in processes of their own, to be killed, stopped and started again at the same port. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { backendProcess } from './faulty-backends.ts';
import { OWN_HOST } from './free-port.ts';

/** One a letter of `names`; they end with the test. */
export async function startProcesses(names: string, env: Record<string, string> = {}) {
  const running = new Map<string, { child: ChildProcess; port: number }>();
  let told = '';
  const start = async (NAME: string, PORT = '0') => {
    const process = await backendProcess({ ...env, NAME, PORT, HOST: OWN_HOST });
    process.child.stdout?.on('data', (data: Buffer) => (told += data.toString()));
    running.set(NAME, process);
  };
  onTestFinished(() => {
    for (const { child } of running.values()) child.kill('SIGKILL');
  });
  for (const name of names) await start(name);
  const of = (name: string) => running.get(name) ?? { child: null, port: 0 };
  return {
    backends: [...running].map(([name, { port }]) => ({ name, url: `http://${OWN_HOST}:${port}` })),
    /** With TELL in `env`: the `x-id` of every request that one of them has read. */
    readIds: () => Array.from(told.matchAll(/^read (.+)$/gm), ([, id]) => id as string),
    pause: (name: string) => of(name).child?.kill('SIGSTOP'),
    resume: (name: string) => of(name).child?.kill('SIGCONT'),
    async kill(name: string) {
      const { child } = of(name);
      child?.kill('SIGKILL');
      // Also what it has printed has come when it is closed.
      if (child) await once(child, 'close');
    },
    restart: (name: string) => start(name, String(of(name).port)),
  };
}
