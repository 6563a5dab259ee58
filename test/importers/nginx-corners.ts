/** What nginx does in corners that configurations rely on: paths, hosts, phases, groups. */
import type { Site } from './nginx-sites.ts';

/** Paths that nginx decodes or normalises before it looks for a location. */
const NOT_NORMAL = [
  '/%61dmin',
  '//admin',
  '/./admin',
  '/x/../admin',
  '/x/%2e%2e/admin',
  '/index%2ephp',
  '/%2ehtpasswd',
  '/a/..',
  '/a/.',
];

export const CORNERS: Site[] = [
  {
    name: 'lines that are not always there',
    conf: `location / { proxy_set_header X-H $http_x_foo; proxy_set_header X-C $cookie_sid; proxy_set_header X-Q $args; proxy_set_header X-Same $http_x_same;
      proxy_set_header X-Orig $http_host; proxy_set_header Host inner.test; add_header X-Origin $http_origin always; add_header X-Empty ""; proxy_pass http://BACK_A; }`,
    requests: [
      '/',
      ['/?a=1', { 'x-foo': 'f', cookie: 'sid=9; b=1', 'x-same': 's', origin: 'http://o.test' }],
      ['/', { 'x-h': 'mine', 'x-c': 'mine', 'x-q': 'mine' }],
      ['/', { x_under: '1', 'x.dot': '1', 'x-plain': '1' }],
    ],
  },
  {
    name: 'lines with underscores',
    http: 'underscores_in_headers on;',
    conf: 'location / { proxy_pass http://BACK_A; }',
    requests: [['/', { x_under: '1', 'x.dot': '1' }]],
  },
  {
    name: 'paths that are not plain',
    conf: `root FILES; location / { proxy_pass http://BACK_A; } location /admin { deny all; } location ~ \\.php$ { fastcgi_pass 127.0.0.1:1; } location ~ /\\.ht { deny all; }
      location /at@x { return 200 "said at"; } location /caf\u00e9 { return 200 "said caf"; }`,
    requests: [
      ...['/admin', '/a%20b', '/%E4%B8%AD', '/a.b', '/a..b', '/...', '/a%2Bb', '/caf%C3%A9', '/at@x'],
      ...NOT_NORMAL,
      ...['/a%2Fb', '/x%2f..%2fadmin', '/at%40x', '/caf%c3%a9', '/a%', '/a%2', '/a%zz', '/a%00'],
    ],
    differs: [...NOT_NORMAL, ...['/a%2Fb', '/x%2f..%2fadmin', '/at%40x', '/caf%c3%a9']],
    told: [/paths: nginx decodes and normalises/, /fastcgi_pass/],
  },
  {
    name: 'escaped slashes that are no slashes of locations',
    conf: 'location /api/v4/ { proxy_pass http://BACK_A; } location /api/ { deny all; } location / { proxy_pass http://BACK_B; }',
    requests: [
      ...['/api/v4/projects/group%2Fproject', '/@scope%2fpackage', '/%7Euser', '/x%2Fy'],
      ...[
        '/api%2Fx',
        '/api%2Fv4/x',
        '/api/v4%2Fx',
        '/api%2Fv4%2fx',
        '/%2Fapi/x',
        '/x%2F..%2Fapi/x',
        '/x/..%2Fapi/x',
        '/x%2F../api/x',
      ],
    ],
    differs: [
      '/api%2Fx',
      '/api%2Fv4/x',
      '/api/v4%2Fx',
      '/api%2Fv4%2fx',
      '/%2Fapi/x',
      '/x%2F..%2Fapi/x',
      '/x/..%2Fapi/x',
      '/x%2F../api/x',
    ],
    told: [/paths: nginx decodes/],
  },
  {
    name: 'paths that go on as they came',
    conf: 'location / { proxy_pass http://BACK_A/base/; }',
    requests: ['/a', '/a%20b', '/a%2Fb'],
    differs: ['/a%2Fb'],
    told: [/the path goes on as the client wrote it/],
  },
  {
    name: 'several servers at a port',
    http: `server { listen 127.0.0.1:PORT; server_name first.test; location /a { return 200 "said first"; } }
      server { listen 127.0.0.1:PORT; server_name *.wild.test; return 200 "said wild"; }
      server { listen 127.0.0.1:PORT; server_name www.*; return 200 "said www"; }
      server { listen 127.0.0.1:PORT; server_name ~^\\w+\\.re\\.test$; return 200 "said re"; }
      server { listen 127.0.0.1:PORT; server_name exact.wild.test .both.test; return 200 "said exact"; }`,
    conf: 'server_name site.test; location /b { return 200 "said site"; }',
    requests: [
      'first.test',
      'a.wild.test',
      'exact.wild.test',
      'www.wild.test',
      'www.re.test',
      'a.re.test',
      'both.test',
      'x.both.test',
    ]
      .concat(['site.test', 'nobody.test', 'SITE.test', 'site.test:81', 'a.b.wild.test', '127.0.0.1'])
      .flatMap((host): [string, Record<string, string>][] => [
        ['/a', { host }],
        ['/b', { host }],
      ]),
  },
  {
    name: 'endings that are tried',
    conf: 'root FILES; location / { try_files $uri $uri.html $uri/ =404; } location /code { try_files $uri =410; } location /last { try_files $uri /a.txt; }',
    requests: ['/50x', '/50x.html', '/a.txt', '/none', '/dir', '/code', '/last/x', '/'],
    differs: ['/dir'],
    told: [/directory without index.html/],
  },
  {
    name: 'aliases of all kinds',
    conf: `location /one { alias FILES/dir; } location = /file { alias FILES/a.txt; } location ~ ^/re/(.*)$ { alias FILES/$1; }
      location /deep/ { alias FILES/; location /deep/dir/ { add_header X-In 1; } }`,
    requests: ['/one/b.txt', '/file', '/re/a.txt', '/deep/a.txt', '/deep/dir/b.txt', '/one../a.txt'],
    differs: ['/re/a.txt', '/one../a.txt'],
    told: [/alias FILES\/\$1|\/\$1/],
  },
  {
    name: 'groups of patterns',
    conf: `location ~ ^/user/(\\d+)$ { proxy_pass http://BACK_A/profile/$1; } location ~ ^/r/(?<rest>.*)$ { return 302 /s/$rest; }
      location /u { proxy_pass http://BACK_A$uri; } location / { proxy_pass http://BACK_A; rewrite ^/w/(\\w+) /x/$1 break; }`,
    requests: ['/user/7', '/r/a/b', '/w/a', '/w/a/more', '/u'],
    told: [/the parameters of the request stay/, /path and parameters go on/],
  },
  {
    name: 'patterns of proxy_pass',
    conf: 'location / { resolver 127.0.0.1; set $up BACK_A; if ($http_x = 1) { set $up BACK_B; } proxy_pass http://$up; }',
    requests: ['/', ['/', { x: '1' }]],
  },
  {
    name: 'conditions on the whole address',
    conf: `if ($request_uri ~ ^/block) { return 403; } if ($request_uri = "/eq?a=1") { return 410; } if ($request_uri ~* "secret=1$") { return 402; }
      if ($request_method !~ ^(GET|HEAD)$) { return 405; } location / { proxy_pass http://BACK_A; }`,
    requests: ['/', '/block/x', '/eq?a=1', '/eq', '/a?Secret=1', '/xblock', 'POST /'],
  },
  {
    name: 'try_files that ends in another location',
    conf: `root FILES; location /j { try_files $uri /api/fixed; } location /k { try_files $uri /api/fixed?$args; } location /sp { alias FILES; try_files $uri /sp/index.html; }
      location /api/ { proxy_pass http://BACK_B/; proxy_set_header X-A 1; add_header X-B 2; } location /d { try_files $uri /secret/a; } location /secret { deny all; root FILES; }`,
    requests: ['/j', '/k?x=1', '/sp/none', '/sp/a.txt', '/d/x', '/j?x=1'],
    differs: ['/d/x', '/j?x=1'],
    told: [/fixed: the parameters of the request stay/, /secret\/a: what it goes on to/],
  },
  {
    name: 'patterns beside nested prefixes',
    conf: `location / { proxy_pass http://BACK_A; location /n { proxy_pass http://BACK_A; location /n/n { proxy_pass http://BACK_B; } } location ~ \\.txt$ { return 200 "said txt"; } }
      location /beside { return 200 "said beside"; }`,
    requests: ['/', '/n', '/n/n', '/a.txt', '/n/n/x.txt', '/beside/x.txt'],
  },
  {
    name: 'limits come behind answers',
    http: 'limit_req_zone $binary_remote_addr zone=ans:1m rate=1r/m;',
    conf: 'limit_req zone=ans; location /r { return 200 "said r"; } location / { proxy_pass http://BACK_A; }',
    requests: ['/r', '/r', '/'],
  },
  {
    name: 'rewrites to other locations close',
    conf: `rewrite ^/api/v1/(.*)$ /api/v2/$1 last; location /api/v2 { proxy_pass http://BACK_B; } location /a { rewrite ^/a/(.*)$ /private/$1 last; proxy_pass http://BACK_A; }
      location /private { deny all; } location / { rewrite ^/same/(.*)$ /$1 last; proxy_pass http://BACK_A; }`,
    requests: ['/', '/api/v2/x', '/a', '/same/x', '/api/v1/x', '/a/x'],
    differs: ['/api/v1/x', '/a/x', '/same/x'],
    told: [/rewrite \^\/api\/v1.*502/, /rewrite \^\/a\/.*502/, /rewrite \^\/same\/.*502/],
  },
  {
    name: 'several rules for redirects of backends',
    http: 'upstream red { server BACK_A; }',
    conf: 'location /two { proxy_pass http://red; proxy_redirect http://red/ /one/; proxy_redirect http://other/ /two/; }',
    requests: ['/two/redirect'],
  },
  {
    name: 'who may come, by networks of all sizes',
    conf: `location /a { deny 127.0.0.1; allow all; proxy_pass http://BACK_A; } location /b { allow 127.0.0.0/24; deny all; proxy_pass http://BACK_A; }
      location /c { allow ::1; deny all; proxy_pass http://BACK_A; } location /e { deny 10.0.0.0/8; deny 192.168.1.1; allow 127.0.0.0/8; deny all; proxy_pass http://BACK_A; }
      location /d { allow 127.0.0.0/30; deny all; proxy_pass http://BACK_A; } location /f { allow 127.0.0.2/31; deny all; proxy_pass http://BACK_A; } location /g { deny 126.0.0.0/7; proxy_pass http://BACK_A; }
      location /h { deny 173.245.48.0/20; deny 2400:cb00::/32; deny fc00::/7; allow 127.0.0.0/17; deny all; proxy_pass http://BACK_A; } location /i { allow 64.0.0.0/2; deny all; proxy_pass http://BACK_A; }
      location /z { deny 2001:0:1::/48; proxy_pass http://BACK_A; }`,
    requests: ['/a', '/b', '/c', '/e', '/d', '/f', '/g', '/h', '/i', '/z'],
    differs: ['/z'],
    told: [/deny 2001:0:1::\/48: networks of IPv6/],
  },
  {
    name: 'what break ends',
    conf: `location /a/ { rewrite ^/a/(.*)$ /b/$1 break; rewrite ^/b/(.*)$ /c/$1 break; proxy_pass http://BACK_A; } location /if { if ($http_x = 1) { break; } rewrite ^/if/(.*)$ /moved/$1 break; proxy_pass http://BACK_A; }
      location /f { rewrite ^/f/ok /x break; return 403; proxy_pass http://BACK_A; } location /g/ { if ($http_x = 1) { rewrite ^/g/(.*)$ /one/$1 break; } rewrite ^/g/(.*)$ /two/$1 break; proxy_pass http://BACK_A; }
      location /d { rewrite ^/d/x /y break; if ($http_x = 1) { return 410; } deny all; proxy_pass http://BACK_A; } location /p/ { rewrite ^/p/x/(.*)$ /p/y/$1 break; proxy_pass http://BACK_B/base/; }
      location /h { break; return 403; proxy_pass http://BACK_A; } location /i { rewrite ^/i/x /y break; add_header X-A 1; try_files $uri @app; } location @app { proxy_pass http://BACK_B; }`,
    requests: ['/a/1', '/if/1', '/f/ok', '/f/no', '/g/1', '/d/x', '/d', '/p/x/1', '/p/1', '/h', '/i/x', '/i'].flatMap(
      (path): Site['requests'] => [path, [path, { x: '1' }]],
    ),
    told: [/try_files|paths/],
  },
];
