/** Whose TLS a forward listener opens, and with what. */
import type { TlsOptions } from 'node:tls';
import type { ListenerConfig } from '../contract/config.ts';
import { compileExpression } from '../match/compile.ts';
import type { RequestSubject } from '../match/subject.ts';
import { contextOptions, serverOptions } from './certificate-source.ts';
import type { ClientHello } from './client-hello.ts';
import { LeafCertificates } from './leaf-certificate.ts';
import type { LocalAuthority } from './local-authority.ts';
import { LruMap } from './lru-map.ts';
import { certifiableHost } from './server-name.ts';
import { TlsTerminator } from './terminator.ts';

/** Hosts that clients reach without naming them in TLS: mostly addresses. */
const MAX_UNNAMED = 100;

export class Interception {
  /** Whether the TLS of a tunnel to that host is to be opened. */
  readonly wants: (this: void, subject: RequestSubject) => boolean;
  readonly #leaves: LeafCertificates;
  readonly #options: TlsOptions;
  readonly #named: TlsTerminator;
  readonly #unnamed = new LruMap<string, Promise<TlsTerminator>>(MAX_UNNAMED);

  private constructor(
    wants: Interception['wants'],
    leaves: LeafCertificates,
    options: TlsOptions,
    previous: Interception | null,
  ) {
    this.wants = wants;
    this.#leaves = leaves;
    this.#options = options;
    this.#named = new TlsTerminator(options, previous && previous.#named);
  }

  /** null: the listener only tunnels. Rejects with `AuthorityError` when there is no authority to make certificates with. */
  static async create(
    { intercept, protocols }: ListenerConfig,
    authority: LocalAuthority,
    previous: Interception | null,
  ): Promise<Interception | null> {
    if (intercept === undefined) return null;
    const compiled = compileExpression(intercept, 'request');
    if (!compiled.ok) return null; // told when the config was read
    const leaves = new LeafCertificates(await authority.get(), { context: contextOptions(null) });
    const source = { configured: [], local: leaves };
    const options = await serverOptions(source, { tls: { client: { mode: 'none' } }, protocols, clientCa: null });
    return new Interception(compiled.holds, leaves, options, previous);
  }

  /** What opens the TLS of a client that goes to `host`: with a certificate for the name it gives, else for `host` itself. */
  async terminatorFor({ serverName }: ClientHello, host: string): Promise<TlsTerminator> {
    const certifiable = certifiableHost(host);
    if (serverName !== null || certifiable === null) return this.#named;
    const known = this.#unnamed.get(certifiable);
    if (known) return known;
    const made = this.#leaves.issue([certifiable]).then((pair) => new TlsTerminator({ ...this.#options, ...pair }));
    this.#unnamed.set(certifiable, made);
    return made;
  }
}
