/** Exported files go on to another backend where one is dead, whatever picks it. */
import { expect, test } from 'vitest';
import { send } from '../support/backend.ts';
import { freePort } from '../support/free-port.ts';
import { runBackend, runExported } from './running.ts';

function caddyWith(pool: object): Promise<number> {
  return runExported('caddy', { pools: { api: pool } });
}

async function urls(): Promise<{ alive: string; dead: string }> {
  return { alive: await runBackend(), dead: `http://127.0.0.1:${await freePort()}` };
}

test.each([
  { policy: 'first' },
  { policy: 'first', ejection: false },
  { policy: 'ip_hash' },
  { policy: 'ketama', hash: { on: 'path' } },
  { policy: 'least_request' },
  { policy: 'round_robin', sticky: { cookie: 'S' } },
])('Caddy with %j', async (pool) => {
  const { alive, dead } = await urls();
  const port = await caddyWith({ backends: [{ url: dead }, { url: alive }], ...pool });
  for (let i = 0; i < 8; i++) expect((await send(`127.0.0.1:${port}`, `/${i}`)).status).toBe(200);
});

test('Caddy before 2.11.2 holds a failed request with a body against the dead backend alone', async () => {
  const { alive, dead } = await urls();
  const port = await caddyWith({ backends: [{ url: dead }, { url: alive }] });
  const post = () => send(`127.0.0.1:${port}`, '/', { method: 'POST', body: 'a' });
  const statuses: number[] = [];
  for (let i = 0; i < 12; i++) statuses.push((await post()).status);
  expect(statuses.filter((status) => status === 502)).toHaveLength(3);
  expect(statuses.filter((status) => status === 200)).toHaveLength(9);
});

test.each([
  [{}, { state: 'maint' }],
  [{ state: 'maint' }, { state: 'drain' }],
  [{ state: 'maint' }, { weight: 0 }],
])('Caddy has backups for the one backend, or none, that is left: %j, %j', async (first, second) => {
  const { alive, dead } = await urls();
  const others = [first, second].map((state, i) => ({ url: dead, name: `o${i}`, ...state }));
  const port = await caddyWith({ backends: [...others, { url: alive, backup: true }] });
  for (let i = 0; i < 4; i++) expect((await send(`127.0.0.1:${port}`, `/${i}`)).status).toBe(200);
});
