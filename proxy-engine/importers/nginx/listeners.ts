/** Addresses of `listen` as listeners, one an address, whichever servers share it. */
import type { Config } from '../../contract/config.ts';
import type { Draft, DraftListener } from '../draft.ts';
import type { Ledger } from './ledger.ts';
import { type Directive, last, named } from './syntax.ts';

type Tls = NonNullable<DraftListener['tls']>;
type Certificates = NonNullable<Tls['certificates']>;

export class Listeners {
  readonly #byAddress = new Map<string, string>();
  readonly #draft: Draft;
  readonly #ledger: Ledger;

  constructor(draft: Draft, ledger: Ledger, into: Config | null) {
    this.#draft = draft;
    this.#ledger = ledger;
    for (const [name, { address, mode }] of Object.entries(into?.listeners ?? {}))
      if (mode === 'reverse') this.#byAddress.set(address, name);
  }

  /** Those of a server, in effect `block`; without `listen` nginx takes port 80. */
  of(block: readonly Directive[], line: number): string[] {
    const written = named(block, 'listen');
    const listens = written.length > 0 ? written : [{ name: 'listen', words: ['80'], line }];
    return [...new Set(listens.map((listen) => this.#nameOf(listen, block)))];
  }

  /** The one at an address of a server that was read. */
  at(address: string): string {
    return this.#byAddress.get(address) ?? address;
  }

  #nameOf(listen: Directive, server: readonly Directive[]): string {
    const { words, line } = listen;
    const [written = '80', ...options] = words;
    const address = addressOf(written);
    this.#ledger.settle(listen, ...named(server, 'ssl_certificate'), ...named(server, 'ssl_certificate_key'));
    if (options.includes('proxy_protocol'))
      this.#ledger.refuse(listen, 'set proxyProtocol and trustedProxies of the listener');
    const known = this.#byAddress.get(address);
    settleClients(server, options, this.#ledger);
    if (known !== undefined) {
      this.#addClients(known, listen, tlsOf(options, server).tls?.client);
      this.#addCertificates(known, tlsOf(options, server).tls?.certificates ?? []);
      return known;
    }
    const isLocal = /^(127\.|localhost|\[::1\])/.test(written);
    const why = isLocal ? undefined : `on ${address}: this machine only; give another address and allowRemote for more`;
    const name = this.#draft.addListener(
      `line ${line}`,
      `nginx-${address.split(':').at(-1)}`,
      { address, ...tlsOf(options, server) },
      why,
    );
    this.#byAddress.set(address, name);
    return name;
  }

  /** Whose certificates are asked for belongs to the listener here: of its servers, one that asks decides. */
  #addClients(known: string, listen: Directive, client: Tls['client']): void {
    const listener = this.#draft.listeners.get(known)?.value;
    const before = listener?.tls?.client;
    if (JSON.stringify(before) === JSON.stringify(client)) return;
    this.#ledger.approximate(
      listen,
      'certificates of clients belong to the listener here: all its servers ask for them',
    );
    if (listener?.tls && client && before?.mode !== 'require') listener.tls = { ...listener.tls, client };
  }

  /** Of another server that listens there, too. */
  #addCertificates(name: string, more: Certificates): void {
    const listener = this.#draft.listeners.get(name)?.value;
    const { certificates = [], ...tls } = listener?.tls ?? {};
    const fresh = more.filter(({ cert }) => certificates.every((known) => known.cert !== cert));
    if (listener && fresh.length > 0) listener.tls = { ...tls, certificates: [...certificates, ...fresh] };
  }
}

/** Addresses at which the server listens, and those of which it says that it is the default. */
export function addressesOf(block: readonly Directive[]): { address: string; isDefault: boolean }[] {
  const written = named(block, 'listen').map(({ words }) => words);
  return (written.length > 0 ? written : [['80']]).map(([first = '80', ...options]) => ({
    address: addressOf(first),
    isDefault: options.includes('default_server') || options.includes('default'),
  }));
}

/** `80`, `127.0.0.1:80`, `*:80`, `[::]:80`, `host`. */
function addressOf(written: string): string {
  if (/^\d+$/.test(written)) return `127.0.0.1:${written}`;
  const [, host = written, port = '80'] = /^(.*?)(?::(\d+))?$/.exec(written) ?? [];
  if (host === '*' || host === '0.0.0.0') return `127.0.0.1:${port}`;
  return `${host === '[::]' ? '[::1]' : host}:${port}`;
}

function tlsOf(options: readonly string[], server: readonly Directive[]): Pick<DraftListener, 'tls' | 'protocols'> {
  if (!options.includes('ssl')) return {};
  const [cert] = last(server, 'ssl_certificate')?.words ?? [];
  const [key] = last(server, 'ssl_certificate_key')?.words ?? [];
  const client = clientsOf(server);
  const own = cert !== undefined && key !== undefined ? { certificates: [{ cert, key }] } : { local: true };
  return { tls: { ...own, ...(client && { client }) } };
}

const MODES: Readonly<Record<string, 'require' | 'request'>> = { on: 'require', optional: 'request' };

function clientsOf(server: readonly Directive[]): Tls['client'] {
  const mode = MODES[last(server, 'ssl_verify_client')?.words[0] ?? ''];
  const [ca] = last(server, 'ssl_client_certificate')?.words ?? [];
  return mode === undefined || ca === undefined ? undefined : { mode, ca };
}

function settleClients(server: readonly Directive[], options: readonly string[], ledger: Ledger): void {
  if (!options.includes('ssl') || !clientsOf(server)) return;
  ledger.settle(...named(server, 'ssl_client_certificate'));
  for (const directive of named(server, 'ssl_verify_client'))
    ledger.approximate(directive, 'who has no certificate is refused while connecting; nginx answers 400');
}
