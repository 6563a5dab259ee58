/** TLS towards backends and clients, as nginx has it. */
import { expect, it } from 'vitest';
import { importConfig } from '../../proxy-engine/importers/import.ts';

const TOLD = /certificates of backends are not verified/;

it.each<[conf: string, tls: object, isTold: boolean]>([
  ['location / { proxy_pass https://a.test; }', { verify: false }, true],
  ['location / { proxy_pass https://a.test; proxy_ssl_verify off; }', { verify: false }, true],
  ['proxy_ssl_verify on; location / { proxy_pass https://a.test; }', { verify: true, serverName: 'a.test' }, false],
  [
    'location / { proxy_pass https://a.test; proxy_ssl_verify on; proxy_ssl_trusted_certificate ca.pem; proxy_ssl_name b.test; proxy_ssl_server_name on; }',
    { verify: true, ca: ['ca.pem'], serverName: 'b.test' },
    false,
  ],
  ['location / { proxy_pass https://127.0.0.1:1; proxy_ssl_verify on; }', { verify: true }, false],
  [
    'location / { proxy_pass https://a.test; proxy_ssl_certificate c.pem; proxy_ssl_certificate_key k.pem; }',
    { verify: false, cert: 'c.pem', key: 'k.pem' },
    true,
  ],
  ['location / { grpc_pass grpcs://a.test; grpc_ssl_verify on; }', { verify: true, serverName: 'a.test' }, false],
  [
    'location / { proxy_pass https://a.test; } location /a { proxy_pass https://a.test; proxy_ssl_verify on; }',
    { verify: true, serverName: 'a.test' },
    true,
  ],
])('backends: %s', (conf, tls, isTold) => {
  const { part, items } = importConfig(`server { listen 127.0.0.1:80; ${conf} }`);
  expect(Object.values(part.pools).map((pool) => pool.tls)).toEqual([tls]);
  expect(items.some(({ why = '' }) => TOLD.test(why))).toBe(isTold);
});

it.each<[conf: string, client: object | undefined]>([
  ['ssl_verify_client on; ssl_client_certificate ca.pem;', { mode: 'require', ca: 'ca.pem' }],
  ['ssl_verify_client optional; ssl_client_certificate ca.pem;', { mode: 'request', ca: 'ca.pem' }],
  ['ssl_verify_client off; ssl_client_certificate ca.pem;', undefined],
])('clients: %s', (conf, client) => {
  const { part } = importConfig(`server { listen 127.0.0.1:443 ssl; ${conf} return 200; }`);
  expect(part.listeners['nginx-443']?.tls?.client).toEqual(client);
});
