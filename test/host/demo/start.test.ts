import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Engine } from '../../../proxy-engine/engine.ts';
import { runCommand } from '../../../proxy-engine/host/commands.ts';
import { readConfig, readConfigText } from '../../../proxy-engine/host/config-file.ts';
import { demoConfig } from '../../../proxy-engine/host/demo/sample.ts';
import { EngineHost } from '../../../proxy-engine/host/engine-host.ts';
import { recorded } from '../../support/engine.ts';
import { temporaryDirectory } from '../../support/tls.ts';

async function startHost(text: string): Promise<{ host: EngineHost; file: string }> {
  const file = join(temporaryDirectory(), 'switchyard.yaml');
  writeFileSync(file, text);
  const engine = await Engine.create({ capture: true, version: 'test', recordings: 'memory' });
  const config = readConfig(readConfigText(file));
  const info = { version: 'test', host: 'headless', platform: 'linux' } as const;
  const host = await EngineHost.start({ info, engine, config });
  onTestFinished(() => host.close(0));
  return { host, file };
}

const PORTS = { a: 41_001, b: 41_002, c: 41_003 };

test.each([
  ['', ''],
  ['rules: [] # mine\n', 'rules: [] # mine\n'],
  ['pools: [', 'pools: ['],
  [
    "pools: { api: { backends: [{ url: 'http://127.0.0.1:1' }, { name: b, url: http://127.0.0.1:2 }] } } # mine\n",
    "pools: { api: { backends: [{ url: 'http://127.0.0.1:1' }, { name: b, url: http://127.0.0.1:41002 }] } } # mine\n",
  ],
])('a sample that somebody worked on keeps all but the addresses of its backends: %j', async (text, expected) => {
  expect(await demoConfig(PORTS, text)).toBe(expected);
});

test('an empty config shows the sample, its backends answer, and the file stays as it is', async () => {
  const { host, file } = await startHost('version: 1\n');
  await runCommand(host, 'demo.start', {});
  const exchange = await recorded(host.engine as Engine, ({ path }) => path.startsWith('/api/users'));
  expect(exchange).toMatchObject({ pool: 'api', status: 200 });
  expect(readFileSync(file, 'utf8')).toBe('version: 1\n');
});

test('a config that has something to run is left alone', async () => {
  const { host } = await startHost("pools: { p: { backends: [{ url: 'http://127.0.0.1:1' }] } }\n");
  await expect(runCommand(host, 'demo.start', {})).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(Object.keys(host.config.config.pools)).toEqual(['p']);
});
