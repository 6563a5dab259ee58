/** What refuses refuses, whatever else of its answer a target cannot say; answers that are files. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { configSchema } from '../../proxy-engine/contract/config.ts';
import { exportConfig } from '../../proxy-engine/exporters/export.ts';
import { send } from '../support/backend.ts';
import { temporaryDirectory } from '../support/tls.ts';
import type { PeerName } from './peers.ts';
import { runExported } from './running.ts';

const PEERS: readonly PeerName[] = ['nginx', 'haproxy', 'caddy'];

/** Asks the program that runs `parts` for a path; `cut off` where it does not answer. */
async function asking(peer: PeerName, parts: Parameters<typeof runExported>[1]) {
  const port = await runExported(peer, parts);
  return (path: string, options: Parameters<typeof send>[2] = {}) => send(`127.0.0.1:${port}`, path, options);
}

const REFUSALS: readonly (readonly [object, status: number | 'cut off'])[] = [
  [{ respond: { status: 403, bodyFile: '/none/a{b}?c$.html' } }, 403],
  [{ respond: { status: 451, headers: { 'x-a': '{$b}' }, body: 'a"`\\' } }, 451],
  [{ respond: { status: 403, body: `at $time_iso ${'x'.repeat(200_000)}` } }, 403],
  [{ respond: { status: 302, headers: { location: '/login?at=$time_iso&by=$exchange_id' } } }, 302],
  [{ abort: 'close' }, 'cut off'],
  [{ abort: 'reset' }, 'cut off'],
];

test.each(PEERS)('%s refuses what a rule refuses', async (peer) => {
  const rules = REFUSALS.map(([action], i) => ({ name: `r${i}`, match: `path = /${i}`, request: [action] }));
  // HAProxy starts with files that it finds.
  const ask = await asking(peer, { rules: peer === 'haproxy' ? rules.slice(1) : rules });
  for (const [i, [, expected]] of REFUSALS.entries())
    if (peer !== 'haproxy' || i > 0)
      expect(
        await ask(`/${i}`).then(
          ({ status }) => status,
          () => 'cut off',
        ),
      ).toBe(expected);
});

test.each(PEERS)('%s does not pass on what a rule lets hang', async (peer) => {
  const { text } = exportConfig(
    configSchema.parse({
      version: 1,
      listeners: { gateway: { address: '127.0.0.1:8080' } },
      rules: [{ name: 'r', match: 'path = /x', request: [{ abort: 'hang' }] }],
    }),
    peer,
  );
  expect(text).toMatch(/^\s*(?:return 444|abort|http-request silent-drop)/m);
});

test.each(PEERS)('%s answers with a file, with its status and without what files have besides', async (peer) => {
  const directory = temporaryDirectory();
  const file = join(directory, 'mock.json');
  writeFileSync(file, '{"a":1}\n');
  const respond = { status: 418, headers: { 'content-type': 'application/x', 'x-a': '$path' }, bodyFile: file };
  const ask = await asking(peer, {
    routes: [
      { name: 'mock', match: 'path ^= /mock', respond },
      { name: 'rest', pool: 'api' },
    ],
    rules: [{ name: 'r', match: 'path = /rule', request: [{ respond: { ...respond, status: 200 } }] }],
  });
  for (const method of ['GET', 'POST', 'PUT'])
    for (const [path, status] of [
      ['/mock/x?y', 418],
      ['/rule', 200],
    ] as const) {
      const reply = await ask(path, { method, headers: { range: 'bytes=0-1' } });
      const { 'content-type': type, 'x-a': a, etag, 'accept-ranges': ranges, 'last-modified': changed } = reply.headers;
      expect({ status: reply.status, text: reply.text, type, a, etag, ranges, changed }).toEqual({
        status,
        text: '{"a":1}\n',
        type: 'application/x',
        a: path.split('?')[0],
      });
    }
});

test.each(PEERS)('%s: an answer from a file gets what rules add to responses', async (peer) => {
  const file = join(temporaryDirectory(), 'index.html');
  writeFileSync(file, '<p>');
  const ask = await asking(peer, {
    routes: [{ name: 'home', respond: { status: 200, bodyFile: file } }],
    rules: [{ name: 'r', response: [{ set: { 'x-frame-options': 'DENY' } }] }],
  });
  expect((await ask('/')).headers['x-frame-options']).toBe('DENY');
});

test.each(PEERS)('%s: the end of a path says nothing about the type of an answer', async (peer) => {
  const ask = await asking(peer, {
    routes: [{ name: 'all', respond: { status: 200, headers: { 'content-type': 'text/plain' }, body: '$path' } }],
  });
  for (const path of ['/a.html', '/a.gif']) expect((await ask(path)).headers['content-type']).toBe('text/plain');
});
