/** `backend: POOL/NAME`: that one alone gets what a rule sends to it, here and in exported files. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { exportConfig } from '../../proxy-engine/exporters/export.ts';
import { send } from '../support/backend.ts';
import type { PeerName } from './peers.ts';
import { smallConfig } from './reports.ts';
import { runExported } from './running.ts';

async function startNamed(name: string): Promise<{ name: string; url: string }> {
  const server = createServer((_, response) => response.end(name));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close().closeAllConnections());
  return { name, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const to = (name: string, backend: string) => ({
  name,
  match: `header[x-to] = ${name}`,
  request: [{ backend }],
});

test.each<PeerName>(['nginx', 'haproxy', 'caddy'])('%s', async (peer) => {
  const [a, b, c] = await Promise.all(['a', 'b', 'c'].map(startNamed));
  const port = await runExported(peer, {
    pools: { api: { backends: [a, { ...b, weight: 0 }, { ...c, state: 'drain' }] } },
    rules: [
      to('b', 'api/b'),
      to('c', 'api/c'),
      { name: 'back', match: 'header[x-back] = 1', request: [{ pool: 'api' }] },
      { name: 'gate', match: 'pool = api and header[x-bad] = 1', request: [{ respond: { status: 403, body: 'no' } }] },
      { name: 'other', match: 'not pool ~ "^api$"', request: [{ respond: { status: 403, body: 'no' } }] },
    ],
  });
  const ask = (headers: Record<string, string>) => send(`127.0.0.1:${port}`, '/', { headers });

  for (let i = 0; i < 3; i++) {
    expect((await ask({})).text).toBe('a');
    expect((await ask({ 'x-to': 'b' })).text).toBe('b');
  }
  expect((await ask({ 'x-to': 'b', 'x-back': '1' })).text).toBe('a');
  expect((await ask({ 'x-to': 'c' })).status).toBeGreaterThanOrEqual(502);
  expect((await ask({ 'x-to': 'b', 'x-bad': '1' })).status).toBe(403);
});

test.each(['envoy', 'traefik'] as const)('%s', (target) => {
  const { text, approximated, unmapped } = exportConfig(smallConfig({ rule: to('b', 'api/b') }), target);
  expect(text).toMatch(/^ +(?:cluster|service): api_b$/m);
  expect(approximated).toContainEqual(expect.objectContaining({ path: 'rules[0].request[0]', what: 'backend api/b' }));
  expect(unmapped).toEqual([]);
});

test('one that is discovered is not mapped, and one of a rule that is off is no pool', () => {
  const discovered = { backends: undefined, discover: { dns: 'api.test:80' } };
  const { text, unmapped } = exportConfig(smallConfig({ pool: discovered, rule: to('b', 'api/b') }), 'haproxy');
  expect(text).not.toContain('backend api_b');
  expect(unmapped).toContainEqual(expect.objectContaining({ path: 'rules[0].request[0]' }));
  const off = exportConfig(smallConfig({ rule: { ...to('b', 'api/b'), enabled: false } }), 'haproxy');
  expect(off.text).not.toContain('backend api_b');
});
