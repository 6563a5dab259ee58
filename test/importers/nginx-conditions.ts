/** What an `if` asks, and what comes of it: answers, other backends, other headers. */
import type { Site } from './nginx-sites.ts';

const PASS = 'proxy_pass http://BACK_A;';

function each(path: string, name: string, values: readonly string[]): Site['requests'] {
  return values.map((value) => [path, { [name]: value }]);
}

export const CONDITIONS: Site[] = [
  {
    name: 'patterns that hold for what is empty, or absent',
    conf: `location / { if ($http_user_agent ~* "(nikto|sqlmap|^$)") { return 403; } ${PASS} } location /a { if ($http_referer ~ ^-?$) { return 402; } ${PASS} }
      location /b { if ($http_x_key !~ "^(|k1)$") { return 401; } ${PASS} } location /c { if ($http_x_key !~* ".*") { return 401; } ${PASS} } location /d { if ($args ~ ^$) { return 410; } ${PASS} }`,
    requests: [
      ...['/', '/a', '/b', '/c', '/d', '/d?', '/d?a'],
      ...each('/', 'user-agent', ['Nikto/1', 'x', '']),
      ...each('/a', 'referer', ['-', '', 'http://a']),
      ...each('/b', 'x-key', ['k1', 'k2', '']),
      ...each('/c', 'x-key', ['k1', '']),
    ],
  },
  {
    name: 'conditions on the body, the parameters and the whole address',
    conf: `location / { ${PASS} } location /ct { if ($content_type ~* "xml") { return 415; } ${PASS} } location /cl { if ($content_length = "") { return 411; } ${PASS} } location /args { if ($is_args) { return 403; } ${PASS} }
      location /none { if ($is_args = "") { return 402; } ${PASS} } location /ru { if ($request_uri ~* "evil|^/RU/a(\\?|$)|b$") { return 403; } ${PASS} } location /rn { if ($request_uri !~ "(\\.js|\\?x)") { return 410; } ${PASS} }
      location /rg { if ($request_uri ~ "(^/rg/a|/b)") { return 410; } ${PASS} } location /rq { if ($request_uri != "/rq?a=1") { return 402; } ${PASS} } location /ro { if ($request_uri ~ "o/(a|^)") { return 402; } ${PASS} }`,
    requests: [
      ...['/ct', '/cl', '/args', '/args?', '/args?a', '/none', '/none?a', 'POST /cl'],
      ...['/ru', '/ru/EVIL', '/ru/a', '/ru/a?x', '/ru/ab', '/ru/xb', '/ru/c', '/rn', '/rn/a.js', '/rn?x=1'],
      ...['/rg', '/rg/a', '/rg/b', '/rg/c', '/rq', '/rq?a=1', '/rq?a=12', '/ro/a', '/ro/b'],
      ...each('/ct', 'content-type', ['text/xml', 'text/plain']),
    ],
    differs: ['/ro/a', '/ro/b'],
    told: [/if \(\$request_uri ~ o.*403|if \(\$request_uri ~ o.*closed answers/],
  },
  {
    name: 'canaries by an error page',
    conf: `error_page 418 = @canary; error_page 420 = @closed; location / { proxy_set_header X-Own 1; add_header X-All 1; if ($cookie_canary = "1") { return 418; } if ($http_x_no) { return 403; } proxy_pass http://BACK_A; }
      location @canary { proxy_pass http://BACK_B; } location /c { if ($http_x_beta) { return 420; } proxy_pass http://BACK_A; } location @closed { deny all; proxy_pass http://BACK_B; }`,
    requests: [
      '/',
      'POST /',
      ...each('/', 'cookie', ['canary=1', 'canary=2']),
      ['/', { cookie: 'canary=1', 'x-no': '1' }],
      ['/', { 'x-no': '1' }],
      '/c',
      ['/c', { 'x-beta': '1' }],
    ],
    differs: ['/c'],
    told: [/error_page 420/, /location @closed/, /return 420: 420 is answered: what error_page leads to/],
  },
  {
    name: 'groups that take the rest of the whole address',
    conf: `if ($request_uri ~ ^/old/(.*)$) { return 301 /new/$1; } location / { ${PASS} } location /in { if ($request_uri ~* "^/IN/(.*)") { return 302 https://$host/out/$1; } ${PASS} }
      location ~ ^/re/(.*)$ { if ($request_uri ~ ^/re/x(.*)$) { return 301 https://b.test/y$1; } ${PASS} }`,
    requests: ['/old/a', '/old/a?b=c', '/old/?x', '/old', '/in/a?b', '/in/', '/in', '/re/xa?b', '/re/a', '/old/a%20b'],
  },
  {
    name: 'error pages that cannot stand in the place of an answer',
    http: 'upstream page_b { server BACK_B; }',
    conf: `error_page 418 = @canary; error_page 419 = /page; error_page 420 421 = @canary; error_page 422 @canary; location @canary { proxy_pass http://page_b; } location /page { proxy_pass http://BACK_B; }
      location /r/ { if ($http_x = 1) { return 418; } rewrite ^/r/(.*)$ /$1 break; proxy_pass http://BACK_A; } location /s { set $a 1; if ($http_x = 1) { return 418; } proxy_pass http://BACK_A; }
      location /t { if ($http_x = 1) { return 418; } return 200 "said t"; } location /u { if ($http_x = 1) { return 419; } proxy_pass http://BACK_A; } location /v { if ($http_x = 1) { return 421; } proxy_pass http://BACK_A; }
      location /w { if ($http_x = 1) { return 422; } proxy_pass http://BACK_A; }`,
    requests: [
      '/r/a',
      '/s',
      '/t',
      '/u',
      '/v',
      '/w',
      ['/v', { x: '1' }],
      ...['/r/x', '/s/x', '/t/x', '/u/x', '/w/x'].map((path): Site['requests'][number] => [path, { x: '1' }]),
    ],
    differs: ['/r/x', '/s/x', '/t/x', '/u/x', '/w/x'],
    told: [
      /return 418: 418 is answered/,
      /return 419: 419 is answered/,
      /return 422: 422 is answered/,
      /error_page 420 421.*leads on/,
    ],
  },
  {
    name: 'protocols, targets and groups of hosts',
    conf: `location / { if ($server_protocol != HTTP/1.1) { return 402; } ${PASS} } location /p { if ($server_protocol ~ "^HTTP/1") { return 410; } ${PASS} } location /odd { return 999 x; }
      location ~ ^/w/(.*)$ { if ($host ~* "^site\\.(.*)") { return 301 https://$1$request_uri; } ${PASS} }`,
    requests: ['/', '/p', '/odd', '/w/a', 'OPTIONS /'],
    differs: ['/odd', '/w/a'],
    told: [/999 is no status/, /return 301.*unknown variable.*502/],
  },
  {
    name: 'other backends where conditions hold',
    http: 'upstream pool_a { server BACK_A; } upstream pool_b { server BACK_B; } map $cookie_canary $pool { default pool_a; always pool_b; } map $http_x_v $by_v { default pool_a; ~^2 pool_b; "" none; }',
    conf: `location / { if ($cookie_canary = "1") { proxy_pass http://pool_b; } if ($http_x_beta) { proxy_pass http://BACK_B; add_header X-Beta 1; } proxy_pass http://pool_a; proxy_set_header X-Own 1; add_header X-All 1; }
      location /map { proxy_pass http://$pool; proxy_set_header Host $host; } location /v { if ($by_v = none) { return 400; } proxy_pass http://$by_v; }
      location /set { set $backend pool_a; if ($http_cookie ~* "canary=1") { set $backend pool_b; } proxy_pass http://$backend; }
      location /break { if ($http_x_beta) { proxy_pass http://pool_b; break; } if ($http_x_no) { return 403; } if ($http_x_late) { proxy_pass http://BACK_B; } proxy_pass http://pool_a; }
      location /files/ { alias FILES/; if ($http_x_beta) { proxy_pass http://pool_b; } } location /ret { if ($http_x_beta) { proxy_pass http://pool_b; } if ($http_x_no) { return 403; } return 200 "said all"; }`,
    requests: [
      ...['/', '/map', '/v', '/set', '/break', '/files/a.txt', '/ret'],
      ...each('/', 'cookie', ['canary=1', 'CANARY=1', 'canary=0; canary=1', 'canary=1; canary=0', 'xcanary=1']),
      ['/', { cookie: 'a=b; canary=1', 'x-beta': '1' }],
      ...each('/', 'x-beta', ['1', '0']),
      ...each('/map', 'cookie', ['canary=always', 'canary=ALWAYS', 'canary=never', 'a=b; canary=always']),
      ...each('/v', 'x-v', ['2', '2.1', '1', 'none']),
      ...each('/set', 'cookie', ['canary=1', 'x=Canary=1', 'canary=2']),
      ...['/break', '/files/a.txt', '/ret'].flatMap((path): Site['requests'] => [
        [path, { 'x-beta': '1' }],
        [path, { 'x-beta': '1', 'x-no': '1' }],
        [path, { 'x-no': '1' }],
        [path, { 'x-late': '1' }],
      ]),
    ],
  },
  {
    name: 'headers where conditions hold',
    http: 'map $http_origin $cors_ok { default ""; "~^https?://(.*\\.)?site\\.test(:\\d+)?$" $http_origin; } map $http_x_key $consumer { default ""; k1 acme; k2 other; }',
    conf: `add_header X-Site 1; location / { ${PASS} }
      location /cors { if ($request_method = 'OPTIONS') { add_header X-Origin '*'; add_header X-Age 17; return 204; } if ($request_method = 'POST') { add_header X-Origin '*' always; add_header X-Expose 'Length' always; }
        if ($request_method = 'GET') { add_header X-Origin 'get' always; } ${PASS} }
      location /word { set $cors ""; if ($http_origin ~* (https?://[^/]*\\.site\\.test(:[0-9]+)?)$) { set $cors "true"; } if ($request_method = OPTIONS) { set $cors "\${cors}o"; } if ($cors = "trueo") { return 204; }
        if ($cors = "true") { add_header X-Origin "$http_origin"; add_header X-Cred 'true'; proxy_pass http://BACK_B; } ${PASS} }
      location /map { add_header X-Origin $cors_ok always; add_header X-Vary Origin; if ($request_method = OPTIONS) { return 204; } ${PASS} }
      location /key { proxy_set_header X-Consumer $consumer; ${PASS} } location /kept { set $who none; if ($http_x_key = k1) { set $who "one"; } proxy_set_header X-Who "a-$who"; ${PASS} }`,
    requests: [
      ...['/cors', 'POST /cors', 'OPTIONS /cors', 'PUT /cors', '/cors/status/500', '/word', 'OPTIONS /word', '/map'],
      ...['/word', 'OPTIONS /word', 'POST /word', '/map', 'OPTIONS /map', '/map/status/500'].flatMap((line) =>
        each(line, 'origin', ['https://a.site.test', 'http://site.test:81', 'https://evil.test', '']),
      ),
      ...['/key', '/kept'].flatMap((path) => each(path, 'x-key', ['k1', 'k2', 'k3', ''])),
      ['/key', { 'x-consumer': 'acme' }],
      ['/kept', { 'x-who': 'a-one' }],
    ],
  },
  {
    name: 'maps of paths, hosts and addresses, and networks',
    http: `map $uri $blocked { default 0; ~^/up/private 1; /up/secret.txt 1; "/up/a b" 1; } map $request_uri $odd_uri { default 0; ~*/PRIVATE 1; ~\\?x=1$ 1; } map $host $tenant { hostnames; default none; .a.test a; *.b.test b; www.c.* c; d.test d; }
      map $remote_addr $inside { default 0; 127.0.0.1 1; } geo $near { default 0; 127.0.0.0/8 1; 127.0.0.0/30 2; } geo $far { default 1; 10.0.0.0/8 0; } map $tenant $by_tenant { a 1; b 1; default 0; } map $uri $moved { /old/a /new/a; ~^/old/(?<rest>x) /n; /old/b https://x.test/b; }
      map $args $has { default 1; "" 0; }`,
    conf: `location / { ${PASS} } location /up { if ($blocked) { return 403; } ${PASS} } location /ru { if ($odd_uri) { return 403; } ${PASS} } location /ten { if ($by_tenant = 0) { return 403; } ${PASS} }
      location /in { if ($inside = 0) { return 403; } ${PASS} } location /near { if ($near != 2) { return 403; } ${PASS} } location /far { if ($far) { return 403; } ${PASS} } location /has { if ($has) { return 402; } ${PASS} }
      location /old { if ($moved) { return 301 $moved; } ${PASS} } location /re { if ($tenant ~ ^[ab]$) { return 410; } ${PASS} } location /say { return 200 "said $tenant"; add_header X-Tenant $by_tenant; }`,
    requests: [
      ...['/up', '/up/private/x', '/up/PRIVATE', '/up/secret.txt', '/up/SECRET.txt', '/up/a%20b', '/ru', '/ru/private'],
      ...['/ru?x=1', '/ru?x=12', '/in', '/near', '/far', '/has', '/has?a', '/old/a', '/old/b?c', '/old/x', '/old/c'],
      ...[
        'a.test',
        'x.a.test',
        'y.x.a.test',
        'b.test',
        'x.b.test',
        'www.c.org',
        'c.org',
        'd.test',
        'D.test',
        'none.test',
      ].flatMap((host): Site['requests'] => ['/ten', '/re', '/say'].map((path) => [path, { host }])),
    ],
  },
  {
    name: 'patterns of headers that only nginx reads',
    conf: `location / { if ($http_user_agent ~ "^(docker\\/1\\.(3|4|5(?!\\.[0-9]-dev))|Go ).*$") { return 404; } ${PASS} } location /n { if ($http_user_agent !~ "^a(?!b)") { return 404; } ${PASS} }`,
    requests: [
      '/',
      ...each('/d', 'user-agent', ['docker/1.3', 'Go 1']),
      ...each('/', 'user-agent', ['docker/20', '']),
      ...each('/n', 'user-agent', ['b']),
    ],
    differs: ['/n', '/d'],
    told: [
      /RE2 cannot read all of the pattern: where what it can read holds, the route default closed answers 403/,
      /403 is answered to all/,
    ],
  },
  {
    name: 'names of headers that are let through',
    conf: `ignore_invalid_headers off; location / { ${PASS} }`,
    requests: [
      ['/', { x_under: '1' }],
      ['/', { 'x.dot': '1' }],
    ],
  },
  {
    name: 'requests that are shared out',
    http: 'upstream split_a { server BACK_A; } upstream split_b { server BACK_B; } split_clients "${remote_addr}AAA" $all_b { 100% split_b; * split_a; } split_clients $http_x_user $none_b { 0.01% split_b; * split_a; }',
    conf: `location / { proxy_pass http://$none_b; } location /b { proxy_pass http://$all_b; proxy_set_header X-Own 1; add_header X-All 1; } location /h { proxy_pass http://$all_b; proxy_set_header Host $http_host; }
      location /if { if ($http_x_beta) { proxy_pass http://$all_b; } ${PASS} }`,
    requests: [['/', { 'x-user': 'ann' }], '/b', '/h', '/if', ['/if', { 'x-beta': '1' }]],
    told: [/split_clients \$http_x_user \$none_b: requests without its key/],
  },
];
