import { describe, expect, it } from 'vitest';
import { drillSchema } from '../../proxy-engine/contract/drill.ts';
import type { ListenerState } from '../../proxy-engine/contract/state.ts';
import { aimOf } from '../../proxy-engine/drills/aim.ts';

const LISTENERS: ListenerState[] = [
  { name: 'proxy', address: '127.0.0.1:8888', mode: 'forward', secure: false },
  { name: 'gateway', address: '0.0.0.0:8080', mode: 'reverse', secure: false },
  { name: 'safe', address: '[::1]:8443', mode: 'reverse', secure: true },
  { name: 'h2c', address: '127.0.0.1:8082', mode: 'reverse', secure: false, http2Only: true },
  { name: 'broken', address: '127.0.0.1:9999', mode: 'reverse', secure: false, error: 'EADDRINUSE' },
];

function aim(load: { url?: string; listener?: string }, listeners = LISTENERS) {
  return aimOf(drillSchema.parse({ load: { rate: '1/s', ...load }, duration: '1s' }).load, listeners);
}

describe('where the load goes', () => {
  it.each([
    [{}, { host: '127.0.0.1', port: 8080, secure: false, authority: '127.0.0.1:8080', target: '/' }],
    [
      { url: '/a?b=1', listener: 'safe' },
      { host: '::1', port: 8443, secure: true, authority: '[::1]:8443', target: '/a?b=1' },
    ],
    [
      { url: 'http://api.localhost:8080/v1?x' },
      { host: '127.0.0.1', port: 8080, authority: 'api.localhost:8080', target: '/v1?x' },
    ],
    [{ url: 'https://shop.test:8443' }, { host: '::1', secure: true, authority: 'shop.test:8443', target: '/' }],
  ])('%j', (load, expected) => {
    expect(aim(load)).toMatchObject(expected);
  });

  it.each([
    [
      { url: 'http://example.test/' },
      'example.test:80 is no reverse listener of this engine; there are gateway (0.0.0.0:8080)',
    ],
    [{ url: 'http://127.0.0.1:8888/' }, 'is no reverse listener'],
    [{ url: 'http://127.0.0.1:9999/' }, 'is no reverse listener'],
    [{ url: 'https://127.0.0.1:8080/' }, 'listener gateway speaks http, not https'],
    [{ url: '/', listener: 'gate' }, 'no listener gate to send to'],
    [{ url: '/', listener: 'h2c' }, 'listener h2c speaks HTTP/2 alone, and a drill sends HTTP/1.1; there are gateway'],
    [{ url: 'http://127.0.0.1:8082/' }, 'listener h2c speaks HTTP/2 alone'],
  ])('%j is refused', (load, message) => {
    expect(aim(load)).toContain(message);
  });

  it('says so when nothing listens', () => {
    expect(aim({}, [])).toBe('nothing to send to; there is no reverse listener');
    const alone = LISTENERS.filter(({ name }) => name === 'h2c');
    expect(aim({}, alone)).toBe(
      'listener h2c speaks HTTP/2 alone, and a drill sends HTTP/1.1; there is no reverse listener',
    );
    expect(aim({}, LISTENERS.toReversed())).toMatchObject({ port: 8443 });
  });
});
