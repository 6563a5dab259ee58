/** What closes and cannot be asked as it is written closes more, never less; what serves is left out. */
import { expect, test } from 'vitest';
import type { ExportTarget } from '../../proxy-engine/contract/transfer.ts';
import { exportConfig } from '../../proxy-engine/exporters/export.ts';
import { complaintOf } from './peers.ts';
import { smallConfig } from './reports.ts';

function exported(target: ExportTarget, parts: Parameters<typeof smallConfig>[0]) {
  const { text, unmapped } = exportConfig(smallConfig(parts), target);
  return { text: text.replace(/^#.*$/gm, ''), told: unmapped.map(({ path, what }) => `${path}: ${what}`) };
}

const FORBIDDEN = { pool: undefined, respond: { status: 403 } };
const CLOSES_MORE = /^routes\[0\]\.match: route api \(it closes more than it did\)$/;

test.each<[ExportTarget, string, RegExp]>([
  [
    'envoy',
    'path ^= /admin and not clientIp = 10.0.0.1',
    /match:\n +prefix: \/admin\n +direct_response:\n +status: 403/,
  ],
  ['envoy', 'clientIp = 10.0.0.1', /match:\n +prefix: \/\n +direct_response:\n +status: 403/],
  ['traefik', 'path ^= /admin and url *= secret', /rule: PathPrefix\(`\/admin`\)\n/],
  ['traefik', 'path ^= /admin and not (host = a.test and url *= x)', /rule: PathPrefix\(`\/admin`\)\n/],
  ['caddy', 'path ^= /admin and url *= secret', /@route_api expression `\{wire\.path\}\.startsWith\("\/admin"\)`/],
])('%s: a route for %s', (target, match, written) => {
  const { text, told } = exported(target, { route: { ...FORBIDDEN, match } });
  expect(text).toMatch(written);
  expect(told).toContainEqual(expect.stringMatching(CLOSES_MORE));
});

test.each<[ExportTarget, object, RegExp]>([
  ['envoy', { respond: { status: 403 } }, /prefix: \/v1\/\n(?:.*\n)*? +direct_response:\n +status: 403/],
  ['envoy', { abort: 'close' }, /prefix: \/v1\/\n(?:.*\n)*? +direct_response:\n +status: 403/],
  ['traefik', { respond: { status: 403 } }, /rejectStatusCode: 403/],
  ['traefik', { abort: 'close' }, /rejectStatusCode: 403/],
])('%s: a rule that does %j', (target, action, written) => {
  const match = target === 'envoy' ? 'path ^= /v1/ and clientIp = 10.0.0.1' : 'url *= secret';
  const { text, told } = exported(target, { rule: { match, request: [action] } });
  expect(text).toMatch(written);
  expect(told).toContain('rules[0].match: rule r (it closes more than it did)');
});

test('what a file knows by its place is not asked, and closes no more', () => {
  const rule = {
    match: 'pool = api and listener = gateway and path ^= /v1/x',
    request: [{ respond: { status: 403 } }],
  };
  for (const target of ['nginx', 'haproxy', 'caddy', 'envoy', 'traefik'] as const)
    expect(exported(target, { rule }).told).not.toContainEqual(expect.stringMatching(/closes more/));
});

test('a route that serves is left out', () => {
  const { told } = exported('traefik', { route: { match: 'path ^= /admin and url *= secret' } });
  expect(told).toContain('routes[0].match: route api (its exchanges go to later routes)');
});

test.each(['haproxy', 'caddy'] as const)('%s takes the file', async (target) => {
  const { text } = exportConfig(
    smallConfig({ route: { ...FORBIDDEN, match: 'path ^= /admin and url *= "}"' } }),
    target,
  );
  expect(await complaintOf(target, text)).toBeNull();
});
