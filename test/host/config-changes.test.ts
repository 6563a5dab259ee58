/** Changes of a config whose documents somebody else changes at the same time. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import type { CommandInput, CommandName, CommandResult } from '../../proxy-engine/contract/api.ts';
import { Engine } from '../../proxy-engine/engine.ts';
import { runCommand } from '../../proxy-engine/host/commands.ts';
import { readConfigText, readConfigWithShared } from '../../proxy-engine/host/config-file.ts';
import { EngineHost } from '../../proxy-engine/host/engine-host.ts';
import { SharedSets } from '../../proxy-engine/host/shared/shared-sets.ts';
import { type Database, startRedis } from '../support/shared-databases.ts';

const TEAM = 'rules:\n  - name: Team\n';
const MORE = 'rules:\n  - name: More\n';

let redis: Database;
let directory: string;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis?.close());
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'switchyard-changes-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
});

/** Nothing is watched: what others change is found out when something is changed here. */
async function start() {
  const file = join(directory, 'own.yaml');
  const more = join(directory, 'more.yaml');
  const address = redis.address('team');
  await redis.set('team', TEAM);
  writeFileSync(more, MORE);
  writeFileSync(file, `rules:\n  - name: Own\ninclude: [more.yaml, '${address}']\n`);
  const shared = new SharedSets(null);
  const config = await readConfigWithShared(readConfigText(file), shared);
  const engine = await Engine.create({ capture: false, version: 'test', recordings: null });
  const info = { version: 'test', host: 'headless', platform: 'linux' } as const;
  const host = await EngineHost.start({ info, engine, config, shared });
  onTestFinished(() => host.close(0));
  const call = <C extends CommandName>(name: C, input: CommandInput<C>): Promise<CommandResult<C>> =>
    runCommand(host, name, input) as never;
  const rules = (): string[] => host.state().rules.map(({ name, enabled }) => (enabled ? name : `${name} off`));
  return { host, call, shared, file, more, address, rules, text: () => readFileSync(file, 'utf8') };
}

test('the documents are told, and what a change did to each', async () => {
  const { call, file, more, address } = await start();
  const { sources } = await call('config.get', {});
  expect(sources.map(({ name }) => name)).toEqual([file, more, address]);
  expect(sources[2]).toMatchObject({ text: TEAM, value: { rules: [{ name: 'Team' }] } });
  const { changes } = await call('rule.setEnabled', { rule: 'Team', enabled: false });
  expect(changes).toEqual([{ source: address, before: TEAM, after: `${TEAM}    enabled: false\n` }]);
  expect(await redis.get('team')).toBe(`${TEAM}    enabled: false\n`);
});

test('whoever is told of a new revision is given the documents that run with it', async () => {
  const { host, call } = await start();
  const told: [revision: number, isOff: boolean][] = [];
  host.onChange(() => told.push([host.state().revision, host.config.config.rules[0]?.enabled === false]));
  const { revision } = await call('rule.setEnabled', { rule: 'Own', enabled: false });
  const wasTold = told.filter(([at]) => at === revision);
  expect(new Set(wasTold.map(([, isOff]) => isOff))).toEqual(new Set([true]));
});

test('a change of the key that is not known yet is kept, and the edit made on it', async () => {
  const { call, rules } = await start();
  await redis.set('team', `${TEAM}  - name: Theirs\n`);
  await call('rule.setEnabled', { rule: 'Team', enabled: false });
  expect(await redis.get('team')).toBe(`${TEAM}    enabled: false\n  - name: Theirs\n`);
  expect(rules()).toEqual(['Own', 'More', 'Team off', 'Theirs']);
});

test('an edit is made anew as long as others are faster, and then says so', async () => {
  const { call, shared } = await start();
  const write = shared.writeChanged.bind(shared);
  let faster = 3;
  shared.writeChanged = async (...given) => {
    if (faster-- > 0)
      await redis.set('team', (await redis.get('team')).replace('- name: Team', `$&\n  - name: T${faster}`));
    return write(...given);
  };
  await call('rule.setEnabled', { rule: 'Team', enabled: false });
  expect(await redis.get('team')).toBe(
    'rules:\n  - name: Team\n    enabled: false\n  - name: T0\n  - name: T1\n  - name: T2\n',
  );
  faster = 99;
  await expect(call('rule.setEnabled', { rule: 'Team', enabled: true })).rejects.toThrow('somebody else changed it');
});

test('what an editor is writing is not read in the middle of a change of something else', async () => {
  const { call, more, rules } = await start();
  writeFileSync(more, '');
  await call('rule.setEnabled', { rule: 'Own', enabled: false, persist: false });
  expect(rules()).toEqual(['Own off', 'More', 'Team']);
  writeFileSync(more, `${MORE}  - name: Edited\n`);
  await call('rule.setEnabled', { rule: 'Own', enabled: true });
  expect(rules()).toEqual(['Own', 'More', 'Edited', 'Team']);
  expect(readFileSync(more, 'utf8')).toBe(`${MORE}  - name: Edited\n`);
});

test('an edit of what somebody else changed in the key meanwhile is refused', async () => {
  const { call, rules } = await start();
  await redis.set('team', `${TEAM}    match: path = /theirs\n`);
  const path = ['rules', 'Team', 'match'];
  const edit = call('config.edit', { edits: [{ path, value: 'path = /mine' }], expect: [{ path, value: null }] });
  await expect(edit).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringContaining('"path = /theirs" now'),
  });
  expect(await redis.get('team')).toBe(`${TEAM}    match: path = /theirs\n`);
  expect(rules()).toEqual(['Own', 'More', 'Team']);
});

test('a change of an included file that is not known yet is taken up first', async () => {
  const { call, more, rules } = await start();
  writeFileSync(more, `# theirs\n${MORE}  - name: Theirs\n`);
  await call('rule.setEnabled', { rule: 'More', enabled: false });
  expect(readFileSync(more, 'utf8')).toBe(`# theirs\nrules:\n  - name: More\n    enabled: false\n  - name: Theirs\n`);
  expect(rules()).toEqual(['Own', 'More off', 'Theirs', 'Team']);
});

test('whole documents are replaced, all or none, if they are as they were seen', async () => {
  const { call, file, more, text, rules } = await start();
  const own = text();
  const texts = [
    { source: file, was: own, text: own.replace('Own', 'Mine') },
    { source: more, was: MORE, text: MORE.replace('More', 'Else') },
  ];
  await call('config.replace', { texts });
  expect(rules()).toEqual(['Mine', 'Else', 'Team']);
  const again = call('config.replace', { texts });
  await expect(again).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringContaining('was changed meanwhile'),
  });
  const bad = [{ source: file, was: text(), text: 'rules: 3\n' }];
  await expect(call('config.replace', { texts: bad })).rejects.toMatchObject({ code: 'BAD_CONFIG' });
  expect(rules()).toEqual(['Mine', 'Else', 'Team']);
});

test('an edit of what is not what its maker saw changes nothing, and says both', async () => {
  const { call, text } = await start();
  const before = text();
  const path = ['rules', 'Own', 'match'];
  const edit = call('config.edit', { edits: [{ path, value: 'path = /' }], expect: [{ path, value: 'path = /seen' }] });
  await expect(edit).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringContaining('it was "path = /seen" when you began, and is nothing now'),
  });
  const position = call('config.edit', { edits: [{ path: ['rules', 1], value: { name: 'New' } }] });
  await expect(position).rejects.toMatchObject({
    code: 'BAD_INPUT',
    message: expect.stringContaining('told by its name'),
  });
  expect(text()).toBe(before);
});

test('while a document has what cannot run, changes are refused as its mistake, not as a conflict with somebody', async () => {
  const { call, file, text, rules } = await start();
  const { sources } = await call('config.get', {});
  const edit = () => call('config.edit', { edits: [{ path: ['rules', 'Own', 'match'], value: 'path = /' }] });
  const texts = [{ source: file, was: sources[0]?.text ?? '', text: 'rules:\n  - name: Mine\n' }];
  const broken = `${text()}broken: [\n`;
  writeFileSync(file, broken);
  for (const change of [edit, () => call('config.replace', { texts })])
    await expect(change()).rejects.toMatchObject({
      code: 'BAD_CONFIG',
      message: expect.stringMatching(/own\.yaml has changes that cannot run; mend the file or undo them first: .*own/),
    });
  expect(text()).toBe(broken);
  expect(rules()).toEqual(['Own', 'More', 'Team']);
  writeFileSync(file, sources[0]?.text ?? '');
  await redis.set('team', 'rules: 3\n');
  const shared = call('rule.setEnabled', { rule: 'Team', enabled: false });
  await expect(shared).rejects.toMatchObject({ code: 'BAD_CONFIG', message: expect.stringMatching(/mend it there/) });
});
