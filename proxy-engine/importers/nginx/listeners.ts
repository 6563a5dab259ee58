/** Addresses of `listen` as listeners, one an address, whichever servers share it. */
import type { Config } from '../../contract/config.ts';
import type { DraftListener } from '../draft.ts';
import type { CertificateFiles } from '../import.ts';
import { listensOf } from './listens.ts';
import { defaultServers, type NamedServer } from './server-names.ts';
import type { File } from './site.ts';
import { type Directive, last, named, whereOf } from './syntax.ts';

type Tls = NonNullable<DraftListener['tls']>;
type Client = NonNullable<Tls['client']>;

/** What is known of a listener of the draft, or of the config that it is added to. */
interface Made {
  name: string;
  /** Certificates that it asks for. */
  client: Pick<Client, 'mode' | 'ca'> | undefined;
}

/** Where nginx asks for certificates of clients, and the listener does not. */
export interface Unverified {
  directive: Directive;
  listeners: string[];
}

export class Listeners {
  readonly #byAddress = new Map<string, Made>();
  readonly #servers: readonly NamedServer[];
  readonly #secure: ReadonlySet<string>;
  readonly #file: File;

  constructor(servers: readonly NamedServer[], file: File) {
    this.#servers = servers;
    this.#file = file;
    const defaults = defaultServers(servers);
    this.#secure = secureAddresses(servers, defaults);
    const used = new Set([...defaults.keys()].filter((address) => isOwn(address, file)));
    for (const [address, server] of defaults) this.#byAddress.set(address, this.#made(address, server, used));
    for (const server of servers) this.#settle(server);
  }

  /** Those of a server; none where it listens at nothing that is known here. */
  of({ block }: NamedServer): string[] {
    return [...new Set(listensOf(block).flatMap(({ address }) => (address === null ? [] : [this.at(address)])))];
  }

  /** The one at an address of a server. */
  at(address: string): string {
    return this.#byAddress.get(address)?.name ?? address;
  }

  /** null: whoever nginx would turn away for a certificate is turned away here. */
  unverifiedOf(server: NamedServer): Unverified | null {
    const directive = last(server.block, 'ssl_verify_client');
    if (directive?.words[0] !== 'on') return null;
    const asked = this.#askedBy(server.block);
    const open = listensOf(server.block).filter(({ address }) => {
      const client = this.#byAddress.get(address ?? '')?.client;
      const isAsked = asked !== undefined && client?.mode === 'require' && client.ca === asked.ca;
      return address !== null && this.#secure.has(address) && !isAsked;
    });
    const listeners = [...new Set(open.map(({ address }) => this.at(address ?? '')))];
    return listeners.length > 0 ? { directive, listeners } : null;
  }

  #made(address: string, server: NamedServer, used: Set<string>): Made {
    const { draft, into } = this.#file;
    const listen = listensOf(server.block, server.directive).find((each) => each.address === address);
    const own = isOwn(address, this.#file) ? address : freeLoopback(address, used, this.#file);
    used.add(own);
    const taken = Object.entries(into?.listeners ?? {}).find(
      ([, each]) => each.mode !== 'reverse' && isSamePlace(each.address, own),
    );
    const known = Object.entries(into?.listeners ?? {}).find(
      ([, each]) => each.mode === 'reverse' && isSamePlace(each.address, own),
    );
    const { tls } = this.#tlsAt(address);
    if (known) return this.#existing(known, listen?.directive, tls);
    const beyond = isOwn(address, this.#file)
      ? undefined
      : `on ${own}: this machine only; give another address and allowRemote for more`;
    const why = taken ? `the listener ${taken[0]} of the config has this address: give one of them another` : beyond;
    const at = whereOf(listen?.directive ?? server.directive);
    const name = draft.addListener(at, `nginx-${own.split(':').at(-1)}`, { address: own, ...(tls && { tls }) }, why);
    return { name, client: tls?.client as Made['client'] };
  }

  /** One of the config stays as it is. */
  #existing(
    [name, { tls }]: [string, Config['listeners'][string]],
    listen: Directive | undefined,
    wanted: Tls | undefined,
  ): Made {
    if (listen && wanted)
      this.#file.ledger.approximate(
        listen,
        `the listener ${name} of the config has this address and stays as it is, ${tls ? 'with its own certificates' : 'without TLS'}`,
      );
    return { name, client: tls?.client };
  }

  /** What all servers at an address say of it. */
  #tlsAt(address: string): Pick<DraftListener, 'tls'> {
    if (!this.#secure.has(address)) return {};
    const blocks = this.#at(address).map(({ block }) => block);
    const pairs = blocks.flatMap(certificatesOf).map(({ pair }) => pair);
    const certificates = pairs.filter((pair) => this.#file.canUse(pair));
    const fresh = certificates.filter(({ cert }, i) => certificates.findIndex((each) => each.cert === cert) === i);
    const asked = blocks.flatMap((block) => this.#askedBy(block) ?? []);
    // A listener asks by one authority; who is asked by another is turned away.
    const client = asked.find(({ mode }) => mode === 'require') ?? asked[0];
    const own = fresh.length > 0 ? { certificates: fresh } : { local: true };
    return { tls: { ...own, ...(client && { client }) } };
  }

  #at(address: string): NamedServer[] {
    return this.#servers.filter(({ block }) => listensOf(block).some((each) => each.address === address));
  }

  #settle(server: NamedServer): void {
    const { ledger } = this.#file;
    const { block } = server;
    this.#tellUnusable(block);
    ledger.settle(...['ssl_certificate', 'ssl_certificate_key', 'ssl'].flatMap((name) => named(block, name)));
    for (const { directive, address, options } of listensOf(block, server.directive)) {
      ledger.settle(directive);
      if (address === null) ledger.refuse(directive, whyNone(directive));
      if (options.includes('proxy_protocol'))
        ledger.refuse(directive, 'set proxyProtocol and trustedProxies of the listener');
      if (address !== null && this.#secure.has(address)) this.#settleClients(server, address, directive);
    }
  }

  #askedBy(block: readonly Directive[]): ReturnType<typeof askedBy> {
    const asked = askedBy(block);
    return asked && this.#file.canUse({ cert: asked.ca }) ? asked : undefined;
  }

  #tellUnusable(block: readonly Directive[]): void {
    for (const { directive } of certificatesOf(block).filter(({ pair }) => !this.#file.canUse(pair)))
      this.#file.ledger.approximate(
        directive,
        'with its key it cannot be used here (one of them is not there, they do not belong together, or the key has a password): certificates are of the local authority until `certificates` of the listener names one that can',
      );
  }

  #settleClients({ block }: NamedServer, address: string, listen: Directive): void {
    const { ledger } = this.#file;
    const made = this.#byAddress.get(address)?.client;
    const asked = this.#askedBy(block);
    if (made?.mode === 'require' && asked?.mode !== 'require')
      ledger.approximate(listen, 'certificates of clients belong to the listener here: all its servers ask for them');
    if (!asked || made?.ca !== asked.ca) return;
    ledger.settle(...named(block, 'ssl_client_certificate'));
    for (const directive of named(block, 'ssl_verify_client'))
      ledger.approximate(directive, 'who has no certificate is refused while connecting; nginx answers 400');
  }
}

/** One `listen` with `ssl` is enough for all there, or `ssl on` of the default server. */
function secureAddresses(
  servers: readonly NamedServer[],
  defaults: ReadonlyMap<string, NamedServer>,
): ReadonlySet<string> {
  const listens = servers.flatMap(({ block }) => listensOf(block)).filter(({ options }) => options.includes('ssl'));
  const isOn = ({ block }: NamedServer) => last(block, 'ssl')?.words[0] === 'on';
  const on = [...defaults].filter(([, server]) => isOn(server)).map(([address]) => address);
  return new Set([...listens.flatMap(({ address }) => address ?? []), ...on]);
}

const MODES: Readonly<Record<string, 'require' | 'request'>> = { on: 'require', optional: 'request' };

/** Absent: nothing here can ask as it does. */
function askedBy(block: readonly Directive[]): { mode: 'require' | 'request'; ca: string } | undefined {
  const mode = MODES[last(block, 'ssl_verify_client')?.words[0] ?? ''];
  const [ca] = last(block, 'ssl_client_certificate')?.words ?? [];
  const isRevoking = named(block, 'ssl_crl').length > 0;
  return mode === undefined || ca === undefined || isRevoking ? undefined : { mode, ca };
}

function certificatesOf(block: readonly Directive[]): { directive: Directive; pair: Required<CertificateFiles> }[] {
  const keys = named(block, 'ssl_certificate_key');
  return named(block, 'ssl_certificate').flatMap((directive, i) => {
    const [[cert], [key]] = [directive.words, keys[i]?.words ?? []];
    return cert === undefined || key === undefined ? [] : [{ directive, pair: { cert, key } }];
  });
}

function whyNone({ words: [written = ''] }: Directive): string {
  return written.includes('$')
    ? 'it has a variable, which has to be filled in first'
    : 'a listener has an address and one port, and speaks over TCP';
}

/** Of one port, any address takes those of this machine, too. */
function isSamePlace(there: string, own: string): boolean {
  const [, host = '', port] = /^(.*):(\d+)$/.exec(there) ?? [];
  if (port !== own.split(':').at(-1)) return false;
  const isLocal = host === 'localhost' && /^(?:127\.0\.0\.1|\[::1\]):/.test(own);
  return there === own || isLocal || /^(?:0\.0\.0\.0|\[::\]|\*)$/.test(host);
}

/** It is an address of this machine alone. */
function isOwn(address: string, { hasIpv6 }: Pick<File, 'hasIpv6'>): boolean {
  return address.startsWith('127.') || (hasIpv6 && address.startsWith('[::1]'));
}

/** nginx tells servers apart by the address that was asked, so each has one of this machine to itself. */
function freeLoopback(address: string, used: ReadonlySet<string>, { hasIpv6 }: Pick<File, 'hasIpv6'>): string {
  const port = address.split(':').at(-1);
  const hosts = [
    ...(hasIpv6 && address.startsWith('[') ? ['[::1]'] : []),
    ...Array.from({ length: 254 }, (_, i) => `127.0.0.${i + 1}`),
  ];
  return hosts.map((host) => `${host}:${port}`).find((each) => !used.has(each)) ?? address;
}
