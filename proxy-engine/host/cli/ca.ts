/** `switchyard ca`: the certificate that clients have to trust, and how they come to. Makes the authority when there is none. */
import { type Authority, AuthorityError, describeAuthority, openAuthority } from '../../tls/authority.ts';
import { authorityDirectory } from '../data-directory.ts';
import { CliFailure } from './failure.ts';

export interface CaOptions {
  pem?: boolean;
  path?: boolean;
  data?: string;
}

export async function showAuthority({ pem, path, data }: CaOptions): Promise<void> {
  const authority = await openOrFail(data);
  for (const warning of authority.warnings) process.stderr.write(`switchyard: ${warning}\n`);
  if (pem) process.stdout.write(authority.certificatePem);
  else if (path) process.stdout.write(`${authority.certificateFile}\n`);
  else process.stdout.write(guide(authority));
}

/** Throws `CliFailure` with what is wrong with it and what to do. */
export async function openOrFail(data: string | undefined): Promise<Authority> {
  try {
    return await openAuthority(authorityDirectory(data));
  } catch (error) {
    if (error instanceof AuthorityError) throw new CliFailure(2, error.message, { cause: error });
    throw error;
  }
}

function guide(authority: Authority): string {
  const { certificateFile: file, fingerprint, expiresAt } = describeAuthority(authority);
  return `The local certificate authority of Switchyard on this machine.

  certificate  ${file}
  SHA-256      ${fingerprint}
  valid until  ${new Date(expiresAt).toISOString().slice(0, 10)}

Its key never leaves this machine. Trust it where you need it, and only there:

  a browser of its own  switchyard browser https://example.test    (nothing is installed)
  curl                  curl --cacert ${quoted(file)} …
  Node                  NODE_EXTRA_CA_CERTS=${quoted(file)} node …
  Python                SSL_CERT_FILE=${quoted(file)} python3 …    (requests: REQUESTS_CA_BUNDLE)
  Firefox               Settings → Certificates → View Certificates → Authorities → Import
  Debian, Ubuntu        sudo cp ${quoted(file)} /usr/local/share/ca-certificates/switchyard.crt && sudo update-ca-certificates
  Fedora                sudo trust anchor ${quoted(file)}
  macOS                 security add-trusted-cert -r trustRoot -k ~/Library/Keychains/login.keychain-db ${quoted(file)}
  Windows               certutil -user -addstore Root ${quoted(file)}

More in docs/trusting-the-authority.md.
`;
}

function quoted(file: string): string {
  return /^[\w./~-]+$/.test(file) ? file : `'${file.replaceAll("'", "'\\''")}'`;
}
