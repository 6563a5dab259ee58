/** The way to a backend: TCP, then TLS. */
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { UpstreamTls } from '../tls/upstream-tls.ts';
import { readBuffers } from './read-buffers.ts';

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
  if (!secure) return { socket: openTcp(host, port, alpn), ready: 'connect' };
  const socket = connectTls(tls.options(host, port, alpn));
  socket.setNoDelay(true);
  socket.on('session', (session) => tls.remember(host, port, session));
  socket.once('error', () => tls.forget(host, port));
  return { socket, ready: 'secureConnect' };
}

/** node:http2 reads in a way of its own. */
function openTcp(host: string, port: number, alpn: readonly string[]): Socket {
  if (alpn.includes('h2')) return connectTcp({ host, port, noDelay: true });
  const onread = readBuffers((chunk) => socket.emit('data', chunk));
  const socket = connectTcp({ host, port, noDelay: true, onread });
  return socket;
}
