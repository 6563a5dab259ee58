/** What a client that asks to be taken somewhere wants, and what may be done with it. */
import type { Socket } from 'node:net';
import type { Interception } from '../tls/interception.ts';
import type { Refusals } from '../tls/refusals.ts';
import type { TlsTerminator } from '../tls/terminator.ts';
import type { Client } from './client.ts';
import type { TunnelDoor } from './tunnel-door.ts';

/** What becomes of the bytes of a tunnel when they need not be relayed unseen. */
export interface TunnelInside {
  /** Serves HTTP that came in clear. */
  serve(socket: Socket, bytes: Buffer, client: Client): void;
  /** Opens TLS and serves what is in it. `onFailed`: the client did not want that; its socket is closed. */
  open(
    socket: Socket,
    bytes: Buffer,
    client: Client,
    terminator: TlsTerminator,
    onFailed: (error: Error & { code?: string }) => void,
  ): void;
}

export interface TunnelRequest {
  host: string;
  port: number;
  client: Client;
  door: TunnelDoor;
  inside: TunnelInside;
  /** null: the listener tunnels everything. */
  interception: Interception | null;
  refusals: Refusals;
}
