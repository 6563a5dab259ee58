/** `include`: what is known of other files stands in its place, what is not closes. */
import { describe, expect, it } from 'vitest';
import { type ImportOptions, importConfig } from '../../proxy-engine/importers/import.ts';
import { globOf } from '../../proxy-engine/importers/nginx/includes.ts';

const PASS = 'proxy_pass http://a.test;';

function outcome(text: string, options: ImportOptions = {}) {
  const { part, items } = importConfig(text, { format: 'nginx', ...options });
  const routes = part.routes.filter(({ name }) => !name.endsWith('odd paths'));
  return {
    routes: routes.map(({ name, pool, respond }) => `${name}: ${pool ?? respond?.status}`),
    told: items.filter(({ outcome: each }) => each !== 'mapped').map(({ at, what, why }) => `${at}: ${what}: ${why}`),
    places: items.map(({ at }) => at),
  };
}

/** As `nginx -T` prints them. */
function dumped(files: Record<string, string>): string {
  return Object.entries(files)
    .map(([name, text]) => `# configuration file ${name}:\n${text}\n`)
    .join('\n');
}

describe('what nginx -T prints', () => {
  const main = (http: string) => ({ '/etc/nginx/nginx.conf': `events { }\nhttp {\n${http}\n}` });
  const server = (more: string) => `server { listen 127.0.0.1:80; ${more} }`;

  it('has each file in the place of its include', () => {
    const { routes, places } = outcome(
      dumped({
        ...main('allow 10.0.0.1; deny all; include sites/*.conf;'),
        '/etc/nginx/sites/a.conf': `\n${server(`location /app { ${PASS} } location /public { include open.conf; ${PASS} }`)}`,
        '/etc/nginx/open.conf': 'allow all;',
        '/etc/nginx/sites/.hidden.conf': server('server_name hidden; return 204;'),
      }),
    );
    expect(routes).toEqual(['public: a.test', 'app closed: 403', 'app: a.test']);
    expect(places).toContain('/etc/nginx/sites/a.conf line 2');
  });

  it('has files that include themselves, and such that are not there', () => {
    const { routes } = outcome(
      dumped({
        ...main(`include self.conf; ${server(`location / { include none.conf; ${PASS} }`)}`),
        '/etc/nginx/self.conf': 'include self.conf;',
      }),
    );
    expect(routes).toEqual(['default closed: 403', 'default closed 2: 403', 'default: a.test']);
  });
});

it('files that somebody reads', () => {
  const readIncluded = (name: string) =>
    name === 'x/*.conf'
      ? [
          { name: 'x/1.conf', text: 'deny all;' },
          { name: 'x/2.conf', text: 'return' },
        ]
      : null;
  expect(() => outcome(`include x/*.conf; server { ${PASS} }`, { readIncluded })).toThrow(
    'x/2.conf line 1: return does not end with a semicolon',
  );
});

describe('files that nobody has read', () => {
  it.each<[file: string, closed: boolean]>([
    ['/etc/nginx/blockips.conf', true],
    ['security.d/*.conf', true],
    ['/etc/nginx/mime.types', false],
    ['/etc/nginx/conf.d/*.conf', false],
    ['sites-enabled/*', false],
  ])('around all servers: %s', (file, closed) => {
    const { routes, told } = outcome(
      `http { include ${file}; server { listen 127.0.0.1:80; location / { ${PASS} } } }`,
    );
    expect(routes).toEqual([...(closed ? ['default closed: 403'] : []), 'default: a.test']);
    expect(told.join()).toContain(closed ? 'the route default closed answers 403' : `include ${file}: a`);
  });

  it('proxy_params is taken as Debian has it', () => {
    const { part, items } = importConfig(
      `server { listen 127.0.0.1:80; location / { include proxy_params; ${PASS} } }`,
    );
    expect(items.map(({ why }) => why)).toContain('its text is not here: it is taken as Debian has it');
    expect(part.rules.at(-1)?.request).toEqual([{ set: { 'X-Real-IP': '$client_ip' } }]);
    expect(part.pools['a.test']?.preserveHost).toBe(true);
  });

  it('servers stand in them', () => {
    expect(() => outcome('http { include sites-enabled/*; }')).toThrow(
      'there is neither a server nor an upstream block in it; it includes other files: import what nginx -T prints',
    );
  });
});

it.each<[pattern: string, name: string, holds: boolean]>([
  ['/a/*.conf', '/a/x.conf', true],
  ['/a/*.conf', '/a/x/y.conf', false],
  ['/a/*.conf', '/a/.x.conf', false],
  ['/a/*', '/a/xconf', true],
  ['/a/[a-c]?.conf', '/a/b1.conf', true],
  ['/a/[!a-c]*.conf', '/a/b1.conf', false],
  ['/a/x.conf', '/a/xxconf', false],
])('%s %s', (pattern, name, holds) => expect(globOf(pattern).test(name)).toBe(holds));

it.each([
  ['server { return 200 "abc; }', 'line 1: the quote that opens here does not close'],
  [`server { ${'location / { '.repeat(20_000)}`, 'more than 200 blocks lie within each other'],
])('what is broken: %#', (text, why) => expect(() => outcome(text)).toThrow(why));
