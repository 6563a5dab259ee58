import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join, relative } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { run, temporaryDirectory } from '../../support/tls.ts';

const root = join(import.meta.dirname, '../../..');

/** The command line from its sources, whatever was built. */
function switchyard(...args: string[]): Promise<{ stdout: string }> {
  return run(join(root, 'node_modules/.bin/node'), [join(root, 'proxy-engine/host/cli/main.ts'), ...args]);
}

describe('switchyard ca', () => {
  it('makes the authority once, and shows the certificate and never the key', async () => {
    const data = temporaryDirectory();
    const { stdout: pem } = await switchyard('ca', '--pem', '--data', data);
    const { stdout: path } = await switchyard('ca', '--path', '--data', relative('.', data));
    const { stdout: guide } = await switchyard('ca', '--data', data);
    const certificate = new X509Certificate(pem);
    expect(certificate.ca).toBe(true);
    expect(path).toBe(`${join(data, 'authority', 'ca.pem')}\n`);
    expect(readFileSync(path.trim(), 'utf8')).toBe(pem);
    expect(guide).toContain(certificate.fingerprint256);
    expect(guide).toContain(`curl --cacert ${path.trim()}`);
    expect(pem + guide).not.toContain('PRIVATE KEY');
    expect(statSync(join(data, 'authority', 'authority.pem')).mode & 0o777).toBe(0o600);
  });

  it('says in one line why a browser cannot be opened', async () => {
    const data = temporaryDirectory();
    await expect(switchyard('browser', '--proxy', '127.0.0.1:1', '--data', data)).rejects.toMatchObject({
      code: 2,
      stderr:
        'switchyard: nothing listens on 127.0.0.1:1; start a forward listener, or name another with --proxy HOST:PORT\n',
    });
  });

  it('says so when the browser ends with an error', async () => {
    const data = temporaryDirectory();
    const listener = createServer().listen(0, '127.0.0.1');
    await once(listener, 'listening');
    onTestFinished(() => void listener.close());
    process.env['SWITCHYARD_BROWSER'] = '/bin/false';
    onTestFinished(() => void delete process.env['SWITCHYARD_BROWSER']);
    const proxy = `127.0.0.1:${(listener.address() as AddressInfo).port}`;
    await expect(switchyard('browser', '--proxy', proxy, '--data', data)).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^switchyard: \/bin\/false ended with exit code 1; start it by itself to see why/),
    });
  });
});
