/** The real redis-server and etcd of the system, each on a port and in a directory of its own. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, OWN_HOST } from './free-port.ts';
import { until } from './until.ts';

export interface Database {
  /** `redis://HOST:PORT/KEY` */
  address(key: string): string;
  set(key: string, text: string): Promise<void>;
  get(key: string): Promise<string>;
  remove(key: string): Promise<void>;
  /** As if its machine went away; what it had comes back with `start`. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** It takes connections and answers nothing, until `go`. */
  hang(): void;
  go(): void;
  close(): Promise<void>;
}

export async function startRedis(): Promise<Database & { command(words: string[]): Promise<string> }> {
  const port = await freePort(OWN_HOST);
  const args = [
    '--port',
    `${port}`,
    '--bind',
    OWN_HOST,
    '--appendonly',
    'yes',
    '--appendfsync',
    'always',
    '--save',
    '',
  ];
  const command = async (words: string[]): Promise<string> =>
    execFileSync('redis-cli', ['-h', OWN_HOST, '-p', `${port}`, '--raw', ...words], { encoding: 'utf8' });
  const life = await startProgram(port, (directory) => ['redis-server', [...args, '--dir', directory]]);
  return {
    ...life,
    command,
    address: (key) => `redis://${OWN_HOST}:${port}/${key}`,
    set: async (key, text) => void (await command(['SET', key, text])),
    get: async (key) => (await command(['GET', key])).slice(0, -1),
    remove: async (key) => void (await command(['DEL', key])),
  };
}

export async function startEtcd(): Promise<Database> {
  const port = await freePort(OWN_HOST);
  const peers = `http://${OWN_HOST}:${await freePort(OWN_HOST)}`;
  const url = `http://${OWN_HOST}:${port}`;
  const words = (directory: string): string =>
    `--data-dir ${directory} --name one --log-level error --listen-client-urls ${url} --advertise-client-urls ${url} --listen-peer-urls ${peers} --initial-advertise-peer-urls ${peers} --initial-cluster one=${peers}`;
  const life = await startProgram(port, (directory) => ['etcd', words(directory).split(' ')]);
  const call = async (path: string, body: object): Promise<{ kvs?: { value: string }[] }> => {
    const answer = await fetch(`${url}/v3/kv/${path}`, { method: 'POST', body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(await answer.text());
    return (await answer.json()) as { kvs?: { value: string }[] };
  };
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  return {
    ...life,
    address: (key) => `etcd://${OWN_HOST}:${port}/${key}`,
    set: async (key, text) => void (await call('put', { key: base64(key), value: base64(text) })),
    get: async (key) =>
      Buffer.from((await call('range', { key: base64(key) })).kvs?.[0]?.value ?? '', 'base64').toString(),
    remove: async (key) => void (await call('deleterange', { key: base64(key) })),
  };
}

async function startProgram(port: number, set: (directory: string) => [program: string, args: string[]]) {
  const directory = mkdtempSync(join(tmpdir(), 'database-'));
  let child: ChildProcess | null = null;
  const start = async (): Promise<void> => {
    child = spawn(...set(directory), { stdio: 'ignore', cwd: directory });
    await until(() => accepts(port), `a database on ${port}`);
  };
  const stop = async (): Promise<void> => {
    const ended = child;
    child = null;
    if (!ended || ended.exitCode !== null) return;
    const exit = new Promise((resolve) => ended.once('exit', resolve));
    ended.kill('SIGKILL');
    await exit;
  };
  await start();
  return {
    start,
    stop,
    hang: () => void child?.kill('SIGSTOP'),
    go: () => void child?.kill('SIGCONT'),
    async close() {
      await stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, OWN_HOST);
    socket.once('connect', () => (socket.destroy(), resolve(true)));
    socket.once('error', () => resolve(false));
  });
}
