/** A server's configuration, what is asked of it, and what the import has to tell of it. */
export interface Site {
  name: string;
  /** Beside the server. */
  http?: string;
  conf: string;
  requests: (string | [line: string, headers: Record<string, string>])[];
  /** Requests that are answered otherwise here. */
  differs?: string[];
  /** What the report says then; none: all of it is mapped. */
  told?: RegExp[];
}

const PASS = 'location / { proxy_pass http://BACK_A; }';

export const SITES: Site[] = [
  { name: 'a backend', conf: PASS, requests: ['/', '/a?b=c', 'POST /x', '/status/404', 'TRACE /'] },
  {
    name: 'Host of an upstream',
    http: 'upstream up1 { server BACK_A; } upstream Up1B { server BACK_B; }',
    conf: 'location / { proxy_pass http://up1; } location /b { proxy_pass http://uP1b; } location /c { proxy_pass http://Up1B; }',
    requests: ['/', '/b', '/c'],
    told: [/paths: nginx/],
  },
  {
    name: 'Host of one location',
    http: 'upstream up2 { server BACK_A; }',
    conf: 'location / { proxy_pass http://up2; } location /own { proxy_pass http://up2; proxy_set_header Host $host; } location /port { proxy_pass http://up2; proxy_set_header Host $http_host; }',
    requests: ['/', '/own', '/port', ['/own', { host: 'site.test:81' }], ['/port', { host: 'site.test:81' }]],
  },
  {
    name: 'nested locations',
    conf: `location / { proxy_pass http://BACK_A; location /in/ { return 204; } location = /x { return 403; } }`,
    requests: ['/', '/in/a', '/x', '/y'],
  },
  {
    name: 'nested with what is above',
    conf: 'location /api/ { proxy_set_header X-A 1; proxy_pass http://BACK_A; location ~ \\.png$ { proxy_pass http://BACK_B; } }',
    requests: ['/api/a', '/api/a.png', '/b.png'],
  },
  {
    name: 'return text',
    conf: 'location /a { return 200 "said hello\\n"; } location /b { return 404 "said no $uri"; } location /v { return 200 "said $host $uri $scheme $request_method $http_x_who $args"; }',
    requests: ['/a', '/b', ['/v?x=1', { 'x-who': 'me' }]],
  },
  {
    name: 'return with a parameter',
    conf: 'location / { return 200 "said $arg_x"; }',
    requests: ['/?x=1'],
    differs: ['/?x=1'],
    told: [/return 200 said \$arg_x: its text/],
  },
  {
    name: 'return to https',
    conf: 'return 301 https://$host$request_uri;',
    requests: ['/', '/a/b?c=d&e', '/%7Ea?x=%20'],
  },
  {
    name: 'return to a path',
    conf: 'location /old { return 302 /new; } location /q { return 302 /new?from=$uri; }',
    requests: ['/old', '/q/a'],
  },
  { name: 'return of a URL alone', conf: 'location / { return https://x.test$request_uri; }', requests: ['/a?b'] },
  {
    name: 'rewrite',
    conf: 'location / { rewrite ^/rw/(.*)$ /x/$1 break; proxy_pass http://BACK_A; }',
    requests: ['/rw/a?z=1', '/other'],
  },
  {
    name: 'rewrite with parameters',
    differs: ['/rw/q?z=2'],
    told: [/its parameters come behind/],
    conf: 'location / { rewrite ^/rw/(.*)$ /x/$1?y=1 break; proxy_pass http://BACK_A; }',
    requests: ['/rw/q?z=2', '/rw/q', '/n?z=1'],
  },
  {
    name: 'rewrite that drops parameters',
    differs: ['/rw/q?z=2'],
    told: [/parameters of the request stay/],
    conf: 'location / { rewrite ^/rw/(.*)$ /x/$1? break; proxy_pass http://BACK_A; }',
    requests: ['/rw/q?z=2', '/n?z=1'],
  },
  {
    name: 'rewrite with a group in a parameter',
    conf: 'location / { rewrite ^/u/(\\d+)$ /user?id=$1 break; proxy_pass http://BACK_A; }',
    requests: ['/u/7', '/u/7?z=1'],
    differs: ['/u/7', '/u/7?z=1'],
    told: [/rewrite/],
  },
  {
    name: 'rewrite that is found anew',
    conf: 'location /a { rewrite ^/a/(.*)$ /b/$1 last; } location /b { proxy_pass http://BACK_B; } location / { proxy_pass http://BACK_A; }',
    requests: ['/a/x', '/b/x', '/c'],
    differs: ['/a/x'],
    told: [/rewrite/],
  },
  {
    name: 'rewrite of the server',
    conf: 'rewrite ^/s/(.*)$ /$1; location / { proxy_pass http://BACK_A; }',
    requests: ['/s/a', '/b'],
    differs: ['/s/a'],
    told: [/rewrite/],
  },
  {
    name: 'rewrite permanent',
    conf: `rewrite ^/p/(.*)$ /n/$1 permanent; rewrite ^/r/(.*)$ /n/$1? redirect; ${PASS}`,
    requests: ['/p/a?x=1', '/p/a', '/r/a?x=1', '/z'],
  },
  {
    name: 'proxy_pass with a path',
    conf: 'location /p/ { proxy_pass http://BACK_A/; } location /q { proxy_pass http://BACK_A/z; }',
    requests: ['/p/a?b=1', '/p/', '/q/a', '/q', '/qq'],
  },
  {
    name: 'proxy_pass with a query',
    conf: 'location /z { proxy_pass http://BACK_A/z?k=1; }',
    requests: ['/z', '/z?z=2'],
    differs: ['/z', '/z?z=2'],
    told: [/proxy_pass/],
  },
  {
    name: 'proxy_pass with a variable',
    conf: 'location / { proxy_pass http://BACK_A$request_uri; }',
    requests: ['/a?b', '/a'],
  },
  {
    name: 'proxy_pass in an exact location',
    conf: 'location = /e { proxy_pass http://BACK_A/other; } location / { return 404; }',
    requests: ['/e', '/e?x', '/ee'],
  },
  {
    name: 'kinds of locations',
    conf: 'location = / { return 200 "said exact"; } location ^~ /img/ { return 200 "said img"; } location ~* \\.(PNG|jpg)$ { return 200 "said pic"; } location ~ ^/A { return 200 "said A"; } location /a { return 200 "said a"; } location /a/b { return 200 "said ab"; } location / { return 200 "said all"; }',
    requests: ['/', '/img/x.png', '/x.png', '/a/x.JPG', '/A/x', '/a', '/a/b/c', '/zz'],
  },
  {
    name: 'add_header',
    conf: 'add_header X-A 1; location / { proxy_pass http://BACK_A; } location /own { add_header X-B 2 always; proxy_pass http://BACK_A; } location /r { return 404; } location /m { return 301 /; }',
    requests: ['/', '/status/404', '/status/201', '/own/status/500', '/own', '/r', '/m'],
  },
  {
    name: 'add_header that repeats',
    conf: 'location / { proxy_hide_header X-Inner; add_header X-A 1; add_header X-A 2; add_header X-Inner own; add_header X-H $host always; proxy_pass http://BACK_A; }',
    requests: ['/', '/status/404'],
  },
  {
    name: 'expires',
    conf: 'location / { expires 1h; proxy_pass http://BACK_A; }',
    requests: ['/'],
    differs: ['/'],
    told: [/expires/],
  },
  {
    name: 'headers for backends',
    conf: 'proxy_set_header X-S s; location / { proxy_pass http://BACK_A; } location /own { proxy_set_header X-L "$scheme $host"; proxy_set_header Cookie ""; proxy_pass http://BACK_A; }',
    requests: ['/', ['/own', { cookie: 'a=b', 'x-s': 'mine' }]],
  },
  {
    name: 'headers of http',
    http: '',
    conf: 'proxy_set_header X-Real-IP $remote_addr; proxy_set_header X-Uri $request_uri; location / { proxy_pass http://BACK_A; }',
    requests: ['/', '/a%20b?c=d', ['/', { 'x-uri': 'mine' }]],
  },
  {
    name: 'the whole address as a header',
    conf: `location /p/ { if ($http_x_if) { rewrite ^/p/(.*)$ /r/$1 break; } proxy_pass http://BACK_A/q/; proxy_set_header X-Original-URL $scheme://$http_host$request_uri; }
      location / { proxy_pass http://BACK_A; proxy_set_header X-Odd $request_uri$connection; add_header X-Uri $request_uri always; }`,
    requests: ['/p/a', '/p/a?b=c&d', '/', '/?x'],
    differs: ['/', '/?x'],
    told: [/X-Odd/, /add_header X-Uri/, /paths: nginx/],
  },
  {
    name: 'hidden headers',
    conf: 'proxy_hide_header X-Powered-By; location / { proxy_pass http://BACK_A; }',
    requests: ['/'],
  },
  {
    name: 'authorization',
    conf: 'location / { auth_basic "closed"; auth_basic_user_file FILES/a.txt; proxy_pass http://BACK_A; }',
    requests: ['/'],
    differs: ['/'],
    told: [/auth_basic/],
  },
  {
    name: 'who may come',
    conf: `location / { allow 10.0.0.0/8; deny all; proxy_pass http://BACK_A; } location /me { allow 127.0.0.1; deny all; proxy_pass http://BACK_A; }
      location /not-me { deny 127.0.0.0/8; proxy_pass http://BACK_A; } location /order { deny 127.0.0.1; allow 127.0.0.0/8; deny all; proxy_pass http://BACK_A; }
      location /none { deny all; } location /gone { deny all; return 404; } location /any { satisfy any; allow 127.0.0.1; deny all; proxy_pass http://BACK_B; }
      location /file { deny all; root FILES; } location /head { deny all; add_header X-A 1; add_header X-B 1 always; proxy_pass http://BACK_A; }`,
    requests: ['/', '/me', '/not-me', '/order', '/none', '/gone', '/any', '/file', '/head'],
  },
  {
    name: 'methods',
    conf: 'location / { limit_except GET { deny all; } proxy_pass http://BACK_A; } location /w { limit_except GET POST { allow 127.0.0.1; deny all; } proxy_pass http://BACK_A; }',
    requests: ['/', 'POST /', 'HEAD /', 'DELETE /w'],
  },
  {
    name: 'if',
    conf: 'location / { if ($request_method = POST) { return 405; } proxy_pass http://BACK_A; }',
    requests: ['/', 'POST /'],
  },
  {
    name: 'if of the server',
    conf: `if ($host != site.test) { return 301 https://site.test$request_uri; } ${PASS}`,
    requests: ['/', ['/other', { host: 'x.test' }], ['/o?a=1', { host: 'x.test' }]],
  },
  {
    name: 'error pages',
    conf: 'error_page 404 /50x.html; error_page 500 502 = @down; location / { proxy_pass http://BACK_A; proxy_intercept_errors on; } location = /50x.html { root FILES; } location @down { return 200 "said down"; }',
    requests: ['/', '/status/404', '/status/500'],
    differs: ['/status/404', '/status/500'],
    told: [/error_page 404/, /error_page 500/, /proxy_intercept_errors/],
  },
  {
    name: 'files',
    conf: 'root FILES; location / { } location /al/ { alias FILES/dir/; } location /missing { return 410; }',
    requests: ['/', '/a.txt', '/none', '/al/b.txt', '/dir/b.txt', '/missing', 'POST /a.txt'],
    differs: ['POST /a.txt'],
  },
  {
    name: 'files or a backend',
    conf: 'root FILES; location / { try_files $uri @app; } location @app { proxy_pass http://BACK_A; }',
    requests: ['/a.txt', '/none?x=1', 'POST /none', 'POST /a.txt'],
    differs: ['POST /a.txt'],
    told: [/try_files .*other methods than GET and HEAD go on, too/],
  },
  {
    name: 'files of an application',
    conf: 'root FILES; location / { try_files $uri $uri/ /index.html; }',
    requests: ['/a.txt', '/none', '/dir/b.txt'],
    told: [/directory without index.html counts as missing/],
  },
  {
    name: 'files that stand before the last place of try_files',
    conf: `root FILES; location / { try_files $uri $uri/ /index.html =404; } location = /only { try_files /50x.html =503; }
      location /none { try_files /none.html =503; } location /al/ { alias FILES/dir/; try_files $uri /b.txt =404; } location /app { try_files /none.html @app; } location @app { proxy_pass http://BACK_A; }`,
    requests: ['/', '/users/7', '/a.txt', '/only', '/none', '/al/b.txt', '/al/c', '/app', '/app/x'],
    differs: ['/none'],
    told: [
      /without index.html counts as missing/,
      /none.html is taken to be there/,
      /looks for .none.html in nginx only/,
    ],
  },
  { name: 'files or 404', conf: 'root FILES; location / { try_files $uri =404; }', requests: ['/a.txt', '/none'] },
  {
    name: 'map',
    http: 'map $http_x_kind $back { default BACK_A; b BACK_B; }',
    conf: 'location / { proxy_pass http://$back; }',
    requests: ['/', ['/', { 'x-kind': 'b' }], ['/', { 'x-kind': 'B' }], ['/', { 'x-kind': 'c' }]],
  },
  {
    name: 'map to another map',
    http: 'map $http_accept $map_kind { default http://BACK_A; application/activity+json http://BACK_B; } map $request_method $map_to { default $map_kind; POST http://BACK_B; PUT http://BACK_A; } map $http_x_loop $map_loop { default $map_pool; a BACK_A; } map $http_x_pool $map_pool { default $map_loop; b BACK_B; }',
    conf: 'location / { proxy_pass $map_to; rewrite ^(.+)/+$ $1 permanent; } location /loop { proxy_pass http://$map_loop; }',
    requests: [
      ...['/', '/a/', 'POST /', 'PUT /'].flatMap((line): Site['requests'] => [
        [line, { accept: 'application/activity+json' }],
        [line, { accept: '*/*' }],
      ]),
      ['/loop', { 'x-loop': 'a' }],
    ],
    differs: ['/loop'],
    told: [/paths: nginx/, /proxy_pass http:..\$map_loop/, /map \$http_x_loop/, /map \$http_x_pool/],
  },
  {
    name: 'websockets',
    http: 'map $http_upgrade $conn { default upgrade; "" close; }',
    conf: 'location / { proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $conn; proxy_pass http://BACK_A; }',
    requests: ['/'],
  },
  {
    name: 'split_clients',
    http: 'split_clients $remote_addr $half { 50% one; * two; }',
    conf: 'location / { add_header X-Half $half; proxy_pass http://BACK_A; }',
    requests: ['/'],
    differs: ['/'],
    told: [/split_clients/, /X-Half/],
  },
  {
    name: 'names',
    conf: 'server_name site.test *.wild.test .dot.test www.*; return 200 "said $host";',
    requests: [
      '/',
      ['/', { host: 'a.wild.test' }],
      ['/', { host: 'dot.test' }],
      ['/', { host: 'x.dot.test' }],
      ['/', { host: 'www.any.test' }],
    ],
  },
  {
    name: 'a name by pattern',
    conf: 'server_name ~^(?<sub>\\w+)\\.re\\.test$ site.test; return 200 "said $host";',
    requests: ['/', ['/', { host: 'a.re.test' }]],
  },
  {
    name: 'keepalive and zones',
    http: 'upstream up3 { zone z3 64k; server BACK_A weight=2 max_fails=3 fail_timeout=10s; server BACK_B backup; keepalive 16; least_conn; }',
    conf: 'location / { proxy_http_version 1.1; proxy_set_header Connection ""; proxy_pass http://up3; }',
    requests: ['/', '/a'],
    told: [/max_fails belongs to the pool here/],
  },
  {
    name: 'bodies and buffers',
    conf: 'client_max_body_size 1m; gzip on; sendfile on; location / { proxy_buffering off; proxy_request_buffering off; proxy_cache_bypass 1; proxy_pass http://BACK_A; }',
    requests: ['/', 'POST /x'],
    told: [/client_max_body_size/, /gzip/],
  },
  {
    name: 'include',
    conf: `include FILES/none*.conf; ${PASS}`,
    requests: ['/'],
    differs: ['/'],
    told: [/include .*: what it says may turn requests away, so the route default closed answers 403/],
  },
  {
    name: 'internal',
    conf: 'location /i/ { internal; return 200 "said in"; } location / { proxy_pass http://BACK_A; }',
    requests: ['/', '/i/a'],
    told: [/internal: 404 is answered/],
  },
  {
    name: 'closed without an answer',
    conf: 'location /c { return 444; } location / { proxy_pass http://BACK_A; }',
    requests: ['/'],
  },
  { name: 'no location', conf: 'location /a { proxy_pass http://BACK_A; }', requests: ['/a', '/zzz'] },
  {
    name: 'set',
    conf: 'set $x $connection; location / { proxy_set_header X-X $x; proxy_pass http://BACK_A; }',
    requests: ['/'],
    differs: ['/'],
    told: [/set \$x \$connection/, /X-X/],
  },
  {
    name: 'a location in quotes',
    conf: 'location "/a b" { return 200 "said ab"; } location ~ "^/[a-z]{3}$" { return 200 "said three"; }',
    requests: ['/a%20b', '/abc', '/abcd'],
  },
  {
    name: 'subrequests',
    conf: 'location / { auth_request /auth; mirror /m; sub_filter a b; proxy_pass http://BACK_A; } location = /auth { internal; proxy_pass http://BACK_B/status/401; }',
    requests: ['/'],
    differs: ['/'],
    told: [/auth_request.*403/, /mirror/, /sub_filter/],
  },
  {
    name: 'redirects of a backend',
    http: 'upstream up4 { server BACK_A; }',
    conf: 'location /in/ { proxy_pass http://up4/go/; } location / { proxy_pass http://up4; } location /off { proxy_pass http://up4; proxy_redirect off; } location /to { proxy_pass http://up4; proxy_redirect http://up4/ /else/; } location /patt { proxy_pass http://up4; proxy_redirect ~^http http; } location /kept { proxy_pass http://up4; proxy_set_header Host $http_host; }',
    requests: ['/redirect', '/in/redirect', '/off/redirect', '/to/redirect', '/kept/redirect', '/patt/redirect'],
    differs: ['/patt/redirect'],
    told: [/proxy_redirect ~/],
  },
  {
    name: 'headers that proxies write',
    conf: 'location / { proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_set_header X-Forwarded-Proto $scheme; proxy_pass http://BACK_A; } location /tls { proxy_set_header X-Forwarded-Proto https; proxy_pass http://BACK_A; }',
    requests: ['/', '/tls'],
    told: [/X-Forwarded-Proto https: it is written by `forwarded`/],
  },
  {
    name: 'limits',
    http: 'limit_req_zone $binary_remote_addr zone=z9:1m rate=1000r/s; limit_conn_zone $binary_remote_addr zone=c9:1m;',
    conf: 'limit_req zone=z9 burst=5; limit_conn c9 10; location / { proxy_pass http://BACK_A; }',
    requests: ['/', '/a'],
    told: [/limit_conn/],
  },
  {
    name: 'a site of an application',
    http: 'upstream up5 { server BACK_A; keepalive 32; }',
    conf: 'server_name _; root FILES; location = /favicon.ico { access_log off; log_not_found off; return 204; } location /static/ { alias FILES/; expires max; } location ~ /\\.ht { deny all; } location / { proxy_set_header Host $host; proxy_set_header X-Real-IP $remote_addr; proxy_pass http://up5; }',
    requests: ['/', '/favicon.ico', '/static/a.txt', '/x?y=z', '/.htaccess'],
    differs: ['/static/a.txt'],
    told: [/expires/],
  },
  {
    name: 'grpc',
    conf: 'location /plain { return 200 "said plain"; } location / { grpc_pass grpc://BACK_A; grpc_set_header X-A 1; }',
    requests: ['/plain'],
  },
  {
    name: 'exact and deeper prefixes',
    conf: 'location ^~ /a { return 200 "said early"; } location /a/b { return 200 "said late"; } location ~ x$ { return 200 "said pattern"; } location / { return 200 "said all"; location /deep { return 200 "said deep"; location = /deep/e { return 200 "said e"; } location ~ y$ { return 200 "said inner"; } } }',
    requests: ['/a', '/ax', '/a/b', '/a/bx', '/x', '/deep', '/deep/e', '/deep/y', '/deep/x', '/y'],
  },
  {
    name: 'what nested locations take over',
    conf: 'add_header X-Top 1; location /o { add_header X-Outer 1; proxy_set_header X-S s; location /o/in { proxy_pass http://BACK_A; } location /o/own { add_header X-Own 1; proxy_pass http://BACK_B; } return 200 "said o"; } location / { return 200 "said all"; }',
    requests: ['/', '/o', '/o/in', '/o/own'],
  },
  {
    name: 'fastcgi',
    conf: 'root FILES; location ~ \\.php$ { fastcgi_pass 127.0.0.1:1; include /dev/null; } location / { try_files $uri $uri/ /index.php?$args; }',
    requests: ['/a.txt'],
    differs: ['/a.txt'],
    told: [/fastcgi_pass/, /try_files/],
  },
  {
    name: 'statuses without a body',
    conf: 'location /a { return 204; } location /b { return 410; } location /c { return 503; } location /d { return 200; } location /e { return 308 https://x.test/e; } location /f { return 304; }',
    requests: ['/a', '/b', '/c', '/d', '/e', 'HEAD /d'],
  },
  {
    name: 'cookies and pragmas',
    conf: 'location / { proxy_cookie_path / /app; proxy_cookie_domain a.test b.test; proxy_pass_request_headers off; proxy_method POST; proxy_set_body x; proxy_pass http://BACK_A; }',
    requests: ['/'],
    differs: ['/'],
    told: [/proxy_cookie_path/, /proxy_cookie_domain/, /proxy_pass_request_headers/, /proxy_method/, /proxy_set_body/],
  },
  {
    name: 'a pattern that looks ahead',
    conf: 'location ~ /\\.(?!well-known) { deny all; } location / { proxy_pass http://BACK_A; }',
    requests: ['/', '/.well-known/x', '/.git', '/.w', '/.well-know', '/.well-known/.git'],
  },
  {
    name: 'a pattern that looks ahead in its middle',
    conf: 'location ~ ^/(?!open).*\\.php$ { deny all; } location / { proxy_pass http://BACK_A; }',
    requests: ['/', '/a.php', '/open.txt', '/open.php'],
    differs: ['/open.php'],
    told: [/RE2 cannot read all of the pattern: where what it can read holds, the route .* answers 403/],
  },
  {
    name: 'an upstream of several',
    http: 'upstream up6 { ip_hash; server BACK_A; server BACK_B down; } upstream up7 { hash $request_uri; server BACK_A; }',
    conf: 'location / { proxy_pass http://up6; } location /h { proxy_pass http://up7; } location /r { proxy_pass http://BACK_B; proxy_next_upstream error http_502; proxy_next_upstream_timeout 5s; }',
    requests: ['/', '/h', '/r'],
    told: [/hash \$request_uri/, /proxy_next_upstream_timeout/],
  },
  {
    name: 'TLS and names of several servers',
    conf: 'server_name one.test; ssl_session_cache shared:s:1m; location / { return 200 "said one"; }',
    requests: [['/', { host: 'one.test' }]],
  },
  {
    name: 'two limits',
    http: 'limit_req_zone $binary_remote_addr zone=z10:1m rate=1000r/s; limit_req_zone $server_name zone=z11:1m rate=2000r/s;',
    conf: 'location / { limit_req zone=z10; limit_req zone=z11; proxy_pass http://BACK_A; }',
    requests: ['/'],
  },
  {
    name: 'sockets',
    conf: 'location /s { proxy_pass http://unix:/run/none.sock:/; } location / { proxy_pass http://BACK_A; }',
    requests: ['/'],
    told: [/it is a socket file/],
  },
  {
    name: 'a group in a text',
    conf: 'location ~ ^/g/(\\w+) { return 200 "said $1"; } location ~ ^/r/(\\w+) { return 302 /x/$1; }',
    requests: ['/g/a', '/r/a'],
    differs: ['/g/a'],
    told: [/return 200 said \$1: its text/],
  },
];
