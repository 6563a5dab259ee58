/** What an exported file leaves of a query, as the backend sees it. */
import { expect, test } from 'vitest';
import { send } from '../support/backend.ts';
import type { PeerName } from './peers.ts';
import { runExported } from './running.ts';

test.each<PeerName>(['nginx', 'haproxy'])('%s takes a parameter away, however its name is spelled', async (peer) => {
  const port = await runExported(peer, {
    rules: [{ name: 'r', request: [{ query: { delete: ['debug', "it's (a) 5%", 'é'], set: { by: 'us' } } }] }],
  });

  const seen = async (query: string) => JSON.parse((await send(`127.0.0.1:${port}`, `/?${query}`)).text).path;

  expect(await seen('debug=1&a=2')).toBe('/?a=2&by=us');
  expect(await seen('d%65bu%67&a=2&b%79=1')).toBe('/?a=2&by=us');
  expect(await seen("a=2&it's+(a)%205%25&it=s")).toBe('/?a=2&it=s&by=us');
  expect(await seen('%c3%a9=1&debugger=1')).toBe('/?debugger=1&by=us');
});
