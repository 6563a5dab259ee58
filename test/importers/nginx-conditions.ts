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
];
