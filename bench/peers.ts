/** The proxies that are compared: each forwards 127.0.0.1:PORT to the three backends, round robin, connections kept. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BACKEND_PORTS } from './backends.ts';
import { isInstalled, type Running, start } from './run-program.ts';

export interface Peer {
  name: string;
  /** The program that has to be there. */
  program: string;
  /** `dir`: a fresh directory of its own. */
  start(dir: string, port: number): Promise<Running>;
}

export interface SwitchyardOptions {
  capture: boolean;
  /** Header rules, of which three hold: each sets a header of the request and one of the response. */
  rules: number;
}

const HOLDING_RULES = 3;

export const nginx: Peer = {
  name: 'nginx',
  program: 'nginx',
  async start(dir, port) {
    const servers = BACKEND_PORTS.map((backend) => `server 127.0.0.1:${backend};`).join(' ');
    const config = `daemon off; worker_processes 1; pid ${dir}/pid; error_log ${dir}/error.log;
events { worker_connections 8192; }
http {
  access_log off; client_body_temp_path ${dir}; proxy_temp_path ${dir}; fastcgi_temp_path ${dir}; uwsgi_temp_path ${dir}; scgi_temp_path ${dir};
  keepalive_requests 1000000000; client_max_body_size 0;
  upstream pool { ${servers} keepalive 256; keepalive_requests 1000000000; }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / { proxy_pass http://pool; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; }
  }
}
`;
    await writeFile(join(dir, 'nginx.conf'), config);
    return start('nginx', ['-c', join(dir, 'nginx.conf'), '-p', dir], port);
  },
};

export const haproxy: Peer = {
  name: 'haproxy',
  program: 'haproxy',
  async start(dir, port) {
    const servers = BACKEND_PORTS.map((backend) => `  server s${backend} 127.0.0.1:${backend}`).join('\n');
    const config = `global
  nbthread 1
  maxconn 8000
defaults
  mode http
  timeout connect 2s
  timeout client 60s
  timeout server 60s
  option forwardfor
frontend f
  bind 127.0.0.1:${port}
  default_backend b
backend b
  balance roundrobin
${servers}
`;
    await writeFile(join(dir, 'haproxy.cfg'), config);
    return start('haproxy', ['-f', join(dir, 'haproxy.cfg'), '-db'], port);
  },
};

export const caddy: Peer = {
  name: 'caddy',
  program: 'caddy',
  async start(dir, port) {
    const targets = BACKEND_PORTS.map((backend) => `127.0.0.1:${backend}`).join(' ');
    const config = `{\n  admin off\n  auto_https off\n}\nhttp://127.0.0.1:${port} {\n  reverse_proxy ${targets} {\n    lb_policy round_robin\n  }\n}\n`;
    await writeFile(join(dir, 'Caddyfile'), config);
    const env = { GOMAXPROCS: '1', HOME: dir, XDG_DATA_HOME: dir, XDG_CONFIG_HOME: dir };
    return start('caddy', ['run', '--config', join(dir, 'Caddyfile'), '--adapter', 'caddyfile'], port, env);
  },
};

export const mitmproxy: Peer = {
  name: 'mitmproxy',
  program: 'mitmdump',
  start: (dir, port) =>
    start(
      'mitmdump',
      [
        '-q',
        '--mode',
        `reverse:http://127.0.0.1:${BACKEND_PORTS[0]}`,
        '--listen-host',
        '127.0.0.1',
        '-p',
        String(port),
        '--set',
        `confdir=${dir}`,
      ],
      port,
    ),
};

/** `count` routes and as many rules; one route and one rule hold. `by`: what their conditions ask. */
export function switchyardWithRules(count: number, by: 'host and path' | 'headers and patterns'): Peer {
  const program = join(import.meta.dirname, '../bin/switchyard');
  return {
    name: `${count} routes, ${count} rules by ${by}`,
    program,
    async start(dir, port) {
      await writeFile(join(dir, 'switchyard.yaml'), manyRules(port, count, by === 'host and path' ? byPlace : byRest));
      return start(program, ['run', join(dir, 'switchyard.yaml'), '--no-ui', '--data', dir, '--no-capture'], port);
    },
  };
}

const byPlace = (i: number): string =>
  i % 2 === 0 ? `host = tenant-${i}.example.test` : `path ^= /service-${i}/ and method = GET`;
const byRest = (i: number): string =>
  i % 2 === 0 ? `header[x-tenant] = tenant-${i}` : `path ~ "^/service-${i}/.*[.](js|css)$"`;

function manyRules(port: number, count: number, condition: (i: number) => string): string {
  const all = Array.from({ length: count - 1 }, (_, i) => condition(i));
  return JSON.stringify({
    version: 1,
    listeners: { bench: { address: `127.0.0.1:${port}` } },
    routes: [...all.map((match, i) => ({ name: `route ${i}`, match, pool: 'pool' })), { name: 'rest', pool: 'pool' }],
    pools: { pool: { backends: BACKEND_PORTS.map((backend) => ({ url: `http://127.0.0.1:${backend}` })) } },
    rules: [
      ...all.map((match, i) => ({ name: `rule ${i}`, match, request: [{ set: { [`x-rule-${i}`]: 'a value' } }] })),
      { name: 'rest', request: [{ set: { 'x-rule': 'a value' } }] },
    ],
  });
}

export function switchyard({ capture, rules }: SwitchyardOptions): Peer {
  const program = join(import.meta.dirname, '../bin/switchyard');
  return {
    name: `switchyard${capture ? '' : ', no capture'}${rules > 0 ? `, ${rules} rules` : ''}`,
    program,
    async start(dir, port) {
      await writeFile(join(dir, 'switchyard.yaml'), switchyardConfig(port, rules));
      const args = [
        'run',
        join(dir, 'switchyard.yaml'),
        '--no-ui',
        '--data',
        dir,
        ...(capture ? [] : ['--no-capture']),
      ];
      return start(program, args, port);
    },
  };
}

function switchyardConfig(port: number, rules: number): string {
  return JSON.stringify({
    version: 1,
    listeners: { bench: { address: `127.0.0.1:${port}`, limits: { connections: 20_000 } } },
    routes: [{ name: 'all', pool: 'pool' }],
    pools: { pool: { backends: BACKEND_PORTS.map((backend) => ({ url: `http://127.0.0.1:${backend}` })) } },
    rules: Array.from({ length: rules }, (_, index) => ({
      name: `rule ${index}`,
      match: `path ^= "${index < HOLDING_RULES ? '/' : `/never-${index}`}"`,
      request: [{ set: { [`x-request-${index}`]: 'a value' } }],
      response: [{ set: { [`x-response-${index}`]: 'a value' } }],
    })),
  });
}

/** Those whose program is there. */
export async function present<P extends { program: string }>(peers: readonly P[]): Promise<P[]> {
  const there = await Promise.all(peers.map(({ program }) => isInstalled(program)));
  return peers.filter((_, index) => there[index]);
}
