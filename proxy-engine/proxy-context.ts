/** What the engine gives to every exchange: the compiled config that it starts with, connections, clock, recorder. */
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
import type { InflateAllowance } from './websocket/inflate-allowance.ts';

/** Records exchanges. All methods are called on the request path: they copy what they keep at once, never throw and never wait. */
export interface ExchangeRecorder {
  /** The exchange has begun: its request head is known. One that takes a while is shown before it ends. */
  begun(exchange: LiveExchange): void;
  /** A piece of a body has passed; `requestSizeBytes` or `responseSizeBytes` counts it already. */
  body(exchange: LiveExchange, side: 'request' | 'response', chunk: Uint8Array): void;
  /** The exchange has ended: nothing of it changes any more. */
  record(exchange: LiveExchange): void;
  /** The exchange will go on for a while (a WebSocket, a tunnel): shown from now on, completed by `record`. */
  opened(exchange: LiveExchange): void;
  /** A message has passed on the WebSocket of that exchange. */
  message(exchangeId: number, from: 'client' | 'server', message: TappedMessage): void;
  /** What follows in one direction of that WebSocket cannot be decoded; `note` says why. */
  messageNote(exchangeId: number, note: string): void;
}

/** A compiled config. An exchange keeps the one that it started with, whatever is applied meanwhile. */
export interface Snapshot {
  router: Router;
  rules: RuleSet;
  pools: ReadonlyMap<string, Pool>;
  /** How the connections to each pool's backends are made, by the name of the pool. */
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
  /** WebSockets and other upgraded connections that are open: each is told when the engine closes. */
  upgraded: Set<{ goAway(): void }>;
  inflating: InflateAllowance;
  /** Exchanges under way, and whether those that still are have been cut off: the engine ends. */
  load: { inFlight: number; isCutOff: boolean };
  /** Name of this engine in the `Via` of requests to upstream proxies; no other engine has it, so that a loop is found out. */
  via: string;
  /** In [0, 1). */
  random(): number;
  /** Whether that address is one of our own listeners, so that a request sent there would come back. `ofForward`: the request came to a
   * forward listener; it may go to a reverse one, which leads no further to ourselves. */
  isOwnAddress(host: string, port: number, ofForward: boolean): boolean;
  /** The same for a connection that has been made: whether its other end is one of our own listeners. */
  isOwnEnd(socket: Socket, ofForward: boolean): boolean;
  /** Starts a copy of an exchange on its way to a pool, for a client that drops what comes back. */
  copy(exchange: LiveExchange, client: ClientStream, pool: string): ClientEvents;
  /** After it has been recorded. */
  onFinished(exchange: LiveExchange): void;
  /** An exchange that goes on for long was opened, or has something new to show. */
  onProgress(): void;
}
