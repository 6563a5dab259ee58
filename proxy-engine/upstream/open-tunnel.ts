/** The other side of a tunnel: a connection straight to where the client wants to go, or through the upstream proxy. */
import { connect, type Socket } from 'node:net';
import type { Clock } from '../clock.ts';
import { ProxyError } from '../errors.ts';
import { connectFailure } from './connect-failure.ts';
import { enterProxy } from './enter-proxy.ts';
import { lookup } from './lookup.ts';
import { handshakeWith } from './proxy-handshake.ts';
import { onTcp } from './self-connect.ts';
import { type UpstreamProxy, unreachable } from './upstream-proxy.ts';

const CONNECT_MS = 10_000;
const KEEP_ALIVE_MS = 60_000;

export interface TunnelTarget {
  host: string;
  port: number;
  /** null: straight. */
  proxy: UpstreamProxy | null;
  /** What the CONNECT to the upstream proxy says. */
  via: string;
  clock: Clock;
  /** Whether a connection came out at one of our own listeners. */
  isLoop(socket: Socket): boolean;
}

export interface TunnelEvents {
  onOpen(socket: Socket): void;
  /** It could not be opened. */
  onFailed(error: ProxyError): void;
  /** It was open. */
  onBroken(error: ProxyError): void;
}

/** The socket may be destroyed at any time; nothing is told then. */
export function openTunnel(target: TunnelTarget, events: TunnelEvents): Socket {
  const { host, port, proxy, via, clock, isLoop } = target;
  const next = proxy ?? { host, port };
  let open = false;
  const socket = connect({ host: next.host, port: next.port, noDelay: true, allowHalfOpen: true, lookup });
  const giveUp = clock.after(CONNECT_MS, () => socket.destroy(new ConnectTimeout()));
  const onReady = (error: ProxyError | null): void => {
    giveUp();
    open = error === null;
    if (open) socket.setKeepAlive(true, KEEP_ALIVE_MS);
    if (error) events.onFailed(error);
    else events.onOpen(socket);
  };
  socket.on('error', (error) => {
    giveUp();
    if (open) events.onBroken(connectFailure(error, true));
    else events.onFailed(reasonOf(error, proxy));
  });
  onTcp(socket, () => {
    if (isLoop(socket)) onReady(new ProxyError('LOOP', `${host}:${port} is this proxy itself`));
    else if (proxy) enterProxy(socket, handshakeWith(proxy, host, port, via), onReady);
    else onReady(null);
  });
  return socket;
}

function reasonOf(cause: Error, proxy: UpstreamProxy | null): ProxyError {
  if (cause instanceof ConnectTimeout)
    return new ProxyError('CONNECT_TIMEOUT', `no connection within ${CONNECT_MS} ms`);
  return proxy ? unreachable(proxy, cause) : connectFailure(cause, false);
}

class ConnectTimeout extends Error {}
