/** Whom the limits of an exported file take for one client. */
import { expect, test } from 'vitest';
import { send } from '../support/backend.ts';
import type { PeerName } from './peers.ts';
import { runExported } from './running.ts';

test.each<PeerName>(['nginx', 'haproxy'])('%s tells long keys apart that begin alike', async (peer) => {
  const port = await runExported(peer, {
    rules: [{ name: 'r', limit: { requests: '1/m', burst: 0, key: 'header[authorization]' } }],
  });

  const statusOf = async (user: string) =>
    (await send(`127.0.0.1:${port}`, '/', { headers: { authorization: `Bearer ${'x'.repeat(200)}${user}` } })).status;

  expect(await statusOf('one')).toBe(200);
  expect(await statusOf('one')).toBe(429);
  expect(await statusOf('two')).toBe(200);
});
