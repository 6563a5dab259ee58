import { expect, test } from 'vitest';
import { stickyBackend, stickyCookie, stickyValue } from '../../proxy-engine/balancer/sticky.ts';
import { backendAt, backendsOf } from '../support/backends.ts';

const STICKY = { cookie: 'SWITCHYARD', path: '/shop', ttl: 3_600_000 };
const backends = backendsOf([1, 1]);
const [a, b] = backends as [(typeof backends)[number], (typeof backends)[number]];

test.each([
  [3_600_000, 3600],
  [1400, 1],
  [400, 1],
])('the cookie that binds a client for %i ms', (ttl, seconds) => {
  expect(stickyCookie({ ...STICKY, ttl }, a)).toBe(
    `SWITCHYARD=${stickyValue(a)}; Path=/shop; Max-Age=${seconds}; HttpOnly; SameSite=Lax`,
  );
});

test('a value names an address, whatever its backend is called, and does not show it', () => {
  expect(stickyValue(a)).toMatch(/^[0-9a-f]{16}$/);
  expect(stickyValue(backendAt('http://127.0.0.1:3001', { name: 'renamed' }))).toBe(stickyValue(a));
  expect(stickyValue(b)).not.toBe(stickyValue(a));
});

test.each([
  [`SWITCHYARD=${stickyValue(b)}`, 'b'],
  [`x=1; SWITCHYARD=${stickyValue(a)}; y=2`, 'a'],
  ['SWITCHYARD=0000000000000000', undefined],
  ['OTHER=1', undefined],
  [undefined, undefined],
])('Cookie: %s → %s', (header, name) => {
  expect(stickyBackend(STICKY, header, backends)?.name).toBe(name);
});
