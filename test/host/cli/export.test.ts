import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { run, temporaryDirectory } from '../../support/tls.ts';

const root = join(import.meta.dirname, '../../..');

const CONFIG = `version: 1 # ours
listeners: { gateway: { address: 127.0.0.1:8080 } }
routes: [{ name: all, pool: api }]
pools: { api: { backends: [{ url: 'http://127.0.0.1:3001' }], slowStart: 10s } }
`;

/** The command line from its sources, whatever was built. */
function exportFile(file: string, ...args: string[]): Promise<{ stdout: string; stderr: string }> {
  const main = join(root, 'proxy-engine/host/cli/main.ts');
  return run(join(root, 'node_modules/.bin/node'), [main, 'export', file, ...args]);
}

function configFile(text: string): string {
  const file = join(temporaryDirectory(), 'switchyard.yaml');
  writeFileSync(file, text);
  return file;
}

describe('switchyard export', () => {
  it('writes the file whole and tells on standard error what is not in it', async () => {
    const file = configFile(CONFIG);
    const output = join(temporaryDirectory(), 'nginx.conf');
    const { stdout, stderr } = await exportFile(file, '--to', 'nginx', '-o', output);
    expect(stdout).toBe('');
    expect(stderr).toContain('not mapped: pools.api.slowStart: slow start: open-source nginx has none\n');
    expect(readFileSync(output, 'utf8')).toContain('server 127.0.0.1:3001');
  });

  it('keeps the YAML as it was written', async () => {
    const { stdout } = await exportFile(configFile(CONFIG), '--to', 'yaml', '--strict');
    expect(stdout).toBe(CONFIG);
  });

  const MORE = `${CONFIG}rules:
  - { name: one, request: [{ set: { x-one: '1' } }] }
  - { name: two, request: [{ pool: other }] }
`.replace('pools: {', "pools: { other: { backends: [{ url: 'http://127.0.0.1:3002' }] },");

  it.each([
    { args: ['--rule', 'one'], names: [[], [], ['one']] },
    { args: ['--rule', 'two', '--rule', 'one'], names: [[], ['other'], ['one', 'two']] },
    { args: ['--route', 'all', '--rule', 'two'], names: [['all'], ['other', 'api'], ['two']] },
    { args: ['--pool', 'other'], names: [[], ['other'], []] },
  ])('takes what is chosen, and the pools that it needs: $args', async ({ args, names }) => {
    const { stdout } = await exportFile(configFile(MORE), '--to', 'yaml', ...args);
    const { routes = [], pools = {}, rules = [] } = parse(stdout);
    const namesOf = (list: { name: string }[]) => list.map(({ name }) => name);
    expect([namesOf(routes), Object.keys(pools), namesOf(rules)]).toEqual(names);
  });

  it('a name that is not there is an error', async () => {
    const file = configFile(MORE);
    await expect(exportFile(file, '--to', 'yaml', '--rule', 'onee')).rejects.toMatchObject({
      code: 1,
      stderr: `switchyard: ${file}: there is no rule "onee"; did you mean "one"?\n`,
    });
  });

  it.each([
    { what: 'something not mapped, when strict', text: CONFIG, args: ['--to', 'nginx', '--strict'], code: 3 },
    { what: 'a config with mistakes', text: 'version: 2\n', args: ['--to', 'nginx'], code: 1 },
    { what: 'an unknown target', text: CONFIG, args: ['--to', 'apache'], code: 1 },
  ])('ends with $code: $what', async ({ text, args, code }) => {
    await expect(exportFile(configFile(text), ...args)).rejects.toMatchObject({ code });
  });
});
