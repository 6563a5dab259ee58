import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { configSchema } from '../../../proxy-engine/contract/config.ts';
import { Engine } from '../../../proxy-engine/engine.ts';
import { harSchema } from '../../exchange-formats/har-schema.ts';
import { send, startBackend } from '../../support/backend.ts';
import { portOf } from '../../support/engine.ts';
import { run, temporaryDirectory } from '../../support/tls.ts';

const root = join(import.meta.dirname, '../../..');

function exportHar(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  const main = join(root, 'proxy-engine/host/cli/main.ts');
  return run(join(root, 'node_modules/.bin/node'), [main, 'export', ...args, '--to', 'har']);
}

/** A data directory with three exchanges in it; the engine still has it when `open`. */
async function recording({ open = false } = {}): Promise<string> {
  const data = temporaryDirectory();
  const backend = await startBackend('a', (_incoming, response) => void response.end('fine'));
  const engine = await Engine.create({ capture: true, version: 'test', recordings: join(data, 'capture') });
  const document = {
    version: 1,
    listeners: { gateway: { address: '127.0.0.1:0' } },
    routes: [{ name: 'all', pool: 'p' }],
    pools: { p: { backends: [{ url: backend.url }] } },
    capture: { redact: ['authorization', 'x-own-*'] },
  };
  await engine.apply(configSchema.parse(document), { baseDir: data });
  for (const path of ['/1', '/2', '/3'])
    await send(`127.0.0.1:${portOf(engine, 'gateway')}`, path, {
      headers: { authorization: 'secret', 'x-own-key': 'secret' },
    });
  if (open) onTestFinished(() => engine.close(0));
  else await engine.close(0);
  await backend.close();
  return data;
}

function urlsIn(text: string): string[] {
  return harSchema.parse(JSON.parse(text)).log.entries.map(({ request: { url } }) => new URL(url).pathname);
}

test('a recording as HAR: to standard output, or whole into a file', async () => {
  const data = await recording();
  const { stdout } = await exportHar(data, '--filter', 'path != /2');
  expect(urlsIn(stdout)).toEqual(['/1', '/3']);
  expect(stdout).not.toContain('secret');
  const output = join(data, 'out.har');
  await exportHar(join(data, 'capture'), '-o', output, '--no-redact');
  expect(urlsIn(readFileSync(output, 'utf8'))).toEqual(['/1', '/2', '/3']);
  expect(readFileSync(output, 'utf8')).toContain('secret');
});

test.each([
  ['no recording', async () => [temporaryDirectory()], 2, /there is no recording; name the directory given to --data/],
  ['a filter that is none', async () => [temporaryDirectory(), '--filter', 'path =='], 1, /--filter: .*character/],
  ['one that is being written', async () => [await recording({ open: true })], 2, /GET \/api\/exchanges\.har/],
] as const)('refused: %s', async (_name, args, code, message) => {
  await expect(exportHar(...(await args()))).rejects.toMatchObject({ code, stderr: expect.stringMatching(message) });
});
