/** What the walk of an exchange needs of the engine: the config it started with, the connections, the recorder. */
import type { Socket } from 'node:net';
import type { Pool } from './balancer/pool.ts';
import type { Clock } from './clock.ts';
import type { Deadlines } from './deadlines.ts';
import type { ClientEvents, ClientStream } from './downstream/client-stream.ts';
import type { LiveExchange } from './exchange.ts';
import type { Router } from './match/router.ts';
import type { RuleSet } from './rules/rule-set.ts';
import type { Breakpoints, Scripts } from './rules/verdict.ts';
import type { Connector } from './upstream/connector.ts';
import type { LaneOptions } from './upstream/lane-options.ts';
import type { Origins } from './upstream/origins.ts';
import type { UpstreamProxies } from './upstream/upstream-proxy.ts';
import type { TappedMessage } from './websocket/frame-tap.ts';

export interface ExchangeRecorder {
  /** Its request has come; what takes a while is shown before it ends. */
  begun(exchange: LiveExchange): void;
  /** A piece that the exchange's size already counts. Copies at once; never throws, never blocks. */
  body(exchange: LiveExchange, side: 'request' | 'response', chunk: Uint8Array): void;
  record(exchange: LiveExchange): void;
  /** It will go on for a while (a WebSocket, a tunnel): shown from now on, completed by `record`. */
  opened(exchange: LiveExchange): void;
  /** A message of its WebSocket has passed. */
  message(exchangeId: number, from: 'client' | 'server', message: TappedMessage): void;
  /** Why what follows in a direction of its WebSocket is not understood. */
  messageNote(exchangeId: number, note: string): void;
}

/** A config compiled; exchanges keep the one they started with. */
export interface Snapshot {
  router: Router;
  rules: RuleSet;
  pools: ReadonlyMap<string, Pool>;
  lanes: ReadonlyMap<string, LaneOptions>;
  upstreamProxies: UpstreamProxies;
}

export interface ProxyContext {
  clock: Clock;
  deadlines: Deadlines;
  connections: Connector;
  origins: Origins;
  scripts: Scripts;
  breakpoints: Breakpoints;
  recorder: ExchangeRecorder | null;
  /** WebSockets that are open. */
  upgraded: Set<{ goAway(): void }>;
  /** Exchanges under way. */
  load: { inFlight: number };
  /** How this engine, and no other, calls itself towards upstream proxies. */
  via: string;
  random(): number;
  /** Whether that address is one of our own listeners; of a reverse one what came to a forward one (`ofForward`) need not be kept. */
  isOwnAddress(host: string, port: number, ofForward: boolean): boolean;
  /** Whether a connection that was made came out at such a listener. */
  isOwnEnd(socket: Socket, ofForward: boolean): boolean;
  /** Starts a copy of an exchange on its way to a pool, for a client that drops what comes back. */
  copy(exchange: LiveExchange, client: ClientStream, pool: string): ClientEvents;
  onFinished(exchange: LiveExchange): void;
  /** An exchange that goes on for long was opened, or has something new to show. */
  onProgress(): void;
}
