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

test.each([0, 1, 3, 5, 9])('burst %i', async (burst) => {
  const backend = await startBackend('a');
  const nginx = await startNginx(
    'limit_req_zone $binary_remote_addr zone=all:1m rate=1r/m;',
    // Answered with 404, after the limit.
    `limit_req zone=all${burst > 0 ? ` burst=${burst}` : ''}; limit_req_status 429; root missing;`,
  );
  const switchyard = await runSwitchyard(
    `version: 1
listeners: { gateway: { address: '127.0.0.1:0' } }
routes: [{ name: api, pool: api }]
pools: { api: { backends: [{ url: '${backend.url}' }] } }
rules: [{ name: Limit, limit: { requests: 1/m, burst: ${burst} } }]
`,
    { drain: '0s' },
  );
  open.push(backend, nginx, switchyard);
  const waiting = Math.min(burst, AT_ONCE - 1);
  const expected = { passed: 1, refused: AT_ONCE - 1 - waiting };
  expect(await outcomes(nginx.address, waiting)).toEqual(expected);
  expect(await outcomes(switchyard.listeners.gateway ?? '', waiting)).toEqual(expected);
});
