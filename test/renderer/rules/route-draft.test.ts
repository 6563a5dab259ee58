import { expect, test } from 'vitest';
import { editsBetween } from '../../../renderer/rules/edits.ts';
import {
  applyRouteDraft,
  leadTo,
  routeDraftOf,
  routeMatchIssue,
  routeProblems,
} from '../../../renderer/rules/route-draft.ts';

const ROUTES = [
  { name: 'api', match: 'path ^= /v1/', pool: 'api' },
  { name: 'some', listeners: ['gateway', 'proxy'], pool: 'api', mirror: { pool: 'shadow', percent: 10 } },
  {
    name: 'canary',
    split: [
      { pool: 'shop', weight: 95 },
      { pool: 'shop next', weight: 5 },
    ],
    stickyBy: 'client_ip',
  },
  { name: 'down', respond: { status: 503, headers: { 'retry-after': '30' }, body: 'back soon' } },
  { name: 'old', match: 'path ~ "^/old/(.*)"', redirect: { status: 308, location: '/new/$1' } },
  { name: 'away', original: true },
];

test.each(ROUTES)('nothing edited is nothing changed: $name', (route) => {
  expect(editsBetween(['routes', 0], route, applyRouteDraft(route, routeDraftOf(route)))).toEqual([]);
});

test('another destination takes the place of the first', () => {
  const [route] = ROUTES;
  if (!route) throw new Error('there are routes');
  const draft = leadTo(routeDraftOf(route), 'redirect');
  const changed = applyRouteDraft(route, {
    ...draft,
    fields: { status: '', location: '/b' },
    listeners: ' gateway , ',
  });
  expect(changed).toEqual({
    name: 'api',
    match: 'path ^= /v1/',
    listeners: ['gateway'],
    redirect: { location: '/b' },
  });
  expect(applyRouteDraft(route, leadTo(draft, 'original'))).toEqual({
    name: 'api',
    match: 'path ^= /v1/',
    original: true,
  });
});

test('copies are left out when no pool is named', () => {
  const route = { name: 'a', pool: 'api', mirror: { pool: 'shadow' } };
  const draft = routeDraftOf(route);
  expect(applyRouteDraft(route, { ...draft, mirror: { ...draft.mirror, pool: ' ' } })).toEqual({
    name: 'a',
    pool: 'api',
  });
});

test.each([
  ['', false],
  ['path ^= /a', false],
  ['pool = api', true],
  ['status = 500', true],
])('the condition %j of a route is wrong: %s', (match, wrong) => {
  expect(routeMatchIssue({ ...routeDraftOf({ name: 'a' }), match }) !== undefined).toBe(wrong);
});

test.each([
  ['web 95\nnext', { 'fields.split': { kind: 'share', line: 'next' } }],
  ['web 95\n\nnext one 5', {}],
])('shares %j: %j', (split, problems) => {
  expect(routeProblems({ ...leadTo(routeDraftOf({ name: 'a' }), 'split'), fields: { split } })).toEqual(problems);
});

test('a percentage of copies for no pool is told', () => {
  const draft = routeDraftOf({ name: 'a', pool: 'api' });
  expect(routeProblems(draft)).toEqual({});
  expect(routeProblems({ ...draft, mirror: { pool: ' ', percent: '5' } })).toEqual({ 'mirror.pool': 'noMirrorPool' });
});
