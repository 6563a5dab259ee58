/** Configurations as people have them for their applications. */
import type { Site } from './nginx-sites.ts';

const PHP = 'fastcgi_pass 127.0.0.1:1;';
const UPGRADE = 'map $http_upgrade $connection_upgrade { default upgrade; "" close; }';
const HEADERS =
  'proxy_set_header Host $host; proxy_set_header X-Real-IP $remote_addr; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_set_header X-Forwarded-Proto $scheme;';

export const APPS: Site[] = [
  {
    name: 'WordPress',
    conf: `root FILES; index index.php; location / { try_files $uri $uri/ /index.php?$args; }
      location = /a.txt { log_not_found off; access_log off; allow all; }
      location ~* /(?:uploads|files)/.*\\.php$ { deny all; }
      location ~ /\\. { deny all; }
      location ~ \\.php$ { try_files $uri =404; ${PHP} fastcgi_index index.php; include /dev/null; }
      location ~* \\.(js|css|png)$ { expires max; log_not_found off; }`,
    requests: ['/a.txt', '/.htaccess', '/uploads/x.php', '/x/.git/config', '/none.css', '/secret.php', '/post?p=1'],
    // What the program answers: nobody is there in nginx either.
    differs: ['/secret.php', '/post?p=1'],
    told: [/fastcgi_pass/, /index index.php/, /expires max/, /try_files \$uri \$uri\/ \/index.php/],
  },
  {
    name: 'Rails',
    http: 'upstream puma { server BACK_A fail_timeout=0; }',
    conf: `root FILES; try_files $uri/index.html $uri @puma;
      location @puma { ${HEADERS} proxy_redirect off; proxy_pass http://puma; }
      location ^~ /dir/ { gzip_static on; expires max; add_header X-Assets 1; }
      error_page 500 502 503 504 /50x.html; keepalive_timeout 10;`,
    requests: ['/a.txt', '/users?x=1', 'POST /users', '/dir/b.txt', '/', '/dir/none'],
    differs: ['/dir/b.txt'],
    told: [/try_files \$uri\/index.html/, /gzip_static/, /expires max/, /error_page/, /keepalive_timeout/],
  },
  {
    name: 'Django with static files and media',
    http: 'upstream django { server BACK_A; }',
    conf: `client_max_body_size 4G; location /static/ { alias FILES/dir/; } location /dir { root FILES; }
      location / { try_files /none.html @proxy; } location @proxy { ${HEADERS} proxy_pass http://django; }`,
    requests: ['/static/b.txt', '/static/none', '/dir/b.txt', '/', '/admin/?q=1', 'POST /login', '/static/../a.txt'],
    differs: ['/static/../a.txt'],
    told: [/client_max_body_size/, /no directory is known for it/],
  },
  {
    name: 'Node with sockets',
    http: UPGRADE,
    conf: `location / { proxy_pass http://BACK_A; proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade; ${HEADERS} proxy_cache_bypass $http_upgrade; proxy_read_timeout 86400; }`,
    requests: ['/', '/socket.io/?EIO=4', 'POST /x'],
    told: [/proxy_cache_bypass/],
  },
  {
    name: 'one page and an API',
    conf: `root FILES; index index.html; location / { try_files $uri $uri/ /index.html; }
      location = /index.html { add_header Cache-Control no-cache; }
      location /api/ { proxy_pass http://BACK_A/; ${HEADERS} } location ~* \\.(?:js|css)$ { try_files $uri =404; }`,
    requests: ['/a.txt', '/dir', '/dir/', '/app/route', '/api/users?x=1', '/api', '/api?x=1', '/none.js', '/a.txt/'],
    differs: ['/app/route', '/a.txt/', '/dir', '/dir/'],
    told: [/without the add_header of location = \/index.html/, /directory without index.html counts as missing/],
  },
  {
    name: 'a program below a path',
    http: `${UPGRADE} upstream grafana { server BACK_A; }`,
    conf: `location /grafana/ { rewrite ^/grafana/(.*) /$1 break; proxy_set_header Host $host; proxy_pass http://grafana; }
      location /grafana/api/live/ { rewrite ^/grafana/(.*) /$1 break; proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection $connection_upgrade; proxy_set_header Host $host; proxy_pass http://grafana; }
      location /git/ { proxy_pass http://BACK_B/git/; } location / { return 404; }`,
    requests: ['/grafana/', '/grafana', '/grafana/d/x?y=1', '/grafana/api/live/ws', '/git/a/b', '/git', '/'],
  },
  {
    name: 'bad clients by map and geo',
    http: 'map $http_user_agent $is_bad { default 0; ~*evil 1; } geo $is_near { default 0; 127.0.0.1 1; }',
    conf: `location / { if ($is_bad) { return 403; } proxy_pass http://BACK_A; } location /near { if ($is_near) { add_header X-Near 1; } proxy_pass http://BACK_A; }
      location /agent { if ($http_user_agent ~* (evil|worse)) { return 403; } if ($http_x_kind) { return 418 "said kind"; } proxy_pass http://BACK_A; }
      location /arg { if ($arg_x = "1") { return 301 /x; } if ($cookie_a != "b") { return 403; } if ($http_x_none = "") { return 204; } return 200 "said all"; }`,
    requests: [
      '/',
      ['/', { 'user-agent': 'Evil 1' }],
      '/near',
      '/agent',
      ['/agent', { 'user-agent': 'Evil 1' }],
      ['/agent', { 'x-kind': '0' }],
      ['/agent', { 'x-kind': 'a' }],
      '/arg?x=1',
      '/arg?x=2',
      ['/arg', { cookie: 'a=b' }],
      ['/arg', { cookie: 'a=b', 'x-none': 'a' }],
    ],
  },
  {
    name: 'answers of if have their own lines',
    conf: `add_header X-Top 1; location / { if ($request_method = OPTIONS) { add_header X-Allowed 1; return 204; } proxy_pass http://BACK_A; }
      location /moved { if ($scheme = http) { return 301 /x; } proxy_pass http://BACK_A; } location /re { rewrite ^/re/(\\w+)$ /other/$1 redirect; proxy_pass http://BACK_A; }`,
    requests: ['/', 'OPTIONS /', '/moved', '/re/a?x=1', '/re/'],
  },
  {
    name: 'what stands in a named location',
    http: 'limit_req_zone $http_x_key zone=nl:1m rate=1000r/s;',
    conf: `root FILES; add_header X-Top 1; location / { try_files $uri @app; }
      location @app { proxy_set_header X-A 1; proxy_set_header Host $host; proxy_hide_header X-Powered-By; add_header X-Out 1; rewrite ^/o/(.*) /n/$1 break;
        limit_req zone=nl; proxy_pass http://BACK_A; }
      location /closed/ { try_files $uri @closed; } location @closed { auth_basic x; auth_basic_user_file /x; deny 10.0.0.1; proxy_pass http://BACK_A; }
      location /moved { try_files $uri @moved; } location @moved { return 302 /else; }`,
    requests: ['/a.txt', '/none', '/o/x', ['/none', { 'x-key': 'a' }], '/dir', '/dir/', '/closed/x', '/moved'],
    differs: ['/closed/x'],
    told: [/auth_basic x.*403/, /closes the files before it/],
  },
];
