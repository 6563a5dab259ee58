/** What turns requests away in nginx, in ways that nothing here can ask: it stays closed. */
import type { Site } from './nginx-sites.ts';

const PASS = 'proxy_pass http://BACK_A;';
const AUTH = 'auth_basic x; auth_basic_user_file FILES/passwords;';

export const GUARDS: Site[] = [
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
];
