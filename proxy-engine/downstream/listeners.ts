/** The listeners of the running config. A new config opens what is new first, so that no address is ever without its listener. */
import { ConfigError } from '../config-error.ts';
import type { Config, ListenerConfig } from '../contract/config.ts';
import type { ListenerState } from '../contract/state.ts';
import { Interception } from '../tls/interception.ts';
import { createTerminator } from '../tls/listener-tls.ts';
import type { LocalAuthority } from '../tls/local-authority.ts';
import { isLoopback, splitAddress } from './address.ts';
import { type Ear, ensureFree } from './ear.ts';
import type { EntranceDeps, ListenerSetup } from './entrance.ts';
import { Listener, type ListenerSharing } from './listener.ts';
import { Networks } from './networks.ts';
import { OwnAddresses } from './own-addresses.ts';

/** How long the engine waits, when it closes, for connections without an exchange: a request may be on its way, and is still answered. */
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
  /** Of its TLS, so that the session of a client is taken up again by whichever thread it comes to. */
  ticketKeys?: Uint8Array;
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
  readonly own = new OwnAddresses();
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
    const going = this.#without(next);
    const released: Listener[] = [];
    try {
      for (const [name, setup] of setups)
        if (!next.has(name)) next.set(name, await this.#openOrTakeOver(name, setup, going, released));
    } catch (error) {
      for (const listener of next.values()) if (!staying.has(listener)) listener.destroy();
      for (const listener of released) {
        await listener.open();
        listener.serve();
      }
      throw error;
    }
    return { setups, next };
  }

  /** Running listeners that go on, by their new name: those of the same address, by preference of the same name. */
  #thoseThatStay(setups: ReadonlyMap<string, ListenerSetup>): Map<string, Listener> {
    const stay = new Map<string, Listener>();
    const left = new Set(this.#running.values());
    const keep = (name: string, listener: Listener | undefined) => {
      if (!listener || !left.delete(listener)) return;
      stay.set(name, listener);
    };
    const isAt = ({ setup: { config }, address }: Listener, next: ListenerSetup) =>
      config.address === next.config.address || address === next.config.address;
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
   * Where somebody listens already, that is inherited. Systems that do not let one of all addresses (0.0.0.0:80) and one of them
   * (127.0.0.1:80) be open at a time: the one that goes gives its port free for the other.
   */
  async #openOrTakeOver(
    name: string,
    setup: ListenerSetup,
    going: readonly Listener[],
    released: Listener[],
  ): Promise<Listener> {
    const listener = new Listener(name, setup, this.#deps.entrance(name), this.#deps.sharing);
    if (this.#ears().some(({ ear }) => ear.address === setup.config.address)) return listener;
    try {
      await this.#open(listener);
    } catch (error) {
      const { port } = splitAddress(setup.config.address);
      const inTheWay = going.filter(({ address }) => splitAddress(address).port === port);
      if (!isTaken(error) || inTheWay.length === 0) throw error;
      await Promise.all(inTheWay.map((one) => one.release()));
      released.push(...inTheWay);
      await this.#open(listener);
    }
    return listener;
  }

  /** Of the running config. */
  #ears(): { ear: Ear; owner: Listener }[] {
    return [...this.#running.values()].flatMap((owner) => [...owner.ears].map((ear) => ({ ear, owner })));
  }

  /** Where the other threads of the engine are to accept as well, by name. */
  shares({ setups, next }: PreparedListeners): Record<string, ListenerShare> {
    const shares: Record<string, ListenerShare> = {};
    for (const [name, { address, clients }] of next) {
      const tls = setups.get(name)?.tls;
      shares[name] = { address, clients: clients.memory, ...(tls && { ticketKeys: tls.ticketKeys }) };
    }
    return shares;
  }

  /** It will not be committed. */
  discard({ next }: PreparedListeners): void {
    const running = new Set(this.#running.values());
    for (const listener of next.values()) if (!running.has(listener)) listener.destroy();
  }

  /**
   * Takes over in one step: those that stay go on under their new config, those that are gone drain. Resolves when the ports that
   * nobody has any more are free.
   */
  async commit({ setups, next }: PreparedListeners): Promise<void> {
    const running = new Map<string, Listener>();
    for (const [name, setup] of setups) {
      const listener = next.get(name);
      if (!listener) continue;
      listener.update(name, setup, this.#deps.entrance(name));
      listener.serve();
      running.set(name, listener);
    }
    this.#handOver([...running.values()]);
    const gone = this.#without(running);
    for (const before of this.#draining) if (before.connections === 0) this.#draining.delete(before);
    this.#running = running;
    this.own.set(
      [...running.values()].map(({ address, setup }) => ({ address, isReverse: setup.config.mode === 'reverse' })),
    );
    await this.#drain(gone);
  }

  /** Sockets of listeners that go, at addresses where another one listens, are handed to that one instead of closed: no client is refused. */
  #handOver(running: readonly Listener[]): void {
    for (const { ear, owner } of this.#ears()) {
      const heir = heirOf(ear, owner, running);
      if (!heir || heir === owner) continue;
      owner.leave(ear);
      heir.inherit(ear);
    }
  }

  #without(running: ReadonlyMap<string, Listener>): Listener[] {
    const staying = new Set(running.values());
    return [...this.#running.values()].filter((listener) => !staying.has(listener));
  }

  state(): ListenerState[] {
    return [...this.#running.values()].map(({ name, address, setup }) => ({
      name,
      address,
      mode: setup.config.mode,
      secure: setup.tls !== null,
      ...(!setup.config.protocols.includes('http1') && { http2Only: true as const }),
    }));
  }

  /** Open connections of clients. */
  connections(): { name: string; connections: number }[] {
    return [...this.#running.values()].map(({ name, clients }) => ({ name, connections: clients.value }));
  }

  /** Stops accepting; resolves when nobody listens any more. */
  drain(): Promise<void> {
    return this.#drain([...this.#running.values()]);
  }

  /** Whether connections are still to be waited for, `waitedMs` after `drain`. */
  isDraining(waitedMs: number): boolean {
    const listeners = [...this.#draining];
    if (waitedMs < CLOSING_MS && listeners.some(({ connections }) => connections > 0)) return true;
    return listeners.some(({ unsent }) => unsent);
  }

  async #drain(listeners: readonly Listener[]): Promise<void> {
    for (const listener of listeners) this.#draining.add(listener);
    await Promise.all(listeners.map((listener) => listener.drain()));
  }

  destroy(): void {
    for (const listener of [...this.#running.values(), ...this.#draining]) listener.destroy();
  }

  async #setup(name: string, config: ListenerConfig, baseDir: string): Promise<ListenerSetup> {
    const { authority } = this.#deps;
    const before = this.#running.get(name)?.setup;
    const previous = before?.tls ?? null;
    const tls = config.tls
      ? await createTerminator(name, config.tls, { baseDir, authority, previous, protocols: protocolsOf(config) })
      : null;
    const ticketKeys = this.#deps.sharing.ticketKeys?.(name);
    if (tls && ticketKeys) tls.ticketKeys = ticketKeys;
    return {
      config,
      trusted: new Networks(config.trustedProxies),
      interception: await this.#interception(name, config, before?.interception ?? null),
      tls,
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

  async #open(listener: Listener): Promise<void> {
    const { name, setup } = listener;
    const { address, allowRemote } = setup.config;
    try {
      if (!isLoopback(splitAddress(address).host) && !allowRemote)
        throw new Error(`${address} is not loopback; add allowRemote: true to accept other machines`);
      if (this.#deps.sharing.reusePort === 'first') await this.#ensureNoOther(address);
      await listener.open();
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

/** The running listener that has `ear` from now on: one at that very address, else its owner if that still runs, else one at all addresses. */
function heirOf(ear: Ear, owner: Listener, running: readonly Listener[]): Listener | undefined {
  const exact = running.find(({ address }) => address === ear.address);
  return exact ?? running.find((one) => one === owner) ?? running.find(({ address }) => ear.isCoveredBy(address));
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
