/** Ways round what a configuration closes: escapes, line feeds, groups as paths, other cases. */
import type { Site } from './nginx-sites.ts';

const PASS = 'location / { proxy_pass http://BACK_A; }';

export const DETOURS: Site[] = [
  {
    name: 'patterns hold for what is escaped',
    conf: `location ~* "^/(hr files|private docs)/" { deny all; } location ~ ^/größe { deny all; } location ~ "^/four/.{4}$" { deny all; } location ~ ^/ws/\\s { deny all; }
      location ~ ^/br\\[ { deny all; } location ~ /.ht { deny all; } location ~ ^/odd[^/] { deny all; } location ~ ^/end.*\\d$ { return 200 "said digit"; } location ~ admin { return 200 "said admin"; } ${PASS}`,
    requests: [
      ...[
        '/hr%20files/x',
        '/HR%20Files/x',
        '/hr/x',
        '/gr%C3%B6%C3%9Fe',
        '/gr%c3%b6%c3%9fe',
        '/gr%C3%B6',
        '/ws/%20x',
        '/ws/%09',
        '/ws/x',
      ],
      ...['/four/a%20bc', '/four/%E4%B8%ADa', '/four/%20%20%20%20', '/four/abcd', '/four/%20', '/br%5Bx', '/br[x'],
      ...[
        '/%20htpasswd',
        '/a.htpasswd',
        '/odd%20',
        '/odd%3F',
        '/odd',
        '/end%20',
        '/end%205',
        '/%2admin',
        '/admin',
        '/%20admin',
      ],
    ],
    told: [/paths: nginx decodes/],
  },
  {
    name: 'patterns that cannot be compared with escapes',
    conf: `location ~ ^/a\\b { deny all; } location ~ ^/[[:space:]] { deny all; } ${PASS}`,
    requests: ['/a', '/ab', '/a%20b', '/%20', '/b%20', '/b'],
    differs: ['/a%20b', '/%20', '/b%20'],
    told: [/paths: a pattern cannot be compared with escapes.*400/],
  },
  {
    name: 'line feeds at the end',
    conf: `location ~ ^/admin$ { deny all; } location ~ \\.(php|env)$ { return 403; } ${PASS}`,
    requests: ['/admin', '/.env', '/admin%0a', '/.env%0A', '/admins'],
    differs: ['/admin%0a', '/.env%0A'],
    told: [/paths: nginx decodes/],
  },
  {
    name: 'conditions on the path within a location',
    conf: `location / { if ($uri ~ "^/my docs/") { return 403; } if ($uri = "/a b") { return 410; } proxy_pass http://BACK_A; }`,
    requests: ['/my%20docs/x', '/a%20b', '/%6dy%20docs/x', '/b'],
    differs: ['/%6dy%20docs/x'],
    told: [/paths: nginx decodes/],
  },
  {
    name: 'rewrites to what a group says',
    conf: `location / { rewrite ^/(en|de)/(.*)$ /$2 last; proxy_pass http://BACK_A; } location /admin { deny all; } location /s2/ { rewrite ^/s2(/.*)$ $1 break; proxy_pass http://BACK_A; }
      location /s3/ { rewrite ^/s3/(.*)$ $1/ break; proxy_pass http://BACK_A; } location /q/ { rewrite ^/q/(\\w+)$ /s?name=$1 break; proxy_pass http://BACK_A; }
      location ^~ /s4/ { proxy_pass http://BACK_A; rewrite /s4(.*) $1 break; } location /same/ { rewrite ^/same/a/(.*)$ /same/b/$1 last; proxy_pass http://BACK_A; }`,
    requests: [
      '/',
      '/en/admin',
      '/en/x',
      '/s2/users?a=1',
      '/s3/users',
      '/q/ab',
      '/s4/',
      '/s4/a?x=1',
      '/s4/b/s4/c',
      '/same/a/x',
      '/same/b/x',
    ],
    differs: ['/en/admin', '/en/x', '/s3/users', '/q/ab'],
    told: [/rewrite \^\/\(en\|de\).*502/, /rewrite \^\/s3.*502/, /rewrite \^\/q.*502/],
  },
  {
    name: 'a path of groups behind proxy_pass',
    conf: `location ~ ^/api/(v1|v2)/(.*)$ { proxy_pass http://BACK_A/$2$is_args$args; } location ~ ^/b/(.*)$ { proxy_pass http://BACK_A/x/$1?$args; }
      location /r { proxy_pass http://BACK_A/pre$request_uri; } location /u { proxy_pass http://BACK_A/pre$uri$is_args$args; }`,
    requests: ['/api/v1/users', '/api/v2/users/7?a=1', '/b/c?d=1', '/r/a?b=c', '/r', '/u/a?b=1'],
  },
  {
    name: 'a path behind proxy_pass that cannot be said',
    conf: 'location /a { set $x $connection; proxy_pass http://BACK_A/$x; } location ~ ^/b/(.*)$ { proxy_pass http://BACK_A/s?name=$1; }',
    requests: ['/a', '/b/x'],
    differs: ['/a', '/b/x'],
    told: [/BACK_A|a path with variables behind proxy_pass; 502/, /set \$x/],
  },
  {
    name: 'parameters and cookies in any case, as they came',
    conf: `location / { if ($arg_debug) { return 403; } if ($arg_u ~ "%2e%2e") { return 402; } if ($arg_v ~* "^(x|y)\\d+$") { return 410; } if ($arg_w ~ "^https?://.*e.il$") { return 404; } proxy_pass http://BACK_A; }
      location /key { if ($arg_key != "k1") { return 403; } if ($cookie_sid = "") { return 401; } proxy_pass http://BACK_A; } location /c { if ($cookie_a ~ ^b+$) { return 402; } return 204; }`,
    requests: [
      ...[
        '/?DEBUG=1',
        '/?debug=0',
        '/?debug',
        '/?a=1&Debug=x',
        '/?nodebug=1',
        '/?u=a%2e%2e',
        '/?u=..',
        '/?v=X12',
        '/?v=z1&v=x1',
        '/?v=x1z',
        ...['/?w=http://a.evil', '/?w=https://e-il&a=1', '/?w=http://a&b=evil', '/?w=ftp://evil'],
      ],
      ...['/key', '/key?key=%6b1', '/key?key=k12', '/key?key=k1'],
      ...(['SID=1', 'sid=', 'x=1; Sid=2', 'xsid=1'].map((cookie) => ['/key?KEY=k1', { cookie }]) as Site['requests']),
      ...(['a=b', 'A=bb; c=d', 'a=bc', 'c=a=b'].map((cookie) => ['/c', { cookie }]) as Site['requests']),
    ],
  },
  {
    name: 'pages of directories that are closed elsewhere',
    conf: `root FILES; location / { try_files $uri $uri/ =404; } location ~* \\.html$ { deny all; } location /dir { }`,
    requests: ['/', '/index.html', '/a.txt', '/none', '/dir/b.txt'],
    told: [/directory without index.html/],
  },
  {
    name: 'pages of directories with headers of another location',
    conf: `root FILES; location / { try_files $uri $uri/ =404; } location = /index.html { add_header X-Page 1; add_header Cache-Control no-cache; }`,
    requests: ['/', '/index.html', '/a.txt', '/none', '/none/'],
    told: [/directory without index.html/],
  },
  {
    name: 'the page of the root alone',
    conf: `location = / { root FILES; index index.html; } location / { proxy_pass http://BACK_A; }`,
    requests: ['/', '/index.html', '/x'],
  },
  {
    name: 'pages of directories that a pattern for some closes',
    conf: `root FILES; location / { } location ~ ^/(dir|x)/.*\\.html$ { deny all; } location ~ ^/index\\.html$ { add_header X-Page 1; }`,
    requests: ['/', '/index.html', '/a.txt', '/dir/x.html', '/dir/b.txt'],
  },
  {
    name: 'pages of directories that are tried as files',
    conf: `root FILES; location / { try_files $uri $uri/index.html =404; } location ~ \\.html$ { deny all; }`,
    requests: ['/', '/index.html', '/a.txt'],
    told: [/a directory answers where its address ends in a slash/],
  },
  {
    name: 'pages of directories that a backend has',
    conf: `root FILES; location / { } location ~ \\.html$ { proxy_pass http://BACK_A; }`,
    requests: ['/', '/index.html', '/a.txt'],
    differs: ['/'],
    told: [/index: nginx goes on from a directory to its index.html.*502/],
  },
  {
    name: 'the host that is told has its port',
    conf: 'location / { proxy_set_header X-Forwarded-Host $host; proxy_pass http://BACK_A; }',
    requests: ['/'],
    told: [/X-Forwarded-Host \$host: it has the port/],
  },
  {
    name: 'a path behind proxy_pass cannot be left',
    conf: 'location / { proxy_pass http://BACK_A/base/; }',
    requests: ['/a', '/..%2fsecret', '/%2e%2e/secret', '/x/../secret', '/%00', '/%zz', '/../secret'],
    differs: ['/x/../secret'],
    told: [/the path goes on as the client wrote it/, /paths: nginx decodes/],
  },
  {
    name: 'conditions on the path before what answers all',
    conf: 'if ($uri ~ ^/secret) { return 403; } return 200 "said ok";',
    requests: ['/', '/secret', '/%73ecret', '//secret', '/a/../secret'],
    differs: ['/%73ecret', '//secret', '/a/../secret'],
    told: [/paths: nginx decodes/],
  },
  {
    name: 'escaped slashes beside patterns',
    conf: `root /none; location / { proxy_pass http://BACK_A; if ($request_method = PATCH) { return 405; } } location ~ ^/(404|500)\\.html$ { internal; root FILES; } location ~ ^/admin/x { deny all; } location ~* \\.(php|env)$ { deny all; }
      location ~ ^/u/[^/]+/keys$ { return 403; } location ~ ^/w.x$ { deny all; } location ~ ^/c[.-9]d { deny all; } location ~ /hid\\x2Fden { deny all; } location ~ ^/k\\Wl { deny all; }`,
    requests: [
      ...['/api/v4/projects/group%2Fproject', '/a%2Fb', '/@scope%2fpackage', '/x%2F404.html', '/admin%2Fy', '/u%2Fa'],
      ...['/admin%2Fx', '/admin%2fx/y', '/admin/x%2Fy', '/a%2Fb.php', '/a%2F.env', '/u/a%2Fkeys', '/u%2Fa%2Fkeys'],
      ...['/w%2Fx', '/w%2fx', '/c%2Fd', '/a/hid%2Fden', '/a%2Fhid/den', '/k%2Fl', '/u/a%2Fb/keys', '/404.html'],
    ],
    differs: [
      ...['/admin%2Fx', '/admin%2fx/y', '/admin/x%2Fy', '/a%2Fb.php', '/a%2F.env', '/u/a%2Fkeys', '/u%2Fa%2Fkeys'],
      ...['/w%2Fx', '/w%2fx', '/c%2Fd', '/a/hid%2Fden', '/a%2Fhid/den', '/k%2Fl', '/u/a%2Fb/keys'],
    ],
    told: [/paths: nginx decodes/],
  },
];
