import { createPublicKey, X509Certificate } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AuthorityError, openAuthority } from '../../proxy-engine/tls/authority.ts';

const DAY_MS = 86_400_000;
let directory: string;

beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'switchyard-')), 'authority');
});

afterEach(() => rm(join(directory, '..'), { recursive: true }));

describe('a first use', () => {
  it('makes a file that only its owner can read, in a directory of its own', async () => {
    await openAuthority(directory);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    expect((await stat(join(directory, 'authority.pem'))).mode & 0o777).toBe(0o600);
    expect((await readdir(directory)).sort()).toEqual(['authority.pem', 'ca.pem']);
  });

  it('makes an authority that may sign leaves and nothing else', async () => {
    const now = Date.UTC(2026, 10, 23);
    const authority = await openAuthority(directory, { now, machine: 'desk' });
    const certificate = new X509Certificate(authority.certificatePem);
    expect(certificate.ca).toBe(true);
    expect(certificate.subject).toBe('CN=Switchyard CA desk 2026-11-23\nO=Switchyard');
    expect(certificate.issuer).toBe(certificate.subject);
    expect(certificate.validFromDate.getTime()).toBe(now - 2 * DAY_MS);
    expect(authority.expiresAt).toBe(now + 3650 * DAY_MS);
    expect(certificate.serialNumber).toMatch(/^[4-7][0-9A-F]{31}$/);
    expect(certificate.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
    expect(certificate.verify(createPublicKey(authority.certificatePem))).toBe(true);
  });

  it('gives clients a file without the key', async () => {
    const authority = await openAuthority(directory);
    const text = await readFile(authority.certificateFile, 'utf8');
    expect(text).toBe(authority.certificatePem);
    expect(text).not.toContain('PRIVATE');
  });

  it('makes one authority when several ask at once', async () => {
    const opened = await Promise.all([1, 2, 3, 4].map(() => openAuthority(directory)));
    expect(new Set(opened.map((authority) => authority.certificatePem)).size).toBe(1);
  });
});

describe('a later use', () => {
  it('finds the same authority', async () => {
    const first = await openAuthority(directory);
    const second = await openAuthority(directory);
    expect(second.certificatePem).toBe(first.certificatePem);
    expect(second.spkiHash).toBe(first.spkiHash);
    expect(second.warnings).toEqual([]);
  });

  it('closes a file that others could read, and says so', async () => {
    await openAuthority(directory);
    const file = join(directory, 'authority.pem');
    await chmod(file, 0o644);
    const { warnings } = await openAuthority(directory);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('mode 0644');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('puts back the copy for clients', async () => {
    const { certificateFile, certificatePem } = await openAuthority(directory);
    await writeFile(certificateFile, 'something else');
    await openAuthority(directory);
    expect(await readFile(certificateFile, 'utf8')).toBe(certificatePem);
  });
});

describe('a damaged authority is refused and left as it is', () => {
  const cut = (text: string, label: string) => text.replace(new RegExp(`-----BEGIN ${label}[^]*END ${label}-----`), '');
  const pick = (text: string, label: string) =>
    new RegExp(`-----BEGIN ${label}[^]*END ${label}-----`).exec(text)?.[0] ?? '';

  it.each<[what: string, message: string, damage: (text: string, other: string) => string]>([
    ['an empty file', 'no certificate', () => ''],
    ['a file of zeros', 'no certificate', () => '\0'.repeat(500)],
    ['no key', 'no private key', (text) => cut(text, 'PRIVATE KEY')],
    ['no certificate', 'no certificate', (text) => cut(text, 'CERTIFICATE')],
    ['half a file', 'no private key', (text) => text.slice(0, text.length - 40)],
    [
      'the key of another authority',
      'a key that is not its certificate’s',
      (text, other) => pick(text, 'CERTIFICATE') + pick(other, 'PRIVATE KEY'),
    ],
    [
      'a garbled certificate',
      'something unreadable',
      (text) => text.replace(/\n[A-Za-z0-9+/]{30}/, '\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'),
    ],
  ])('%s', async (_, message, damage) => {
    await openAuthority(directory);
    await openAuthority(join(directory, '..', 'other'));
    const file = join(directory, 'authority.pem');
    const other = await readFile(join(directory, '..', 'other', 'authority.pem'), 'utf8');
    const damaged = damage(await readFile(file, 'utf8'), other);
    await writeFile(file, damaged);
    const error = await openAuthority(directory).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(AuthorityError);
    expect((error as Error).message).toContain(`the file holds ${message}`);
    expect((error as Error).message).toContain(file);
    expect((error as Error).message).not.toContain('PRIVATE');
    expect(await readFile(file, 'utf8')).toBe(damaged);
  });

  it('an expired one', async () => {
    await openAuthority(directory, { now: Date.UTC(2026, 0, 1) });
    await expect(openAuthority(directory, { now: Date.UTC(2037, 0, 1) })).rejects.toThrow(/expired on/);
  });

  it('a directory that is a file', async () => {
    await writeFile(directory, '');
    await expect(openAuthority(directory)).rejects.toThrow(AuthorityError);
  });
});
