/** The real nginx and HAProxy of the system beside ours, to compare decisions. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';

export interface OtherProxy {
  /** `127.0.0.1:port` */
  address: string;
  close(): Promise<void>;
}

/** One worker; `http` stands in the http block, `server` in its only server. */
export async function startNginx(http: string, server: string): Promise<OtherProxy> {
  const port = await freePort();
  const temps = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${name};`);
  return start('nginx', port, (directory) => ({
    config: `daemon off; master_process off; pid nginx.pid; error_log stderr emerg;
events { worker_connections 4096; }
http {
  access_log off; keepalive_requests 1000000; ${temps.join(' ')}
  ${http}
  server { listen 127.0.0.1:${port}; ${server} }
}
`,
    args: ['-p', directory, '-c', 'config'],
  }));
}

/** `sections` has one `bind ADDRESS` to be filled in. */
export async function startHaproxy(sections: string): Promise<OtherProxy> {
  const port = await freePort();
  const config = `global
  nbthread 1
defaults
  mode http
  timeout connect 2s
  timeout client 60s
  timeout server 60s
${sections.replace('ADDRESS', `127.0.0.1:${port}`)}
`;
  return start('haproxy', port, (directory) => ({ config, args: ['-db', '-q', '-f', join(directory, 'config')] }));
}

/** A forward proxy; with `login` (`user password`) it wants that. */
export async function startTinyproxy(login?: string): Promise<OtherProxy> {
  const port = await freePort();
  const auth = login === undefined ? '' : `BasicAuth ${login}\n`;
  const config = `Port ${port}\nListen 127.0.0.1\nMaxClients 100\nLogLevel Error\n${auth}`;
  return start('tinyproxy', port, (directory) => ({ config, args: ['-d', '-c', join(directory, 'config')] }));
}

/** A SOCKS5 proxy; with `login` it wants that user and password. */
export async function startMicrosocks(login?: { user: string; password: string }): Promise<OtherProxy> {
  const port = await freePort();
  const auth = login ? ['-u', login.user, '-P', login.password] : [];
  return start('microsocks', port, () => ({ config: '', args: ['-i', '127.0.0.1', '-p', String(port), ...auth] }));
}

async function start(
  program: string,
  port: number,
  set: (directory: string) => { config: string; args: string[] },
): Promise<OtherProxy> {
  const directory = mkdtempSync(join(tmpdir(), `switchyard-${program}-`));
  const { config, args } = set(directory);
  writeFileSync(join(directory, 'config'), config);
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], cwd: directory });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await untilListening(program, child, port);
  return {
    address: `127.0.0.1:${port}`,
    async close() {
      child.kill('SIGKILL');
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function untilListening(program: string, child: ChildProcess, port: number): Promise<void> {
  let errors = '';
  child.stderr?.on('data', (data: Buffer) => (errors += data));
  child.once('error', (error) => (errors += error.message));
  if (child.pid === undefined) throw new Error(`${program} cannot be started: is it installed?`);
  for (const until = Date.now() + 60_000; ; await new Promise((resolve) => setTimeout(resolve, 20))) {
    if (await accepts(port)) return;
    if (child.exitCode !== null || Date.now() > until) throw new Error(`${program} does not listen: ${errors}`);
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
