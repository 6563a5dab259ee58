/** Answers of routes and rules, what would make redirects and pages of them, and rules that ask about them. */
import { changed, type Found, get } from './crossing-case.ts';

const STATUSES = [200, 301, 302, 303, 307, 308, 404, 444, 503] as const;
const AS_HTML = { 'content-type': 'text/html; charset=x' };

export const MADE: readonly Found[] = [
  ...[...STATUSES, 204, 304].map((status) => ({
    route: { respond: { status, headers: { location: '/to', 'x-made': '1' } } },
    rules: [],
    requests: [get('/')],
  })),
  ...STATUSES.flatMap((status) => [
    { route: { respond: { status, headers: AS_HTML, body: 'see /to' } }, rules: [], requests: [get('/')] },
    changed(
      { respond: { status, headers: { ...AS_HTML, location: 'http://x.test$path' }, body: '$method' } },
      get('/a'),
    ),
  ]),
  ...[301, 302, 303, 307, 308].map((status) => ({
    route: { redirect: { status, location: 'http://$host/$$?$query' } },
    rules: [{ match: 'responseHeader[location] ^= http and status = 3xx', response: [{ set: { 'x-late': 'yes' } }] }],
    requests: [get('/'), get('/?q=1')],
  })),
  ...[
    { set: { 'x-made': '2' } },
    { delete: ['x-made', 'x-none'] },
    { append: { 'x-made': '3' } },
    { replaceHeader: { name: 'x-made', replace: '^(.)', with: '<$1>' } },
    { set: { 'content-type': 'text/x' } },
  ].flatMap((change) =>
    [
      'responseHeader[x-made] = "1"',
      'has responseHeader[x-made]',
      'contentType ^= text/',
      'not responseHeader[x-made] = "1"',
    ].map((match) => ({
      route: { respond: { headers: { ...AS_HTML, 'x-made': '1' }, body: 'b' } },
      rules: [
        { match, response: [change, { set: { 'x-late': 'yes' } }] },
        { match, response: [{ set: { 'x-more': '1' } }] },
      ],
      requests: [get('/')],
    })),
  ),
];
