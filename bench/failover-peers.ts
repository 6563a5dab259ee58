/** The proxies of the failover run, each with a way to learn when it last sent a request to a backend that failed it. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PoolState } from '../proxy-engine/contract/state.ts';
import { BACKEND_PORTS } from './backends.ts';
import { type Running, start } from './run-program.ts';

export interface FailoverPeer {
  name: string;
  program: string;
  start(dir: string, port: number): Promise<RunningPeer>;
}

export interface RunningPeer extends Running {
  /** Epoch milliseconds of every attempt that failed since the last question. A peer may tell only the latest. */
  failures(): Promise<number[]>;
}

/** `server`: parameters of each server line. */
export function nginxPeer(title: string, server: string): FailoverPeer {
  return {
    name: title,
    program: 'nginx',
    async start(dir, port) {
      const log = join(dir, 'failed.log');
      await writeFile(join(dir, 'nginx.conf'), nginxConfig(dir, port, server, log));
      const running = await start('nginx', ['-c', join(dir, 'nginx.conf'), '-p', dir], port);
      let read = 0;
      const failures = async () => {
        const lines = (await readFile(log, 'latin1')).split('\n').slice(0, -1);
        const fresh = lines.slice(read).map((line) => Number(line) * 1000);
        read = lines.length;
        return fresh;
      };
      return { ...running, failures };
    },
  };
}

function nginxConfig(dir: string, port: number, server: string, log: string): string {
  const servers = BACKEND_PORTS.map((backend) => `server 127.0.0.1:${backend} ${server};`).join(' ');
  return `daemon off; worker_processes 1; pid ${dir}/pid; error_log /dev/null crit;
events { worker_connections 8192; }
http {
  client_body_temp_path ${dir}; proxy_temp_path ${dir}; fastcgi_temp_path ${dir}; uwsgi_temp_path ${dir}; scgi_temp_path ${dir};
  keepalive_requests 1000000000;
  upstream pool { ${servers} keepalive 256; keepalive_requests 1000000000; }
  map "$upstream_addr $status" $failed { "~," 1; "~^127.* 50[234]$" 1; default 0; }
  log_format failed "$msec";
  access_log ${log} failed if=$failed;
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / { proxy_pass http://pool; proxy_http_version 1.1; proxy_set_header Connection ""; }
  }
}
`;
}

/** `options`: lines of its backend section. */
export function haproxyPeer(title: string, logPort: number, options: readonly string[]): FailoverPeer {
  return {
    name: title,
    program: 'haproxy',
    async start(dir, port) {
      const { socket, failures } = await syslog(logPort);
      await writeFile(join(dir, 'haproxy.cfg'), haproxyConfig(port, logPort, options));
      const running = await start('haproxy', ['-f', join(dir, 'haproxy.cfg'), '-db'], port);
      const stop = async () => {
        await running.stop();
        socket.close();
      };
      return { pid: running.pid, stop, failures };
    },
  };
}

function haproxyConfig(port: number, logPort: number, options: readonly string[]): string {
  const servers = BACKEND_PORTS.map(
    (backend) => `  server s${backend} 127.0.0.1:${backend} check inter 1s fall 1 rise 1`,
  );
  return `global
  nbthread 1
  maxconn 8000
  log 127.0.0.1:${logPort} local0
defaults
  mode http
  log global
  option dontlog-normal
  log-format "%rc %ST %ts"
  timeout connect 2s
  timeout client 60s
  timeout server 60s
frontend f
  bind 127.0.0.1:${port}
  default_backend b
backend b
  balance roundrobin
${options.map((option) => `  ${option}`).join('\n')}
${servers.join('\n')}
`;
}

/** Every line that HAProxy logs here tells of a retry or a failure; its health checks say `Server … is DOWN`. */
async function syslog(port: number): Promise<{ socket: Socket; failures: () => Promise<number[]> }> {
  const socket = createSocket('udp4');
  let times: number[] = [];
  socket.on('message', (message) => {
    if (/: \+?\d+ -?\d+ \S+$/.test(message.toString().trim())) times.push(Date.now());
  });
  socket.bind(port, '127.0.0.1');
  await once(socket, 'listening');
  const failures = async () => {
    const fresh = times;
    times = [];
    return fresh;
  };
  return { socket, failures };
}

const TOKEN = 'failover';

/** With its defaults: no check, ejection, retries. */
export function switchyardPeer(uiPort: number): FailoverPeer {
  const program = join(import.meta.dirname, '../bin/switchyard');
  return {
    name: 'switchyard',
    program,
    async start(dir, port) {
      const file = join(dir, 'switchyard.yaml');
      await writeFile(file, switchyardConfig(port));
      const args = ['run', file, '--ui', `127.0.0.1:${uiPort}`, '--token', TOKEN, '--data', dir];
      const running = await start(program, args, port);
      let newest = 0;
      const failures = async () => {
        const times = await failureTimes(uiPort);
        const fresh = times.filter((at) => at > newest);
        newest = Math.max(newest, ...times);
        return fresh;
      };
      return { ...running, failures };
    },
  };
}

function switchyardConfig(port: number): string {
  return JSON.stringify({
    version: 1,
    listeners: { bench: { address: `127.0.0.1:${port}` } },
    routes: [{ name: 'all', pool: 'pool' }],
    pools: { pool: { backends: BACKEND_PORTS.map((backend) => ({ url: `http://127.0.0.1:${backend}` })) } },
  });
}

async function failureTimes(uiPort: number): Promise<number[]> {
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
  const response = await fetch(`http://127.0.0.1:${uiPort}/api/state.get`, { method: 'POST', headers, body: '{}' });
  const { result } = (await response.json()) as { result: { pools: PoolState[] } };
  return result.pools.flatMap(({ backends }) =>
    backends.flatMap(({ recentFailures }) => recentFailures.map(({ at }) => at)),
  );
}
