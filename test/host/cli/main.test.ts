import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { run } from '../../support/tls.ts';

const root = join(import.meta.dirname, '../../..');

it.each([
  [['nope'], 1, 'there is no command nope; `switchyard --help` names all'],
  [['run', '--nope'], 1, "unknown option '--nope'"],
  [['run', 'no-such-file.yaml'], 2, 'no-such-file.yaml'],
  [['run', 'a.yaml', '--ui', 'here'], 1, '--ui here: expected HOST:PORT, such as 127.0.0.1:4780'],
  [['run', '--drain', 'soon'], 1, '--drain'],
  [
    ['--ui', '127.0.0.1:1', '--token', 't', 'run', 'a.yaml'],
    1,
    '--ui stands before the command; options come behind it: `switchyard run --ui …`',
  ],
  [['check'], 1, "missing required argument 'file'"],
  [['check', 'a.yaml', 'b.yaml'], 1, "too many arguments for 'check'. Expected 1 argument but got 2: a.yaml, b.yaml"],
  [['export', 'a.yaml', '--to', 'apache'], 1, 'apache'],
])('%j: exit code %i, and one line says why', async (args, code, reason) => {
  const failed = run(join(root, 'node_modules/.bin/node'), [join(root, 'proxy-engine/host/cli/main.ts'), ...args]);
  const error = await failed.then(
    () => ({ code: 0, stderr: '' }),
    (reasonOf: { code: number; stderr: string }) => reasonOf,
  );
  expect(error.stderr).toMatch(/^switchyard: [^\n]*\n$/);
  expect(error.stderr).toContain(reason);
  expect(error.code).toBe(code);
});

it('ends without a word when nobody reads its output any more', async () => {
  const args = [join(root, 'proxy-engine/host/cli/main.ts'), 'schema'];
  const command = spawn(join(root, 'node_modules/.bin/node'), args, { stdio: ['ignore', 'pipe', 'pipe'] });
  command.stdout.destroy();
  const [stderr, [code]] = await Promise.all([text(command.stderr), once(command, 'exit')]);
  expect([stderr, code]).toEqual(['', 0]);
});
