/** Rule sets in a real Redis and a real etcd, as `switchyard run` follows them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Backend, startBackend } from '../../support/backend.ts';
import { type Database, startEtcd, startRedis } from '../../support/shared-databases.ts';
import { callSwitchyard, runSwitchyard, type Switchyard } from '../../support/switchyard.ts';

const WAIT = { timeout: 10_000 };
let backend: Backend;
beforeAll(async () => {
  backend = await startBackend('a');
});
afterAll(() => backend.close());

function config(include: string): string {
  return `version: 1
listeners: { gateway: { address: '127.0.0.1:0' } }
routes: [{ name: api, pool: api }]
pools: { api: { backends: [{ name: a, url: '${backend.url}' }] } }
include: ['${include}']
`;
}

const rules = (value: string): string =>
  `# the team's\nrules:\n  - { name: Team, response: [{ set: { x-team: ${value} } }] }\n`;
const header = async ({ listeners }: Switchyard): Promise<string | null> =>
  (await fetch(`http://${listeners.gateway}/`)).headers.get('x-team');
const complaint = async (switchyard: Switchyard): Promise<string> =>
  (await callSwitchyard<{ configError?: string }>(switchyard, 'state.get')).configError ?? '';

describe.each<[name: string, start: () => Promise<Database>]>([
  ['Redis', startRedis],
  ['etcd', startEtcd],
])('a rule set in %s', (_name, start) => {
  let database: Database;
  let switchyard: Switchyard;
  const data = mkdtempSync(join(tmpdir(), 'switchyard-data-'));
  const run = (): Promise<Switchyard> => runSwitchyard(config(database.address('team/rules')), { data });

  beforeAll(async () => {
    database = await start();
    await database.set('team/rules', rules('one'));
    switchyard = await run();
  });
  afterAll(async () => {
    await switchyard?.close();
    await database?.close();
    rmSync(data, { recursive: true, force: true });
  });

  test('acts, and a change acts without anybody asking', async () => {
    expect(await header(switchyard)).toBe('one');
    await database.set('team/rules', rules('two'));
    await expect.poll(() => header(switchyard), WAIT).toBe('two');
  });

  test('a bad change is refused and told, with its place; a good one is taken again', async () => {
    await database.set('team/rules', rules('three').replace('set:', 'sett:'));
    await expect.poll(() => complaint(switchyard), WAIT).toMatch(/team\/rules: a change was refused.*team\/rules:3:/);
    expect(await header(switchyard)).toBe('two');
    await database.set('team/rules', rules('four'));
    await expect.poll(() => header(switchyard), WAIT).toBe('four');
    expect(await complaint(switchyard)).toBe('');
  });

  test('what is changed in the window is written to the key, comments kept', async () => {
    await callSwitchyard(switchyard, 'rule.setEnabled', { rule: 'Team', enabled: false });
    expect(await header(switchyard)).toBeNull();
    const written = await database.get('team/rules');
    expect(written).toContain('enabled: false');
    expect(written).toContain("# the team's");
    await callSwitchyard(switchyard, 'rule.setEnabled', { rule: 'Team', enabled: true });
    expect(await header(switchyard)).toBe('four');
  });

  test('a key that is gone leaves what it said last', async () => {
    const text = await database.get('team/rules');
    await database.remove('team/rules');
    await expect.poll(() => complaint(switchyard), WAIT).toMatch(/the key is gone/);
    expect(await header(switchyard)).toBe('four');
    await database.set('team/rules', text.replace('four', 'five'));
    await expect.poll(() => header(switchyard), WAIT).toBe('five');
  });

  test('without the database the last good copy runs, also after a start; later changes are seen again', async () => {
    await database.stop();
    await expect.poll(() => complaint(switchyard), WAIT).toMatch(/last good copy runs, and it is tried again/);
    expect(await header(switchyard)).toBe('five');
    expect(await switchyard.close()).toBe(0);

    switchyard = await run();
    expect(await header(switchyard)).toBe('five');
    await expect.poll(() => complaint(switchyard), WAIT).toMatch(/last good copy runs, and it is tried again/);

    await database.start();
    await database.set('team/rules', rules('six'));
    await expect.poll(() => header(switchyard), WAIT).toBe('six');
    await expect.poll(() => complaint(switchyard), WAIT).toBe('');
  }, 60_000);
});

// Nobody listens on port 2.
test.each([
  ['redis://127.0.0.1:2/rules', /include\[0\]: cannot read redis:.*ECONNREFUSED/],
  ['etcd://user:secret@127.0.0.1:2/rules', /include\[0\]: cannot read etcd:\/\/127.*ECONNREFUSED/],
  ['redis://127.0.0.1', /expected HOST\[:PORT\]\/KEY/],
])('%s, and no copy: it does not start and says why, without the password', async (include, reason) => {
  const refused = await runSwitchyard(config(include)).then(
    () => '',
    (error: Error) => error.message,
  );
  expect(refused).toMatch(reason);
  expect(refused).not.toContain('secret');
});
