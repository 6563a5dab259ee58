/** What the file itself says of its variables: constants, ports, names. */
import type { Site } from './nginx-sites.ts';

const PASS = 'proxy_pass http://BACK_A;';

export const CONSTANTS: Site[] = [
  {
    name: 'addresses that are put together from constants',
    http: 'upstream group { server BACK_B; }',
    conf: `set $name x; set $group group; location / { set $app BACK_A; set $proto http; set $up $proto://\${app}; proxy_set_header X-Name $name; add_header X-Up "a$name" always; proxy_pass $up; }
      location /group { proxy_pass http://$group; } location /redirect { set $app BACK_A; proxy_pass http://$app; } location /bare { set $app BACK_A; proxy_pass $app; } location /to { set $to /there; return 302 $to/$name; }
      location /fixed { set $app BACK_A; proxy_pass http://$app/y/; } location /if { set $on 1; if ($on) { return 410; } ${PASS} } location /off { set $on 0; if ($on = 1) { return 410; } ${PASS} }
      location /over { set $own mine; proxy_set_header X-Name $own; ${PASS} location /over/in { ${PASS} } } location /named { set $own named; try_files /none @app; } location @app { proxy_set_header X-Own "$own"; ${PASS} }
      location /late { if ($http_x = 1) { break; } set $own late; proxy_set_header X-Name $own; ${PASS} } location /except { set $app BACK_A; limit_except GET { proxy_pass http://$app; } proxy_pass http://$app; }`,
    requests: [
      '/',
      '/a?b=1',
      '/group',
      '/redirect',
      '/to',
      '/fixed/x',
      '/if',
      '/off',
      '/over',
      '/over/in',
      '/named',
    ].concat(['/except', '/bare']),
    differs: ['/named', '/over', '/bare'],
    told: [
      /X-Own \$own: it has a variable/,
      /X-Name \$own/,
      /proxy_pass http:\/\/\$app\/y\/: the parameters of the request stay/,
    ],
  },
  {
    name: 'the port, the name and the scheme of a server',
    http: 'server { listen 127.0.0.1:PORT; server_name other.test; set $x $server_port; return 200 "said $x $server_name"; }',
    conf: `server_name site.test www.site.test; proxy_set_header Host $host:$server_port; if ($https = on) { return 403; } if ($server_port = 443) { return 403; }
      location / { proxy_set_header X-Name $server_name; proxy_set_header X-Forwarded-Port $server_port; ${PASS} } location /to { return 301 https://$server_name:8443$request_uri; }
      location /plain { if ($https = "") { return 410; } ${PASS} } location /on { if ($https != on) { return 411; } ${PASS} } location /tls { if ($https) { return 412; } ${PASS} }
      location /port { if ($server_port = PORT) { return 410; } }`,
    requests: [
      '/',
      ['/', { host: 'www.site.test' }],
      ['/', { host: 'other.test' }],
      '/to?a=1',
      '/plain',
      '/on',
      '/tls',
      '/port',
    ],
  },
  {
    name: 'redirects with parameters of their own',
    conf: `rewrite ^/blog/(\\d+)/(.*)$ /posts/$2?id=$1 redirect; rewrite ^/tag/(.*)$ /t?tag=$1 permanent; location / { ${PASS} }`,
    requests: ['/blog/12/x', '/blog/12/x?a=1&b', '/tag/a', '/tag/a?x', '/'],
  },
  {
    name: 'maps behind conditions',
    http: `map $http_user_agent $bad_bot { default 0; ~*(crawl|spider) 1; "~^Exact" 1; "" 1; good-crawl 0; } map $cookie_session $anon { default 0; "" 1; } map $http_apikey $client { default ""; k1 acme; K2 other; }
      map $request_method $limited { default 1; GET 0; head 0; } map $arg_k $known { secret 1; } map $ssl_cipher $odd { default 1; none 0; }`,
    conf: `if ($bad_bot) { return 403; } location / { ${PASS} } location /a { if ($anon) { return 302 /login; } ${PASS} } location /api { if ($client = "") { return 401; } ${PASS} }
      location /acme { if ($client != acme) { return 401; } ${PASS} } location /m { if ($limited) { return 405; } ${PASS} } location /k { if ($known != 1) { return 403; } ${PASS} } location /odd { if ($odd) { return 403; } ${PASS} }`,
    requests: [
      ...['crawler', 'my SPIDER', 'Exact', 'exact', 'good-crawl', 'Good-Crawl', 'firefox'].map(
        (agent): Site['requests'][number] => ['/', { 'user-agent': agent }],
      ),
      ...['/a', '/api', '/acme', '/m', '/k', '/k?k=secret', '/k?k=SECRET', '/k?k=other', '/odd'].map(
        (path): Site['requests'][number] => [path, { 'user-agent': 'x' }],
      ),
      ['/', {}],
      ['POST /m', { 'user-agent': 'x' }],
      ['HEAD /m', { 'user-agent': 'x' }],
      ['/a', { 'user-agent': 'x', cookie: 'session=1' }],
      ...['/api', '/acme'].flatMap((path) =>
        ['k1', 'K1', 'k2', 'k3'].map((apikey): Site['requests'][number] => [path, { 'user-agent': 'x', apikey }]),
      ),
    ],
    told: [/if \(\$odd\): .*403 is answered to all/],
  },
];
