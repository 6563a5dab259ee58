/** Programs that a run starts and ends again, by their process id. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { connect } from 'node:net';
import { promisify } from 'node:util';

export interface Running {
  pid: number;
  stop(): Promise<void>;
}

/** Starts a program and waits until it listens on `port` of 127.0.0.1. */
export async function start(
  command: string,
  args: string[],
  port: number,
  env: NodeJS.ProcessEnv = {},
): Promise<Running> {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...env } });
  endWithThis(child);
  let complaint = '';
  child.stderr.on('data', (data: Buffer) => {
    complaint = (complaint + data.toString()).slice(-2000);
  });
  const ended = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${command} ended with ${code}: ${complaint}`)));
  });
  ended.catch(() => {});
  await Promise.race([listening(port), ended]);
  return { pid: child.pid as number, stop: () => stop(child) };
}

/** A run that is broken off leaves nothing behind. */
function endWithThis(child: ChildProcess): void {
  const end = () => child.kill('SIGKILL');
  process.on('exit', end);
  child.once('exit', () => process.off('exit', end));
}

/** Resolves when something accepts connections on `port` of 127.0.0.1. */
export async function listening(port: number): Promise<void> {
  for (const until = Date.now() + 20_000; Date.now() < until; ) {
    if (await accepts(port)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`nothing listens on ${port}`);
}

export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
  await ended;
  clearTimeout(timer);
}

/** Standard output of a program that ends by itself. */
export async function output(command: string, args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(command, args, { maxBuffer: 1024 ** 3 });
  return stdout;
}

export async function isInstalled(program: string): Promise<boolean> {
  return output('sh', ['-c', `command -v ${program}`]).then(
    () => true,
    () => false,
  );
}
