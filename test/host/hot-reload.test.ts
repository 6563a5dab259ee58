/** What happens to the files of a config that is watched, and what runs then. */
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Engine } from '../../proxy-engine/engine.ts';
import { readConfig, readConfigText } from '../../proxy-engine/host/config-file.ts';
import { EngineHost } from '../../proxy-engine/host/engine-host.ts';

const OWN = 'rules: [{ name: Own }]\n';

async function start(files: Record<string, string>) {
  const directory = mkdtempSync(join(tmpdir(), 'switchyard-reload-'));
  const write = (name: string, text: string): void => {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  };
  for (const [name, text] of Object.entries(files)) write(name, text);
  const engine = await Engine.create({ capture: false, version: 'test', recordings: null });
  const info = { version: 'test', host: 'headless', platform: 'linux' } as const;
  const config = readConfig(readConfigText(join(directory, 'own.yaml')));
  const host = await EngineHost.start({ info, engine, config });
  onTestFinished(async () => {
    await host.close(0);
    rmSync(directory, { recursive: true, force: true });
  });
  const notices: string[] = [];
  host.onNotice(({ message }) => notices.push(message.replace(`${directory}/`, '')));
  await host.watchFile();
  const seen = (): unknown => (host.state().configProblems ? 'problem' : host.state().rules.map(({ name }) => name));
  return { write, move: (a: string, b: string) => renameSync(join(directory, a), join(directory, b)), seen, notices };
}

test.each([
  ['own.yaml', 'rules: [{ name: New }]\ninclude: [team/more.yaml]\n', ['New', 'More']],
  ['team/more.yaml', 'rules: [{ name: New }]\n', ['Own', 'New']],
  ['team', null, ['Own', 'New']],
])('%s that was away is watched when it is back', async (name, text, expected) => {
  const { write, move, seen, notices } = await start({
    'own.yaml': `${OWN}include: [team/more.yaml]\n`,
    'team/more.yaml': 'rules: [{ name: More }]\n',
  });
  move(name, 'away');
  await expect.poll(seen).toBe('problem');
  move('away', name);
  await expect.poll(seen).toEqual(['Own', 'More']);
  expect(notices.at(-1)).toBe('own.yaml says again what runs');
  if (text === null) write('team/more.yaml', 'rules: [{ name: New }]\n');
  else write(name, text);
  await expect.poll(seen).toEqual(expected);
});

test.each([
  ['is not there', null],
  ['has a mistake', 'rules: 5\n'],
])('a file that %s when it is included runs when it is mended', async (_what, text) => {
  const { write, seen } = await start({ 'own.yaml': OWN });
  if (text !== null) write('more.yaml', text);
  write('own.yaml', `${OWN}include: [more.yaml]\n`);
  await expect.poll(seen).toBe('problem');
  write('more.yaml', 'rules: [{ name: More }]\n');
  await expect.poll(seen).toEqual(['Own', 'More']);
});
