/** Which server of an address a Host goes to. */
import { describe, expect, it } from 'vitest';
import { configSchema } from '../../proxy-engine/contract/config.ts';
import { importConfig } from '../../proxy-engine/importers/import.ts';

describe('hosts', () => {
  it.each<[servers: string[], hosts: (string | undefined)[]]>([
    [['server_name a.test'], [undefined]],
    [
      ['server_name a.test', 'server_name b.test'],
      ['host = b.test', undefined],
    ],
    [
      ['', 'server_name a.test'],
      ['host = a.test', undefined],
    ],
    [['listen 127.0.0.1:80 default_server; server_name a', ''].reverse(), [undefined]],
    [
      ['server_name *.a.test', 'server_name b.a.test', 'server_name *.b.a.test'],
      ['host = b.a.test', 'host $= .b.a.test', undefined],
    ],
    [
      ['', 'server_name *.a.test', 'server_name b.a.test .c.a.test'],
      [
        '(host $= .a.test and not host in (b.a.test, c.a.test) and not host $= .c.a.test)',
        'host = b.a.test or host = c.a.test or host $= .c.a.test',
        undefined,
      ],
    ],
    [
      ['', 'server_name www.*', 'server_name ~^www\\.(a|b)\\.test$', 'server_name www.a.test'],
      [
        '(host ^= www. and not host = www.a.test)',
        '(host ~i "^www\\\\.(a|b)\\\\.test$" and not host = www.a.test and not host ^= www.)',
        'host = www.a.test',
        undefined,
      ],
    ],
    [
      ['listen 127.0.0.1:80; listen 127.0.0.1:81; server_name a', 'listen 127.0.0.1:80 default_server; server_name b'],
      ['host = a or listener = nginx-81', undefined],
    ],
    [
      ['server_name a.test', 'server_name b.test ""', 'server_name ~^[a-z.]*$'],
      [
        'host = b.test or not host ~ "."',
        '(host ~i "^[a-z.]*$" and not host in (a.test, b.test) and host ~ ".")',
        undefined,
      ],
    ],
    [
      ['server_name ~^a', 'server_name ~^ab'],
      ['(host ~i "^ab" and not host ~i "^a")', undefined],
    ],
    [
      ['server_name a.test', 'server_name a.test b.test'],
      ['host = b.test', undefined],
    ],
    [
      ['server_name *.a.test', 'server_name .a.test'],
      ['host = a.test', undefined],
    ],
    [
      ['', 'server_name a.test', 'server_name a.test'],
      ['host = a.test', undefined],
    ],
    [
      ['', 'listen 127.0.0.1:80; server_name a', 'listen 127.0.0.1:80; listen 127.0.0.1:81; server_name a b'],
      ['host = a', 'host = b or listener = nginx-81', undefined],
    ],
    [
      ['', 'server_name ~^(?!www\\.)[a-z]+\\.in$', 'server_name b.test ~^adm\\d++'],
      ['host ~i "^[a-z]+\\\\.in$"', '(host ~i "^adm\\\\d+" and not host = b.test)', 'host = b.test', undefined],
    ],
  ])('%j', (servers, hosts) => {
    const blocks = servers.map(
      (each) => `server { ${each.includes('listen') ? '' : 'listen 127.0.0.1:80;'} ${each}; return 200; }`,
    );
    const { part } = importConfig(blocks.join('\n'));
    expect(part.routes.filter(({ name }) => name !== 'odd hosts').map(({ match }) => match)).toEqual(hosts);
  });

  it('a server that no request reaches is told', () => {
    const { items } = importConfig('server { return 200; } server { return 201; }');
    expect(items.map(({ why }) => why)).toContain(
      'no request reaches it: it has no name that can be read, and another server is the default one',
    );
  });

  it('what a named server has no location for does not go to the default one', () => {
    const { part } = importConfig(`server { listen 127.0.0.1:80; location / { proxy_pass http://127.0.0.1:1; } }
      server { listen 127.0.0.1:80; server_name a.test; location /a { return 200; } }`);
    expect(part.routes.map(({ match, respond, pool }) => [match, respond?.status ?? pool]).slice(2)).toEqual([
      ['host = a.test and path ^= /a', 200],
      ['host = a.test', 404],
      [undefined, '127.0.0.1:1'],
    ]);
  });

  it.each<[servers: string, odd: boolean]>([
    ['server { listen 127.0.0.1:80; server_name a.test; return 200; }', false],
    ['server { listen 127.0.0.1:80; if ($host = a.test) { return 403; } location / { root /w; } }', true],
    ['server { listen 127.0.0.1:80; return 200; } server { listen 127.0.0.1:80; server_name a; deny all; }', true],
  ])('a dot at their end: %s', (servers, odd) => {
    const [first] = importConfig(servers).part.routes;
    expect(first?.match === 'host $= .' && first.respond?.status === 400).toBe(odd);
  });
});

it.each<[servers: string[], rules: unknown[]]>([
  [['underscores_in_headers on;'], [['listener = nginx-80', ['*.*']]]],
  [['', 'server_name a; underscores_in_headers on;'], [['listener = nginx-80', ['*_*', '*.*']]]],
  [
    ['', 'listen 127.0.0.1:81; underscores_in_headers on;'],
    [
      ['listener = nginx-80', ['*_*', '*.*']],
      ['listener = nginx-81', ['*.*']],
    ],
  ],
])('names of headers that are dropped: %j', (servers, rules) => {
  const blocks = servers.map(
    (each) => `server { ${each.includes('listen') ? '' : 'listen 127.0.0.1:80;'} ${each} return 200; }`,
  );
  const { part } = importConfig(blocks.join(' '));
  const named = part.rules.filter(({ name }) => name.startsWith('nginx header names'));
  expect(named.map(({ match, request = [] }) => [match, (request[0] as { delete: string[] }).delete])).toEqual(rules);
});

it('what is done to all heads at a listener of the config that it is added to holds for the routes of the file only', () => {
  const into = configSchema.parse({ version: 1, listeners: { web: { address: '127.0.0.1:80' } } });
  const conf = 'server { listen 80; location / { return 200; } } server { listen 81; return 204; }';
  expect(importConfig(conf, { into }).part.rules.map(({ match }) => match)).toEqual([
    'route = default and path = "*"',
    'route = default and method = TRACE',
    'listener = nginx-81 and path = "*"',
    'listener = nginx-81 and method = TRACE',
    'route = default',
    'listener = nginx-81',
  ]);
});

it.each<[listens: string[], listeners: Record<string, string>]>([
  [['80', '*:80', '0.0.0.0:80', '127.0.0.1:81'], { 'nginx-80': '127.0.0.1:80', 'nginx-81': '127.0.0.1:81' }],
  // nginx takes none of the servers of other addresses.
  [['10.0.0.5:80', 'example.com:80'], { 'nginx-80': '127.0.0.1:80', 'nginx-80 2': '127.0.0.2:80' }],
  [['80', '127.0.0.1:80'], { 'nginx-80': '127.0.0.2:80', 'nginx-80 2': '127.0.0.1:80' }],
  [
    ['[::]:80', '[2001:db8::1]:80', 'localhost:80'],
    { 'nginx-80': '[::1]:80', 'nginx-80 2': '127.0.0.2:80', 'nginx-80 3': '127.0.0.1:80' },
  ],
  [['80', 'unix:/run/a.sock', '8080-8082', '443 quic'], { 'nginx-80': '127.0.0.1:80' }],
])('listen %j', (listens, listeners) => {
  const servers = listens.map((listen) => `server { listen ${listen}; return 200; }`);
  const { part, items } = importConfig(servers.join('\n'));
  const made = Object.entries(part.listeners).map(([name, { address }]) => [name, address]);
  expect(Object.fromEntries(made)).toEqual(listeners);
  expect(part.routes.flatMap((route) => route.listeners ?? ['any']).every((name) => name in part.listeners)).toBe(true);
  const unreached = items.filter(({ why }) => why === 'no request reaches it: nothing here listens where it does');
  expect(unreached.length).toBe(listens.filter((listen) => /unix|-|quic/.test(listen)).length);
});
