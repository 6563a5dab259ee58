/** The same requests at once to a real nginx with `limit_req` and to a rule with `limit`: who is let through, who waits, who is refused. */
import { afterAll, expect, test } from 'vitest';
import { startBackend } from '../support/backend.ts';
import { startNginx } from '../support/other-proxies.ts';
import { runSwitchyard } from '../support/switchyard.ts';
import { until } from '../support/until.ts';

const AT_ONCE = 6;
const open: { close(): Promise<unknown> }[] = [];
afterAll(() => Promise.all(open.map((one) => one.close())));

/** Starts all at once; answers when as many as expected have been answered. The rest wait for a minute and are given up. */
async function outcomes(address: string, waiting: number): Promise<{ passed: number; refused: number }> {
  const giveUp = new AbortController();
  const statuses: number[] = [];
  for (let sent = 0; sent < AT_ONCE; sent++)
    void fetch(`http://${address}/`, { signal: giveUp.signal }).then(
      ({ status }) => statuses.push(status),
      () => {},
    );
  await until(() => statuses.length >= AT_ONCE - waiting, `${AT_ONCE - waiting} answers`);
  giveUp.abort();
  const refused = statuses.filter((status) => status === 429).length;
  return { passed: statuses.length - refused, refused };
}

/** nginx and a rule with that limit, each in front of something that answers at once. */
async function startBoth(nginxKey: string, key: string, burst: number): Promise<string[]> {
  const backend = await startBackend('a');
  const nginx = await startNginx(
    `limit_req_zone ${nginxKey} zone=all:1m rate=1r/m;`,
    // Answered with 404, after the limit.
    `limit_req zone=all${burst > 0 ? ` burst=${burst}` : ''}; limit_req_status 429; root missing;`,
  );
  const switchyard = await runSwitchyard(
    `version: 1
listeners: { gateway: { address: '127.0.0.1:0' } }
routes: [{ name: api, pool: api }]
pools: { api: { backends: [{ url: '${backend.url}' }] } }
rules: [{ name: Limit, limit: { requests: 1/m, burst: ${burst}, key: '${key}' } }]
`,
    { drain: '0s' },
  );
  open.push(backend, nginx, switchyard);
  return [nginx.address, switchyard.listeners.gateway ?? ''];
}

test.each([0, 1, 3, 5, 9])('burst %i', async (burst) => {
  const waiting = Math.min(burst, AT_ONCE - 1);
  const expected = { passed: 1, refused: AT_ONCE - 1 - waiting };
  for (const address of await startBoth('$binary_remote_addr', 'client_ip', burst))
    expect(await outcomes(address, waiting)).toEqual(expected);
});

test('those without the key are not counted', async () => {
  for (const address of await startBoth('$http_x_user', 'header[x-user]', 0))
    expect(await outcomes(address, 0)).toEqual({ passed: AT_ONCE, refused: 0 });
});
