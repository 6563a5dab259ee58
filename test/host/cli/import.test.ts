import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { run, selfSigned, temporaryDirectory } from '../../support/tls.ts';

const root = join(import.meta.dirname, '../../..');
const files = join(root, 'test/importers/files');

const CONFIG = `version: 1 # ours
listeners: { gateway: { address: 127.0.0.1:8080 } }
routes:
  - { name: all, pool: api } # the last
pools: { api: { backends: [{ url: 'http://127.0.0.1:3001' }] } }
`;

/** The command line from its sources, whatever was built. */
function importFile(file: string, ...args: string[]): Promise<{ stdout: string; stderr: string }> {
  const main = join(root, 'proxy-engine/host/cli/main.ts');
  return run(join(root, 'node_modules/.bin/node'), [main, 'import', file, ...args]);
}

function written(name: string, text: string): string {
  const file = join(temporaryDirectory(), name);
  writeFileSync(file, text);
  return file;
}

describe('switchyard import', () => {
  it('prints a config and tells on standard error what is not in it', async () => {
    const { stdout, stderr } = await importFile(join(files, 'requestly.json'));
    expect(parse(stdout)).toMatchObject({ version: 1, rules: expect.arrayContaining([expect.anything()]) });
    expect(stderr).toMatch(/^requestly: mapped: 7, approximated: 8, not mapped: 3\n/);
    expect(stderr).toContain('not mapped: rule 11: Script: it puts scripts into pages');
  });

  it('writes a file whole', async () => {
    const output = join(temporaryDirectory(), 'mocks.yaml');
    const { stdout } = await importFile(join(files, 'session.har'), '--from', 'har', '-o', output);
    expect(stdout).toBe('');
    expect(readFileSync(output, 'utf8')).toContain('GET api.test items');
  });

  it('reads a copy of /etc/nginx as a copy, and nothing of this machine', async () => {
    const directory = temporaryDirectory();
    for (const name of ['conf.d', 'sites-enabled']) mkdirSync(join(directory, name));
    writeFileSync(
      join(directory, 'nginx.conf'),
      'http { include /etc/nginx/conf.d/*.conf; include /etc/nginx/sites-enabled/*; include /etc/hostname; }',
    );
    writeFileSync(join(directory, 'conf.d/sec.conf'), 'deny 10.0.0.1;');
    writeFileSync(
      join(directory, 'sites-enabled/a'),
      'server { listen 8080; server_name copied.test; location / { proxy_pass http://127.0.0.1:3000; } include ../../etc/hostname; }',
    );
    const { stdout, stderr } = await importFile(join(directory, 'nginx.conf'));
    expect(stdout).toContain('copied.test');
    expect(stdout).toContain('10.0.0.1');
    expect(stderr).toContain('include /etc/hostname: what it says may turn requests away');
    expect(stderr).toContain('include ../../etc/hostname: what it says may turn requests away');
  });

  it('reads what a file of nginx includes, below the directory of its nginx.conf', async () => {
    const directory = temporaryDirectory();
    for (const name of ['sites', 'snippets', 'empty']) mkdirSync(join(directory, name));
    const site = 'server { listen 8080; include snippets/*.conf; include empty/*; include none.conf; return 200; }';
    writeFileSync(join(directory, 'nginx.conf'), 'http { include sites/*; }');
    writeFileSync(join(directory, 'sites/a'), site);
    writeFileSync(join(directory, 'snippets/names.conf'), 'server_name a.test;\nmirror /m;');
    for (const file of ['nginx.conf', 'sites/a']) {
      const { stdout, stderr } = await importFile(join(directory, file));
      expect(stdout).toContain('name: a.test closed');
      expect(stderr).toContain('snippets/names.conf line 2: mirror /m');
      expect(stderr).toContain('include none.conf: what it says may turn requests away');
      expect(stderr).not.toContain('include empty');
    }
  });

  it.each([
    { what: 'a key with a password', made: 'ec -aes256 -passout pass:x -in a.key -out b.key'.split(' ') },
    { what: 'a key of another certificate', made: 'ecparam -name prime256v1 -genkey -noout -out b.key'.split(' ') },
  ])('$what is told, and no listener has it', async ({ made }) => {
    const directory = temporaryDirectory();
    const { cert, key } = await selfSigned('/CN=a.test');
    writeFileSync(join(directory, 'a.pem'), cert);
    writeFileSync(join(directory, 'a.key'), key);
    await run('openssl', made, { cwd: directory });
    const at = (name: string) => join(directory, name);
    const file = at('nginx.conf');
    const server = (port: number, keyFile: string) =>
      `server { listen ${port} ssl; ssl_certificate ${at('a.pem')}; ssl_certificate_key ${at(keyFile)}; return 200; }`;
    writeFileSync(file, server(443, 'a.key') + server(444, 'b.key'));
    const { stdout, stderr } = await importFile(file);
    expect(parse(stdout).listeners).toMatchObject({
      'nginx-443': { tls: { certificates: [{ cert: at('a.pem'), key: at('a.key') }] } },
      'nginx-444': { tls: { local: true } },
    });
    expect(stderr.match(/with its key it cannot be used here/g)).toHaveLength(1);
  });

  it('writes to a pipe, which stays one', async () => {
    const output = join(temporaryDirectory(), 'pipe');
    await run('mkfifo', [output]);
    const read = run('cat', [output]);
    await importFile(join(files, 'session.har'), '-o', output);
    expect((await read).stdout).toContain('GET api.test items');
    expect(statSync(output).isFIFO()).toBe(true);
  });

  it('shows what it would add to a config, and adds it when told to, before the route that takes everything', async () => {
    const into = written('switchyard.yaml', CONFIG);
    const preview = await importFile(join(files, 'site.conf'), '--into', into);
    expect(preview.stderr).toContain('stays as it is; add --yes');
    expect(readFileSync(into, 'utf8')).toBe(CONFIG);
    await importFile(join(files, 'site.conf'), '--into', into, '--yes');
    const text = readFileSync(into, 'utf8');
    expect(text).toContain('version: 1 # ours');
    const { routes, pools, listeners } = parse(text);
    expect(routes.map(({ name }: { name: string }) => name)).toEqual([
      'odd hosts',
      'shop.test odd paths',
      'shop.test old slash',
      'shop.test old slash 2',
      'shop.test api slash',
      'shop.test api slash 2',
      'shop.test health',
      'shop.test old',
      'shop.test . png jpg',
      'shop.test moved',
      'shop.test moved 2',
      'shop.test api if',
      'shop.test api',
      'shop.test',
      'default',
      'all',
    ]);
    expect(Object.keys(pools)).toEqual(['api', 'api 2', 'ring', '127.0.0.1:9000']);
    expect(Object.keys(listeners)).toEqual(['gateway', 'nginx-8443']);
  });

  it.each([
    { what: 'something not mapped, when strict', file: join(files, 'site.conf'), args: ['--strict'], code: 3 },
    { what: 'no file of a known format', file: join(root, 'README.md'), args: [], code: 1 },
    { what: 'no file', file: join(files, 'none.har'), args: [], code: 2 },
    { what: 'an unknown format', file: join(files, 'site.conf'), args: ['--from', 'apache'], code: 1 },
  ])('ends with $code: $what', async ({ file, args, code }) => {
    await expect(importFile(file, ...args)).rejects.toMatchObject({ code });
  });
});
