import { describe, expect, it } from 'vitest';
import type { ConfigDocument } from '../../proxy-engine/contract/config.ts';
import { findRuleMistakes } from '../../proxy-engine/rules/find-mistakes.ts';
import { configWith } from './rules.ts';

/** A backend is picked after the request actions: there its name would be empty. */
const EARLY_BACKENDS = (
  [
    [{ set: { x: '$backend' } }, 'set.x'],
    [{ append: { x: 'a $backend' } }, 'append.x'],
    [{ replaceHeader: { name: 'x', replace: 'a', with: '$backend' } }, 'replaceHeader.with'],
    [{ host: '$backend' }, 'host'],
    [{ path: { set: '/$backend' } }, 'path.set'],
    [{ path: { replace: 'a', with: '$backend' } }, 'path.with'],
    [{ query: { set: { x: '$backend' } } }, 'query.set.x'],
    [{ body: { set: '$backend' } }, 'body.set'],
    [{ body: { replace: 'a', with: '$backend' } }, 'body.with'],
    [{ mark: { note: '$backend' } }, 'mark.note'],
    [{ respond: { headers: { x: '$backend' } } }, 'respond.headers.x'],
    [{ respond: { body: '$backend' } }, 'respond.body'],
  ] as const
).map(([action, at]): [Partial<ConfigDocument>, string, RegExp] => [
  { rules: [{ name: 'a', request: [action] }] },
  `rules.0.request.0.${at}`,
  /`\$backend` is not known yet/,
]);

it('the backend is known to response actions, and is a text where the dollar is doubled', () => {
  const rule = { name: 'a', request: [{ body: { set: '$$backend' } }], response: [{ set: { x: '$backend' } }] };
  expect(findRuleMistakes(configWith({ rules: [rule] }))).toEqual([]);
});

describe('mistakes', () => {
  it.each<[document: Partial<ConfigDocument>, path: string, message: RegExp]>([
    [
      { listeners: { p: { address: '127.0.0.1:1', intercept: 'route = a' } } },
      'listeners.p.intercept',
      /at character 1: route is not known yet/,
    ],
    [
      { routes: [{ name: 'a', pool: 'p', match: 'hots = x' }] },
      'routes.0.match',
      /at character 1: .*did you mean `host`/,
    ],
    [
      { routes: [{ name: 'a', pool: 'p', match: 'status = 200' }] },
      'routes.0.match',
      /status is not known yet when a request arrives/,
    ],
    [
      { routes: [{ name: 'a', split: [{ pool: 'p', weight: 1 }], stickyBy: 'clientip' }] },
      'routes.0.stickyBy',
      /did you mean `\$client_ip`/,
    ],
    [
      { routes: [{ name: 'a', match: 'path = /', redirect: { location: '/$1' } }] },
      'routes.0.redirect.location',
      /no such group/,
    ],
    [
      { routes: [{ name: 'a', respond: { headers: { x: '$hst' } } }] },
      'routes.0.respond.headers.x',
      /did you mean `\$host`/,
    ],
    [
      { rules: [{ name: 'a', match: 'status = 5xx', request: [{ delay: '1s' }] }] },
      'rules.0.match',
      /only the request, its route and its pool/,
    ],
    [
      { rules: [{ name: 'a', match: 'status = 5xx', limit: { requests: '1/s' } }] },
      'rules.0.match',
      /status is not known/,
    ],
    [
      { rules: [{ name: 'a', match: 'body *= x', response: [{ delay: '1s' }] }] },
      'rules.0.match',
      /body is not known yet when rules act on a response/,
    ],
    [
      { rules: [{ name: 'a', group: 'new' }] },
      'rules.0.group',
      /no group "new" under groups: add `groups: \{ new: \{\} \}`/,
    ],
    ...EARLY_BACKENDS,
    [{ rules: [{ name: 'a', match: 'path ~ "("' }] }, 'rules.0.match', /at character 9: this `\(` is not closed/],
    [{ rules: [{ name: 'a', limit: { requests: '1/s', key: 'nothing' } }] }, 'rules.0.limit.key', /no variable/],
    [
      { rules: [{ name: 'a', group: 'lokal' }], groups: { local: {} } },
      'rules.0.group',
      /no group "lokal" under groups; did you mean local/,
    ],
    [
      { rules: [{ name: 'a', request: [{ delay: '1s' }, { set: { x: '$hots' } }] }] },
      'rules.0.request.1.set.x',
      /did you mean `\$host`/,
    ],
    [
      { rules: [{ name: 'a', request: [{ append: { host: 'b.test' } }] }] },
      'rules.0.request.0.append.host',
      /one Host/,
    ],
    [{ rules: [{ name: 'a', request: [{ delete: ['x-a', 'Host'] }] }] }, 'rules.0.request.0.delete.1', /one Host/],
    [{ rules: [{ name: 'a', request: [{ set: { Host: 'a b' } }] }] }, 'rules.0.request.0.set.Host', /expected a host/],
    [
      { rules: [{ name: 'a', request: [{ set: { 'Content-Length': '1' } }] }] },
      'rules.0.request.0.set.Content-Length',
      /written by the proxy/,
    ],
    [
      { rules: [{ name: 'a', response: [{ delete: ['x', 'transfer-encoding'] }] }] },
      'rules.0.response.0.delete.1',
      /written by the proxy/,
    ],
    [
      { rules: [{ name: 'a', request: [{ path: { replace: '(', with: '' } }] }] },
      'rules.0.request.0.path.replace',
      /at character 1: this `\(` is not closed/,
    ],
    [
      { rules: [{ name: 'a', request: [{ path: { replace: 'a', with: '$1' } }] }] },
      'rules.0.request.0.path.with',
      /no such group/,
    ],
    [{ rules: [{ name: 'a', request: [{ host: 'a b' }] }] }, 'rules.0.request.0.host', /expected a host/],
    [
      { rules: [{ name: 'a', request: [{ replaceHeader: { name: 'x', replace: '[', with: '' } }] }] },
      'rules.0.request.0.replaceHeader.replace',
      /is not closed/,
    ],
    [
      { rules: [{ name: 'a', request: [{ mapRemote: { url: 'http://u:p@x/' } }] }] },
      'rules.0.request.0.mapRemote.url',
      /are not sent/,
    ],
    [
      { rules: [{ name: 'a', request: [{ mapRemote: { url: 'http://$host/' } }] }] },
      'rules.0.request.0.mapRemote.url',
      /without variables/,
    ],
    [
      { rules: [{ name: 'a', request: [{ mapRemote: { url: 'ftp://x' } }] }] },
      'rules.0.request.0.mapRemote.url',
      /expected a URL/,
    ],
    [
      { rules: [{ name: 'a', request: [{ respond: { body: 'a', bodyFile: 'b' } }] }] },
      'rules.0.request.0.respond.bodyFile',
      /not both/,
    ],
    [
      { rules: [{ name: 'a', response: [{ body: { jsonPatch: [{ op: 'add', path: '/a' }] } }] }] },
      'rules.0.response.0.body.jsonPatch.0',
      /add needs value/,
    ],
    [
      { rules: [{ name: 'a', response: [{ body: { replace: '(', with: '' } }] }] },
      'rules.0.response.0.body.replace',
      /is not closed/,
    ],
  ])('%j', (document, path, message) => {
    const mistakes = findRuleMistakes(configWith(document));
    expect(mistakes.map((mistake) => mistake.path.join('.'))).toEqual([path]);
    expect(mistakes[0]?.message).toMatch(message);
  });

  it('are all told', () => {
    const rules = [
      { name: 'a', match: 'x = 1', request: [{ set: { a: '$b' } }] },
      { name: 'c', match: 'y = 1' },
    ];
    expect(findRuleMistakes(configWith({ rules })).map(({ path }) => path.join('.'))).toEqual([
      'rules.0.match',
      'rules.0.request.0.set.a',
      'rules.1.match',
    ]);
  });

  it('are none in the example of the documentation', () => {
    const config = configWith({
      listeners: { proxy: { address: '127.0.0.1:8888', mode: 'forward', intercept: 'host $= .example.test' } },
      routes: [
        { name: 'api', match: 'host = api.localhost and path ^= /v1/', pool: 'api' },
        { name: 'old', match: 'path ~ "^/old/(.*)"', redirect: { status: 308, location: '/new/$1' } },
      ],
      rules: [
        {
          name: 'Header rewrite',
          group: 'Local dev',
          match: 'route = api and method in (GET, POST)',
          request: [{ delete: ['x-secret-internal'] }],
          response: [{ delete: ['server'] }],
        },
        {
          name: 'Slow search',
          match: 'path ^= /search',
          limit: { requests: '50/s', burst: 20, key: 'client_ip', status: 429 },
        },
      ],
      groups: { 'Local dev': { select: 'many' } },
    });
    expect(findRuleMistakes(config)).toEqual([]);
  });
});
