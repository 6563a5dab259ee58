/** What another machine has, or an import must not leave to others, is told. */
import { expect, it } from 'vitest';
import { configSchema } from '../../proxy-engine/contract/config.ts';
import { type ImportOptions, importConfig } from '../../proxy-engine/importers/import.ts';

function told(conf: string, options: ImportOptions = {}) {
  const { part, items } = importConfig(conf, { format: 'nginx', ...options });
  return {
    part,
    lines: items.filter(({ outcome }) => outcome !== 'mapped').map(({ what, why }) => `${what}: ${why}`),
  };
}

const SITE = `server { listen 443 ssl; ssl_certificate a.pem; ssl_certificate_key a.key; ssl_client_certificate ca.pem; ssl_verify_client on;
  location / { proxy_pass https://b.test; proxy_ssl_verify on; proxy_ssl_trusted_certificate b.pem; } }`;

it('certificates that cannot be used here are told, and no config names them', () => {
  const { part, lines } = told(SITE, { canUse: () => false });
  expect(part.listeners['nginx-443']?.tls).toEqual({ local: true });
  expect(part.pools['b.test']?.tls).toEqual({ verify: true, serverName: 'b.test' });
  expect(part.routes[0]).toMatchObject({ respond: { status: 403 } });
  expect(lines.filter((line) => line.includes('cannot be used here'))).toHaveLength(2);
});

it('certificates that are there stay', () => {
  const { part } = told(SITE, { canUse: () => true });
  expect(part.listeners['nginx-443']?.tls).toEqual({
    certificates: [{ cert: 'a.pem', key: 'a.key' }],
    client: { mode: 'require', ca: 'ca.pem' },
  });
});

it.each([
  ['[::]:80', true, ['127.0.0.1:80', '[::1]:80']],
  ['[::]:80', false, ['127.0.0.1:80', '127.0.0.2:80']],
  ['[::1]:80', false, ['127.0.0.1:80', '127.0.0.2:80']],
])('listen 80 and %s, where there is IPv6: %s', (listen, hasIpv6, addresses) => {
  const { part } = told(`server { listen 80; listen ${listen}; return 204; }`, { hasIpv6 });
  expect(Object.values(part.listeners).map(({ address }) => address)).toEqual(addresses);
});

it.each([
  ['location / { try_files $uri /a.html =404; }', ['/www/a.html']],
  ['location = /x { alias /www/x.txt; }', ['/www/x.txt']],
])('a file that is not there is told: %s', (conf, files) => {
  const lines = (isFile: boolean | undefined) =>
    told(`server { listen 80; root /www; ${conf} }`, { isFile: () => isFile }).lines;
  const missing = lines(undefined).filter((line) => !lines(true).includes(line));
  expect(missing).toEqual(
    files.map((file) => expect.stringContaining(`${file} is not there: 404 is answered until it is`)),
  );
});

it('a map of paths counts for the servers that use it', () => {
  const { part } =
    told(`map $uri $n { default ""; /old /new; } server { listen 81; if ($n) { return 301 $n; } location / { proxy_pass http://a; } }
    server { listen 82; location / { proxy_pass http://b; } }`);
  const odd = part.routes.filter(({ name }) => name.includes('odd paths'));
  expect(odd.map(({ listeners }) => listeners)).toEqual([['nginx-81']]);
});

it('a variable names no certificate', () => {
  const { part } = told(
    'server { listen 443 ssl; ssl_certificate $ssl_server_name.pem; ssl_certificate_key a.key; return 204; }',
  );
  expect(part.listeners['nginx-443']?.tls).toEqual({ local: true });
});

it.each([
  ['server { listen 99999; return 200; }', /listen 99999: a listener has an address and one port/],
  ['server { listen ${PORT}; return 200; }', /has to be filled in first/],
  ['server { listen 80; root /www; index index.html index.htm; }', /index index.html index.htm: .*index.html only/],
])('%s', (conf, line) => expect(told(conf).lines.join('\n')).toMatch(line));

it.each([true, false])(
  'what a server of a new listener leaves is 404 beside a route that takes all: %s',
  (isForAll) => {
    const into = configSchema.parse({
      version: 1,
      listeners: { old: { address: '127.0.0.1:81' } },
      pools: { app: { backends: [{ url: 'http://127.0.0.1:1' }] } },
      routes: [{ name: 'all', pool: 'app', ...(isForAll ? {} : { listeners: ['old'] }) }],
    });
    const { part } = told('server { listen 82; location /a { proxy_pass http://127.0.0.1:2; } }', { into });
    expect(part.routes.at(-1)).toMatchObject(
      isForAll ? { listeners: ['nginx-82'], respond: { status: 404 } } : { pool: '127.0.0.1:2' },
    );
  },
);

it.each([
  ['0.0.0.0:82', ['old'], []],
  ['[::]:82', ['old'], []],
  ['localhost:82', ['old'], []],
  ['127.0.0.1:82', ['old'], []],
  ['127.0.0.1:83', ['nginx-82'], ['nginx-82']],
])('a port that the config has at %s gets no second listener', (address, used, made) => {
  const into = configSchema.parse({ version: 1, listeners: { old: { address, allowRemote: true } } });
  const { part } = told('server { listen 82; return 204; }', { into });
  expect(part.routes[0]?.listeners).toEqual(used);
  expect(Object.keys(part.listeners)).toEqual(made);
});

it('a port of a forward listener is told', () => {
  const into = configSchema.parse({ version: 1, listeners: { old: { address: '127.0.0.1:82', mode: 'forward' } } });
  expect(told('server { listen 82; return 204; }', { into }).lines.join()).toMatch(
    /the listener old of the config has/,
  );
});

it('each limit has a rule, and one that is the same for all counts what comes to the listener', () => {
  const { part } =
    told(`limit_req_zone $binary_remote_addr$request_uri zone=one:1m rate=1r/s; limit_req_zone $server_name$binary_remote_addr zone=two:1m rate=2r/s; limit_req_zone all zone=three:1m rate=3r/s;
    server { listen 80; location / { limit_req zone=one; limit_req zone=two; limit_req zone=three; proxy_pass http://127.0.0.1:2; } }`);
  const limits = part.rules.flatMap(({ limit }) => (limit ? [`${limit.requests} ${limit.key}`] : []));
  expect(limits.toSorted()).toEqual(['2/s client_ip', '3/s $listener']);
});

it('keys and choices that differ a little are told', () => {
  const { part, lines } =
    told(`upstream a { hash $cookie_sid; server 127.0.0.1:1; server 127.0.0.1:2; } upstream b { random two least_conn; server 127.0.0.1:1; }
    server { listen 80; location / { proxy_pass http://a; } location /b { proxy_pass http://b; } }`);
  expect(part.pools['a']).toMatchObject({ policy: 'ketama', hash: { on: 'cookie', name: 'sid' } });
  expect(part.pools['b']).toMatchObject({ policy: 'least_request' });
  expect(lines.join('\n')).toMatch(
    /hash \$cookie_sid: with a ring of hashes.*\n.*random two least_conn: the one of all/,
  );
});

it('split_clients is the split of a route, by its key', () => {
  const { part, lines } =
    told(`upstream a { server 127.0.0.1:1; } upstream b { server 127.0.0.1:2; } split_clients "$remote_addr$http_user_agent" $pool { 0.5% a; 20% b; * 127.0.0.1:3; } split_clients $request_id $any { 50% a; * b; }
    server { listen 80; location / { proxy_pass https://$pool; } location /any { proxy_pass http://$any; } location /odd { if ($any = a) { return 403; } return 204; } }`);
  expect(part.routes.find(({ name }) => name === 'default')).toMatchObject({
    split: [
      { pool: 'a', weight: 50 },
      { pool: 'b', weight: 2000 },
      { pool: '127.0.0.1:3', weight: 7950 },
    ],
    stickyBy: '$client_ip$header[user-agent]',
  });
  expect(part.pools['a']?.backends).toEqual([{ url: 'https://127.0.0.1:1' }]);
  const any = part.routes.find(({ name }) => name === 'any');
  expect([any?.split?.map(({ weight }) => weight), any?.stickyBy]).toEqual([[5000, 5000], undefined]);
  expect(lines.join('\n')).toMatch(/if \(\$any = a\): .*403 is answered to all/);
});

it('bytes that are no UTF-8 are told where they count', () => {
  const { lines } = told(
    '# caf\ufffd\nserver { listen 80; location / { add_header X-City M\ufffdnchen; return 204; } }',
  );
  const lost = lines.filter((line) => line.includes('\ufffd'));
  expect(lost).toEqual([
    expect.stringContaining('add_header X-City M\ufffdnchen: it is not UTF-8, and these bytes are lost'),
  ]);
});
