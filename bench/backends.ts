/** Origins that cost as little as can be: one nginx with three ports, answers from memory. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate } from './certificate.ts';
import { type Running, start } from './run-program.ts';

export const BACKEND_PORTS = [9301, 9302, 9303] as const;
const TLS_PORTS = [9304, 9305, 9306] as const;

/** Ports of the same origins, in clear or over TLS. */
export function backendPorts(protocol: 'http1' | 'tls'): readonly number[] {
  return protocol === 'tls' ? TLS_PORTS : BACKEND_PORTS;
}

/** `/`: 700 bytes. `/1m`: 1 MiB. `/upload`: takes a body and answers 204. `/json/…`: 600 bytes of JSON that name the path. */
export async function startBackends(): Promise<Running> {
  const dir = await mkdtemp(join(tmpdir(), 'bench-backends-'));
  await writeFile(join(dir, 'small'), 'x'.repeat(700));
  await writeFile(join(dir, '1m'), Buffer.alloc(1024 ** 2, 'y'));
  await makeCertificate(dir);
  await writeFile(join(dir, 'nginx.conf'), backendConfig(dir));
  const nginx = await start('nginx', ['-c', join(dir, 'nginx.conf'), '-p', dir], BACKEND_PORTS[0]);
  return {
    pid: nginx.pid,
    async stop() {
      await nginx.stop();
      await rm(dir, { recursive: true });
    },
  };
}

function backendConfig(dir: string): string {
  return `daemon off; worker_processes 1; pid ${dir}/pid; error_log ${dir}/error.log;
worker_rlimit_nofile 32768;
events { worker_connections 16384; }
http {
  access_log off; client_body_temp_path ${dir}; proxy_temp_path ${dir}; fastcgi_temp_path ${dir}; uwsgi_temp_path ${dir}; scgi_temp_path ${dir};
  keepalive_requests 1000000000; keepalive_timeout 600s; client_max_body_size 0; sendfile on; tcp_nopush on; open_file_cache max=10;
  server {
    ${BACKEND_PORTS.map((port) => `listen 127.0.0.1:${port} backlog=4096;`).join(' ')}
    ${TLS_PORTS.map((port) => `listen 127.0.0.1:${port} ssl backlog=4096;`).join(' ')}
    ssl_certificate ${dir}/cert.pem; ssl_certificate_key ${dir}/key.pem;
    root ${dir};
    location = / { try_files /small =404; default_type text/plain; }
    location = /1m { default_type application/octet-stream; }
    location = /upload { client_body_buffer_size 16m; proxy_pass_request_body off; proxy_set_header Content-Length ""; proxy_pass http://127.0.0.1:${BACKEND_PORTS[0]}/sink; }
    location = /sink { return 204; }
    location /json/ { default_type application/json; return 200 '{"path":"$request_uri","method":"$request_method","lines":[${'"a line of an answer", '.repeat(24)}"the last"]}'; }
  }
}
`;
}
