/** The real nginx, HAProxy and Caddy, run on an exported file in a directory of its own. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export type PeerName = 'nginx' | 'haproxy' | 'caddy';

interface Program {
  file: string;
  check(path: string, directory: string): string[];
  run(path: string, directory: string): string[];
  /** What the machine of a test needs besides the exported text. */
  adapt?(text: string, directory: string): string;
}

const PROGRAMS: Record<PeerName, Program> = {
  nginx: {
    file: 'nginx.conf',
    check: (path, directory) => ['nginx', '-t', '-p', directory, '-c', path],
    run: (path, directory) => ['nginx', '-p', directory, '-c', path, '-g', 'daemon off; master_process off;'],
    adapt: (text, directory) => {
      const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
        (kind) => `${kind}_temp_path ${directory}/${kind};`,
      );
      const main = `pid ${directory}/nginx.pid;\nerror_log ${directory}/error.log;\n`;
      return main + text.replace('http {', `http {\n    access_log off;\n    ${places.join(' ')}`);
    },
  },
  haproxy: {
    file: 'haproxy.cfg',
    check: (path) => ['haproxy', '-c', '-f', path],
    run: (path) => ['haproxy', '-db', '-f', path],
  },
  caddy: {
    file: 'Caddyfile',
    check: (path) => ['caddy', 'validate', '--adapter', 'caddyfile', '--config', path],
    run: (path) => ['caddy', 'run', '--adapter', 'caddyfile', '--config', path],
  },
};

export interface Peer {
  /** What it says about the file; null: nothing. */
  readonly complaint: string | null;
  stop(): Promise<void>;
}

/** What a program says of a line that it takes and that does not do what it seems to. */
const WARNING = /\[WARNING\]|\[warn\]|"level":"warn"(?!.*(?:admin endpoint disabled|input is not formatted))|\bWARN\b/;

/** Of Caddy when it runs; the form of a file with line breaks in its texts is not that of `caddy fmt`. */
const HARMLESS = /admin endpoint disabled|not formatted/;

/** What the program says about the file; null: it accepts it without a word. */
export async function complaintOf(name: PeerName, text: string): Promise<string | null> {
  return inDirectory(name, text, (path, directory) => {
    const [command = '', ...words] = PROGRAMS[name].check(path, directory);
    const { status, stdout, stderr } = spawnSync(command, words, { encoding: 'utf8', env: environment(directory) });
    const said = `${stdout}${stderr}`;
    return status === 0 && !WARNING.test(said) ? null : said;
  });
}

async function inDirectory<T>(name: PeerName, text: string, use: (path: string, directory: string) => T): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), `export-${name}-`));
  try {
    return use(await writeConfig(name, text, directory), directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function writeConfig(name: PeerName, text: string, directory: string): Promise<string> {
  const { file, adapt } = PROGRAMS[name];
  const path = join(directory, file);
  await writeFile(path, adapt ? adapt(text, directory) : text);
  return path;
}

function environment(directory: string): NodeJS.ProcessEnv {
  return { ...process.env, HOME: directory, XDG_DATA_HOME: directory, XDG_CONFIG_HOME: directory };
}

/** Runs it until `stop`; resolves when `port` of `host` accepts. */
export async function startPeer(name: PeerName, text: string, port: number, host = '127.0.0.1'): Promise<Peer> {
  const directory = await mkdtemp(join(tmpdir(), `export-${name}-`));
  const [command = '', ...words] = PROGRAMS[name].run(await writeConfig(name, text, directory), directory);
  const child = spawn(command, words, { stdio: ['ignore', 'ignore', 'pipe'], env: environment(directory) });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await accepting(host, port, () => (child.exitCode === null ? null : said));
  return {
    get complaint() {
      return said.split(/\r?\n/).some((line) => WARNING.test(line) && !HARMLESS.test(line)) ? said : null;
    },
    async stop() {
      await ended(child);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exit = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  await exit;
}

async function accepting(host: string, port: number, failure: () => string | null): Promise<void> {
  for (let tries = 0; tries < 1200; tries++) {
    const said = failure();
    if (said !== null) throw new Error(`the peer ended: ${said}`);
    if (await canConnect(host, port)) return;
    await sleep(50);
  }
  throw new Error(`nothing accepts at ${host}:${port}`);
}

function canConnect(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host);
    socket.once('connect', () => resolve(socket.destroy() !== null));
    socket.once('error', () => resolve(false));
  });
}
