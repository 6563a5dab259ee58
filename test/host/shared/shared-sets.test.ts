/** Rule sets in a real Redis and a real etcd, as `switchyard run` follows them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { EngineState } from '../../../proxy-engine/contract/state.ts';
import { type Backend, startBackend } from '../../support/backend.ts';
import { type Database, startEtcd, startRedis } from '../../support/shared-databases.ts';
import { callSwitchyard, runSwitchyard, type Switchyard } from '../../support/switchyard.ts';
import { run } from '../../support/tls.ts';

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
rules: [{ name: Own }]
include: ['${include}']
`;
}

const rules = (value: string): string =>
  `# the team's\nrules:\n  - { name: Team, response: [{ set: { x-team: ${value} } }] }\n`;
const header = async ({ listeners }: Switchyard): Promise<string | null> =>
  (await fetch(`http://${listeners.gateway}/`)).headers.get('x-team');
const problems = async (switchyard: Switchyard): Promise<string[]> =>
  ((await callSwitchyard<EngineState>(switchyard, 'state.get')).configProblems ?? []).map(({ kind }) => kind);
const complaint = async (switchyard: Switchyard): Promise<string> =>
  (await callSwitchyard<{ configError?: string }>(switchyard, 'state.get')).configError ?? '';

test('a key of Redis that has no text is refused, not unreachable', async () => {
  const database = await startRedis();
  onTestFinished(() => database.close());
  await database.set('rules', rules('one'));
  const switchyard = await runSwitchyard(config(database.address('rules')));
  onTestFinished(async () => void (await switchyard.close()));
  await database.command(['DEL', 'rules']);
  await database.command(['LPUSH', 'rules', 'x']);
  await expect.poll(() => problems(switchyard)).toEqual(['refused']);
  expect(await complaint(switchyard)).toMatch(/refused.*the key has a list, a set or a hash, not a text/);
  expect(await header(switchyard)).toBe('one');
  await database.set('rules', rules('two'));
  await expect.poll(() => header(switchyard)).toBe('two');
  await expect.poll(() => problems(switchyard)).toEqual([]);
});

test('what runs and cannot be kept on disk runs, also at a start, and that is told', async () => {
  const database = await startRedis();
  onTestFinished(() => database.close());
  await database.set('rules', rules('one'));
  const data = mkdtempSync(join(tmpdir(), 'switchyard-data-'));
  onTestFinished(() => rmSync(data, { recursive: true }));
  writeFileSync(join(data, 'shared'), 'no directory');
  const switchyard = await runSwitchyard(config(database.address('rules')), { data });
  onTestFinished(async () => void (await switchyard.close()));
  expect([await header(switchyard), await problems(switchyard)]).toEqual(['one', ['unkept']]);
  await expect.poll(() => switchyard.log()).toMatch(/rules runs, but no copy could be kept/);
  await database.set('rules', rules('two'));
  await expect.poll(() => header(switchyard)).toBe('two');
  expect(await problems(switchyard)).toEqual(['unkept']);
  rmSync(join(data, 'shared'));
  await database.set('rules', rules('three'));
  await expect.poll(() => problems(switchyard)).toEqual([]);
});

test('the same address twice is told, and the check ends', async () => {
  const database = await startRedis();
  onTestFinished(() => database.close());
  await database.set('rules', rules('one'));
  const twice = `${database.address('rules')}', '${database.address('rules')}`;
  const directory = mkdtempSync(join(tmpdir(), 'switchyard-check-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'twice.yaml');
  writeFileSync(file, config(twice));
  await expect(run(join(import.meta.dirname, '../../../bin/switchyard'), ['check', file])).rejects.toMatchObject({
    code: 1,
    stdout: expect.stringContaining('is included already; take one of the two out'),
  });
});

test('what was refused for want of what another key has runs when that comes, or with it', async () => {
  const database = await startRedis();
  onTestFinished(() => database.close());
  for (const key of ['routes', 'pools']) await database.set(key, '{}');
  const both = `${database.address('routes')}', '${database.address('pools')}`;
  const switchyard = await runSwitchyard(config(both));
  onTestFinished(async () => void (await switchyard.close()));
  await database.set('routes', 'routes: [{ name: far, match: path ^= /far, pool: far }]');
  await expect.poll(() => problems(switchyard)).toEqual(['refused']);
  await database.set('pools', `pools: { far: { backends: [{ url: '${backend.url}' }] } }`);
  await expect.poll(() => problems(switchyard)).toEqual([]);
  const { routes } = await callSwitchyard<EngineState>(switchyard, 'state.get');
  expect(routes.map(({ name }) => name)).toContain('far');
  // Neither runs alone.
  await database.set('pools', `pools: { near: { backends: [{ url: '${backend.url}' }] } }`);
  await expect.poll(() => problems(switchyard)).toEqual(['refused']);
  await database.set('routes', 'routes: [{ name: near, match: path ^= /far, pool: near }]');
  await expect.poll(() => problems(switchyard)).toEqual([]);
  const { routes: later } = await callSwitchyard<EngineState>(switchyard, 'state.get');
  expect(later.map(({ name, to }) => [name, to])).toContainEqual(['near', expect.stringContaining('near')]);
});

test('what is written to one key is taken back when the other one cannot be written', async () => {
  const database = await startRedis();
  onTestFinished(() => database.close());
  const member = (name: string, enabled: boolean): string =>
    `rules:\n  - { name: ${name}, group: G, enabled: ${enabled}, response: [{ set: { x-team: ${name} } }] }\n`;
  await database.set('one', member('One', true));
  await database.set('two', member('Two', false));
  const both = `${database.address('one')}', '${database.address('two')}`;
  const switchyard = await runSwitchyard(`${config(both)}groups: { G: { select: one } }\n`);
  onTestFinished(async () => void (await switchyard.close()));
  await database.set('two', 'rules: [{ sett: 1 }]');
  await expect.poll(() => problems(switchyard)).toEqual(['refused']);
  const change = callSwitchyard(switchyard, 'rule.setEnabled', { rule: 'Two', enabled: true });
  await expect(change).rejects.toThrow(/nothing was changed/);
  expect(await database.get('one')).toBe(member('One', true));
  expect(await header(switchyard)).toBe('One');
  // Once that is mended, both are written.
  await database.set('two', member('Two', false));
  await expect.poll(() => problems(switchyard)).toEqual([]);
  await callSwitchyard(switchyard, 'rule.setEnabled', { rule: 'Two', enabled: true });
  await expect.poll(() => header(switchyard)).toBe('Two');
});

describe.each<[name: string, start: () => Promise<Database>]>([
  ['Redis', startRedis],
  ['etcd', startEtcd],
])('a rule set in %s', (name, start) => {
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
    await expect.poll(() => header(switchyard)).toBe('two');
  });

  test('a bad change is refused and told, with its place; a good one is taken again', async () => {
    await database.set('team/rules', rules('three').replace('set:', 'sett:'));
    await expect.poll(() => complaint(switchyard)).toMatch(/team\/rules: a change was refused.*team\/rules:3:/);
    expect(await header(switchyard)).toBe('two');
    await database.set('team/rules', rules('four'));
    await expect.poll(() => header(switchyard)).toBe('four');
    await expect.poll(() => complaint(switchyard)).toBe('');
  });

  test('a refused change is told until it is mended, whatever else is changed; going back to what was mends it', async () => {
    const good = await database.get('team/rules');
    await database.set('team/rules', good.replace('set:', 'sett:'));
    await expect.poll(() => problems(switchyard)).toEqual(['refused']);
    await callSwitchyard(switchyard, 'rule.setEnabled', { rule: 'Own', enabled: false });
    expect(await problems(switchyard)).toEqual(['refused']);
    await expect(callSwitchyard(switchyard, 'rule.setEnabled', { rule: 'Team', enabled: false })).rejects.toThrow(
      /nothing was changed/,
    );
    expect([await header(switchyard), await problems(switchyard)]).toEqual(['four', ['refused']]);
    await database.set('team/rules', good);
    await expect.poll(() => problems(switchyard)).toEqual([]);
  });

  test('it starts with the last good copy when the key has what cannot run', async () => {
    const good = await database.get('team/rules');
    await database.set('team/rules', 'rules: nonsense');
    expect(await switchyard.close()).toBe(0);
    switchyard = await run();
    expect([await header(switchyard), await problems(switchyard)]).toEqual(['four', ['refused']]);
    await expect.poll(() => switchyard.log()).toMatch(/team\/rules: a change was refused, what it said before stays/);
    await database.set('team/rules', good);
    await expect.poll(() => problems(switchyard)).toEqual([]);
  });

  test.each(['', '# nothing yet\n', 'null'])(
    'a text without anything, %j, is refused, also at a start',
    async (nothing) => {
      const good = await database.get('team/rules');
      await database.set('team/rules', nothing);
      await expect.poll(() => complaint(switchyard)).toMatch(/the key is empty; a rule set without rules is \{\}/);
      expect(await header(switchyard)).toBe('four');
      expect(await switchyard.close()).toBe(0);
      switchyard = await run();
      expect([await header(switchyard), await problems(switchyard)]).toEqual(['four', ['refused']]);
      await database.set('team/rules', '{}');
      await expect.poll(() => header(switchyard)).toBeNull();
      await database.set('team/rules', good);
      await expect.poll(() => header(switchyard)).toBe('four');
    },
  );

  test('what was refused for what the document says runs when that is mended', async () => {
    await database.set('team/rules', rules('twice').replace('Team', 'Own'));
    await expect.poll(() => problems(switchyard)).toEqual(['refused']);
    const { text } = await callSwitchyard<{ text: string }>(switchyard, 'config.get');
    await callSwitchyard(switchyard, 'config.apply', { text: text.replace('name: Own', 'name: Mine') });
    await expect.poll(() => header(switchyard)).toBe('twice');
    await expect.poll(() => problems(switchyard)).toEqual([]);
    await database.set('team/rules', rules('four'));
    await expect.poll(() => header(switchyard)).toBe('four');
    await callSwitchyard(switchyard, 'config.apply', { text });
  });

  test('each rule says where it comes from', async () => {
    const { rules: all } = await callSwitchyard<EngineState>(switchyard, 'state.get');
    expect(all.map(({ name, source }) => [name, source])).toEqual([
      ['Own', undefined],
      ['Team', database.address('team/rules')],
    ]);
  });

  test('a new rule is one of the document, never in the place of a shared one', async () => {
    const edits = [{ insert: 'rules', value: { name: 'New' } }];
    await callSwitchyard(switchyard, 'config.edit', { edits });
    const { rules: all } = await callSwitchyard<EngineState>(switchyard, 'state.get');
    expect(all.map(({ name }) => name)).toEqual(['Own', 'New', 'Team']);
    await callSwitchyard(switchyard, 'config.edit', { edits: [{ path: ['rules', 'New'], value: null }] });
  });

  test('two who change the same at once: both changes are in the key, and both run both', async () => {
    const other = await runSwitchyard(config(database.address('team/rules')));
    try {
      await database.set('team/rules', `${rules('four')}  - { name: Second, enabled: true }\n`);
      const names = async (who: Switchyard): Promise<unknown> =>
        (await callSwitchyard<EngineState>(who, 'state.get')).rules.map(({ enabled }) => enabled);
      for (const who of [switchyard, other]) await expect.poll(() => names(who)).toHaveLength(3);
      await Promise.all([
        callSwitchyard(switchyard, 'rule.setEnabled', { rule: 'Team', enabled: false }),
        callSwitchyard(other, 'rule.setEnabled', { rule: 'Second', enabled: false }),
      ]);
      expect((await database.get('team/rules')).match(/enabled: false/g)).toHaveLength(2);
      for (const who of [switchyard, other])
        await expect.poll(async () => String(await names(who))).toMatch(/false,false$/);
    } finally {
      await other.close();
      await database.set('team/rules', rules('four'));
      await expect.poll(() => header(switchyard)).toBe('four');
    }
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

  test('a start with a key that there is not says which key it looked for', async () => {
    const started = runSwitchyard(config(database.address('no/rules')));
    const asEtcd = /: there is no key no\/rules; one that begins with a slash is etcd:\/\/127[^/]*\/\/no\/rules/;
    await expect(started).rejects.toThrow(name === 'etcd' ? asEtcd : /: there is no key no\/rules$/m);
  });

  test('a key that is gone leaves what it said last', async () => {
    const text = await database.get('team/rules');
    await database.remove('team/rules');
    await expect.poll(() => complaint(switchyard)).toMatch(/the key is gone/);
    expect(await header(switchyard)).toBe('four');
    expect(await problems(switchyard)).toEqual(['gone']);
    await database.set('team/rules', text);
    await expect.poll(() => problems(switchyard)).toEqual([]);
    await database.set('team/rules', text.replace('four', 'five'));
    await expect.poll(() => header(switchyard)).toBe('five');
  });

  test('without the database the last good copy runs, also after a start; later changes are seen again', async () => {
    await database.stop();
    await expect.poll(() => complaint(switchyard)).toMatch(/last good copy runs, and it is tried again/);
    expect([await header(switchyard), await problems(switchyard)]).toEqual(['five', ['unreachable']]);
    await expect(callSwitchyard(switchyard, 'rule.setEnabled', { rule: 'Team', enabled: false })).rejects.toThrow(
      /nothing was changed/,
    );
    expect(await header(switchyard)).toBe('five');
    expect(await switchyard.close()).toBe(0);

    switchyard = await run();
    expect(await header(switchyard)).toBe('five');
    await expect.poll(() => complaint(switchyard)).toMatch(/last good copy runs, and it is tried again/);
    await expect.poll(() => switchyard.log()).toMatch(/team\/rules: .*; its last good copy runs/);

    await database.start();
    await database.set('team/rules', rules('six'));
    await expect.poll(() => header(switchyard)).toBe('six');
    await expect.poll(() => complaint(switchyard)).toBe('');
  });

  test('a database that takes connections and answers nothing is one that is away: it starts, and a change fails', async () => {
    database.hang();
    const change = callSwitchyard(switchyard, 'rule.setEnabled', { rule: 'Team', enabled: false });
    await expect(change).rejects.toThrow(/could not be written: .*(?:no answer|timeout)/);
    expect(await switchyard.close()).toBe(0);

    switchyard = await run();
    expect([await header(switchyard), await problems(switchyard)]).toEqual(['six', ['unreachable']]);
    database.go();
    await database.set('team/rules', rules('seven'));
    await expect.poll(() => header(switchyard)).toBe('seven');
    await expect.poll(() => problems(switchyard)).toEqual([]);
  });
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
