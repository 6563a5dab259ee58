/** The local certificate authority: made on first use, kept in one file that only its owner can read, never replaced silently. */
import { createHash, createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import { chmod, link, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { AuthorityInfo } from '../contract/api.ts';
import type { Issuer } from './x509.ts';

/** Holds the certificate and its private key, PEM; mode 0600. */
const AUTHORITY_FILE = 'authority.pem';
/** The certificate alone: what people install in browsers and give to curl. */
const CERTIFICATE_FILE = 'ca.pem';

/** Why there is no authority. Interception and local certificates stop; nothing is made anew, since clients trust the old one. */
export class AuthorityError extends Error {
  readonly file: string;

  constructor(file: string, message: string, options?: { cause?: unknown }) {
    super(`${file}: ${message}`, options);
    this.name = 'AuthorityError';
    this.file = file;
  }
}

export interface Authority extends Issuer {
  /** For clients to trust. */
  certificatePem: string;
  /** File that holds the certificate and no key. */
  certificateFile: string;
  /** Base64 SHA-256 of the public key, as `--ignore-certificate-errors-spki-list` of Chromium takes it. */
  spkiHash: string;
  /** Epoch milliseconds. */
  expiresAt: number;
  /** What was found lax and put right, for the user to see. */
  warnings: string[];
}

export interface AuthorityOptions {
  /** Epoch milliseconds. */
  now?: number;
  /** Stands in the authority's name, so that two machines' authorities can be told apart in a list. */
  machine?: string;
}

/** Reads the authority of `directory` (made with mode 0700), or makes it when there is none. Rejects with `AuthorityError`. */
export async function openAuthority(directory: string, options: AuthorityOptions = {}): Promise<Authority> {
  const now = options.now ?? Date.now();
  const file = join(directory, AUTHORITY_FILE);
  const warnings: string[] = [];
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    if (!(await exists(file))) await create(directory, file, options.machine ?? hostname(), now);
    await closeToOthers(file, warnings);
    const authority = await parse(file, await readFile(file, 'utf8'), now);
    const certificateFile = await publish(directory, authority.certificatePem);
    return { ...authority, certificateFile, warnings };
  } catch (error) {
    if (error instanceof AuthorityError) throw error;
    throw new AuthorityError(file, `cannot open the local certificate authority: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** What of it people and their programs may see. */
export function describeAuthority(authority: Authority): AuthorityInfo {
  const { certificatePem, certificateFile, spkiHash, expiresAt, warnings } = authority;
  const fingerprint = new X509Certificate(certificatePem).fingerprint256;
  return { certificatePem, certificateFile, fingerprint, spkiHash, expiresAt, warnings };
}

async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** Writes aside, flushes, then links into place: the file appears whole or not at all, and of two makers the first one wins. */
async function create(directory: string, file: string, machine: string, now: number): Promise<void> {
  const { generateKeyPair, issueAuthority, privateKeyPem } = await import('./x509.ts');
  const keys = await generateKeyPair();
  const name = `Switchyard CA ${machine.slice(0, 32)} ${new Date(now).toISOString().slice(0, 10)}`;
  const certificate = await issueAuthority(keys, name, now);
  const key = await privateKeyPem(keys);
  const temporary = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    await writeFlushed(temporary, `${certificate.toString('pem')}\n${key}\n`, 0o600);
    await link(temporary, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(temporary, { force: true });
  }
  await flushDirectory(directory);
}

async function writeFlushed(file: string, text: string, mode: number): Promise<void> {
  const handle = await open(file, 'wx', mode);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function flushDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return; // has no handle for directories
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function closeToOthers(file: string, warnings: string[]): Promise<void> {
  if (process.platform === 'win32') return; // modes say nothing there
  const { mode } = await stat(file);
  if ((mode & 0o077) === 0) return;
  await chmod(file, 0o600);
  const was = (mode & 0o777).toString(8);
  warnings.push(
    `${file} could be read by others (mode 0${was}); it is 0600 now. Make a new authority if someone may have copied it.`,
  );
}

type ParsedAuthority = Omit<Authority, 'certificateFile' | 'warnings'>;

async function parse(file: string, text: string, now: number): Promise<ParsedAuthority> {
  const certificatePem = block(text, 'CERTIFICATE');
  const keyPem = block(text, 'PRIVATE KEY');
  if (certificatePem === null || keyPem === null)
    throw damaged(file, certificatePem === null ? 'no certificate' : 'no private key');
  try {
    const certificate = new X509Certificate(certificatePem);
    if (!certificate.checkPrivateKey(createPrivateKey(keyPem)))
      throw damaged(file, 'a key that is not its certificate’s');
    if (!certificate.ca) throw damaged(file, 'a certificate that is not an authority’s');
    if (certificate.validToDate.getTime() <= now) throw expired(file, certificate.validTo);
    const { readIssuer } = await import('./x509.ts');
    const issuer = await readIssuer(certificatePem, keyPem);
    return { ...issuer, certificatePem, spkiHash: spkiHash(certificate), expiresAt: certificate.validToDate.getTime() };
  } catch (error) {
    throw error instanceof AuthorityError ? error : damaged(file, 'something unreadable', error);
  }
}

function spkiHash({ publicKey }: X509Certificate): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64');
}

function block(text: string, label: string): string | null {
  const match = new RegExp(`-----BEGIN ${label}-----[^-]+-----END ${label}-----`).exec(text);
  return match ? `${match[0]}\n` : null;
}

const REMEDY =
  'Put back a copy of it; or remove it to have a new authority made, which clients must then be told to trust.';

function damaged(file: string, holds: string, cause?: unknown): AuthorityError {
  return new AuthorityError(file, `the local certificate authority is damaged: the file holds ${holds}. ${REMEDY}`, {
    cause,
  });
}

function expired(file: string, at: string): AuthorityError {
  return new AuthorityError(file, `the local certificate authority expired on ${at}. ${REMEDY}`);
}

/** Keeps the copy for clients in step with the authority. */
async function publish(directory: string, certificatePem: string): Promise<string> {
  const file = join(directory, CERTIFICATE_FILE);
  const before = await readFile(file, 'utf8').catch(() => '');
  if (before === certificatePem) return file;
  const temporary = `${file}.${randomBytes(6).toString('hex')}`;
  await writeFlushed(temporary, certificatePem, 0o644);
  await rename(temporary, file);
  return file;
}
