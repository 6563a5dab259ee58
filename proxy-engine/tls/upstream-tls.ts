/** How connections to the backends of a pool are secured. */
import { isIP } from 'node:net';
import { type ConnectionOptions, checkServerIdentity, createSecureContext, type SecureContext } from 'node:tls';
import type { PoolConfig } from '../contract/config.ts';
import { LruMap } from './lru-map.ts';

/** `PoolConfig.tls` with its files read; PEM. */
export interface UpstreamIdentity {
  verify: boolean;
  serverName?: string | undefined;
  /** Trusted instead of the built-in authorities. */
  ca?: readonly Buffer[] | undefined;
  cert?: Buffer | undefined;
  key?: Buffer | undefined;
}

const MAX_SESSIONS = 1000;

/** Reads the files of `tls` with `read(file, key)`, which throws what the user should see. */
export function readUpstreamIdentity(
  tls: PoolConfig['tls'],
  read: (file: string, key: string) => Buffer,
): UpstreamIdentity {
  return {
    verify: tls.verify,
    serverName: tls.serverName,
    ca: tls.ca.length > 0 ? tls.ca.map((file, index) => read(file, `ca[${index}]`)) : undefined,
    cert: tls.cert === undefined ? undefined : read(tls.cert, 'cert'),
    key: tls.key === undefined ? undefined : read(tls.key, 'key'),
  };
}

/**
 * One per pool and config. It keeps the sessions of its backends: a resumed session is not verified again, so one made by a
 * pool that verifies must never serve another pool, nor the other way round.
 */
export class UpstreamTls {
  readonly #identity: UpstreamIdentity;
  readonly #sessions = new LruMap<string, Buffer>(MAX_SESSIONS);
  /** Of all its connections: to make one reads every authority. Without files it is made when it is needed, if ever. */
  #context: SecureContext | null = null;

  /** Throws what OpenSSL says when certificate and key do not belong together or cannot be read. */
  constructor(identity: UpstreamIdentity) {
    this.#identity = identity;
    if (identity.cert || identity.key) this.#context = contextOf(identity);
  }

  /** For `tls.connect`. Give what its `session` event says to `remember`. */
  options(host: string, port: number, alpn: string[]): ConnectionOptions {
    const { verify, serverName = host } = this.#identity;
    this.#context ??= contextOf(this.#identity);
    const session = this.#sessions.get(`${host}:${port}`);
    return {
      host,
      port,
      servername: isIP(serverName) === 0 ? serverName : '', // RFC 6066 §3 knows names only
      checkServerIdentity: (_, certificate) => checkServerIdentity(serverName, certificate),
      rejectUnauthorized: verify,
      secureContext: this.#context,
      ALPNProtocols: alpn,
      ...(session && { session }),
    };
  }

  remember(host: string, port: number, session: Buffer): void {
    this.#sessions.set(`${host}:${port}`, session);
  }

  /** After a failed handshake: the next one starts afresh. */
  forget(host: string, port: number): void {
    this.#sessions.delete(`${host}:${port}`);
  }
}

function contextOf({ ca, cert, key }: UpstreamIdentity): SecureContext {
  return createSecureContext({ minVersion: 'TLSv1.2', ca: ca && [...ca], cert, key });
}
