/** TLS towards backends and clients, as nginx has it. */
import { expect, it } from 'vitest';
import { configSchema } from '../../proxy-engine/contract/config.ts';
import { importConfig } from '../../proxy-engine/importers/import.ts';

const TOLD = /certificates of backends are not verified/;

it('locations that differ in certificates have a pool each, and share it where they do not', () => {
  const CLIENT = 'proxy_ssl_certificate c.pem; proxy_ssl_certificate_key k.pem;';
  const { part } = importConfig(`upstream u { server u.test:443; } server { listen 127.0.0.1:80;
    location / { proxy_pass https://a.test; proxy_read_timeout 5s; } location /a { proxy_pass https://a.test; proxy_ssl_verify on; } location /b { proxy_pass https://a.test; ${CLIENT} }
    location /c { proxy_pass https://a.test; ${CLIENT} } location /u { proxy_pass https://u; } location /v { proxy_pass https://u; proxy_ssl_name v.test; } }`);
  const tlsOf = (path: string) => {
    const { pool = '' } = part.routes.find(({ match, pool }) => pool && match === `path ^= ${path}`) ?? {};
    return [pool, part.pools[pool]?.tls, part.pools[pool]?.timeouts];
  };
  const [plain, verified] = [{ verify: false }, { verify: true, serverName: 'a.test' }];
  expect(tlsOf('/a')).toEqual(['a.test', verified, undefined]);
  expect(tlsOf('/b')).toEqual(['a.test 2', { ...plain, cert: 'c.pem', key: 'k.pem' }, undefined]);
  expect(tlsOf('/c')).toEqual(tlsOf('/b'));
  expect(tlsOf('/u')).toEqual(['u', plain, undefined]);
  expect(tlsOf('/v')).toEqual(['u 2', { ...plain, serverName: 'v.test' }, undefined]);
  const { pool = '' } = part.routes.at(-1) ?? {};
  expect([part.pools[pool]?.tls, part.pools[pool]?.timeouts]).toEqual([plain, { head: '5s', idle: '5s' }]);
});

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

const OWN = 'ssl_certificate s.pem; ssl_certificate_key s.key;';
const asking = (ca: string) => `${OWN} ssl_verify_client on; ssl_client_certificate ${ca};`;
const at = (listen: string, name: string, more: string) =>
  `server { listen ${listen}; server_name ${name}; ${more} location / { proxy_pass http://a.test; } }`;

it.each<[what: string, conf: string, client: object | undefined, closed: string[]]>([
  ['the old way', at('443', 'a', `ssl on; ${asking('1.pem')}`), { mode: 'require', ca: '1.pem' }, []],
  [
    'ssl of a later server',
    at('443', 'a', asking('1.pem')) + at('443 ssl', 'b', asking('1.pem')),
    { mode: 'require', ca: '1.pem' },
    [],
  ],
  [
    'HTTP/3 first',
    `server { listen 443 quic reuseport; listen 443 ssl; ${asking('1.pem')} return 200; }`,
    { mode: 'require', ca: '1.pem' },
    [],
  ],
  [
    'two authorities',
    at('443 ssl', 'a', asking('1.pem')) + at('443 ssl', 'b', asking('2.pem')),
    { mode: 'require', ca: '1.pem' },
    ['b closed'],
  ],
  ['revoked ones', at('443 ssl', 'a', `${asking('1.pem')} ssl_crl l.pem;`), undefined, ['a closed']],
  ['none that is known', at('443 ssl', 'a', `${OWN} ssl_verify_client on;`), undefined, ['a closed']],
  [
    'one that does not require them first',
    at('443 ssl', 'a', `${OWN} ssl_verify_client optional; ssl_client_certificate 2.pem;`) +
      at('443 ssl', 'b', asking('1.pem')),
    { mode: 'require', ca: '1.pem' },
    [],
  ],
])('who has no certificate is turned away: %s', (_, conf, client, closed) => {
  const { part, items } = importConfig(conf);
  expect(part.listeners['nginx-443']?.tls?.client).toEqual(client);
  expect(part.routes.filter(({ respond }) => respond?.status === 403).map(({ name }) => name)).toEqual(closed);
  expect(items.some(({ why = '' }) => why.includes('delete the route'))).toBe(closed.length > 0);
});

it.each<[client: object | undefined, closed: boolean]>([
  [undefined, true],
  [{ mode: 'request', ca: '1.pem' }, true],
  [{ mode: 'require', ca: '2.pem' }, true],
  [{ mode: 'require', ca: '1.pem' }, false],
])('also at a listener of the config that it is added to: %j', (client, closed) => {
  const tls = { local: true, ...(client && { client }) };
  const into = configSchema.parse({ version: 1, listeners: { web: { address: '127.0.0.1:443', tls } } });
  const { part, items } = importConfig(at('443 ssl', 'a', asking('1.pem')), { into });
  expect(part.listeners).toEqual({});
  expect(part.routes[0]?.respond?.status === 403 && part.routes[0].listeners?.join() === 'web').toBe(closed);
  expect(items.map(({ why = '' }) => why).join()).toContain('the listener web of the config has this address');
});
