/** Many routes and rules: a rule stands once in what is exported, not once for every route. */
import { expect, test } from 'vitest';
import { configSchema } from '../../proxy-engine/contract/config.ts';
import { exportConfig } from '../../proxy-engine/exporters/export.ts';
import { complaintOf } from './peers.ts';

/** Rules of every kind: for one route, for a path, for a header, and for what comes back. */
function manyOf(count: number) {
  const numbers = Array.from({ length: count }, (_, i) => i);
  const rule = (i: number): object => {
    const [of, at] = [`route = "route ${i}"`, `path ^= /s${i}/`];
    switch (i % 6) {
      case 0:
        return { match: of, request: [{ set: { 'x-r': `${i}` } }] };
      case 1:
        return { match: at, request: [{ path: { replace: `^/s${i}/`, with: '/x/' } }] };
      case 2:
        return { match: `header[x-h] = v${i}`, request: [{ set: { 'x-h': 'y' } }, { delete: ['x-z'] }] };
      case 3:
        return { match: at, response: [{ set: { 'x-late': 'yes' } }] };
      case 4:
        return { match: `path = /s${i}/made`, request: [{ respond: { status: 200, body: '{}' } }] };
      default:
        return { match: `status = 404 and ${of}`, response: [{ set: { 'x-miss': '1' } }] };
    }
  };
  return configSchema.parse({
    version: 1,
    listeners: { gateway: { address: '127.0.0.1:8080' } },
    routes: numbers.map((i) => ({ name: `route ${i}`, match: `path ^= /s${i}/`, pool: i % 2 === 0 ? 'a' : 'b' })),
    pools: { a: { backends: [{ url: 'http://127.0.0.1:1' }] }, b: { backends: [{ url: 'http://127.0.0.1:2' }] } },
    rules: numbers.map((i) => ({ name: `rule ${i}`, ...rule(i) })),
  });
}

test.each(['haproxy', 'caddy', 'envoy', 'traefik'] as const)(
  '%s: four times as many are a file of at most six times the size',
  (target) => {
    const sizeOf = (count: number) => exportConfig(manyOf(count), target).text.length;
    expect(sizeOf(400) / sizeOf(100)).toBeLessThan(6);
  },
  60_000,
);

test.each(['haproxy', 'caddy'] as const)(
  '%s takes the file',
  async (peer) => {
    expect(await complaintOf(peer, exportConfig(manyOf(200), peer).text)).toBeNull();
  },
  60_000,
);
