import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { readyLine } from '../../support/switchyard.ts';
import { run, temporaryDirectory } from '../../support/tls.ts';
import { until } from '../../support/until.ts';

const root = join(import.meta.dirname, '../../..');

it.each([
  [['nope'], 1, 'there is no command nope; `switchyard --help` names all'],
  [['run', '--nope'], 1, "unknown option '--nope'"],
  [['run', 'no-such-file.yaml'], 2, 'no-such-file.yaml'],
  [['run', 'a.yaml', '--ui', 'here'], 1, '--ui here: expected HOST:PORT, such as 127.0.0.1:4780'],
  [['run', '--drain', 'soon'], 1, '--drain'],
  [['run', 'a.yaml', '--data', ''], 1, "--data <dir>' argument '' is invalid. expected a directory in which files"],
  [['ca', '--data', '/proc/no/where'], 1, 'expected a directory in which files can be kept'],
  [
    ['--ui', '127.0.0.1:1', '--token', 't', 'run', 'a.yaml'],
    1,
    '--ui stands before the command; options come behind it: `switchyard run --ui …`',
  ],
  [['check'], 1, "missing required argument 'file'"],
  [['check', 'a.yaml', 'b.yaml'], 1, "too many arguments for 'check'. Expected 1 argument but got 2: a.yaml, b.yaml"],
  [['export', 'a.yaml', '--to', 'apache'], 1, 'apache'],
  [['export', 'a.yaml', '--to', 'nginx', '--no-redact'], 1, '--no-redact has no meaning with --to nginx; leave it out'],
  [['ca', '--pem', '--path'], 1, "option '--pem' cannot be used with option '--path'"],
  [['export', 'a', '--to', 'har', '--route', 'r'], 1, '--route has no meaning with --to har; leave it out'],
  [['import', 'a.conf', '--yes'], 1, '--yes writes into a config; name it with --into CONFIG'],
  [['browser', '--proxy', '127.0.0.1'], 1, '--proxy 127.0.0.1: expected HOST:PORT, such as 127.0.0.1:4780'],
  [['demo', '--data', '/dev/null'], 2, '--data /dev/null: '],
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

it('starts also where the shell looks for directories elsewhere first', () => {
  const elsewhere = { cwd: root, env: { ...process.env, CDPATH: '.:/usr' } };
  expect(execFileSync('sh', ['bin/switchyard', '--version'], { ...elsewhere, encoding: 'utf8' })).toMatch(
    /^\d+\.\d+\.\d+\n$/,
  );
});

it.each<[string, (home: string) => Record<string, string>, string | null]>([
  ['in the home directory', (home) => ({ HOME: home }), '.cache/switchyard'],
  ['where caches are to be', (home) => ({ HOME: home, XDG_CACHE_HOME: join(home, 'kept') }), 'kept/switchyard'],
  ['where Node is told', (home) => ({ HOME: home, NODE_COMPILE_CACHE: join(home, 'own') }), 'own'],
  ['nowhere without a home', () => ({}), null],
])('what is compiled is kept %s', (_where, environmentOf, kept) => {
  const home = temporaryDirectory();
  const env = { PATH: process.env['PATH'], ...environmentOf(home) };
  execFileSync(join(root, 'bin/switchyard'), ['--version'], { env });
  expect(kept === null ? readdirSync(home) : readdirSync(join(home, kept)).length).toEqual(kept === null ? [] : 1);
});

it('ends without a word when nobody reads its output any more', async () => {
  const args = [join(root, 'proxy-engine/host/cli/main.ts'), 'schema'];
  const command = spawn(join(root, 'node_modules/.bin/node'), args, { stdio: ['ignore', 'pipe', 'pipe'] });
  command.stdout.destroy();
  const [stderr, [code]] = await Promise.all([text(command.stderr), once(command, 'exit')]);
  expect([stderr, code]).toEqual(['', 0]);
});

it.each(['pretty', 'json'])('a log (%s) that cannot be written does not end what runs', async (format) => {
  const full = openSync('/dev/full', 'w');
  const file = join(temporaryDirectory(), 'empty.yaml');
  writeFileSync(file, 'version: 1\n');
  const args = [join(root, 'proxy-engine/host/cli/main.ts'), 'run', file, '--ui', '127.0.0.1:0', '--log', format];
  const running = spawn(join(root, 'node_modules/.bin/node'), args, {
    stdio: ['ignore', 'pipe', format === 'json' ? full : 'pipe'],
  });
  closeSync(full);
  running.stderr?.destroy();
  await readyLine(running);
  running.kill('SIGTERM'); // is told in the log
  expect(await once(running, 'exit')).toEqual([0, null]);
});

it('says in one line that its output cannot be written', async () => {
  const command = `'${join(root, 'node_modules/.bin/node')}' '${join(root, 'proxy-engine/host/cli/main.ts')}' schema > /dev/full`;
  await expect(run('sh', ['-c', command])).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^switchyard: standard output cannot be written: ENOSPC[^\n]*\n$/),
  });
});

it('closes the browser on Ctrl C, and takes its profile away', async () => {
  const directory = temporaryDirectory();
  const browser = join(directory, 'browser.sh');
  writeFileSync(browser, '#!/bin/sh\n: > "$TMPDIR/started"\nexec sleep 60\n', { mode: 0o755 });
  const proxy = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void proxy.close());
  await once(proxy, 'listening');
  const { port } = proxy.address() as AddressInfo;
  const args = ['browser', '--proxy', `127.0.0.1:${port}`, '--data', join(directory, 'data')];
  const command = spawn(join(root, 'node_modules/.bin/node'), [join(root, 'proxy-engine/host/cli/main.ts'), ...args], {
    stdio: 'ignore',
    env: { ...process.env, TMPDIR: directory, SWITCHYARD_BROWSER: browser },
  });
  await until(() => existsSync(join(directory, 'started')), 'the browser');
  command.kill('SIGINT');
  expect(await once(command, 'exit')).toEqual([0, null]);
  expect(readdirSync(directory).toSorted()).toEqual(['browser.sh', 'data', 'started']);
});
