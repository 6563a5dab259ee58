/** The way to a backend: TCP, then TLS. */
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { UpstreamTls } from '../tls/upstream-tls.ts';

export interface ConnectTarget {
  host: string;
  port: number;
  secure: boolean;
  tls: UpstreamTls;
}

/** A socket, and the event after which it carries bytes; null: it does already. */
export interface OpeningSocket {
  socket: Socket;
  ready: 'connect' | 'secureConnect' | null;
}

/** `alpn`: what is offered over TLS, best first. */
export function openSocket({ host, port, secure, tls }: ConnectTarget, alpn: string[]): OpeningSocket {
  if (!secure) return { socket: connectTcp({ host, port, noDelay: true }), ready: 'connect' };
  const socket = connectTls(tls.options(host, port, alpn));
  socket.setNoDelay(true);
  socket.on('session', (session) => tls.remember(host, port, session));
  socket.once('error', () => tls.forget(host, port));
  return { socket, ready: 'secureConnect' };
}
