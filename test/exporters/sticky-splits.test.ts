/** A split by a key: who has none is not always sent to the same pool. */
import { expect, test } from 'vitest';
import { send } from '../support/backend.ts';
import type { PeerName } from './peers.ts';
import { runBackend, runExported } from './running.ts';

const SPLIT = [
  { pool: 'main', weight: 1 },
  { pool: 'closed', weight: 1 },
];

test.each<[PeerName, string, (n: number) => Record<string, string>]>([
  ['nginx', 'header[x-user]', (n) => ({ 'x-user': `u${n}` })],
  ['nginx', 'cookie[sid]', (n) => ({ cookie: `a=b; sid=${n}` })],
  ['haproxy', 'header[x-user]', (n) => ({ 'x-user': `u${n}` })],
  ['haproxy', 'cookie[sid]', (n) => ({ cookie: `a=b; sid=${n}` })],
])('%s by %s', async (peer, stickyBy, keyed) => {
  const [alive, other] = [await runBackend(), await runBackend()];
  const port = await runExported(peer, {
    routes: [{ name: 'all', split: SPLIT, stickyBy }],
    pools: { main: { backends: [{ url: alive }] }, closed: { backends: [{ url: other }] } },
    rules: [{ name: 'r', match: 'pool = closed', request: [{ respond: { status: 418, body: 'other' } }] }],
  });
  const statusesOf = async (times: number, headers: (n: number) => Record<string, string>) => {
    const sent = Array.from({ length: times }, (_, n) => send(`127.0.0.1:${port}`, '/', { headers: headers(n) }));
    return new Set((await Promise.all(sent)).map(({ status }) => status));
  };
  // By chance, all of 60 are the same once in 2^59.
  expect(await statusesOf(60, () => ({}))).toEqual(new Set([200, 418]));
  expect(await statusesOf(60, keyed)).toEqual(new Set([200, 418]));
  for (const n of [1, 2, 3]) expect((await statusesOf(8, () => keyed(n))).size).toBe(1);
});
