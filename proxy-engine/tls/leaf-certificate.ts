/** Leaf certificates of the local authority, one per exact host, made on demand and kept for the next handshake. */

import type { webcrypto } from 'node:crypto';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import { LruMap } from './lru-map.ts';
import { leafExpiresAt } from './validity.ts';
import type { Issuer } from './x509.ts';

const MAX_HOSTS = 1000;
/** A certificate this close to its end is made anew. */
const RENEW_BEFORE_MS = 24 * 60 * 60 * 1000;

export interface LeafOptions {
  /** Epoch milliseconds. */
  epoch?: () => number;
  /** Contexts kept, the least recently used ones leave first; 1000. */
  capacity?: number;
  /** Added to every context: client CAs, protocol versions. */
  context?: SecureContextOptions;
}

interface Leaf {
  context: Promise<SecureContext>;
  /** Epoch milliseconds. */
  renewAt: number;
}

/** Who asks for a host while its certificate is being made waits for that one. All leaves share one key, made at the first use. */
export class LeafCertificates {
  readonly #issuer: Issuer;
  readonly #epoch: () => number;
  readonly #extra: SecureContextOptions;
  readonly #leaves: LruMap<string, Leaf>;
  #key: Promise<LeafKey> | null = null;

  constructor(issuer: Issuer, options: LeafOptions = {}) {
    this.#issuer = issuer;
    this.#epoch = options.epoch ?? Date.now;
    this.#extra = options.context ?? {};
    this.#leaves = new LruMap(options.capacity ?? MAX_HOSTS);
  }

  /** Hosts whose context is kept or being made. */
  get size(): number {
    return this.#leaves.size;
  }

  /** A context for a host as `certifiableHost` gives it. */
  contextFor(host: string): Promise<SecureContext> {
    const now = this.#epoch();
    const kept = this.#leaves.get(host);
    if (kept && kept.renewAt > now) return kept.context;
    const leaf: Leaf = { context: this.#mint(host), renewAt: leafExpiresAt(now) - RENEW_BEFORE_MS };
    this.#leaves.set(host, leaf);
    leaf.context.catch(() => {
      if (this.#leaves.get(host) === leaf) this.#leaves.delete(host);
    });
    return leaf.context;
  }

  /**
   * A certificate for these hosts that is not kept, and the key of all leaves; both PEM. The authority's follows it: a
   * browser that is told to trust the authority's key alone must be shown it.
   */
  async issue(hosts: readonly [string, ...string[]]): Promise<{ cert: string; key: string }> {
    this.#key ??= makeKey();
    const { publicKey, pem } = await this.#key;
    const { issueLeaf } = await import('./x509.ts');
    const certificate = await issueLeaf(this.#issuer, publicKey, hosts, this.#epoch());
    return { cert: `${certificate.toString('pem')}\n${this.#issuer.certificate.toString('pem')}\n`, key: pem };
  }

  async #mint(host: string): Promise<SecureContext> {
    return createSecureContext({ ...this.#extra, ...(await this.issue([host])) });
  }
}

interface LeafKey {
  publicKey: webcrypto.CryptoKey;
  pem: string;
}

async function makeKey(): Promise<LeafKey> {
  const { generateKeyPair, privateKeyPem } = await import('./x509.ts');
  const keys = await generateKeyPair();
  return { publicKey: keys.publicKey, pem: await privateKeyPem(keys) };
}
