/** What is closed because nothing here can ask as nginx does, and that the report says so by the name of the route. */
import { describe, expect, it } from 'vitest';
import { importConfig } from '../../proxy-engine/importers/import.ts';
import { ownRules } from './importing.ts';

/** Statuses of the routes at a path by their names, and what is told of the line `what`. */
function closing(conf: string, what: string): { closed: string[]; why: string | undefined } {
  const { part, items } = importConfig(`server { listen 127.0.0.1:80; ${conf} }`, { format: 'nginx' });
  const closed = part.routes.filter(({ respond }) => respond?.status === 403 || respond?.status === 502);
  const told = items.find((item) => item.outcome === 'unmapped' && item.what.startsWith(what));
  return { closed: closed.map(({ name, respond }) => `${name}: ${respond?.status}`), why: told?.why };
}

const PASS = 'proxy_pass http://a.test;';

describe('directives of other modules that ask who comes', () => {
  it.each([
    ...[
      'access_by_lua_file /a.lua;',
      'access_by_lua_block { local t = { "}" } -- it\'s }\nngx.exit(403) }',
      'js_access main.check;',
      'auth_gss on;',
    ],
    ...['auth_spnego on;', 'auth_oidc on;', 'auth_ldap x;', 'modsecurity on;', 'shib_request /x;', 'auth_jwt x;'],
    ...['rewrite_by_lua_file /a.lua;', 'waf on;', 'openidc x;', 'secure_link $arg_md5;', 'ModSecurityEnabled on;'],
  ])('%s', (directive) => {
    const { closed, why } = closing(`location /a { ${directive} ${PASS} }`, directive.split(' ')[0] ?? '');
    expect(closed).toEqual(['a closed: 403']);
    expect(why).toContain('403 is answered; delete the route a closed');
  });

  it.each([
    ...['auth_gss off; auth_gss_realm x;', 'modsecurity off; modsecurity_rules_file x;', 'auth_basic off;'],
    ...['auth_basic_user_file x;', 'access_log off;', 'dav_access user:rw;', 'zz_unknown on;', 'brotli on;'],
    ...['more_set_headers x;', 'include proxy_params;', 'include /etc/nginx/mime.types;'],
  ])('not by %s', (directive) => {
    expect(closing(`location /a { ${directive} ${PASS} }`, 'x').closed).toEqual([]);
  });
});

it.each<[conf: string, closed: string[]]>([
  [`server_name s; include x.conf; location / { ${PASS} }`, ['s closed: 403']],
  [`location / { satisfy any; allow all; js_access x; ${PASS} }`, []],
  [`location / { satisfy any; allow all; modsecurity on; ${PASS} }`, ['default closed: 403']],
  [`location /a { include x.conf; fastcgi_pass a:1; }`, ['a: 502']],
  [`location /a { content_by_lua_file x; root /www; }`, ['a: 502']],
  [
    `root /www; location / { try_files $uri /i.html; } location = /i.html { auth_basic x; }`,
    ['default: 502', 'i.html closed: 403'],
  ],
])('%s', (conf, closed) => expect(closing(conf, 'x').closed.toSorted()).toEqual(closed));

describe('lines that the client may not forge', () => {
  it.each<[directive: string, deleted: string[], told: boolean]>([
    ['X-Forwarded-For $remote_addr', ['X-Forwarded-For'], false],
    ['X-Request-Id $request_id', ['X-Request-Id'], false],
    ['X-Forwarded-For $mine', ['X-Forwarded-For'], true],
    ['X-Verify $ssl_client_verify', ['X-Verify'], true],
    ['X-Who "u${remote_addr}s"', ['X-Who'], true],
    ['X-Who "a\x00b"', ['X-Who'], true],
    ['X-Forwarded-For $proxy_add_x_forwarded_for', [], false],
    ['X-Request-Id $http_x_request_id', [], false],
  ])('%s', (directive, deleted, told) => {
    const { part, items } = importConfig(
      `server { listen 127.0.0.1:80; location / { proxy_set_header ${directive}; ${PASS} } }`,
    );
    const actions = ownRules(part).flatMap(({ request = [] }) => request);
    expect(actions.flatMap((action) => ('delete' in action ? action.delete : []))).toEqual(deleted);
    expect(items.some(({ outcome }) => outcome === 'unmapped')).toBe(told);
  });
});

it('a guard whose condition is too long for an expression closes all the same, and is told in a few words', () => {
  const lines = Array.from({ length: 3000 }, (_, i) => `allow 10.${i >> 8}.${i & 255}.7;`).join(' ');
  const conf = `server { listen 127.0.0.1:80; server_name a.test; location / { ${lines} deny all; ${PASS} } }`;
  const { part, items } = importConfig(conf, { format: 'nginx' });
  const [first] = part.routes;
  expect(first).toEqual({ name: 'a.test closed', listeners: ['nginx-80'], respond: { status: 502 } });
  const told = items.find(({ what, outcome }) => what === 'route a.test closed' && outcome === 'unmapped');
  expect(told?.why).toMatch(/at most 32768 characters.*502 is answered to all that no route before it takes$/);
  expect(told?.why?.length).toBeLessThan(600);
});
