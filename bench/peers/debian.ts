/** The proxies that Debian has, one process or thread each. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BACKEND_PORTS, backendPorts } from '../backends.ts';
import { makeCertificate } from '../certificate.ts';
import { start } from '../run-program.ts';
import { CLEAR, type Peer, type Wire } from './peer.ts';

export function nginx(wire: Wire = CLEAR): Peer {
  return {
    name: 'nginx',
    program: 'nginx',
    async start(dir, port) {
      await makeCertificate(dir);
      await writeFile(join(dir, 'nginx.conf'), nginxConfig(dir, port, wire));
      return start('nginx', ['-c', join(dir, 'nginx.conf'), '-p', dir], port);
    },
  };
}

function nginxConfig(dir: string, port: number, wire: Wire): string {
  const servers = backendPorts(wire.out).map((backend) => `server 127.0.0.1:${backend};`);
  const secure = `ssl_certificate ${dir}/cert.pem; ssl_certificate_key ${dir}/key.pem;`;
  const listen = { http1: '', http2: ' http2', tls: ' ssl' }[wire.in];
  const scheme = wire.out === 'tls' ? 'https' : 'http';
  return `daemon off; worker_processes 1; worker_rlimit_nofile 65536; pid ${dir}/pid; error_log ${dir}/error.log;
events { worker_connections 32768; }
http {
  access_log off; client_body_temp_path ${dir}; proxy_temp_path ${dir}; fastcgi_temp_path ${dir}; uwsgi_temp_path ${dir}; scgi_temp_path ${dir};
  keepalive_requests 1000000000; client_max_body_size 0; ${wire.in === 'tls' ? secure : ''}
  upstream pool { ${servers.join(' ')} keepalive 256; keepalive_requests 1000000000; }
  server {
    listen 127.0.0.1:${port}${listen} backlog=4096;
    location / { proxy_pass ${scheme}://pool; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_request_buffering off; }
    location /socket { proxy_pass http://127.0.0.1:${BACKEND_PORTS[0] + 90}; proxy_http_version 1.1; proxy_set_header Connection Upgrade; proxy_set_header Upgrade $http_upgrade; }
  }
}
`;
}

export function haproxy(wire: Wire = CLEAR): Peer {
  return {
    name: 'haproxy',
    program: 'haproxy',
    async start(dir, port) {
      await makeCertificate(dir);
      await writeFile(join(dir, 'haproxy.cfg'), haproxyConfig(dir, port, wire));
      return start('haproxy', ['-f', join(dir, 'haproxy.cfg'), '-db'], port);
    },
  };
}

function haproxyConfig(dir: string, port: number, wire: Wire): string {
  const secure = wire.out === 'tls' ? ' ssl verify none' : '';
  const servers = backendPorts(wire.out).map((backend) => `  server s${backend} 127.0.0.1:${backend}${secure}`);
  const bind = { http1: '', http2: ' proto h2', tls: ` ssl crt ${dir}/both.pem` }[wire.in];
  return `global
  nbthread 1
  maxconn 9900
defaults
  mode http
  timeout connect 2s
  timeout client 60s
  timeout server 60s
  option forwardfor
frontend f
  bind 127.0.0.1:${port} backlog 4096${bind}
  use_backend socket if { path /socket }
  default_backend b
backend b
  balance roundrobin
${servers.join('\n')}
backend socket
  server s 127.0.0.1:${BACKEND_PORTS[0] + 90}
`;
}

export function caddy(wire: Wire = CLEAR): Peer {
  return {
    name: 'caddy',
    program: 'caddy',
    async start(dir, port) {
      await makeCertificate(dir);
      await writeFile(join(dir, 'Caddyfile'), caddyConfig(dir, port, wire));
      const env = { GOMAXPROCS: '1', HOME: dir, XDG_DATA_HOME: dir, XDG_CONFIG_HOME: dir };
      return start('caddy', ['run', '--config', join(dir, 'Caddyfile'), '--adapter', 'caddyfile'], port, env);
    },
  };
}

function caddyConfig(dir: string, port: number, wire: Wire): string {
  const scheme = wire.out === 'tls' ? 'https://' : '';
  const targets = backendPorts(wire.out).map((backend) => `${scheme}127.0.0.1:${backend}`);
  const transport = wire.out === 'tls' ? '\n    transport http {\n      tls_insecure_skip_verify\n    }' : '';
  const site = wire.in === 'tls' ? `https://localhost:${port}` : `http://127.0.0.1:${port}`;
  const tls = wire.in === 'tls' ? `\n  tls ${dir}/cert.pem ${dir}/key.pem` : '';
  const protocols = wire.in === 'http2' ? '\n  servers {\n    protocols h1 h2c\n  }' : '';
  return `{
  admin off
  auto_https off${protocols}
}
${site} {
  bind 127.0.0.1${tls}
  reverse_proxy /socket 127.0.0.1:${BACKEND_PORTS[0] + 90}
  reverse_proxy ${targets.join(' ')} {
    lb_policy round_robin${transport}
  }
}
`;
}

/** `mode`: `reverse` has one backend, which is all that it can. `intercept` and `tunnel` are for clients that use a proxy. */
export function mitmproxy(mode: 'reverse' | 'intercept' | 'tunnel' = 'reverse'): Peer {
  const modes = {
    reverse: ['--mode', `reverse:http://127.0.0.1:${BACKEND_PORTS[0]}`],
    intercept: ['--ssl-insecure'],
    tunnel: ['--ignore-hosts', '.*'],
  };
  return {
    name: 'mitmproxy',
    program: 'mitmdump',
    start: (dir, port) => {
      const own = ['--listen-host', '127.0.0.1', '-p', String(port), '--set', `confdir=${dir}`];
      return start('mitmdump', ['-q', ...modes[mode], ...own], port);
    },
  };
}
