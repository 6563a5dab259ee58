/** The listeners of the running config. A new config opens what is new first, so that no address is ever without its listener. */
import type { Socket } from 'node:net';
import { ConfigError } from '../config-error.ts';
import type { Config, ListenerConfig } from '../contract/config.ts';
import type { ListenerState } from '../contract/state.ts';
import { Interception } from '../tls/interception.ts';
import { createTerminator } from '../tls/listener-tls.ts';
import type { LocalAuthority } from '../tls/local-authority.ts';
import type { EntranceDeps, ListenerSetup } from './entrance.ts';
import { ensureFree, isLoopback, Listener, type ListenerSharing, splitAddress } from './listener.ts';
import { Networks } from './networks.ts';

/** For connections on which nothing is in flight: a request may be on its way, and is still answered. */
const CLOSING_MS = 1500;

export interface ListenersDeps {
  authority: LocalAuthority;
  sharing: ListenerSharing;
  /** What the clients of one listener are handed to. */
  entrance(this: void, listener: string): EntranceDeps;
}

/** What another thread needs to accept at the same address. */
export interface ListenerShare {
  /** With the port that was really bound. */
  address: string;
  clients: SharedArrayBuffer;
}

/** Listeners of a config that is not applied yet: open, but nothing is taken away from the running ones. */
export interface PreparedListeners {
  setups: ReadonlyMap<string, ListenerSetup>;
  /** Those that stay and those that were opened. */
  next: ReadonlyMap<string, Listener>;
}

export class Listeners {
  readonly #deps: ListenersDeps;
  #running: ReadonlyMap<string, Listener> = new Map();
  #own: readonly { host: string; port: number }[] = [];
  #ownPorts: ReadonlySet<number> = new Set();
  /** No longer accepting; connections that came before may go on. */
  readonly #draining = new Set<Listener>();

  constructor(deps: ListenersDeps) {
    this.#deps = deps;
  }

  /** Rejects with `ConfigError`, with nothing left open and nothing closed, when one of them cannot be. */
  async prepare(config: Config, baseDir: string): Promise<PreparedListeners> {
    const setups = new Map<string, ListenerSetup>();
    for (const [name, listener] of Object.entries(config.listeners))
      setups.set(name, await this.#setup(name, listener, baseDir));
    const next = this.#thoseThatStay(setups);
    const staying = new Set(next.values());
    const going = [...this.#running.values()].filter((listener) => !staying.has(listener));
    const released: Listener[] = [];
    try {
      for (const [name, setup] of setups)
        if (!next.has(name)) next.set(name, await this.#openOrTakeOver(name, setup, going, released));
    } catch (error) {
      for (const listener of next.values()) if (!staying.has(listener)) listener.destroy();
      for (const listener of released) await listener.reopen();
      throw error;
    }
    return { setups, next };
  }

  /** By their new name: the address says which is which, and where it does not (port 0), the name that it had. */
  #thoseThatStay(setups: ReadonlyMap<string, ListenerSetup>): Map<string, Listener> {
    const stay = new Map<string, Listener>();
    const left = new Set(this.#running.values());
    const keep = (name: string, listener: Listener | undefined) => {
      if (!listener || !left.delete(listener)) return;
      stay.set(name, listener);
    };
    const isAt = (listener: Listener, setup: ListenerSetup) => listener.setup.config.address === setup.config.address;
    for (const [name, setup] of setups) {
      const before = this.#running.get(name);
      if (before && isAt(before, setup)) keep(name, before);
    }
    for (const [name, setup] of setups)
      if (!stay.has(name))
        keep(
          name,
          [...left].find((listener) => isAt(listener, setup)),
        );
    return stay;
  }

  /**
   * Two listeners cannot share a port when one of them hears on all addresses (127.0.0.1:80 becomes 0.0.0.0:80): the one that
   * goes leaves it to the other at once.
   */
  async #openOrTakeOver(
    name: string,
    setup: ListenerSetup,
    going: readonly Listener[],
    released: Listener[],
  ): Promise<Listener> {
    try {
      return await this.#open(name, setup);
    } catch (error) {
      const { port } = splitAddress(setup.config.address);
      const inTheWay = going.filter(({ address }) => splitAddress(address).port === port);
      if (!isTaken(error) || inTheWay.length === 0) throw error;
      for (const listener of inTheWay) await listener.release();
      released.push(...inTheWay);
      return this.#open(name, setup);
    }
  }

  /** Where the other threads of the engine are to accept as well, by name. */
  shares({ next }: PreparedListeners): Record<string, ListenerShare> {
    const shares: Record<string, ListenerShare> = {};
    for (const [name, { address, clients }] of next) shares[name] = { address, clients: clients.memory };
    return shares;
  }

  /** It will not be committed. */
  discard({ next }: PreparedListeners): void {
    const running = new Set(this.#running.values());
    for (const listener of next.values()) if (!running.has(listener)) listener.destroy();
  }

  /** Takes over in one step: those that stay go on under their new config, those that are gone drain. */
  commit({ setups, next }: PreparedListeners): void {
    const running = new Map<string, Listener>();
    for (const [name, setup] of setups) {
      const listener = next.get(name);
      if (!listener) continue;
      listener.update(name, setup, this.#deps.entrance(name));
      running.set(name, listener);
    }
    const staying = new Set(running.values());
    for (const before of this.#running.values()) if (!staying.has(before)) this.#drain(before);
    for (const gone of this.#draining) if (gone.connections === 0) this.#draining.delete(gone);
    this.#running = running;
    this.#own = [...running.values()].map(({ address }) => splitAddress(address));
    this.#ownPorts = new Set(this.#own.map(({ port }) => port));
  }

  /** Whether what is sent to `host` arrives at one of them; of names only `localhost` is known. */
  isOwn(host: string, port: number): boolean {
    if (!this.#ownPorts.has(port)) return false;
    const isLocal = host === 'localhost' || isLoopback(`${host}:${port}`);
    return this.#own.some((own) => own.port === port && (own.host === host || (isLocal && reaches(own.host, host))));
  }

  /** Whether a connection that this process has made came out at one of them. */
  isOwnEnd({ remoteAddress = '', remotePort = 0, localAddress }: Socket): boolean {
    if (!this.#ownPorts.has(remotePort)) return false;
    const host = remoteAddress.replace(/^::ffff:/, '');
    return (
      this.isOwn(host, remotePort) ||
      (remoteAddress === localAddress && this.#own.some((own) => own.port === remotePort && isWildcard(own.host)))
    );
  }

  state(): ListenerState[] {
    return [...this.#running.values()].map(({ name, address, setup }) => ({
      name,
      address,
      mode: setup.config.mode,
      secure: setup.tls !== null,
    }));
  }

  /** Open connections of clients. */
  connections(): { name: string; connections: number }[] {
    return [...this.#running.values()].map(({ name, clients }) => ({ name, connections: clients.value }));
  }

  /** Stops accepting. */
  drain(): void {
    for (const listener of this.#running.values()) this.#drain(listener);
  }

  /** Whether connections are still to be waited for, `waitedMs` after `drain`. */
  isDraining(waitedMs: number): boolean {
    const listeners = [...this.#draining];
    if (waitedMs < CLOSING_MS && listeners.some(({ connections }) => connections > 0)) return true;
    return listeners.some(({ unsent }) => unsent);
  }

  #drain(listener: Listener): void {
    void listener.drain();
    this.#draining.add(listener);
  }

  destroy(): void {
    for (const listener of [...this.#running.values(), ...this.#draining]) listener.destroy();
  }

  async #setup(name: string, config: ListenerConfig, baseDir: string): Promise<ListenerSetup> {
    const { authority } = this.#deps;
    const before = this.#running.get(name)?.setup;
    const previous = before?.tls ?? null;
    return {
      config,
      trusted: new Networks(config.trustedProxies),
      interception: await this.#interception(name, config, before?.interception ?? null),
      tls: config.tls
        ? await createTerminator(name, config.tls, { baseDir, authority, previous, protocols: protocolsOf(config) })
        : null,
    };
  }

  async #interception(name: string, config: ListenerConfig, before: Interception | null): Promise<Interception | null> {
    if (config.mode !== 'forward') return null;
    try {
      return await Interception.create(config, this.#deps.authority, before);
    } catch (error) {
      const { message } = error as Error;
      throw new ConfigError([{ path: `listeners.${name}.intercept`, message }], { cause: error });
    }
  }

  async #open(name: string, setup: ListenerSetup): Promise<Listener> {
    const { address, allowRemote } = setup.config;
    try {
      if (!isLoopback(address) && !allowRemote)
        throw new Error(`${address} is not loopback; add allowRemote: true to accept other machines`);
      if (this.#deps.sharing.reusePort === 'first') await this.#ensureNoOther(address);
      return await Listener.open(name, setup, this.#deps.entrance(name), this.#deps.sharing);
    } catch (error) {
      const message = listenProblem(address, error as NodeJS.ErrnoException);
      throw new ConfigError([{ path: `listeners.${name}.address`, message }], { cause: error });
    }
  }

  /** A port of our own may be shared with a listener that goes; one of another program may not. */
  async #ensureNoOther(address: string): Promise<void> {
    const { port } = splitAddress(address);
    const isOurs = [...this.#running.values()].some((listener) => splitAddress(listener.address).port === port);
    if (port !== 0 && !isOurs) await ensureFree(address);
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof ConfigError && (error.cause as NodeJS.ErrnoException).code === 'EADDRINUSE';
}

function listenProblem(address: string, error: NodeJS.ErrnoException): string {
  if (error.code === 'EADDRINUSE')
    return `${address} is taken (EADDRINUSE); stop the other program or choose another port`;
  if (error.code === 'EACCES') return `${address} may not be used (EACCES); choose a port above 1023`;
  if (error.code === 'EADDRNOTAVAIL') return `${address} is no address of this machine (EADDRNOTAVAIL)`;
  return error.message;
}

/** What ALPN offers. Clients ask a proxy for tunnels, which is done in HTTP/1.1 here: they must not choose HTTP/2 for that. */
function protocolsOf({ mode, protocols }: ListenerConfig): ListenerConfig['protocols'] {
  return mode === 'forward' && protocols.includes('http1') ? ['http1'] : protocols;
}

/** Whether a listener at `own` hears what is sent to `host`, an address of this machine alone. */
function reaches(own: string, host: string): boolean {
  if (isWildcard(own) || own === 'localhost') return true;
  return host === 'localhost' && (own === '127.0.0.1' || own === '::1');
}

function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}
