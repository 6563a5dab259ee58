/** The way to a backend: TCP, through a proxy when there is one, then TLS. */
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { emittingReads } from '../http/read-buffers.ts';
import type { UpstreamTls } from '../tls/upstream-tls.ts';
import { lookup } from './lookup.ts';
import type { ProxyHop } from './upstream-proxy.ts';

export interface ConnectTarget {
  host: string;
  port: number;
  secure: boolean;
  tls: UpstreamTls;
  /** null: straight. */
  hop: ProxyHop | null;
  /** Whether a connection that is up has come to this proxy itself. */
  isLoop(this: void, socket: Socket): boolean;
}

/** A TCP connection that only we read from. `ofHttp2`: node:http2 reads in a way of its own. */
export function openTcp(host: string, port: number, ofHttp2: boolean): Socket {
  if (ofHttp2) return connectTcp({ host, port, noDelay: true, lookup });
  const onread = emittingReads(() => socket);
  const socket: Socket = connectTcp({ host, port, noDelay: true, onread, lookup });
  return socket.once('close', onread.close);
}

/** `alpn`: what is offered, best first. `over`: a connection that is there; without it a new one is made. */
export function openTls({ host, port, tls }: ConnectTarget, alpn: string[], over?: Socket): TLSSocket {
  const socket = connectTls({ ...tls.options(host, port, alpn), lookup, ...(over && { socket: over }) });
  socket.setNoDelay(true);
  socket.on('session', (session) => tls.remember(host, port, session));
  socket.once('error', () => tls.forget(host, port));
  return socket;
}
