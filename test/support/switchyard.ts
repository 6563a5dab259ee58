/** `switchyard run`, as a person would start it, for tests. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApiError } from '../../proxy-engine/contract/api.ts';

const program = join(import.meta.dirname, '../../bin/switchyard');

export interface Switchyard {
  /** `http://127.0.0.1:PORT/#token=…` */
  ui: string;
  configFile: string;
  /** Bound address by the listener's name. */
  listeners: Readonly<Record<string, string>>;
  signal(name: NodeJS.Signals): void;
  /** What it has written to standard error. */
  log(): string;
  /** Its exit code, once it has ended. */
  readonly exited: Promise<number | null>;
  /** Stops it and removes its files; answers its exit code. */
  close(): Promise<number | null>;
}

interface RunOptions {
  drain?: string;
  data?: string;
  workers?: number;
  /** Where its UI listens. */
  ui?: string;
  token?: string;
  /** Beside that of the test. */
  env?: Record<string, string>;
}

/** Resolves when it says that it is ready; rejects with what it wrote to standard error when it ends before. */
export async function runSwitchyard(
  config: string,
  { drain = '1s', data, workers = 1, ui: at = '127.0.0.1:0', token, env = {} }: RunOptions = {},
): Promise<Switchyard> {
  const directory = mkdtempSync(join(tmpdir(), 'switchyard-run-'));
  const configFile = join(directory, 'switchyard.yaml');
  writeFileSync(configFile, config);
  const args = ['run', configFile, '--ui', at, '--data', data ?? join(directory, 'data'), '--drain', drain];
  if (workers > 1) args.push('--workers', String(workers));
  if (token !== undefined) args.push('--token', token);
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  let log = '';
  child.stderr.on('data', (data: Buffer) => (log += data));
  const { ui = '', ...listeners } = await readyLine(child);
  return {
    ui,
    configFile,
    listeners,
    exited,
    signal: (name) => void child.kill(name),
    log: () => log,
    async close() {
      child.kill('SIGTERM');
      const code = await exited;
      rmSync(directory, { recursive: true, force: true });
      return code;
    },
  };
}

export function readyLine(child: ChildProcess): Promise<Record<string, string>> {
  return new Promise((resolve, reject) => {
    let output = '';
    let errors = '';
    child.stderr?.on('data', (data: Buffer) => (errors += data));
    child.once('exit', (code) => reject(new Error(`switchyard ended with code ${code}: ${errors}`)));
    child.stdout?.on('data', (data: Buffer) => {
      output += data;
      const ready = /^ready (.*)$/m.exec(output)?.[1];
      if (ready === undefined) return;
      resolve(Object.fromEntries(ready.split(' ').map((pair) => splitOnce(pair))));
    });
  });
}

function splitOnce(pair: string): [string, string] {
  const cut = pair.indexOf('=');
  return [pair.slice(0, cut), pair.slice(cut + 1)];
}

/** Calls the control API; rejects with what it refused. */
export async function callSwitchyard<T = unknown>(
  { ui }: Pick<Switchyard, 'ui'>,
  command: string,
  input: unknown = {},
): Promise<T> {
  const { origin, hash } = new URL(ui);
  const headers = { authorization: `Bearer ${hash.slice('#token='.length)}` };
  const answer = await fetch(`${origin}/api/${command}`, { method: 'POST', headers, body: JSON.stringify(input) });
  const { result, error } = (await answer.json()) as { result: T; error?: ApiError };
  if (error) throw Object.assign(new Error(error.message), { code: error.code });
  return result;
}
