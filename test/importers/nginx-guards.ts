/** What turns requests away in nginx, in ways that nothing here can ask: it stays closed. */
import type { Site } from './nginx-sites.ts';

const PASS = 'proxy_pass http://BACK_A;';
const AUTH = 'auth_basic x; auth_basic_user_file FILES/passwords;';

export const GUARDS: Site[] = [
  {
    name: 'canaries by an error page, whose location asks anew who comes',
    conf: `error_page 418 = @canary; deny all; location @canary { ${PASS} } location / { allow all; if ($http_x_canary = 1) { return 418; } ${PASS} }`,
    requests: ['/', ['/canary', { 'x-canary': '1' }]],
    differs: ['/canary'],
    told: [/return 418: 418 is answered/, /error_page 418/],
  },
  {
    name: 'satisfy any',
    conf: `location / { satisfy any; allow 10.0.0.0/8; ${AUTH} ${PASS} } location /deny { satisfy any; deny 10.0.0.5; ${AUTH} ${PASS} }
      location /mine { satisfy any; allow 127.0.0.0/8; ${AUTH} ${PASS} } location /ask { satisfy any; allow 10.0.0.0/8; auth_request /auth; ${PASS} }
      location /all { satisfy any; allow all; ${AUTH} ${PASS} } location = /auth { internal; proxy_pass http://BACK_A/status/401; }
      location /post { satisfy any; allow 127.0.0.0/8; ${AUTH} ${PASS} limit_except GET { allow 10.0.0.0/8; } }`,
    requests: ['/', '/deny', '/mine', '/ask', '/all', '/post', 'POST /post'],
    // 401 there, 403 here.
    differs: ['/', '/deny', '/ask', 'POST /post'],
    told: [/auth_basic x: .*403 is answered; delete the route default closed/, /auth_basic x: .*all may come/],
  },
  {
    name: 'files of guards',
    conf: `location / { ${PASS} } location /a { include FILES/deny.conf; ${PASS} location /a/b { ${PASS} } } location /files { include FILES/deny.conf; root FILES; }
      location /tried { try_files $uri @app; } location @app { include FILES/deny.conf; ${PASS} }`,
    requests: ['/', '/a', '/a/b', '/files/a.txt', '/tried'],
    told: [/deny.conf: what it says may turn requests away, so the route a b closed answers 403/],
  },
  {
    name: 'conditions that nobody knows',
    http: 'geo $arg_ip $anon { default 1; 10.0.0.0/8 0; }',
    conf: `location / { ${PASS} } location /a { if ($anon) { return 302 /login; } ${PASS} } location /b { if ($anon) { return 301 http://other.test; } ${PASS} }
      location /c { if ($anon) { return 500; } ${PASS} } location /d { if ($anon) { return 503; } ${PASS} } location /e { if ($anon) { rewrite ^ /login redirect; } ${PASS} }
      location /f { if ($anon) { rewrite ^ /denied last; } ${PASS} } location /g { if ($anon) { rewrite ^/g/x /denied; } ${PASS} } location /h { if ($anon) { return 444; } ${PASS} }
      location /i { set $ok 0; if ($remote_addr = 10.0.0.1) { set $ok 1; } if ($ok = 0) { rewrite ^ /denied last; } ${PASS} } location /login { return 200 "said login"; } location = /denied { return 403; }`,
    requests: ['/', '/a', '/b', '/c', '/d', '/e', '/f', '/g', '/g/x', '/i'],
    differs: ['/a', '/b', '/c', '/d', '/e', '/f', '/g/x', '/i'],
    told: [
      /if \(\$anon\): .*turns requests away, 403 is answered to all: put its condition on the route a closed/,
      /leads elsewhere, 502/,
    ],
  },
  {
    name: 'conditions that are known, of what is not',
    conf: `location / { ${PASS} } location /a { if ($http_x_admin != 1) { rewrite ^ /denied last; } ${PASS} } location /b { if ($http_x_admin != 1) { rewrite ^/b/x /denied break; } ${PASS} }
      location /c { if ($http_x_admin != 1) { proxy_pass http://BACK_B; } ${PASS} } location /d { if ($http_x_admin != 1) { rewrite ^/d/x /denied redirect; return 403; } ${PASS} }
      location = /denied { return 403; }`,
    requests: [
      '/',
      ...['/a', '/b', '/b/x', '/c', '/d', '/d/x'].flatMap((path): Site['requests'] => [
        path,
        [path, { 'x-admin': '1' }],
      ]),
    ],
    differs: ['/a', '/b/x', '/c', '/d/x'],
    told: [/where its condition holds, the route a closed answers 502/],
  },
  {
    name: 'answers beside other directives',
    conf: `location / { ${PASS} } location /a { if ($http_x_admin != 1) { return 302 /login; break; } ${PASS} } location /b { if ($http_x_admin != 1) { set $x 1; return 403; } ${PASS} }
      location /c { if ($http_x_admin != 1) { access_log off; return 403; } ${PASS} } location /d { if ($http_x_admin != 1) { root FILES; return 403; } ${PASS} }
      location /e { if ($http_x_admin != 1) { rewrite ^/e/x /login permanent; break; } ${PASS} }`,
    requests: ['/a', '/b', '/c', '/d', '/e', '/e/x'].flatMap((path): Site['requests'] => [
      path,
      [path, { 'x-admin': '1' }],
    ]),
    told: [/set \$x 1/],
  },
  {
    name: 'redirects that cannot be written',
    conf: `location / { ${PASS} } location /old { rewrite ^/old/(.*)$ https://$server_addr/$1 permanent; ${PASS} } location /c { if ($scheme = http) { rewrite ^(.*)$ https://$server_addr$1 permanent; } ${PASS} }
      location /path { set $path /evil; return 302 $path; } location /query { return 302 /x$connection$request_uri; }`,
    requests: ['/', '/old', '/old/a', '/c/a', '/path', '/query?a'],
    differs: ['/old/a', '/c/a', '/path', '/query?a'],
    told: [/unknown variable; the route old moved answers 502/, /route c if moved answers 502/],
  },
  {
    name: 'lines that nobody may forge',
    http: 'map $http_x_api_key $consumer { default ""; k1 acme; }',
    conf: `location / { proxy_set_header X-Consumer $consumer; proxy_set_header X-Client-DN $ssl_client_s_dn; proxy_set_header X-Verified $ssl_client_verify;
      proxy_set_header X-User $remote_user; proxy_set_header Authorization ""; ${PASS} } location ~ ^/g/(.*)$ { proxy_set_header X-Group $1; ${PASS} }`,
    requests: [
      '/',
      ['/', { 'x-consumer': 'root', 'x-client-dn': 'CN=root', 'x-user': 'root', authorization: 'x' }],
      ['/v', { 'x-verified': 'SUCCESS' }],
      ['/g/', { 'x-group': 'root' }],
      '/g/a',
    ],
    differs: ['/v', '/g/a'],
    told: [/X-Client-DN \$ssl_client_s_dn: .*what the client sends as it is removed/, /X-Verified \$ssl_client_verify/],
  },
  {
    name: 'names of servers that look ahead',
    http: `server { listen 127.0.0.1:PORT; location / { ${PASS} } }
      server { listen 127.0.0.1:PORT; server_name ~^(?!www\\.)[a-z]+\\.internal\\.test$; allow 10.0.0.0/8; deny all; location / { ${PASS} } }
      server { listen 127.0.0.1:PORT; server_name b.test ""; return 204; }
      server { listen 127.0.0.1:PORT; server_name app.test ~^(?<n>adm(?:in)?\\d++)\\.app\\.test$; deny all; location / { ${PASS} } }`,
    conf: `server_name site.test; location / { ${PASS} }`,
    requests: ['api.internal.test', 'site.test', 'app.test', 'admin1.app.test', 'b.test', 'nobody.test'].map((host) => [
      '/',
      { host },
    ]),
    told: [/server_name .*where what it can read holds, the route unread server_name answers 403/],
  },
  {
    name: 'patterns that only nginx reads',
    conf: `location / { ${PASS} } location ~ ^/private/\\d++$ { deny all; } location ~* ^/secret(?>/.*)?$ { deny all; } location ~ "^/(a|b)/\\1/x$" { return 403; }
      location ~ ^/pos/\\Z { allow 10.0.0.1; deny all; ${PASS} }`,
    requests: ['/', '/private/12', '/secret', '/secret/a', '/a/a/x', '/pos/', '/a/b/c'],
    differs: ['/a/a/x', '/a/b/c', '/pos/'],
    told: [/RE2 cannot read all of the pattern/],
  },
  {
    name: 'hosts with a dot at their end',
    http: `server { listen 127.0.0.1:PORT; location / { ${PASS} } } server { listen 127.0.0.1:PORT; server_name admin.test; deny all; location / { ${PASS} } }`,
    conf: `server_name site.test; underscores_in_headers on; location / { ${PASS} }`,
    requests: [
      ['/', { host: 'admin.test' }],
      ['/dot', { host: 'admin.test.' }],
      ['/dot', { host: 'admin.test.:80' }],
      ['/', { x_under: '1' }],
    ],
    differs: ['/dot'],
    told: [/the route odd hosts answers 400/, /underscores_in_headers on: the default server/],
  },
  {
    name: 'what stands inside of, or behind, what only nginx reads',
    conf: `root FILES; location / { try_files $uri /a.txt; } location ~ ^/a\\.t++xt$ { deny all; } location ~ ^/p(?!ublic) { ${PASS} location ~ \\.txt$ { ${PASS} } } location /public { deny all; }
      location /x { rewrite ^/x/(.*)$ /x/y/$1; if ($uri ~ ^/x/y/secret) { return 403; } ${PASS} }`,
    requests: ['/none', '/a.txt', '/public.txt', '/p.txt', '/x/secret', '/x/y/secret'],
    differs: ['/none', '/a.txt', '/public.txt', '/p.txt', '/x/secret', '/x/y/secret'],
    told: [/RE2 cannot read all of the pattern/],
  },
  {
    name: 'modifiers without a blank, backslashes that are escaped',
    conf: `location / { ${PASS} } location =/exact { deny all; } location ~/\\.ht { deny all; } location ~*\\.bak$ { return 403; } location ^~/private { deny all; }
      location ~/\\\\.git { deny all; } location =/line { return 200 "said a\\n"; } location =/bare { return 200 said\\n; } location ~ \\.a$ { deny all; }`,
    requests: [
      '/exact',
      '/.htaccess',
      '/x.bak',
      '/x.BAK',
      '/private/x',
      '/.git/config',
      '/line',
      '/bare',
      '/exact/x',
      '/x.a',
      '/xa',
    ],
  },
  {
    name: 'methods that are let through by what nobody has read',
    conf: `location / { limit_except GET { include FILES/deny.conf; } ${PASS} } location /p { limit_except POST { include FILES/deny.conf; allow 127.0.0.1; } ${PASS} }`,
    requests: ['/', 'POST /', '/p', 'POST /p'],
    told: [/deny.conf: .*so the route default closed answers 403/],
  },
  {
    name: 'addresses that a balancer tells',
    conf: `set_real_ip_from 127.0.0.0/8; real_ip_header X-Forwarded-For; location / { ${PASS} } location /admin { allow 127.0.0.1; deny all; ${PASS} } location /ban { deny 203.0.113.9; ${PASS} }
      location /if { if ($remote_addr = 203.0.113.9) { return 403; } ${PASS} } location /none { deny all; ${PASS} } location /all { allow all; ${PASS} }`,
    requests: ['/', '/admin', '/ban', '/if', '/none', '/all'].flatMap((path): Site['requests'] => [
      path,
      [path, { 'x-forwarded-for': '203.0.113.9' }],
    ]),
    differs: ['/admin', '/ban', '/if'],
    told: [
      /allow 127.0.0.1: set_real_ip_from takes .*403 is answered to all/,
      /if \(\$remote_addr .*403 is answered to all/,
    ],
  },
  {
    name: 'links that may not be followed',
    conf: `location /f/ { alias FILES/; disable_symlinks on; } location /g/ { alias FILES/; disable_symlinks off; } location /p { disable_symlinks on; ${PASS} }`,
    requests: ['/f/link.html', '/f/a.txt', '/g/link.html', '/g/a.txt', '/p'],
    differs: ['/f/a.txt'],
    told: [/disable_symlinks on: .*403/],
  },
  {
    name: 'conditions on all lines of a header',
    conf: `location / { if ($http_x_forwarded_for ~ 9\\.9\\.9\\.9) { return 403; } ${PASS} } location /none { if ($http_x_forwarded_for = "") { return 403; } ${PASS} }`,
    requests: [['/', { 'x-forwarded-for': '9.9.9.9' }], ['/', { 'x-forwarded-for': '1.1.1.1' }], '/none'],
    differs: ['/'],
    told: [/if \(\$http_x_forwarded_for .*403 is answered to all/],
  },
  {
    name: 'methods with rules of their own',
    conf: `location /a { deny 127.0.0.1; limit_except GET { allow 127.0.0.1; deny all; } ${PASS} } location /b { limit_except GET { allow all; } deny all; ${PASS} } location /c { deny all; limit_except GET { ${PASS} } ${PASS} }
      location /d { limit_except GET { proxy_pass http://BACK_B; } rewrite ^/d/x /y break; ${PASS} } location /e { limit_except POST { deny all; proxy_pass http://BACK_B; } ${PASS} } location /f { limit_except GET { deny all; } return 200 "said f"; }`,
    requests: ['/a', '/b', '/c', '/d', '/d/x', '/e', '/f'].flatMap((path) => [path, `POST ${path}`]),
  },
  {
    name: 'patterns with a mode',
    conf: `root FILES; location / { try_files $uri /a.txt; } location ~ (?i)\\.php$ { deny all; }`,
    requests: ['/none', '/x.PHP', '/a.txt'],
    told: [/paths: nginx/],
  },
  {
    name: 'a map of paths alone',
    http: 'map $uri $is_private { default 0; ~^/private 1; /s.txt 1; } map $is_private $by_private { 1 yes; default no; }',
    conf: `location / { if ($by_private = yes) { return 403; } ${PASS} }`,
    requests: ['/', '/private', '/%70rivate', '//private', '/x/../private', '/s.txt', '/s%2etxt', '/S.TXT'],
    differs: ['/%70rivate', '//private', '/x/../private', '/s%2etxt'],
    told: [/paths: nginx decodes/],
  },
  {
    name: 'networks of clients that a balancer tells',
    http: 'geo $is_far { default 1; 127.0.0.0/8 0; } map $remote_addr $is_other { default 1; 127.0.0.1 0; } map $is_far$is_other $both { 00 0; default 1; }',
    conf: `set_real_ip_from 127.0.0.0/8; real_ip_header X-Forwarded-For; location / { ${PASS} } location /far { if ($is_far) { return 403; } ${PASS} } location /other { if ($is_other) { return 403; } ${PASS} }
      location /both { if ($both) { return 403; } ${PASS} } location /set { set $no 1; if ($remote_addr = 127.0.0.1) { set $no 0; } if ($no) { return 403; } ${PASS} }`,
    requests: ['/', '/far', '/other', '/both', '/set'].flatMap((path): Site['requests'] => [
      path,
      [path, { 'x-forwarded-for': '203.0.113.9' }],
    ]),
    differs: ['/far', '/other', '/both', '/set'],
    told: [/if \(\$is_far\): .*403 is answered to all/, /if \(\$no\): .*403 is answered to all/],
  },
  {
    name: 'values that something else gives, too',
    http: 'map $http_x_a $mapped { default 0; 1 1; }',
    conf: `location / { ${PASS} } location /map { set $mapped 0; if ($mapped) { return 403; } ${PASS} } location /group { set $word 0; if ($http_x_a ~ (?<word>.+)) { set $y 1; } if ($word) { return 403; } ${PASS} }
      location /uri { set $p $uri; if ($p ~ secret) { return 403; } ${PASS} } location /unknown { set $no 0; if ($ssl_cipher = x) { set $no 1; } if ($no) { return 403; } ${PASS} }`,
    requests: ['/', '/map', '/group', '/uri', '/uri/secret', '/unknown'].flatMap((path): Site['requests'] => [
      path,
      [path, { 'x-a': '1' }],
    ]),
    differs: ['/map', '/group', '/uri', '/unknown'],
    told: [/if \(\$mapped\): .*403/, /if \(\$word\): .*403/, /if \(\$p ~ secret\): .*403/],
  },
];
