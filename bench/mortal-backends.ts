/** Three origins that die by kill -9 and come back: an nginx of one process each. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BACKEND_PORTS } from './backends.ts';
import { accepts, listening } from './run-program.ts';

export interface MortalBackends {
  /** Ends one without a chance to say goodbye; epoch milliseconds of its death. */
  kill(index: number): Promise<number>;
  /** Starts it again and waits until it listens. */
  restart(index: number): Promise<void>;
  stop(): Promise<void>;
}

export async function startMortalBackends(dir: string): Promise<MortalBackends> {
  const children: ChildProcess[] = [];
  const restart = async (index: number): Promise<void> => {
    const port = BACKEND_PORTS[index] ?? 0;
    const config = join(dir, `backend-${port}.conf`);
    // Another one at that port would go on when ours is killed.
    if (await accepts(port)) throw new Error(`port ${port} is taken: does another bench run?`);
    children[index] = spawn('nginx', ['-c', config, '-p', dir], { stdio: 'ignore' });
    await listening(port);
  };
  await mkdir(join(dir, 'temp'));
  for (const [index, port] of BACKEND_PORTS.entries()) {
    await writeFile(join(dir, `backend-${port}.conf`), configOf(dir, port));
    await restart(index);
  }
  const kill = async (index: number): Promise<number> => {
    const child = children[index];
    if (!child || child.exitCode !== null || child.signalCode !== null) return Date.now();
    child.kill('SIGKILL');
    await once(child, 'exit');
    return Date.now();
  };
  return {
    kill,
    restart,
    stop: async () => void (await Promise.all(children.map((_, index) => kill(index)))),
  };
}

function configOf(dir: string, port: number): string {
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${dir}/temp;`);
  return `daemon off; master_process off; pid ${dir}/backend-${port}.pid; error_log /dev/null crit;
events { worker_connections 4096; }
http {
  access_log off; ${temp.join(' ')} keepalive_requests 1000000000; keepalive_timeout 600s;
  server { listen 127.0.0.1:${port} backlog=4096; location / { default_type text/plain; return 200 "${'x'.repeat(700)}"; } }
}
`;
}
