/** Who is at the other end of a connection and how it came: the same for every exchange on it. */
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { ClientTls } from '../contract/exchange.ts';
import type { Networks } from './networks.ts';

/** Where a client asked to be taken before it spoke HTTP (CONNECT, SOCKS5). */
export interface Destination {
  /** Name or address, in lower case, without brackets. */
  host: string;
  port: number;
}

export interface Client {
  /** Of the client itself, also behind a balancer that tells it by the PROXY protocol. */
  ip: string;
  port: number;
  /** Set when it is itself a trusted proxy: what it says of the client is believed (`trustedProxies`). */
  trusted: Networks | null;
  /** What its requests come over. */
  scheme: 'http' | 'https';
  /** null: it came in clear. */
  tls: ClientTls | null;
  /** Whether its requests may go where they say: it came to a forward listener. */
  forward: boolean;
  /** null: each request says by itself where it goes. */
  destination: Destination | null;
}

export function clientOf(socket: Socket, forward: boolean, trusted: Networks): Client {
  const ip = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  return {
    ip,
    port: socket.remotePort ?? 0,
    trusted: trusted.has(ip) ? trusted : null,
    scheme: 'http',
    tls: null,
    forward,
    destination: null,
  };
}

/** The same client once its TLS is open. */
export function securedClient(client: Client, socket: TLSSocket): Client {
  return { ...client, scheme: 'https', tls: describeTls(socket) };
}

function describeTls(socket: TLSSocket): ClientTls {
  const certificate = socket.getPeerX509Certificate();
  return {
    version: socket.getProtocol() ?? '',
    cipher: socket.getCipher().standardName,
    ...(socket.alpnProtocol && { alpn: socket.alpnProtocol }),
    ...(socket.servername && { serverName: socket.servername }),
    resumed: socket.isSessionReused(),
    ...(certificate && { client: { subject: certificate.subject, trusted: socket.authorized } }),
  };
}
