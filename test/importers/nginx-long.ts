/** Lists that are long: what guards a location stays whole, or closes it. */
import type { Site } from './nginx-sites.ts';

const PASS = 'proxy_pass http://BACK_A;';

function lines(count: number, line: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => line(i)).join(' ');
}

const clients = (name: string, count: number) => lines(count, (i) => `${name} 10.${i >> 8}.7.${i & 255};`);

export const LONG: Site[] = [
  {
    name: 'many who may come, or may not',
    conf: `location / { ${PASS} } location /few { ${clients('allow', 60)} deny all; ${PASS} } location /networks { ${lines(70, (i) => `allow 5.${i}.3.0/24;`)} deny all; ${PASS} }
      location /own { ${clients('allow', 60)} allow 127.0.0.1; deny all; ${PASS} } location /block { ${clients('deny', 3000)} deny 127.0.0.1; ${PASS} } location /others { ${clients('deny', 3000)} ${PASS} }
      location /except { limit_except GET { ${clients('allow', 60)} deny all; } ${PASS} } location /turns { ${lines(30, (i) => `allow 10.0.0.${i}; deny 10.0.1.${i};`)} deny 127.0.0.1; ${PASS} }`,
    requests: ['/', '/few', '/networks', '/own', '/block', '/others', '/except', 'POST /except', '/turns'],
  },
  {
    name: 'more who may come than a condition can say',
    conf: `location / { ${PASS} } location /many { ${clients('allow', 4000)} deny all; ${PASS} }`,
    requests: ['/many'],
    differs: ['/many'],
    told: [/502 is answered to all that no route before it takes/],
  },
  {
    name: 'many locations, odd paths',
    conf: `${lines(700, (i) => `location = /blog/old-article-number-${i}.html { return 301 /blog/new-${i}; }`)} location /admin { deny all; } location / { ${PASS} }`,
    requests: [
      '/',
      '/admin',
      '/blog/old-article-number-9.html',
      '//admin',
      '/%61dmin',
      '/x/../admin',
      '/blog%2Fold-article-number-699.html',
    ],
    differs: ['//admin', '/%61dmin', '/x/../admin', '/blog%2Fold-article-number-699.html'],
    told: [/the route odd paths, odd paths 2.* answers 400/],
  },
  {
    name: 'a server of many names',
    http: `server { listen 127.0.0.1:PORT; location / { ${PASS} } }`,
    conf: `server_name ${lines(900, (i) => `tenant-${i}.site.test`)}; location /admin { deny all; } location / { proxy_pass http://BACK_B; }`,
    requests: ['/', '/admin'].flatMap((path): Site['requests'] => [
      [path, { host: 'tenant-7.site.test' }],
      [path, { host: 'site.test' }],
    ]),
  },
];
